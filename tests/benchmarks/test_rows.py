"""Gaps, means and files of rows that were made up."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.quality import plot
from benchmarks.quality.plot import mean_curve
from benchmarks.quality.rows import (
    ALL,
    CsvFile,
    Row,
    read_json,
    references,
    summarise,
    with_gaps,
    write_json,
)

ROW = Row(
    suite="gh200",
    instance="r1_2_3",
    instance_class="R1",
    orders=200,
    engine="quick",
    seconds=1,
    seed=1,
    cost=110.0,
    best_known=None,
    gap_pct=None,
    routes=3,
    took=1.0,
    mistakes="",
)

ROWS = [
    ROW,
    replace(ROW, seconds=10, cost=100.0, incumbents=((0.5, 130.0), (4.0, 110.0), (9.0, 100.0))),
    replace(ROW, engine="careless", cost=50.0, mistakes="customer 3 is served 0 times"),
    replace(ROW, instance="c1_2_1", instance_class="C1", cost=120.0, best_known=100.0),
]
"""Without a best known cost 100 is the reference: of another time, but not of wrong routes."""


def test_the_best_cost_of_all_rows_stands_in_for_a_best_known_one() -> None:
    """Over all engines and seconds, infeasible ones aside."""
    assert references(ROWS) == {("gh200", "r1_2_3"): 100.0, ("gh200", "c1_2_1"): 100.0}
    assert [row.gap_pct for row in with_gaps(ROWS)] == [10.0, 0.0, None, 20.0]


def test_means_by_class_and_of_the_suite() -> None:
    """Classes in the order of the rows, the suite last."""
    told = {
        (s.instance_class, s.engine, s.seconds): (s.mean_gap_pct, s.worst_gap_pct, s.n)
        for s in summarise(with_gaps(ROWS))
    }
    assert list(told) == [
        ("R1", "quick", 1),
        ("R1", "careless", 1),
        ("R1", "quick", 10),
        ("C1", "quick", 1),
        (ALL, "quick", 1),
        (ALL, "careless", 1),
        (ALL, "quick", 10),
    ]
    assert told[ALL, "quick", 1] == (15.0, 20.0, 2)
    assert told["R1", "careless", 1] == (None, None, 0)


def test_csv_rows_are_there_at_once_and_stay(tmp_path: Path) -> None:
    """A second run adds to the file; a file of another kind is not touched."""
    path = tmp_path / "new" / "rows.csv"
    with CsvFile(path) as table:
        table.add(ROW)
        assert len(path.read_text().splitlines()) == 2
    with CsvFile(path) as table:
        table.add(ROW)
    header, *lines = path.read_text().splitlines()
    assert header.startswith("suite,instance,instance_class,orders,engine,seconds,seed,cost")
    assert lines == ["gh200,r1_2_3,R1,200,quick,1,1,110.0,,,3,1.0,"] * 2
    path.write_text("instance,cost\n")
    with pytest.raises(ValueError, match="other columns"):
        CsvFile(path)


def test_a_json_file_tells_rows_and_where_they_come_from(tmp_path: Path) -> None:
    """What is read back has its gaps."""
    path = tmp_path / "rows.json"
    write_json(path, {"command": "as told"}, ROWS)
    assert read_json(path) == with_gaps(ROWS)
    document = json.loads(path.read_text())
    assert document["command"] == "as told"
    assert document["summary"][-1] == {
        "suite": "gh200",
        "instance_class": "all",
        "engine": "quick",
        "seconds": 10,
        "mean_gap_pct": 0.0,
        "worst_gap_pct": 0.0,
        "n": 1,
        "infeasible": 0,
    }
    path.write_text("[]")
    with pytest.raises(ValueError, match="no JSON file"):
        read_json(path)


def test_a_curve_follows_the_incumbents_of_the_longest_solve() -> None:
    """It begins with the first one and ends with the last."""
    curve = mean_curve(with_gaps(ROWS), "gh200", ALL, "quick")
    assert curve[0][0] == pytest.approx(0.5)
    assert (curve[0][1], curve[-1][1]) == (30.0, 0.0)
    assert {gap for _, gap in curve} == {30.0, 10.0, 0.0}
    assert mean_curve(with_gaps(ROWS), "gh200", "C1", "quick") == []


def test_files_are_drawn_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows of several runs in one picture."""
    pytest.importorskip("matplotlib")
    for name, rows in (("a", ROWS[:2]), ("b", ROWS[2:])):
        write_json(tmp_path / f"{name}.json", {}, rows)
    files = [str(tmp_path / "a.json"), str(tmp_path / "b.json")]
    out = tmp_path / "gaps.png"
    assert plot.main([*files, "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"\x89PNG")
    assert plot.main([str(tmp_path / "none.json"), "--out", str(out)]) == 2
    assert "no JSON file" in capsys.readouterr().err

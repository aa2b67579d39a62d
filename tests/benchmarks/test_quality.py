"""The quality runner on tiny files: tables, gaps, its own checker, clear messages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.quality import engines
from benchmarks.quality.checker import cost_of, find_mistakes
from benchmarks.quality.engines import UnknownEngine, engine
from benchmarks.quality.instances import Instance, MissingData, Suite, find_instances, load
from benchmarks.quality.run import main
from tests.dispatch.wire.test_vrplib_files import EXPLICIT, SOLOMON, SQUARE


@pytest.fixture
def ortec(tmp_path: Path) -> Path:
    """A folder with the one-way street, whose best known cost is 60."""
    (tmp_path / "ORTEC-street.txt").write_text(EXPLICIT.replace("EOF of", "end of"))
    (tmp_path / "static_bks.csv").write_text("instance,n,best_known_cost\nORTEC-street,3,60\n")
    return tmp_path


def run(*arguments: str | Path) -> int:
    return main([str(argument) for argument in arguments])


def test_a_run_prints_gaps_and_last_lines(
    ortec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The optimum has no gap; one row for each seed in the file."""
    out = tmp_path / "rows.csv"
    options = ("--suite", "ortec", "--instances", ortec, "--seconds", "0.5", "--seeds", "2")
    assert run(*options, "--out", out) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == "ortools mean_gap_pct=0.00 n=2"
    assert len(out.read_text().splitlines()) == 3


def test_wrong_routes_have_no_gap_and_are_told(
    ortec: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine that forgets customers is not rewarded for it."""
    peers = {"forgetful": ("math", lambda *_: [[1, 2]])}
    monkeypatch.setattr(engines, "PEERS", peers)
    assert run("--suite", "ortec", "--instances", ortec, "--engines", "forgetful") == 1
    printed = capsys.readouterr().out
    assert "INFEASIBLE: customer 3 is served 0 times" in printed
    assert printed.splitlines()[-1] == "forgetful mean_gap_pct=nan n=0 infeasible=1"


def test_what_is_missing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No folder, no files, no engine, no rules for it."""
    assert run("--suite", "gh", "--instances", tmp_path / "nowhere") == 2
    assert "give --instances" in capsys.readouterr().err
    assert run("--suite", "gh", "--instances", tmp_path) == 2
    assert "No gh instances below" in capsys.readouterr().err
    for wrong in ("magic", "ortools+magic=1", "pyvrp+patience=3"):
        assert run("--suite", "gh", "--instances", tmp_path, "--engines", wrong) == 2
    (tmp_path / "R1.vrp").write_text("TYPE : MTVRPTWR\n")
    assert run("--suite", "mtvrptwr", "--instances", tmp_path) == 1
    assert "several trips and release times" in capsys.readouterr().err


def test_a_peer_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install."""
    monkeypatch.setattr(engines, "PEERS", {"cuopt": ("no_such_module", lambda *_: [])})
    with pytest.raises(UnknownEngine, match="pip install"):
        engine("cuopt")


def street(ortec: Path) -> Instance:
    (path,) = find_instances(Suite.ORTEC, ortec)
    return load(Suite.ORTEC, path)


@pytest.mark.parametrize(
    ("routes", "mistake"),
    [
        ([[1, 2, 3]], None),
        ([[1], [2], [3]], "3 routes, at most 2"),
        ([[3, 2, 1]], "route 1 is at 2"),
        ([[1, 2]], "customer 3 is served 0 times"),
        ([[1, 2, 3, 3]], "customer 3 is served 2 times"),
        ([[1, 2, 3, 4]], "no customer 4"),
    ],
)
def test_the_checker_judges_routes(
    ortec: Path, routes: Sequence[Sequence[int]], mistake: str | None
) -> None:
    """Counts, fleet, windows."""
    mistakes = find_mistakes(street(ortec), routes)
    assert mistakes == [] if mistake is None else any(mistake in m for m in mistakes)


def test_loads_and_costs_are_judged(ortec: Path) -> None:
    """Capacity 9 is one too little; the street costs 60."""
    instance = street(ortec)
    assert cost_of(instance, [[1, 2, 3]]) == 60
    fields = {name: getattr(instance, name) for name in Instance.__slots__}
    small = Instance(**(fields | {"capacity": 9.0}))
    assert "carries 10 of 9" in find_mistakes(small, [[1, 2, 3]])[0]


def test_conventions_of_the_suites(tmp_path: Path) -> None:
    """Solomon counts in doubles, Gehring & Homberger's VRPLIB files cut after one decimal."""
    (tmp_path / "C1.txt").write_text(SOLOMON)
    (tmp_path / "G1.vrp").write_text(SQUARE)
    (tmp_path / "G1.sol").write_text("Route #1: 1 2\nRoute #2: 3\nCost 5.4\n")
    solomon, gh = (
        load(Suite.SOLOMON, tmp_path / "C1.txt"),
        load(Suite.GH, tmp_path / "G1.vrp"),
    )
    assert solomon.costs[1, 3] == pytest.approx(np.sqrt(2))
    assert (gh.costs[1, 3], gh.best_known) == (1.4, 5.4)
    assert cost_of(gh, [[1, 2], [3]]) == pytest.approx(5.4)
    with pytest.raises(MissingData):
        load(Suite.MTVRPTWR, tmp_path / "G1.vrp")


@pytest.mark.parametrize("name", ["pyvrp", "vroom"])
def test_peers_solve_the_street(ortec: Path, name: str) -> None:
    """Where they are installed, they find 60 as well."""
    pytest.importorskip(name)
    instance = street(ortec)
    routes = engine(name)(instance, 0.5, 1)
    assert find_mistakes(instance, routes) == []
    assert cost_of(instance, routes) == 60

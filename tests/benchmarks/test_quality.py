"""The quality runner on tiny files: suites, ladder, gaps, its own checker, clear messages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.city import make_city
from benchmarks.instance import Instance
from benchmarks.quality import engines, plot
from benchmarks.quality.checker import cost_of, find_mistakes
from benchmarks.quality.engines import UnknownEngine, engine, read_settings
from benchmarks.quality.instances import MissingData, Suite, class_of, find_instances, load
from benchmarks.quality.peers import PEERS, Answer, Peer, Routes
from benchmarks.quality.run import main
from solver.routing.settings import RoutingSettings
from solver.search.settings import SearchSettings
from tests.dispatch.wire.test_vrplib_files import EXPLICIT, SOLOMON, SQUARE


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with one file of every suite; the one-way street's best known cost is 60."""
    for folder, name, text in (
        ("ortec/instances", "ORTEC-street.txt", EXPLICIT.replace("EOF of", "end of")),
        ("ortec", "static_bks.csv", "instance,n,best_known_cost\nORTEC-street,3,60\n"),
        ("solomon", "C101.txt", SOLOMON),
        ("homberger/200", "rc2_2_8.txt", SOLOMON),
        ("homberger/1000", "R1_10_4.vrp", SQUARE),
        ("homberger/1000", "R1_10_4.sol", "Route #1: 1 2\nRoute #2: 3\nCost 5.4\n"),
        ("mtvrptwr", "R2_2_02R0.25.vrp", "TYPE : MTVRPTWR\n"),
        (".", "README.txt", "Not an instance."),
    ):
        path = tmp_path / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def pretend(monkeypatch: pytest.MonkeyPatch, **answers: Routes) -> None:
    """Peers that always give these routes."""

    def peer(routes: Routes) -> Peer:
        return Peer("math", "math", lambda *_: Answer(routes, 0.1), "knows the answer")

    monkeypatch.setattr(engines, "PEERS", {name: peer(routes) for name, routes in answers.items()})


# --- the runner ---


def test_a_run_prints_gaps_and_last_lines(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The optimum has no gap; one row for each seed in the file."""
    out = tmp_path / "rows.csv"
    options = ("--suite", "ortec", "--instances", data, "--seconds", "0.2", "--seeds", "2")
    assert run(*options, "--engines", "citywave-1core,ortools", "--out", out) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[-2:] == [
        "citywave-1core mean_gap_pct=0.00 n=2",
        "ortools mean_gap_pct=0.00 n=2",
    ]
    assert "* citywave-1core: one thread" in printed
    assert len(out.read_text().splitlines()) == 5


def test_a_ladder_has_a_line_for_every_step(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Rows, summary and origin are written; short before long, however it is asked for."""
    pretend(monkeypatch, straight=[[1, 2, 3]], twice=[[1, 2], [3]])
    told = tmp_path / "told.json"
    options = ("--suite", "ortec", "--instances", data, "--engines", "straight,twice")
    assert run(*options, "--seconds", "10,1", "--json", told) == 0
    assert capsys.readouterr().out.splitlines()[-4:] == [
        "straight seconds=1 mean_gap_pct=0.00 n=1",
        "straight seconds=10 mean_gap_pct=0.00 n=1",
        "twice seconds=1 mean_gap_pct=198.33 n=1",
        "twice seconds=10 mean_gap_pct=198.33 n=1",
    ]
    document = json.loads(told.read_text())
    assert document.keys() == {"started", "command", "machine", "commit", "summary", "rows"}
    assert document["machine"]["packages"]["numpy"] == np.__version__
    assert [row["seconds"] for row in document["rows"]] == [1, 1, 10, 10]


def test_a_run_can_be_drawn(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where matplotlib is installed."""
    pytest.importorskip("matplotlib")
    pretend(monkeypatch, straight=[[1, 2, 3]])
    options = ("--suite", "ortec", "--instances", data, "--engines", "straight")
    assert run(*options, "--plot", tmp_path / "gaps.png") == 0
    assert (tmp_path / "gaps.png").is_file()


def test_wrong_routes_have_no_gap_and_are_told(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine that forgets customers is not rewarded for it."""
    pretend(monkeypatch, forgetful=[[1, 2]])
    assert run("--suite", "ortec", "--instances", data, "--engines", "forgetful") == 1
    printed = capsys.readouterr().out
    assert "INFEASIBLE: customer 3 is served 0 times" in printed
    assert printed.splitlines()[-1] == "forgetful mean_gap_pct=nan n=0 infeasible=1"


def test_an_engine_that_fails_does_not_end_the_run(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it said is in its row."""

    def fail(*_: object) -> Answer:
        raise OSError("E0000, cannot read")

    monkeypatch.setattr(engines, "PEERS", {"broken": Peer("math", "math", fail, "fails")})
    assert run("--suite", "ortec", "--instances", data, "--engines", "broken,ortools") == 1
    printed = capsys.readouterr().out
    assert "INFEASIBLE: OSError: E0000, cannot read" in printed
    assert printed.splitlines()[-1] == "ortools mean_gap_pct=0.00 n=1"


def test_what_is_missing_is_said(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No folder, no files, no rules for them, a file of another kind."""
    empty = tmp_path / "empty"
    empty.mkdir()
    for folder, message in (
        (["--instances", tmp_path / "nowhere"], "give --instances"),
        ([], "give --instances"),
        (["--instances", empty], "No gh200 instances below"),
    ):
        assert run("--suite", "gh200", "--engines", "ortools", *folder) == 2
        assert message in capsys.readouterr().err
    assert run("--suite", "mtvrptwr", "--instances", data, "--engines", "ortools") == 1
    assert "several trips and release times" in capsys.readouterr().err
    (tmp_path / "other.csv").write_text("a,b\n")
    city = ("--suite", "city", "--sizes", "5", "--engines", "ortools")
    assert run(*city, "--out", tmp_path / "other.csv") == 2
    assert "other columns" in capsys.readouterr().err


def test_a_missing_plotter_is_said_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what to install."""

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(plot, "import_module", missing)
    assert run("--suite", "city", "--engines", "ortools", "--plot", "gaps.png") == 2
    assert "pip install" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong", [("--seconds", "0"), ("--seconds", "1,soon"), ("--sizes", "0"), ("--every", "-1")]
)
def test_wrong_numbers_are_said(wrong: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """By argparse, with what is expected."""
    with pytest.raises(SystemExit):
        run("--suite", "city", *wrong)
    assert "expected" in capsys.readouterr().err


# --- engines ---


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("magic", "known are citywave, citywave-1core, ortools, pyvrp"),
        ("citywave+magic=1", "known are hot"),
        ("citywave+hot=warm", "Expected a value of kind float for hot, got 'warm'"),
        ("ortools+magic=1", "known are first_solution"),
        ("pyvrp+tails=3", "pyvrp has no settings here"),
    ],
)
def test_unknown_names_are_told_with_what_is_known(name: str, message: str) -> None:
    """Engines, settings and their values."""
    with pytest.raises(UnknownEngine) as told:
        engine(name)
    assert message in str(told.value)


def test_settings_are_read_as_what_their_defaults_are() -> None:
    """Whole numbers, fractions, none, several of a kind."""
    made = read_settings("citywave", SearchSettings, ["hot=0.25", "tails=7"])
    assert made == SearchSettings(hot=0.25, tails=7)
    made = read_settings("ortools", RoutingSettings, ["round_tasks=none", "operators=cross/opt"])
    assert made == RoutingSettings(round_tasks=None, operators=("cross", "opt"))


def test_a_peer_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install."""
    peer = Peer("no_such_module", "cuopt-cu12", lambda *_: Answer([], 0), "")
    monkeypatch.setattr(engines, "PEERS", {"cuopt": peer})
    with pytest.raises(UnknownEngine, match="pip install cuopt-cu12"):
        engine("cuopt")


@pytest.mark.parametrize("name", PEERS)
def test_peers_solve_the_street(data: Path, name: str) -> None:
    """Where they are installed, they find 60 as well."""
    pytest.importorskip(PEERS[name].module)
    instance = street(data)
    answer = engine(name).run(instance, 0.5, 1)
    assert find_mistakes(instance, answer.routes) == []
    assert cost_of(instance, answer.routes) == 60


@pytest.mark.parametrize("name", ["citywave-1core", "ortools", *PEERS])
def test_engines_solve_a_city(name: str) -> None:
    """From arrays, without a file."""
    if name in PEERS:
        pytest.importorskip(PEERS[name].module)
    city = make_city(12)
    answer = engine(name).run(city, 0.3, 1)
    assert find_mistakes(city, answer.routes) == []
    if name in ("citywave-1core", "pyvrp"):
        seconds, costs = zip(*answer.incumbents, strict=True)
        assert list(seconds) == sorted([0, *seconds, answer.seconds])[1:-1]
        assert list(costs) == sorted(costs, reverse=True)
        assert costs[-1] == pytest.approx(cost_of(city, answer.routes), rel=1e-4)


# --- suites ---


@pytest.mark.parametrize(
    ("suite", "name", "instance_class"),
    [
        (Suite.ORTEC, "ORTEC-street", "ORTEC"),
        (Suite.SOLOMON, "C101", "C1"),
        (Suite.GH200, "rc2_2_8", "RC2"),
        (Suite.GH1000, "R1_10_4", "R1"),
    ],
)
def test_a_suite_finds_its_own_files(
    data: Path, suite: Suite, name: str, instance_class: str
) -> None:
    """Below a folder of all suites, and knows their class."""
    (read,) = find_instances(suite, data)
    instance = read()
    assert (instance.name, instance.instance_class) == (name, instance_class)


def test_cities_need_no_folder() -> None:
    """One of each size."""
    read = find_instances(Suite.CITY, None, [3, 5])
    assert [make().instance_class for make in read] == ["CITY-3", "CITY-5"]


@pytest.mark.parametrize("name", ["R1_10_4", "r2_2_6", "RC208", "c1_2_1", "C101", "rc1_2_5"])
def test_a_class_is_in_the_name(name: str) -> None:
    """Letters and the length of the horizon, in capitals."""
    assert class_of(name) in {"R1", "R2", "C1", "C2", "RC1", "RC2"}
    assert name.upper().startswith(class_of(name))


def test_conventions_of_the_suites(data: Path) -> None:
    """Solomon counts in doubles, Gehring & Homberger's VRPLIB files cut after one decimal."""
    (solomon,) = (read() for read in find_instances(Suite.SOLOMON, data))
    (small,) = (read() for read in find_instances(Suite.GH200, data))
    (large,) = (read() for read in find_instances(Suite.GH1000, data))
    assert solomon.costs[1, 3] == small.costs[1, 3] == pytest.approx(np.sqrt(2))
    assert (large.costs[1, 3], large.best_known, small.best_known) == (1.4, 5.4, None)
    assert cost_of(large, [[1, 2], [3]]) == pytest.approx(5.4)
    with pytest.raises(MissingData):
        load(Suite.MTVRPTWR, data / "mtvrptwr" / "R2_2_02R0.25.vrp")


# --- the checker ---


def street(data: Path) -> Instance:
    (read,) = find_instances(Suite.ORTEC, data)
    return read()


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
    data: Path, routes: Sequence[Sequence[int]], mistake: str | None
) -> None:
    """Counts, fleet, windows."""
    mistakes = find_mistakes(street(data), routes)
    assert mistakes == [] if mistake is None else any(mistake in m for m in mistakes)


def test_loads_and_costs_are_judged(data: Path) -> None:
    """Capacity 9 is one too little; the street costs 60."""
    instance = street(data)
    assert cost_of(instance, [[1, 2, 3]]) == 60
    small = replace(instance, capacity=9.0)
    assert "carries 10 of 9" in find_mistakes(small, [[1, 2, 3]])[0]

"""Each rule in every engine, on a line of places where it changes the optimum."""

from __future__ import annotations

import importlib
from dataclasses import replace

import pytest

from solver.params import SolveParams
from solver.problem import HORIZON, Problem, Task, Window
from solver.routing.features import RULES
from solver.solve import solve
from tests.solver.worlds import line, vehicle

ENGINES = (
    SolveParams(step_limit=3000, engine="ortools"),
    SolveParams(step_limit=3000, engine="hybrid", threads=1),
)
NEAR, FAR = Task(place=1), Task(place=5)
BOTH = (NEAR, FAR)
PLAIN = line(BOTH)
"""One vehicle drives to place 5 and back, passing place 1: 100 m, 10 s, cost 100."""


def solved(problem: Problem) -> tuple[int, list[tuple[int, tuple[int, ...]]], tuple[int, ...]]:
    """Objective, routes by vehicle, unserved; every engine finds the same objective."""
    result, other = (solve(problem, params) for params in ENGINES)
    assert result.objective == other.objective
    routes = [(route.vehicle, route.tasks) for route in result.solution.routes]
    return result.objective, routes, result.solution.unserved


def objective(problem: Problem) -> int:
    return solved(problem)[0]


def test_the_plain_line_costs_a_hundred() -> None:
    """The measure of all others here."""
    assert objective(PLAIN) == 100


@pytest.mark.parametrize(
    ("rule", "problem", "cost"),
    [
        ("travel_cost", line(BOTH, (vehicle(distance_cost=3),)), 300),
        ("fixed_cost", line(BOTH, (vehicle(fixed_cost=7, setup_distance=4),)), 111),
        ("duration_cost", line(BOTH, (vehicle(duration_cost=2, setup_duration=3),)), 126),
        ("capacity", line(tuple(replace(t, loads=(1,)) for t in BOTH),
                          (vehicle(capacity=(1,)), vehicle(capacity=(1,)))), 120),
        ("windows", line((replace(NEAR, windows=(Window(20, 30),)),
                          replace(FAR, windows=(Window(0, 9),))), (vehicle(),)), 100),
        ("time", line((replace(NEAR, windows=(Window(0, 1), Window(6, 6))), FAR),
                      (vehicle(duration_cost=1, earliest=2),)), 110),
        ("lateness", line((replace(NEAR, due=0, late_cost=5), FAR)), 105),
        ("eligibility", line((replace(NEAR, skills=frozenset({3})), FAR),
                             (vehicle(), vehicle(skills=frozenset({3}), latest=2))), 120),
        ("eligibility", line((replace(NEAR, vehicle=1), FAR),
                             (vehicle(), vehicle(latest=2))), 120),
        ("optional_tasks", line((NEAR, replace(FAR, penalty=79))), 99),
        ("optional_tasks", line((NEAR, replace(FAR, penalty=81))), 100),
        ("route_time", line((replace(NEAR, penalty=5), FAR),
                            (vehicle(max_duration=9),
                             vehicle(max_duration=10, fixed_cost=9))), 109),
        ("route_time", line((NEAR, replace(FAR, penalty=1000)),
                            (vehicle(max_duration=11, setup_duration=2),)), 1020),
        ("prefixes", line((NEAR, Task(place=3), FAR), (vehicle(prefix=(1, 0)),)), 140),
    ],
)  # fmt: skip
def test_a_rule_changes_the_optimum(rule: str, problem: Problem, cost: int) -> None:
    """The rule applies, and the optimum under it is found."""
    module = importlib.import_module(f"solver.routing.features.{rule}")
    assert module in RULES
    assert module.supports(problem)
    assert objective(problem) == cost


def test_a_rule_that_is_not_needed_is_not_added() -> None:
    """The plain line needs its metres and its tasks, nothing else."""
    names = [rule.__name__.rpartition(".")[2] for rule in RULES if rule.supports(PLAIN)]  # type: ignore[attr-defined]
    assert names == ["travel_cost", "optional_tasks"]


def test_gaps_between_windows_are_closed() -> None:
    """Service at 1 or at 6, never between: one who is there at 2 waits until 6."""
    early_or_late = replace(NEAR, windows=(Window(0, 1), Window(6, 6)))
    result = solve(line((early_or_late,), (vehicle(earliest=1),)), ENGINES[1])
    assert result.solution.routes[0].starts == (6,)


def test_every_class_of_vehicles_has_its_own_hours() -> None:
    """The early one serves the near door, the one who may leave late the far one."""
    tasks = (replace(NEAR, windows=(Window(0, 3),)), replace(FAR, windows=(Window(40, 50),)))
    fleet = (vehicle(latest=5), vehicle(earliest=30, latest_departure=44))
    assert solved(line(tasks, fleet))[1] == [(0, (0,)), (1, (1,))]


def test_several_depots_serve_their_own_side() -> None:
    """A vehicle at each end of the line: 20 m for each, instead of 100."""
    fleet = (vehicle(), vehicle(start=5, end=5))
    tasks = (NEAR, Task(place=4))
    assert solved(line(tasks, fleet)) == (40, [(0, (0,)), (1, (1,))], ())


def test_a_route_may_end_elsewhere() -> None:
    """One way to the end of the line."""
    assert objective(line(BOTH, (vehicle(end=5),))) == 50


def test_weights_shift_the_choice() -> None:
    """Leaving the far door out for 30 pays only if unserved orders count for little."""
    problem = line((NEAR, replace(FAR, penalty=90)))
    assert solved(problem)[2] == ()
    light = problem.replace(weights=replace(problem.weights, distance=2))
    assert solved(light)[2] == (1,)


def test_times_end_at_the_horizon() -> None:
    """A window that opens at the last second there is can't be served and left."""
    late = replace(NEAR, windows=(Window(HORIZON, HORIZON),), penalty=5)
    assert solved(line((late,)))[2] == (0,)

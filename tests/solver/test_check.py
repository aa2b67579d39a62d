"""The solver's checker: every rule has a solution that breaks it and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solver.check import Code, find_violations, recompute_cost
from solver.cost import CostBreakdown
from solver.problem import Problem, Task, Window
from solver.solution import Route, Solution
from tests.solver.worlds import line, vehicle

SOUND = Route(vehicle=0, tasks=(0, 1), starts=(1, 4), departure=0, arrival=7)
"""Depot, place 1 at second 1 for one second, place 3 at second 4, back at second 7."""

WORLD = line(
    (
        Task(place=1, service=1, windows=(Window(0, 5),), loads=(2,)),
        Task(place=3, windows=(Window(0, 2), Window(4, 20)), loads=(3,), penalty=7),
    ),
    (vehicle(capacity=(5,), latest=20), vehicle(capacity=(5,))),
)


def route(**changes: object) -> Route:
    return replace(SOUND, **changes)  # type: ignore[arg-type]


def codes(problem: Problem, *routes: Route, unserved: tuple[int, ...] = ()) -> list[Code]:
    return [v.code for v in find_violations(problem, Solution(routes, unserved))]


def changed(task: dict[str, object] | None = None, **owner: object) -> Problem:
    """The world with another first task or first vehicle."""
    tasks, vehicles = WORLD.tasks, WORLD.vehicles
    return WORLD.replace(
        tasks=(replace(tasks[0], **(task or {})), *tasks[1:]),  # type: ignore[arg-type]
        vehicles=(replace(vehicles[0], **owner), *vehicles[1:]),  # type: ignore[arg-type]
    )


def test_a_sound_solution_has_no_violation() -> None:
    """Seconds 1 and 4, back at 7; the second window of the second task is kept."""
    assert codes(WORLD, route()) == []


@pytest.mark.parametrize(
    ("problem", "bad", "code"),
    [
        (WORLD, route(starts=(1, 3)), Code.STARTS_EARLY),
        (WORLD, route(arrival=6), Code.WRONG_ARRIVAL),
        (WORLD, route(starts=(1,)), Code.WRONG_STARTS),
        (changed({"windows": (Window(2, 5),)}), route(), Code.OUTSIDE_WINDOWS),
        (changed({"skills": frozenset({4})}), route(), Code.INELIGIBLE),
        (changed({"vehicle": 1}), route(), Code.INELIGIBLE),
        (changed(capacity=(4,)), route(), Code.OVERLOAD),
        (changed(earliest=1), route(), Code.DEPARTS_EARLY),
        (changed(earliest=0, latest=6), route(), Code.ARRIVES_LATE),
        (changed(max_duration=6), route(), Code.TOO_LONG),
        (changed(max_duration=7, setup_duration=1), route(), Code.TOO_LONG),
        (changed(prefix=(1,)), route(), Code.PREFIX_BROKEN),
    ],
)
def test_every_rule_of_a_route_is_judged(problem: Problem, bad: Route, code: Code) -> None:
    """One rule broken, one code told."""
    found = codes(problem, bad)
    assert code in found
    assert set(found) <= {code, Code.OUTSIDE_WINDOWS, Code.WRONG_ARRIVAL}


def test_a_late_departure_is_told() -> None:
    """Leaving at second 1 where the depot closes at 0."""
    late = Route(vehicle=0, tasks=(1,), starts=(4,), departure=1, arrival=7)
    assert codes(changed(latest_departure=0), late, unserved=(0,)) == [
        Code.REQUIRED_UNSERVED,
        Code.DEPARTS_LATE,
    ]


def test_tasks_and_vehicles_are_counted() -> None:
    """Missing, repeated and unknown ones; empty routes; a locked start that nobody drives."""
    empty = Route(vehicle=1, tasks=(), starts=(), departure=0, arrival=0)
    assert codes(WORLD, unserved=(1,)) == [Code.TASK_MISSING]
    assert codes(WORLD, route(), unserved=(1,)) == [Code.TASK_REPEATED]
    assert codes(WORLD, route(), unserved=(2,)) == [Code.UNKNOWN_TASK]
    assert codes(WORLD, route(vehicle=2)) == [Code.UNKNOWN_VEHICLE]
    assert codes(WORLD, route(), empty) == [Code.EMPTY_ROUTE]
    assert Code.VEHICLE_REPEATED in codes(WORLD, route(), route())
    assert codes(WORLD, unserved=(0, 1)) == [Code.REQUIRED_UNSERVED]
    assert Code.PREFIX_BROKEN in codes(changed(prefix=(0,)), unserved=(0, 1))


def test_a_wrong_claim_of_cost_is_told() -> None:
    """60 metres there and back; any other claim is wrong."""
    solution = Solution((route(),), ())
    assert recompute_cost(WORLD, solution) == CostBreakdown(distance=60)
    assert find_violations(WORLD, solution, CostBreakdown(distance=60)) == []
    (wrong,) = find_violations(WORLD, solution, CostBreakdown(distance=59))
    assert wrong.code == Code.WRONG_COST

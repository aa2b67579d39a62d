"""The engine as a whole: a route too many is given up, locked starts are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solver.check import find_violations
from solver.params import SolveParams
from solver.problem import Problem, Task, Travel, Vehicle, Window
from solver.search.encode import by_opening, encode
from solver.search.engine import HybridEngine
from solver.search.settings import SearchSettings
from solver.search.worker import Routes, Worker
from solver.solve import solve
from tests.solver.worlds import town


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of routes that threads were asked to do with."""
    numbers: list[int] = []
    shrink = Worker.shrink

    def note(worker: Worker, routes: Routes) -> None:
        numbers.append(len(routes))
        shrink(worker, routes)

    monkeypatch.setattr(Worker, "shrink", note)
    return numbers


def solved(problem: Problem, steps: int = 40_000) -> int:
    """Routes of a solution that breaks no rule, after several short annealings."""
    engine = HybridEngine(SearchSettings(steps=200))
    result = solve(problem, SolveParams(step_limit=steps, threads=1), engine=engine)
    assert find_violations(problem, result.solution) == []
    return len(result.solution.routes)


def test_every_number_of_routes_is_tried_once(asked: list[int]) -> None:
    """Until it fails: the next annealings are not spent on it again."""
    used = solved(town(40, vehicles=12))
    assert used - 1 in asked
    assert len(set(asked)) == len(asked)
    assert min(asked) >= used - 1


def test_fewer_vehicles_than_hold_everything_are_not_tried(asked: list[int]) -> None:
    """Four of ten boxes each can't carry 41."""
    points = np.arange(42)
    metres = np.abs(points[:, None] - points[None]).astype(np.int32)
    problem = Problem(
        tasks=tuple(Task(place=k + 1, loads=(1,)) for k in range(41)),
        vehicles=tuple(Vehicle(start=0, end=0, capacity=(10,), distance_cost=1) for _ in range(8)),
        travel=(Travel(metres, metres),),
    )
    assert solved(problem, 10_000) == 5
    assert asked == []


def test_locked_starts_stay(asked: list[int]) -> None:
    """A route that begins with locked tasks is not given up, however short it is."""
    free = town(30, vehicles=8)
    problem = replace(
        free, vehicles=tuple(replace(o, prefix=(k,)) for k, o in enumerate(free.vehicles))
    )
    assert solved(problem, 10_000) == 8
    assert asked == []


def test_shrinking_keeps_the_best_routes() -> None:
    """What is better than any before may be found later; nothing is lost until then."""
    problem = town(40, vehicles=12).weighted()
    worker = Worker(encode(problem), 1, SearchSettings())
    worker.construct({}, by_opening(problem))
    best, routes = worker.best, worker.best_routes
    worker.shrink(dict(list(routes.items())[1:]))
    assert (worker.best, worker.best_routes) == (best, routes)


def test_a_fast_vehicle_does_what_the_first_is_too_slow_for() -> None:
    """Which tasks are near each other is told by the fastest: here 1 before 2, not 2 before 1."""
    cost = np.array([[0, 0, 10], [0, 0, 10], [4, 5, 0]], dtype=np.int32)
    slow = np.array([[0, 0, 32], [0, 0, 32], [8, 12, 0]], dtype=np.int32)
    fast = np.array([[0, 0, 20], [0, 0, 20], [5, 9, 0]], dtype=np.int32)
    problem = Problem(
        tasks=(
            Task(place=0, penalty=51, skills=frozenset({1})),
            Task(place=1, penalty=51),
            Task(place=2, penalty=51, windows=(Window(0, 28),)),
        ),
        vehicles=(
            Vehicle(start=0, end=2, travel=0, distance_cost=1),
            Vehicle(start=0, end=0, travel=1, distance_cost=1),
        ),
        travel=(Travel(slow, cost), Travel(fast, cost)),
    )
    assert solve(problem, SolveParams(step_limit=4000, threads=1)).objective == 51 + 14

"""The engine as a whole, and where it breeds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings

from solver.check import Code, find_violations
from solver.errors import ProblemError
from solver.params import SolveParams
from solver.problem import Problem, Task, Travel, Vehicle, Window
from solver.search.city import City
from solver.search.clock import Clock
from solver.search.encode import by_opening, encode
from solver.search.engine import HybridEngine
from solver.search.settings import Leg, SearchSettings
from solver.search.worker import Routes, Worker
from solver.solution import Solution
from solver.solve import solve
from solver.start import locked_start
from tests.generators import tiny_problems
from tests.solver.worlds import town


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of routes that threads were asked to do with."""
    numbers: list[int] = []
    load = Worker.load

    def note(worker: Worker, routes: Routes, vehicles: int | None = None) -> bool:
        if vehicles is not None:
            numbers.append(vehicles)
        return load(worker, routes, vehicles)

    monkeypatch.setattr(Worker, "load", note)
    return numbers


def annealed(problem: Problem, steps: int = 40_000) -> int:
    """Routes of a solution that breaks no rule, after several short annealings."""
    engine = HybridEngine(SearchSettings(steps=200, breeding=1e9))
    result = solve(problem, SolveParams(step_limit=steps, threads=1), engine=engine)
    assert find_violations(problem, result.solution) == []
    return len(result.solution.routes)


def test_every_number_of_routes_is_tried_once(asked: list[int]) -> None:
    """Until it fails: the next annealings are not spent on it again."""
    used = annealed(town(40, vehicles=12))
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
    assert annealed(problem, 10_000) == 5
    assert asked == []


@pytest.fixture
def legs(monkeypatch: pytest.MonkeyPatch) -> list[Leg]:
    """Of solutions that threads anneal together."""
    seen: list[Leg] = []
    anneal = City.anneal

    def noted(city: City, pool: ThreadPoolExecutor, clock: Clock, leg: Leg, arc: float) -> None:
        seen.append(leg)
        anneal(city, pool, clock, leg, arc)

    monkeypatch.setattr(City, "anneal", noted)
    return seen


def test_a_large_wave_is_one_solution(legs: list[Leg]) -> None:
    """It has few vehicles while it is hot; the same for seed, threads and steps."""
    problem = town(60, vehicles=15)
    engine = HybridEngine(SearchSettings(apart=30, steps=10, breeding=1e9))
    params = SolveParams(step_limit=20_000, threads=2)
    result = solve(problem, params, engine=engine)
    assert find_violations(problem, result.solution, result.cost) == []
    assert (legs[0].since, legs[-1].until) == (0.0, 1.0)
    assert all(one.until == two.since for one, two in pairwise(legs))
    assert [leg.shrink for leg in legs] == [True, False, False]
    assert [leg.recombine for leg in legs] == [False, False, True]
    assert all(leg.hot > leg.cold for leg in legs)
    again = solve(problem, params, engine=engine)
    assert again.solution == result.solution


def test_a_large_wave_s_plan_to_start_from_is_not_melted(legs: list[Leg]) -> None:
    """It is annealed from where little changes, with all vehicles."""
    problem = town(60, vehicles=15)
    engine = HybridEngine(SearchSettings(apart=30, steps=10, breeding=1e9))
    params = SolveParams(step_limit=20_000, threads=2)
    plan = solve(problem, SolveParams(step_limit=200, threads=1))
    result = solve(problem, params, engine=engine, initial=plan.solution)
    assert [leg.hot for leg in legs] == [engine.settings.warm, engine.settings.cold]
    assert not any(leg.shrink for leg in legs)
    assert result.objective <= plan.objective


BREEDING = HybridEngine(SearchSettings(breeding=1.0, family=1, mend=10.0))
"""Breeds however little time there is."""


def bred(problem: Problem, steps: int = 20_000, threads: int = 1) -> Solution:
    """A solution by threads that breed; it breaks no rule, but not all may be served."""
    params = SolveParams(step_limit=steps, threads=threads)
    result = solve(problem, params, engine=BREEDING)
    broken = {violation.code for violation in find_violations(problem, result.solution)}
    assert broken <= {Code.REQUIRED_UNSERVED}
    return result.solution


@given(tiny_problems(most_tasks=8))
@settings(max_examples=60)
def test_what_is_bred_breaks_no_rule(problem: Problem) -> None:
    """All rules; some problems have no task, some no vehicle that can do anything."""
    try:
        locked_start(problem)
    except ProblemError:
        return
    bred(problem, steps=2_000)


def test_breeding_is_determined_by_seed_threads_and_steps() -> None:
    """Also where threads have met."""
    problem = town(40, vehicles=12)
    assert bred(problem, threads=2) == bred(problem, threads=2)


def test_locked_starts_stay(asked: list[int]) -> None:
    """Every one of eight vehicles has to begin with its own task; none is given up."""
    free = town(30, vehicles=8)
    problem = replace(
        free, vehicles=tuple(replace(o, prefix=(k,)) for k, o in enumerate(free.vehicles))
    )
    assert len(bred(problem).routes) == 8
    assert min(asked) == 8
    asked.clear()
    assert annealed(problem, 10_000) == 8
    assert asked == []


def test_a_route_too_many_is_given_up() -> None:
    """Eight tasks fit into two vehicles; there are eight."""
    points = np.array([0, *range(100, 106), 10, 11])
    metres = np.abs(points[:, None] - points[None]).astype(np.int32)
    problem = Problem(
        tasks=tuple(Task(place=k + 1, loads=(1,)) for k in range(8)),
        vehicles=tuple(Vehicle(start=0, end=0, capacity=(4,), distance_cost=1) for _ in range(8)),
        travel=(Travel(metres, metres),),
    )
    assert len(bred(problem).routes) == 2


def test_a_worker_keeps_the_best_that_it_ever_had() -> None:
    """What is better than any before may be found later; nothing is lost until then."""
    problem = town(40, vehicles=12).weighted()
    worker = Worker(encode(problem), 1, SearchSettings())
    worker.construct({}, by_opening(problem))
    best, routes = worker.best, worker.best_routes
    fewer = dict(list(routes.items())[1:])
    assert worker.load(fewer, vehicles=len(fewer))
    assert (worker.best, worker.best_routes) == (best, routes)
    assert worker.now_best > best
    assert worker.now_best_routes == fewer


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

"""Parts of a problem: put together they are the whole, to the unit."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import Generator

from solver.check import find_violations
from solver.decompose import Cutter, Part, Routes
from solver.errors import ProblemError
from solver.params import SolveParams
from solver.problem import Problem
from solver.schedule import schedule
from solver.search.engine import HybridEngine
from solver.search.settings import SearchSettings
from solver.solution import Solution
from solver.solve import solve
from tests.generators import tiny_problems
from tests.solver.worlds import alone, town


def solution_of(problem: Problem, routes: dict[int, tuple[int, ...]]) -> Solution:
    made = [schedule(problem, vehicle, tasks) for vehicle, tasks in routes.items()]
    assert None not in made
    return Solution.of(problem, (route for route in made if route is not None))


def assert_whole(problem: Problem, solution: Solution, parts: list[Part]) -> None:
    """Every task and vehicle once; the parts' routes and costs are the whole's."""
    assert sorted(task for part in parts for task in part.tasks) == list(range(len(problem.tasks)))
    owned = sorted(vehicle for part in parts for vehicle in part.vehicles)
    assert owned == list(range(len(problem.vehicles)))
    together = {v: tasks for part in parts for v, tasks in part.in_whole(part.routes).items()}
    assert together == {route.vehicle: route.tasks for route in solution.routes}
    objective = 0
    for part in parts:
        own = alone(problem, part)
        its = solution_of(own, dict(part.routes))
        assert {found.code for found in find_violations(own, its)} <= {"required_unserved"}
        objective += its.objective(own)
    assert objective == solution.objective(problem)


@given(tiny_problems(most_tasks=8), st.integers(1, 3), st.integers(0, 9))
@settings(max_examples=150)
def test_parts_of_any_problem_are_the_whole(problem: Problem, count: int, seed: int) -> None:
    """Locks, locked starts, absent tasks and idle vehicles go with a part."""
    try:
        solution = solve(problem, SolveParams(step_limit=50, threads=1)).solution
    except ProblemError:
        return
    if problem.tasks and problem.vehicles:
        routes = {route.vehicle: route.tasks for route in solution.routes}
        parts = Cutter(problem).cut(routes, count, np.random.default_rng(seed))
        assert len(parts) == max(1, min(count, len(routes)))
        assert_whole(problem, solution, parts)


def test_parts_are_of_one_size_and_cut_elsewhere_each_time() -> None:
    """A town of 300 in 4 parts; the next cut differs, the same seed does not.

    A cut is off by half a route at most, and so is either half of it: by 3 and by 6 of 12 tasks.
    """
    problem = town(300, vehicles=40)
    solution = solve(problem, SolveParams(step_limit=300, threads=1)).solution
    routes = {route.vehicle: route.tasks for route in solution.routes}
    cutter = Cutter(problem)
    first, again, other = (cutter.cut(routes, 4, np.random.default_rng(k)) for k in (1, 1, 2))
    assert_whole(problem, solution, first)
    served = [sum(len(tasks) for tasks in part.routes.values()) for part in first]
    assert max(served) - min(served) <= 2 * (3 + 6)
    assert [part.tasks for part in first] == [part.tasks for part in again]
    assert [part.tasks for part in first] != [part.tasks for part in other]


def test_parts_lie_together() -> None:
    """Tasks of a part are closer to each other than to those of the others."""
    problem = town(200, vehicles=40)
    metres = problem.travel[0].distances
    solution = solve(problem, SolveParams(step_limit=2000, threads=1)).solution
    routes = {route.vehicle: route.tasks for route in solution.routes}
    parts = Cutter(problem).cut(routes, 4, np.random.default_rng(3))
    places = [np.array([problem.tasks[task].place for task in part.tasks]) for part in parts]
    within = np.mean([metres[np.ix_(own, own)].mean() for own in places])
    assert within < 0.9 * metres[1:, 1:].mean()


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_anneal_one_solution_in_parts(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the end, one alone too; repeatable for seed, threads and steps; better than its start."""
    counts: list[int] = []

    def counted(
        self: Cutter, routes: Routes, parts: int, rng: Generator, vehicles: Collection[int] | None
    ) -> list[Part]:
        counts.append(parts)
        return cut(self, routes, parts, rng, vehicles)

    cut = Cutter.cut
    monkeypatch.setattr(Cutter, "cut", counted)
    problem = town(150, vehicles=20)
    engine = HybridEngine(SearchSettings(together=10, part=40, rounds=4))
    params = SolveParams(step_limit=40_000, threads=threads, seed=5)
    result, again = (solve(problem, params, engine=engine) for _ in range(2))
    annealed, polished = 4, 2
    assert counts == [4] * 2 * (annealed + polished)
    assert find_violations(problem, result.solution, result.cost) == []
    assert result.solution == again.solution
    start = solve(problem, SolveParams(step_limit=1, threads=1), engine=engine)
    assert result.objective < start.objective

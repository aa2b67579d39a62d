"""The tables of a part of a city: what the part would have as a problem of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.decompose import Cutter, Part
from solver.errors import ProblemError
from solver.params import SolveParams
from solver.problem import Problem, Vehicle
from solver.search.anneal import anneal_routes, load_routes
from solver.search.encode import MOST_SORTED, by_opening, encode
from solver.search.excerpt import excerpt
from solver.search.layout import (
    AFTER,
    BEFORE,
    CLASS,
    CLOSE,
    CURRENT,
    DEPART_BY,
    IN,
    KIND,
    LIKELY,
    LONGEST,
    METRES_FROM,
    METRES_TO,
    NEAR,
    OPEN,
    OUT,
    PENALTY,
    PICKY,
    PINNED,
    SECONDS_FROM,
    SECONDS_TO,
    SERVICE,
    SPAN_LIMIT,
    TIMED,
    TIMES,
    USABLE,
    Data,
    new_state,
)
from solver.search.settings import SearchSettings
from solver.search.worker import Worker
from solver.solve import solve
from tests.generators import tiny_problems
from tests.solver.search.judge import assert_true
from tests.solver.worlds import alone, town

Cut = tuple[Problem, Data, list[tuple[Part, Data]]]


def vans_and_bikes(problem: Problem) -> Problem:
    """Every second vehicle drives half as far again, so lists can't be the city's to the metre."""
    travel = problem.travel[0]
    longer = replace(travel, distances=(travel.distances * 3 // 2).astype(np.int32))
    vehicles: list[Vehicle] = [replace(v, travel=k % 2) for k, v in enumerate(problem.vehicles)]
    return replace(problem, vehicles=tuple(vehicles), travel=(travel, longer))


@pytest.fixture(scope="module", params=["alike", "mixed"])
def cut(request: pytest.FixtureRequest) -> Cut:
    """A town's tables, and three parts of it with theirs."""
    problem = town(300, vehicles=40)
    if request.param == "mixed":
        problem = vans_and_bikes(problem)
    problem = problem.weighted()
    data = encode(problem)
    worker = Worker(data, 1, SearchSettings())
    worker.construct({}, by_opening(problem))
    parts = Cutter(problem).cut(worker.best_routes, 3, np.random.default_rng(1))
    return problem, data, [(p, excerpt(data, p.tasks, p.vehicles)) for p in parts]


def test_neighbours_of_a_part_are_those_of_the_city_that_it_has(cut: Cut) -> None:
    """In the city's order, each once, the task itself where a list ends."""
    _, whole, parts = cut
    for part, data in parts:
        index = {task: own for own, task in enumerate(part.tasks)}
        for which, ends, step in [
            (BEFORE, 2 * LIKELY, 2),
            (AFTER, 2 * LIKELY, 2),
            (NEAR, LONGEST, 1),
        ]:
            for own, task in enumerate(part.tasks):
                named = whole.lists[which, task, :ends:step].tolist()
                expected = [index[y] for y in named if y in index and y != task]
                expected = [own, *expected] if which == NEAR else expected
                found = data.lists[which, own, :ends:step].tolist()
                assert found == expected + [own] * (len(found) - len(expected))


def test_metres_to_neighbours_are_those_of_the_part_s_first_vehicle(cut: Cut) -> None:
    """Which need not drive as the city's first does."""
    problem, _, parts = cut
    firsts = {problem.vehicles[part.vehicles[0]].travel for part, _ in parts}
    assert firsts == set(range(len(problem.travel)))
    for part, data in parts:
        distances = problem.travel[problem.vehicles[part.vehicles[0]].travel].distances
        place = [problem.tasks[task].place for task in part.tasks]
        for own in range(len(part.tasks)):
            for k in range(0, 2 * LIKELY, 2):
                y, metres = data.lists[BEFORE, own, k : k + 2].tolist()
                assert metres == distances[place[y], place[own]]
                y, metres = data.lists[AFTER, own, k : k + 2].tolist()
                assert metres == distances[place[own], place[y]]


def test_a_part_is_searched_without_a_wrong_unit(cut: Cut) -> None:
    """Its running cost is the checker's after thousands of steps."""
    problem, _, parts = cut
    for part, data in parts:
        state = new_state(data, seed=3)
        load_routes(data, state, dict(part.routes))
        before = int(state.number[CURRENT])
        anneal_routes(data, state, 5000, 300.0, 10.0)
        assert_true(alone(problem, part), data, state)
        assert int(state.number[CURRENT]) < before
        assert (data.node[:, [OUT, IN]] < len(data.travel[0])).all()


def assert_same(problem: Problem, data: Data) -> None:
    """The tables say what those of the problem say, encoded by itself, whatever the numbers."""
    own, n = encode(problem), len(problem.tasks)
    assert all(table.flags.c_contiguous for table in data)
    assert [table.dtype for table in data] == [table.dtype for table in own]
    for name in ("fleet", "windows"):
        assert np.array_equal(getattr(data, name), getattr(own, name)), name
    columns = [SERVICE, OPEN, CLOSE, TIMES, PINNED]
    assert np.array_equal(data.node[:, columns], own.node[:, columns])
    optional = [task.penalty is not None for task in problem.tasks]
    assert np.array_equal(data.task[:, PENALTY + 1 :], own.task[:, PENALTY + 1 :])
    assert np.array_equal(data.task[optional, PENALTY], own.task[optional, PENALTY])
    columns = [SPAN_LIMIT, TIMED, DEPART_BY, USABLE, PICKY]
    assert np.array_equal(data.vehicle[:, columns], own.vehicle[:, columns])
    kinds = len(set(data.vehicle[:, KIND].tolist()))
    assert sorted(set(data.vehicle[:, KIND].tolist())) == list(range(kinds))
    pairs = set(zip(data.vehicle[:, KIND].tolist(), own.vehicle[:, KIND].tolist(), strict=True))
    assert len(pairs) == kinds == len(set(own.vehicle[:, KIND].tolist()))
    assert np.array_equal(data.able[data.node[:n, CLASS]], own.able[own.node[:n, CLASS]])
    for which, turned in [(SECONDS_FROM, 0), (METRES_FROM, 0), (SECONDS_TO, 1), (METRES_TO, 1)]:
        for v in range(len(problem.vehicles)):
            matrices = [
                tables.travel[tables.vehicle[v, which]][
                    np.ix_(*(tables.node[:, side] for side in ((IN, OUT) if turned else (OUT, IN))))
                ]
                for tables in (data, own)
            ]
            assert np.array_equal(*matrices)


@given(tiny_problems(most_tasks=8), st.integers(1, 3), st.integers(0, 9), st.booleans())
@settings(max_examples=150)
def test_a_part_of_any_problem_has_its_tables(
    problem: Problem, count: int, seed: int, far: bool
) -> None:
    """Classes, kinds and places are numbered anew; `far`, so many places that they are sorted."""
    try:
        solution = solve(problem, SolveParams(step_limit=50, threads=1)).solution
    except ProblemError:
        return
    if not solution.routes:
        return
    problem = problem.weighted()
    routes = {route.vehicle: route.tasks for route in solution.routes}
    whole = encode(problem)
    if far:
        whole = among_many_places(whole)
    for part in Cutter(problem).cut(routes, count, np.random.default_rng(seed)):
        if part.tasks:
            data = excerpt(whole, part.tasks, part.vehicles)
            assert_same(alone(problem, part), data)


def among_many_places(data: Data) -> Data:
    """The same tables with as many places, at which nothing is, that they are not sorted."""
    matrices, places, _ = data.travel.shape
    travel = np.zeros((matrices, MOST_SORTED + 1, MOST_SORTED + 1), dtype=np.int32)
    travel[:, :places, :places] = data.travel
    return data._replace(travel=travel)

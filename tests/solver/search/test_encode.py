"""The tables of a part of a city, whose neighbours are looked up in the city's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solver.decompose import Cutter, Part
from solver.problem import Problem, Vehicle
from solver.search.anneal import anneal_routes, load_routes
from solver.search.encode import Within, by_opening, encode
from solver.search.layout import (
    AFTER,
    BEFORE,
    CURRENT,
    IN,
    LIKELY,
    LONGEST,
    NEAR,
    OUT,
    Data,
    new_state,
)
from solver.search.settings import SearchSettings
from solver.search.worker import Worker
from tests.solver.search.test_kernels import assert_true
from tests.solver.worlds import town

Cut = tuple[Data, list[tuple[Part, Data]]]


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
    return data, [(p, encode(p.problem, within=Within(data, p.tasks))) for p in parts]


def test_neighbours_of_a_part_are_those_of_the_city_that_it_has(cut: Cut) -> None:
    """In the city's order, each once, the task itself where a list ends."""
    whole, parts = cut
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
    _, parts = cut
    firsts = {part.problem.vehicles[0].travel for part, _ in parts}
    assert firsts == set(range(len(parts[0][0].problem.travel)))
    for part, data in parts:
        distances = part.problem.travel[part.problem.vehicles[0].travel].distances
        place = [task.place for task in part.problem.tasks]
        for own in range(len(part.tasks)):
            for k in range(0, 2 * LIKELY, 2):
                y, metres = data.lists[BEFORE, own, k : k + 2].tolist()
                assert metres == distances[place[y], place[own]]
                y, metres = data.lists[AFTER, own, k : k + 2].tolist()
                assert metres == distances[place[own], place[y]]


def test_a_part_is_searched_without_a_wrong_unit(cut: Cut) -> None:
    """Its running cost is the checker's after thousands of steps."""
    _, parts = cut
    for part, data in parts:
        state = new_state(data, seed=3)
        load_routes(data, state, dict(part.routes))
        before = int(state.number[CURRENT])
        anneal_routes(data, state, 5000, 300.0, 10.0)
        assert_true(part.problem, data, state)
        assert int(state.number[CURRENT]) < before
        assert (data.node[:, [OUT, IN]] < len(data.travel[0])).all()

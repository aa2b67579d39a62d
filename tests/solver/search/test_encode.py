"""The tables of a part of a city, whose neighbours are looked up in the city's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solver.decompose import Cutter, Part
from solver.problem import Problem, Travel, Vehicle
from solver.search.anneal import anneal_routes, load_routes
from solver.search.encode import Within, by_opening, encode
from solver.search.layout import (
    AFTER,
    BEFORE,
    CURRENT,
    IN,
    LIKELY,
    LONGEST,
    METRES_FROM,
    METRES_TO,
    NEAR,
    OUT,
    SECONDS_FROM,
    SECONDS_TO,
    Data,
    new_state,
)
from solver.search.neighbours import WAIT_WEIGHT
from solver.search.settings import SearchSettings
from solver.search.worker import Worker
from tests.solver.search.judge import assert_true
from tests.solver.worlds import town

Cut = tuple[Data, list[tuple[Part, Data]]]


def vans_and_bikes(problem: Problem) -> Problem:
    """Every second vehicle drives half as far again, so lists can't be the city's to the metre."""
    travel = problem.travel[0]
    longer = replace(travel, distances=(travel.distances * 3 // 2).astype(np.int32))
    vehicles: list[Vehicle] = [replace(v, travel=k % 2) for k, v in enumerate(problem.vehicles)]
    return replace(problem, vehicles=tuple(vehicles), travel=(travel, longer))


def one_ways(problem: Problem) -> Problem:
    """The way back is another one, up to twice as long."""
    travel = problem.travel[0]
    factors = np.random.default_rng(7).uniform(1.0, 2.0, size=travel.durations.shape)
    durations = (travel.durations * factors).astype(np.int32)
    distances = (travel.distances * factors).astype(np.int32)
    return replace(problem, travel=(Travel(durations, distances),))


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


def test_likely_neighbours_are_the_closest_that_can_be_driven() -> None:
    """Forth and back, as the module of the lists says, where more places than a block are."""
    problem = one_ways(town(300)).weighted()
    travel, n = problem.travel[0], len(problem.tasks)
    seconds, metres = travel.durations[1:, 1:], travel.distances[1:, 1:]
    ahead = 120 + seconds
    opening = np.array([task.opening for task in problem.tasks])
    wait = np.maximum(0, opening[None, :] - (opening[:, None] + 1800) - ahead)
    apart = metres + WAIT_WEIGHT * travel.distances.mean() / travel.durations.mean() * wait
    apart[opening[:, None] + ahead > opening[None, :] + 1800] = np.inf
    np.fill_diagonal(apart, np.inf)
    data = encode(problem)
    for which, table in [(BEFORE, apart.T), (AFTER, apart)]:
        closest = np.sort(table, axis=1)[:, :LIKELY]
        found = data.lists[which, :, : 2 * LIKELY : 2].astype(np.int64)
        assert np.allclose(np.take_along_axis(table, found, axis=1), closest)
    nearest = np.sort((metres + metres.T) + np.diag(np.full(n, -1)), axis=1)[:, :LONGEST]
    found = data.lists[NEAR].astype(np.int64)
    assert (found[:, 0] == np.arange(n)).all()
    assert (np.take_along_axis(metres + metres.T, found, axis=1)[:, 1:] == nearest[:, 1:]).all()


def test_matrices_are_kept_by_row_and_by_column() -> None:
    """Once where they are the same."""
    same, other = encode(town(300).weighted()), encode(one_ways(town(300)).weighted())
    for data, count in [(same, 2), (other, 4)]:
        assert len(data.travel) == count
        for by_row, by_column in [(SECONDS_FROM, SECONDS_TO), (METRES_FROM, METRES_TO)]:
            row, column = data.vehicle[0, [by_row, by_column]]
            assert (data.travel[row] == data.travel[column].T).all()


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

"""The tables of a problem: neighbours and matrices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solver.problem import Problem, Travel
from solver.search.encode import encode
from solver.search.layout import (
    AFTER,
    BEFORE,
    LIKELY,
    LONGEST,
    METRES_FROM,
    METRES_TO,
    NEAR,
    SECONDS_FROM,
    SECONDS_TO,
)
from solver.search.neighbours import WAIT_WEIGHT
from tests.solver.worlds import town


def one_ways(problem: Problem) -> Problem:
    """The way back is another one, up to twice as long."""
    travel = problem.travel[0]
    factors = np.random.default_rng(7).uniform(1.0, 2.0, size=travel.durations.shape)
    durations = (travel.durations * factors).astype(np.int32)
    distances = (travel.distances * factors).astype(np.int32)
    return replace(problem, travel=(Travel(durations, distances),))


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

"""Around which tasks the compiled search tries changes, one region after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from solver.problem import Problem, Travel
from solver.search.anneal import anneal_routes
from solver.search.encode import by_opening, encode
from solver.search.layout import NEAR, REGION, REGIONAL, State
from solver.search.region import WHOLE
from solver.search.settings import SearchSettings
from solver.search.worker import Worker
from tests.solver.worlds import town

TASKS = WHOLE + 100


def far_one() -> Problem:
    """A town and one task that is far from all others."""
    problem = town(TASKS, vehicles=60)
    metres = problem.travel[0].distances.astype(np.int32)
    metres[-1, :-1] += 5_000
    metres[:-1, -1] += 5_000
    return replace(problem, travel=(Travel(problem.travel[0].durations, metres),)).weighted()


@pytest.fixture(scope="module")
def worker() -> Worker:
    """That has first routes of `far_one`."""
    problem = far_one()
    worker = Worker(encode(problem), 1, SearchSettings())
    worker.construct({}, by_opening(problem))
    return worker


def regions(worker: Worker) -> Iterator[list[int]]:
    """One after the other; a call of the kernel begins with the next."""
    state: State = worker.state
    while True:
        anneal_routes(worker.data, state, 1, 1000.0, 1000.0)
        yield state.bank[REGION, : state.number[REGIONAL]].tolist()


def test_few_tasks_are_one_region() -> None:
    """Changes are tried around all of them at any time."""
    problem = town(30).weighted()
    worker = Worker(encode(problem), 1, SearchSettings())
    worker.construct({}, by_opening(problem))
    assert sorted(next(regions(worker))) == list(range(30))


def test_a_region_is_small_and_no_task_is_forgotten(worker: Worker) -> None:
    """Its tasks lie near each other; one that is near to nobody is visited as well."""
    metres = far_one().travel[0].distances[1:TASKS, 1:TASKS]
    far = TASKS - 1
    assert far not in worker.data.lists[NEAR, :far]
    seen: set[int] = set()
    apart = []
    for region in islice(regions(worker), 200):
        assert len(region) < TASKS // 3
        seen.update(region)
        within = [x for x in region if x != far]
        apart.append(np.median(metres[np.ix_(within, within)]))
    assert np.median(apart) < np.median(metres) / 2
    assert seen == set(range(TASKS))


def test_a_region_is_part_of_the_focus(worker: Worker) -> None:
    """Where only some tasks are in question, and until others are loaded."""
    some = list(range(50)) + list(range(TASKS - WHOLE, TASKS))
    worker.focus(some)
    assert set().union(*islice(regions(worker), 200)) == set(some)
    few = [3, 5, 8]
    worker.focus(few)
    assert sorted(next(regions(worker))) == few
    worker.load(worker.best_routes)
    assert set().union(*islice(regions(worker), 200)) == set(range(TASKS))

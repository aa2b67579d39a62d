"""What children take from two solutions, and which solutions a population keeps."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from solver.problem import Problem
from solver.search.breed import Breeder
from solver.search.clock import Clock
from solver.search.encode import by_opening, encode
from solver.search.population import ALIKE, Member, Population
from solver.search.settings import SearchSettings
from solver.search.worker import Routes, Worker
from tests.solver.worlds import town


def two_solutions(problem: Problem) -> tuple[Routes, Routes]:
    """Of the same problem, by tasks in two orders."""
    found = []
    starts = {v: owner.prefix for v, owner in enumerate(problem.vehicles)}
    for order in (by_opening(problem), by_opening(problem)[::-1].copy()):
        worker = Worker(encode(problem), 1, SearchSettings())
        worker.construct(starts, order)
        found.append(worker.best_routes)
    return found[0], found[1]


def population(problem: Problem, seed: int = 1) -> Population:
    """Without members yet, three at most."""
    return Population(problem, encode(problem), 3, seed)


def member(cost: int, *routes: tuple[int, ...]) -> Member:
    """With these routes, by the first vehicles."""
    return Member.of(cost, dict(enumerate(routes)))


@pytest.mark.parametrize("locked", [False, True])
def test_a_child_has_every_task_once_at_most(locked: bool) -> None:
    """Its routes are some of both parents', short of a few tasks; locked starts stay whole."""
    problem = town(40, vehicles=12)
    if locked:
        vehicles = [replace(o, prefix=(k,)) if k < 4 else o for k, o in enumerate(problem.vehicles)]
        problem = replace(problem, vehicles=tuple(vehicles))
    problem = problem.weighted()
    keeper, giver = two_solutions(problem)
    assert keeper != giver
    bred, mixed = population(problem), 0
    for _ in range(50):
        child = bred.cross(keeper, giver)
        tasks = [task for route in child.values() for task in route]
        assert len(set(tasks)) == len(tasks)
        assert all(child.values())
        for v, owner in enumerate(problem.vehicles):
            assert child.get(v, ())[: len(owner.prefix)] == owner.prefix
        links = Member.of(0, child).links
        own = Member.of(0, keeper).links, Member.of(0, giver).links
        mixed += bool(links - own[0]) and bool(links - own[1])
    assert mixed > 25


def test_a_task_stays_with_the_only_vehicle_that_may_serve_it() -> None:
    """A route with such a task is not driven by another vehicle of the kind."""
    free = town(20, vehicles=6)
    tasks = tuple(replace(task, vehicle=k % 6) for k, task in enumerate(free.tasks))
    problem = replace(free, tasks=tasks).weighted()
    keeper, giver = two_solutions(problem)
    bred = population(problem)
    for _ in range(30):
        for v, route in bred.cross(keeper, giver).items():
            assert {problem.tasks[task].vehicle for task in route} == {v}


def test_the_dearest_goes() -> None:
    """Where there are too many that are unlike each other."""
    bred = population(town(6, vehicles=3))
    for one in (member(9, (0, 1)), member(7, (2, 3)), member(8, (4, 5)), member(6, (1, 5))):
        bred.add(one)
    assert sorted(known.cost for known in bred.members) == [6, 7, 8]
    assert bred.best is not None
    assert bred.best.cost == 6
    bred.keep_best()
    assert [known.cost for known in bred.members] == [6]


def test_of_two_that_are_alike_the_cheaper_stays() -> None:
    """A long route, with its last two tasks in another order: most links are the same."""
    problem = town(80, vehicles=3)
    long = tuple(range(80))
    other = (*long[:-2], 79, 78)
    bred = population(problem)
    bred.add(member(5, long))
    bred.add(member(6, other))
    assert [known.cost for known in bred.members] == [5]
    bred.add(member(4, other))
    assert [known.cost for known in bred.members] == [4]
    assert member(0, long).distance(member(0, other)) <= ALIKE


def test_a_child_replaces_what_is_dearer() -> None:
    """First the parent it resembles; no one if it is dearer than all."""
    bred = population(town(6, vehicles=3))
    parents = member(7, (0, 1, 2)), member(9, (3, 4, 5))
    for one in (*parents, member(8, (5, 1))):
        bred.add(one)
    assert not bred.replace(member(10, (0, 2, 4)), parents)
    assert bred.replace(member(6, (0, 1, 3)), parents)
    assert sorted(known.cost for known in bred.members) == [6, 8, 9]
    assert bred.replace(member(7, (2, 0)), parents)
    assert sorted(known.cost for known in bred.members) == [6, 7, 8]


def breeder_of(problem: Problem, quota: int) -> Breeder:
    """Keeps ten solutions, so many of which it makes from afresh; has first routes."""
    worker = Worker(encode(problem), 1, SearchSettings())
    worker.construct({}, by_opening(problem))
    return Breeder(
        problem,
        worker,
        SearchSettings(),
        seed=1,
        members=10,
        quota=quota,
        fewest=0,
        fresh=0.02,
        hot=0.4,
    )


def test_a_number_of_vehicles_is_refuted_for_good() -> None:
    """After two failures to serve everything no annealing is spent on so few again."""
    problem = town(30, vehicles=10)
    required = tuple(replace(task, penalty=None) for task in problem.tasks)
    problem = replace(problem, tasks=required).weighted()
    breeder = breeder_of(problem, quota=40)
    worker = breeder.worker
    asked: list[tuple[int, int]] = []
    clock = Clock(0.0, None, 50_000)
    while breeder.made < 40:
        unborn = breeder._conceive(clock)
        asked.append((unborn.vehicles, breeder.fewest))
        worker.stretch(unborn.steps, 0.4, 0.03, 100.0, pushes=0)
        breeder._bring_in(unborn)
    assert breeder.fewest > 0
    assert all(vehicles >= fewest for vehicles, fewest in asked)
    assert all(one[1] <= two[1] for one, two in pairwise(asked))


def test_a_child_may_use_a_vehicle_more_than_its_parents() -> None:
    """Some may, none two; else all of them would stay with too few routes for good."""
    problem = town(30, vehicles=10).weighted()
    breeder = breeder_of(problem, quota=2)
    worker = breeder.worker
    clock = Clock(0.0, None, 50_000)
    more = set()
    for _ in range(30):
        unborn = breeder._conceive(clock)
        if unborn.parents is not None:
            more.add(unborn.vehicles - max(len(parent.routes) for parent in unborn.parents))
        worker.stretch(unborn.steps, 0.4, 0.03, 100.0, pushes=0)
        breeder._bring_in(unborn)
    assert more == {0, 1}

"""One solution that threads anneal in parts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest

from solver.decompose import Cutter, Part
from solver.problem import Problem, Window
from solver.search.anneal import mean_arc_cost
from solver.search.city import City
from solver.search.clock import Clock
from solver.search.encode import by_opening, encode
from solver.search.report import Reporter
from solver.search.settings import Leg, SearchSettings
from solver.search.worker import Routes, Worker
from tests.solver.worlds import town

SETTINGS = SearchSettings(together=10, part=80, rounds=20)


def annealed(
    problem: Problem, steps: int, leg: Leg, routes: Routes | None = None
) -> tuple[City, int]:
    """By two threads, so many steps each, in parts of up to 80 tasks; and what it cost before."""
    data = encode(problem)
    first = Worker(data, 1, SETTINGS)
    first.construct(routes or {}, by_opening(problem))
    city = City(
        problem,
        data,
        SETTINGS,
        1,
        2,
        Reporter(problem, lambda _: None),
        lambda: False,
        lambda: False,
    )
    city.load(first.best_routes, first.best)
    begun = first.best
    with ThreadPoolExecutor(2) as pool:
        city.anneal(pool, Clock(monotonic(), None, steps), leg, mean_arc_cost(data, first.state))
    judge = Worker(data, 1, SETTINGS)
    for routes, cost in [(city.routes, city.cost), (city.best, city.best_cost)]:
        assert judge.load(routes)
        assert judge.now_best == cost
    return city, begun


@pytest.mark.parametrize("hot", [0.4, 0.1])
def test_parts_that_are_put_together_cost_what_is_said(hot: float) -> None:
    """While tasks may stay out, and when it is cold."""
    leg = Leg(0.0, 1.0, hot, 0.9 * hot)
    city, begun = annealed(town(150, vehicles=40).weighted(), 20_000, leg)
    assert city.best_cost <= city.cost
    assert city.best_cost < begun


@pytest.fixture
def owned(monkeypatch: pytest.MonkeyPatch) -> list[set[int]]:
    """Vehicles of all parts together, in every round."""
    rounds: list[set[int]] = []
    cut = Cutter.cut

    def noted(*args: Any) -> list[Part]:
        parts = cut(*args)
        rounds.append({vehicle for part in parts for vehicle in part.vehicles})
        return parts

    monkeypatch.setattr(Cutter, "cut", noted)
    return rounds


@pytest.fixture
def insisted(monkeypatch: pytest.MonkeyPatch) -> set[bool]:
    """Whether tasks that are left out insist, in all parts of all rounds."""
    seen: set[bool] = set()
    anneal = Worker.anneal

    def noted(worker: Worker, clock: Clock, leg: Leg, *more: Any) -> None:
        seen.add(leg.insist)
        anneal(worker, clock, leg, *more)

    monkeypatch.setattr(Worker, "anneal", noted)
    return seen


def all_day(n: int, vehicles: int) -> Problem:
    """A town where any time will do."""
    problem = town(n, vehicles).weighted()
    tasks = tuple(replace(task, windows=(Window(),)) for task in problem.tasks)
    return replace(problem, tasks=tasks)


SHRINK = Leg(0.0, 1.0, 0.3, 0.1, shrink=True)


def test_routes_are_given_up_where_the_others_have_room(
    owned: list[set[int]], insisted: set[bool]
) -> None:
    """Sixteen routes of a task and one of five, which begins without the first of them."""
    problem = all_day(21, vehicles=30)
    routes: Routes = {v: (v,) for v in range(16)} | {16: tuple(range(16, 21))}
    city, begun = annealed(problem, 20_000, SHRINK, routes)
    assert owned[0] == set(range(1, 17))
    assert all(vehicles < set(range(17)) for vehicles in owned)
    assert set(city.routes) <= owned[-1]
    assert insisted == {True}
    assert city.cost < begun


def test_no_route_is_given_up_where_the_others_have_no_room(
    owned: list[set[int]], insisted: set[bool]
) -> None:
    """Four vehicles carry 48 boxes, three do not."""
    problem = all_day(48, vehicles=6)
    annealed(problem, 2_000, SHRINK, {v: tuple(range(12 * v, 12 * v + 12)) for v in range(4)})
    assert owned
    assert all(vehicles == set(range(6)) for vehicles in owned)
    assert insisted == {False}


def test_routes_that_are_worth_nothing_are_given_up() -> None:
    """All of them; what is absent then is annealed as one part."""
    problem = all_day(20, vehicles=4)
    worthless = replace(problem, tasks=tuple(replace(t, penalty=1) for t in problem.tasks))
    routes = {0: (0, 1), 1: (2, 3)}
    city, begun = annealed(worthless, 20_000, Leg(0.0, 1.0, 0.3, 0.1), routes)
    assert city.best == city.routes == {}
    assert (city.best_cost, city.cost) == (20, 20)
    assert begun > 20

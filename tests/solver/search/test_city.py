"""One solution that threads anneal in parts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest

from solver.problem import Problem
from solver.search.anneal import mean_arc_cost
from solver.search.city import City
from solver.search.clock import Clock
from solver.search.encode import by_opening, encode
from solver.search.report import Reporter
from solver.search.settings import Leg, SearchSettings
from solver.search.worker import Worker
from tests.solver.worlds import town

SETTINGS = SearchSettings(together=10, part=80, rounds=20)


def annealed(problem: Problem, steps: int, leg: Leg) -> City:
    """By two threads, so many steps each, in parts of up to 80 tasks."""
    data = encode(problem)
    first = Worker(data, 1, SETTINGS)
    first.construct({}, by_opening(problem))
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
    assert city.best_cost < begun
    return city


@pytest.mark.parametrize("hot", [0.4, 0.1])
def test_parts_that_are_put_together_cost_what_is_said(hot: float) -> None:
    """While tasks may stay out, and when it is cold."""
    city = annealed(town(150, vehicles=40).weighted(), 20_000, Leg(0.0, 1.0, hot, 0.9 * hot))
    assert city.best_cost <= city.cost

"""From the kernels' routes to solutions: every route with its cheapest times, told now and then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from solver.problem import Problem
from solver.recombine import Column
from solver.schedule import schedule
from solver.search.anneal import routes_of
from solver.search.layout import DEAR
from solver.search.worker import Routes, Worker
from solver.solution import Route, Solution

REPORT_EVERY = 0.1
"""Seconds between two reports, at least."""

MOST_ROUTES = 100_000
"""Of so many routes the times are kept."""


class Reporter:
    """Tells solutions that are better than any before; never for more than 5 % of the time."""

    def __init__(self, problem: Problem, tell: Callable[[Solution], None]) -> None:
        """`problem` has all weights 1."""
        self.problem, self.tell = problem, tell
        self.scheduled: dict[tuple[int, tuple[int, ...]], Route] = {}
        self.told, self.next = DEAR, 0.0

    def report(self, cost: int, routes: Routes) -> None:
        """Tell this solution now if it is better than any before; `cost` is the kernel's."""
        if cost < self.told:
            began = monotonic()
            self.told = cost
            self.tell(self.solution(routes))
            self.next = began + max(REPORT_EVERY, 20 * (monotonic() - began))

    def report_published(self, workers: Sequence[Worker]) -> None:
        """Tell the best published solution if it is new and it is time for it."""
        best = min(workers, key=lambda worker: worker.best)
        if best.rows is not None and best.best < self.told and monotonic() >= self.next:
            self.report(best.best, routes_of(best.data, best.rows))

    def solution(self, routes: Routes) -> Solution:
        """With the cheapest times of every route; those of routes seen before are kept."""
        if len(self.scheduled) > MOST_ROUTES:
            self.scheduled.clear()
        return Solution.of(self.problem, (self._route(v, tasks) for v, tasks in routes.items()))

    def column(self, vehicle: int, tasks: tuple[int, ...]) -> Column:
        """A route of the best solution with its cost."""
        cost = self._route(vehicle, tasks).cost(self.problem).objective(self.problem.weights)
        return Column(vehicle, tasks, cost)

    def _route(self, vehicle: int, tasks: tuple[int, ...]) -> Route:
        key = vehicle, tasks
        route = self.scheduled.get(key) or schedule(self.problem, vehicle, tasks)
        assert route is not None, f"The search made a route without times: {key}."
        self.scheduled[key] = route
        return route

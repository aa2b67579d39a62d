"""The cheapest times of a sequence.

Only the departure is free: given a departure, starting every service as early as possible is best
for every term of the objective. With `C(i)` the travel and service before stop i without waiting,

    start(i) = first time in a window of i that is >= arrival(i)
    cost(departure) = duration_cost * (arrival at end - departure) + Σ late_cost(i) * late(i)

is piecewise linear between the departures `b - C(i)`, where b is an opening, closing or due time of
stop i, so a cheapest departure is among these, the first and the last possible one, and those at
which a too long route becomes just short enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from solver.problem import Problem, Task
from solver.solution import Route

_NEVER = 2**40
"""Later than any time that adds up from a problem."""


def schedule(problem: Problem, vehicle: int, tasks: Sequence[int]) -> Route | None:
    """The route with the cheapest times, or None where the sequence has no feasible times.

    Among equally cheap departures the one with the shortest route wins, then the earliest. Loads
    and eligibility are not looked at.
    """
    return _Sequence(problem, vehicle, tasks).cheapest()


class _Sequence:
    """A sequence unrolled, with all of its candidate departures simulated at once."""

    def __init__(self, problem: Problem, vehicle: int, tasks: Sequence[int]) -> None:
        self.vehicle, self.tasks = vehicle, tuple(tasks)
        self.owner = problem.vehicles[vehicle]
        self.weights = problem.weights
        self.stops = [problem.tasks[task] for task in self.tasks]
        durations = problem.durations(vehicle)
        places = [self.owner.start, *(stop.place for stop in self.stops), self.owner.end]
        self.legs = [int(durations[i, j]) for i, j in pairwise(places)]

    def cheapest(self) -> Route | None:
        if not self._reachable():
            return None
        departures = self._within_hours(self._breakpoints())
        limit = self.owner.span_limit
        if limit is not None:
            _, arrivals = self._simulate(departures)
            shortened = departures + np.maximum(0, arrivals - departures - limit)
            departures = self._within_hours(np.concatenate([departures, shortened]))
        starts, arrivals = self._simulate(departures)
        spans = arrivals - departures
        feasible = arrivals <= self.owner.latest
        if limit is not None:
            feasible &= spans <= limit
        chosen = np.flatnonzero(feasible)
        if chosen.size == 0:
            return None
        cost = spans * (self.owner.duration_cost * self.weights.duration) + self._lateness(starts)
        best = chosen[np.lexsort((departures[chosen], spans[chosen], cost[chosen]))[0]]
        return Route(
            vehicle=self.vehicle,
            tasks=self.tasks,
            starts=tuple(int(column[best]) for column in starts),
            departure=int(departures[best]),
            arrival=int(arrivals[best]),
        )

    def _reachable(self) -> bool:
        """Whether the earliest departure keeps all windows; if it does not, none does."""
        time = self.owner.earliest
        for stop, leg in zip(self.stops, self.legs, strict=False):
            time += leg
            if time > stop.closing:
                return False
            time = min(max(w.opening, time) for w in stop.windows if time <= w.closing)
            time += stop.service
        return time + self.legs[-1] <= self.owner.latest

    def _breakpoints(self) -> NDArray[np.int64]:
        found = [self.owner.earliest, self.owner.latest_departure]
        elapsed = 0
        for stop, leg in zip(self.stops, self.legs, strict=False):
            elapsed += leg
            for window in stop.windows:
                found += [window.opening - elapsed, window.closing - elapsed]
            found.append(stop.due_time - elapsed)
            elapsed += stop.service
        found.append(self.owner.latest - elapsed - self.legs[-1])
        return np.array(found, dtype=np.int64)

    def _within_hours(self, departures: NDArray[np.int64]) -> NDArray[np.int64]:
        inside = (departures >= self.owner.earliest) & (departures <= self.owner.latest_departure)
        return np.unique(departures[inside])

    def _simulate(
        self, departures: NDArray[np.int64]
    ) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
        """Start of service per stop and arrival at the end, per departure; `_NEVER` if missed."""
        time, starts = departures, []
        for stop, leg in zip(self.stops, self.legs, strict=False):
            time = _earliest_start(stop, time + leg)
            starts.append(time)
            time = time + stop.service
        return starts, time + self.legs[-1]

    def _lateness(self, starts: list[NDArray[np.int64]]) -> NDArray[np.int64] | int:
        return sum(
            np.maximum(0, start - stop.due_time) * (stop.late_cost * self.weights.lateness)
            for stop, start in zip(self.stops, starts, strict=True)
            if stop.late_cost
        )


def _earliest_start(stop: Task, arrivals: NDArray[np.int64]) -> NDArray[np.int64]:
    start = np.full_like(arrivals, _NEVER)
    for window in reversed(stop.windows):
        start = np.where(arrivals <= window.closing, np.maximum(arrivals, window.opening), start)
    return start

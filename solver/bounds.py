"""What a task costs in a route at the least, known without scheduling anything.

    objective(route) = use + driving + service + paid
    paid = duration_cost * waiting + lateness >= 0

Driving, service and use of a longer or shorter route follow from its arcs, so with `paid` of the
route as it is they bound what a change costs or saves. Time bounds it too: no service starts before
the earliest one after those in front of it, nor after the last one that keeps those behind in time.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from solver.problem import Problem
from solver.solution import Route

Int64s = NDArray[np.int64]


class Gaps:
    """Where a vehicle's route may take one more task: gap k is before its k-th task from 0 on.

    Attributes:
        objective: of the route as it is, 0 of one that is not driven.
        first: the first gap behind the locked start.
    """

    def __init__(self, problem: Problem, vehicle: int, route: Route | None) -> None:
        owner, weights = problem.vehicles[vehicle], problem.weights
        self.problem, self.owner = problem, owner
        self.per_metre = owner.distance_cost * weights.distance
        self.per_second = owner.duration_cost * weights.duration
        self.seconds, self.metres = problem.durations(vehicle), problem.distances(vehicle)
        self.first = len(owner.prefix)
        self.stops = [problem.tasks[task] for task in route.tasks] if route else []
        self.loads = [sum(amounts) for amounts in zip(*(s.loads for s in self.stops), strict=True)]
        places = [owner.start, *(stop.place for stop in self.stops), owner.end]
        self.before, self.after = np.array(places[:-1]), np.array(places[1:])
        if route is None:
            # What the first task adds beside its own way stands in for what is paid.
            self.objective = 0
            setup = self.per_metre * owner.setup_distance + self.per_second * owner.setup_duration
            self.paid = -(owner.fixed_cost * weights.fixed + setup)
            self.direct = np.zeros(1, dtype=np.int64)
        else:
            self.objective = route.cost(problem).objective(weights)
            self.direct = self._cost(self.before, self.after)
            self.paid = self._paid(route)
        self.leaves, self.closings = self._leaves(), self._closings()

    def bounds(self, task: int) -> list[tuple[int, int]]:
        """Gaps that may take the task, each behind the least that the route gets dearer by."""
        wanted = self.problem.tasks[task]
        carried = self.loads or [0] * len(wanted.loads)
        sums = zip(carried, wanted.loads, self.owner.capacity, strict=True)
        if any(load + more > room for load, more, room in sums):
            return []
        before, after = self.before[self.first :], self.after[self.first :]
        place = np.full_like(before, wanted.place)
        arrival = self.leaves[self.first :] + self.seconds[before, place]
        leaves = np.maximum(arrival, wanted.opening) + wanted.service
        in_time = (arrival <= wanted.closing) & (
            leaves + self.seconds[place, after] <= self.closings[self.first :]
        )
        more = self._cost(before, place) + self._cost(place, after) - self.direct[self.first :]
        more += self.per_second * wanted.service - self.paid
        return [(int(more[k]), self.first + int(k)) for k in np.flatnonzero(in_time)]

    def savings(self) -> Int64s:
        """The most that leaving out each stop saves, of a route with two or more."""
        around = self._cost(self.before[:-1], self.after[1:])
        service = np.array([stop.service for stop in self.stops], dtype=np.int64)
        driving = self.direct[:-1] + self.direct[1:] - around
        saved: Int64s = driving + self.per_second * service + self.paid
        return saved

    def _cost(self, origin: Int64s, destination: Int64s) -> Int64s:
        """Of driving."""
        metres = self.metres[origin, destination].astype(np.int64)
        seconds = self.seconds[origin, destination].astype(np.int64)
        return self.per_metre * metres + self.per_second * seconds

    def _paid(self, route: Route) -> int:
        work = int(self.seconds[self.before, self.after].sum(dtype=np.int64))
        waiting = route.arrival - route.departure - work - sum(s.service for s in self.stops)
        late = sum(
            stop.late_cost * max(0, start - stop.due_time)
            for stop, start in zip(self.stops, route.starts, strict=True)
        )
        return self.per_second * waiting + self.problem.weights.lateness * late

    def _leaves(self) -> Int64s:
        """When the start and every stop are left at the earliest."""
        time, leaves = self.owner.earliest, [self.owner.earliest]
        for stop, leg in zip(self.stops, self._legs(), strict=False):
            time += leg
            time = min(max(w.opening, time) for w in stop.windows if time <= w.closing)
            time += stop.service
            leaves.append(time)
        return np.array(leaves, dtype=np.int64)

    def _closings(self) -> Int64s:
        """When every stop and the end must be reached at the latest."""
        time, closings = self.owner.latest, [self.owner.latest]
        for stop, leg in zip(reversed(self.stops), reversed(self._legs()), strict=False):
            time = min(stop.closing, time - leg - stop.service)
            closings.append(time)
        return np.array(closings[::-1], dtype=np.int64)

    def _legs(self) -> list[int]:
        places = [*self.before.tolist(), self.owner.end]
        return [int(self.seconds[i, j]) for i, j in pairwise(places)]

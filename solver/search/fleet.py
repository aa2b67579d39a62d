"""With how many vehicles to try it: the fewest that could do, all but one, as few as still do."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate

from solver.problem import Problem
from solver.search.worker import Routes


def fewest_vehicles(problem: Problem) -> int:
    """How many vehicles, the largest, hold all that must be carried; at least those with locks.

    More than there are if they do not.
    """
    required = [task.loads for task in problem.tasks if task.penalty is None]
    fewest = sum(bool(owner.prefix) for owner in problem.vehicles)
    for q in range(problem.dimensions):
        capacities = sorted((owner.capacity[q] for owner in problem.vehicles), reverse=True)
        held = [0, *accumulate(capacities)]
        fewest = max(fewest, bisect_left(held, sum(loads[q] for loads in required)))
    return fewest


def without_a_route(problem: Problem, routes: Routes) -> Routes | None:
    """All but the shortest that nothing is locked to; None if there are not two of these."""
    free = [v for v in routes if not problem.vehicles[v].prefix]
    if len(free) < 2:
        return None
    shortest = min(free, key=lambda v: (len(routes[v]), v))
    return {v: tasks for v, tasks in routes.items() if v != shortest}


def has_room(problem: Problem, routes: Routes, filled: float) -> bool:
    """Whether `without_a_route` leaves vehicles that can carry the same.

    Args:
        problem: of the routes.
        routes: tasks by vehicle.
        filled: share of the vehicles' capacities, all in all, that may be needed for it.
    """
    fewer = without_a_route(problem, routes)
    if fewer is None:
        return False
    loads = [problem.tasks[task].loads for tasks in routes.values() for task in tasks]
    capacities = [problem.vehicles[v].capacity for v in fewer]
    return all(
        sum(load[q] for load in loads) <= filled * sum(capacity[q] for capacity in capacities)
        for q in range(problem.dimensions)
    )


class Squeezed:
    """Vehicles of a solution that is annealed hot, one less whenever all that must be is served.

    Where vehicles are nearly full an annealing does not find by itself how few of them would do:
    the last tasks of a route have nowhere to go. So one is given up, and comes back if the others
    leave something out. When it is colder all may be used again: that a route pays is soon found.

    Attributes:
        vehicles: that may be used; all if None.
    """

    def __init__(self, problem: Problem, room: float) -> None:
        """All may be used; for `room` see `has_room`."""
        self.problem, self.room = problem, room
        self.vehicles: list[int] | None = None
        self.given_up: list[int] = []

    def adapt(self, routes: Routes) -> Routes:
        """Those to go on with, one less or all; none of them is empty."""
        if not self._serve(routes):
            if self.vehicles is not None and self.given_up:
                self.vehicles.append(self.given_up.pop())
            return routes
        fewer = without_a_route(self.problem, routes)
        if fewer is None or not has_room(self.problem, routes, self.room):
            return routes
        had = routes if self.vehicles is None else self.vehicles
        self.given_up += [vehicle for vehicle in had if vehicle not in fewer]
        self.vehicles = list(fewer)
        return fewer

    def _serve(self, routes: Routes) -> bool:
        """Whether these have all required tasks."""
        served = {task for tasks in routes.values() for task in tasks}
        return all(
            number in served
            for number, task in enumerate(self.problem.tasks)
            if task.penalty is None
        )

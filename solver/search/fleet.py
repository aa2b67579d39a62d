"""With how many vehicles to try it: the fewest that could do, and all routes but one."""

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

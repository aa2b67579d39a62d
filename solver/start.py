"""The least solution: locked starts of routes and nothing else.

Every engine may start from it, and a solve that has no time for an engine ends with it.
"""

from __future__ import annotations

from solver.errors import ProblemError
from solver.problem import Problem
from solver.schedule import schedule
from solver.solution import Route, Solution


def locked_start(problem: Problem) -> Solution:
    """Every vehicle with a prefix drives exactly that; every other task is unserved.

    Raises:
        ProblemError: a prefix can't be driven; names the vehicle and the rule.
    """
    vehicles = (index for index, vehicle in enumerate(problem.vehicles) if vehicle.prefix)
    return Solution.of(problem, (prefix_route(problem, vehicle) for vehicle in vehicles))


def prefix_route(problem: Problem, index: int) -> Route:
    """The cheapest route over the prefix of one vehicle, and over nothing else.

    Raises:
        ProblemError: it can't be driven; names the rule.
    """
    vehicle = problem.vehicles[index]
    for task in vehicle.prefix:
        if not problem.eligible(task, index):
            raise ProblemError(f"Vehicle {index}: lacks a skill for task {task} of its prefix.")
    for dimension, capacity in enumerate(vehicle.capacity):
        load = sum(problem.tasks[task].loads[dimension] for task in vehicle.prefix)
        if load > capacity:
            raise ProblemError(
                f"Vehicle {index}: expected a load <= {capacity} in dimension {dimension}, "
                f"its prefix {vehicle.prefix} has {load}."
            )
    route = schedule(problem, index, vehicle.prefix)
    if route is None:
        raise ProblemError(f"Vehicle {index}: no feasible times for its prefix {vehicle.prefix}.")
    return route

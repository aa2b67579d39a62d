"""One task into a solution, at every position of every route; or out of it.

    extra_cost = objective of the vehicle's route with the task - objective of its route without

Every position is tried on its real schedule, so the figures are exact; what can't be by capacity,
skill, lock or prefix is not tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

from solver.problem import Problem
from solver.schedule import schedule
from solver.solution import Route, Solution


@dataclass(frozen=True, slots=True)
class Insertion:
    """The best way to serve a task with one vehicle.

    Attributes:
        vehicle: index.
        position: of the task in the route, from 0.
        extra_cost: what the vehicle's route gets dearer by, weighted; the penalty is not counted.
        route: with the task.
    """

    vehicle: int
    position: int
    extra_cost: int
    route: Route


def insertions(problem: Problem, solution: Solution, task: int) -> list[Insertion]:
    """The best insertion of an unserved task for every vehicle that can take it, cheapest first.

    Vehicles without a route are tried as well.
    """
    routes = {route.vehicle: route for route in solution.routes}
    found = (
        _best(problem, vehicle, routes.get(vehicle), task)
        for vehicle in range(len(problem.vehicles))
    )
    return sorted((one for one in found if one), key=lambda one: (one.extra_cost, one.vehicle))


def insert_worthwhile(
    problem: Problem, solution: Solution, deadline: float | None = None
) -> Solution:
    """Insert unserved tasks for as long as one of them saves more than it costs.

    Required tasks come first; among equals the largest saving. Afterwards every task left out costs
    more to insert than to leave, or fits nowhere; unless the deadline, on `time.monotonic()`, ends
    it before that.
    """
    best: dict[int, Insertion | None] = {}
    for task in sorted(solution.unserved, key=lambda task: not problem.tasks[task].required):
        if _over(deadline):
            break
        best[task] = _cheapest(problem, solution, task)
    while True:
        worthwhile = [
            (not problem.tasks[task].required, one.extra_cost - _penalty(problem, task), task, one)
            for task, one in best.items()
            if one is not None
            and (problem.tasks[task].required or one.extra_cost < _penalty(problem, task))
        ]
        if not worthwhile:
            return solution
        _, _, task, chosen = min(worthwhile, key=lambda choice: choice[:3])
        del best[task]
        others = [route for route in solution.routes if route.vehicle != chosen.vehicle]
        solution = Solution.of(problem, [*others, chosen.route])
        for other, one in best.items():
            if _over(deadline):
                return solution
            if one is None or one.vehicle == chosen.vehicle:
                best[other] = _cheapest(problem, solution, other)


def drop_unprofitable(problem: Problem, solution: Solution) -> Solution:
    """Leave out, one by one, optional tasks that cost more than their penalty where they are."""
    routes = [_profitable(problem, route) for route in solution.routes]
    return Solution.of(problem, (route for route in routes if route))


def _profitable(problem: Problem, route: Route) -> Route | None:
    fixed = len(problem.vehicles[route.vehicle].prefix)
    for task in route.tasks[fixed:]:
        if problem.tasks[task].required:
            continue
        rest = tuple(other for other in route.tasks if other != task)
        shorter = schedule(problem, route.vehicle, rest) if rest else None
        saved = _objective(problem, route) - _objective(problem, shorter)
        if (shorter or not rest) and saved > _penalty(problem, task):
            return _profitable(problem, shorter) if shorter else None
    return route


def _objective(problem: Problem, route: Route | None) -> int:
    return route.cost(problem).objective(problem.weights) if route else 0


def _over(deadline: float | None) -> bool:
    return deadline is not None and monotonic() >= deadline


def _penalty(problem: Problem, task: int) -> int:
    return (problem.tasks[task].penalty or 0) * problem.weights.unserved


def _cheapest(problem: Problem, solution: Solution, task: int) -> Insertion | None:
    return next(iter(insertions(problem, solution, task)), None)


def _best(problem: Problem, vehicle: int, route: Route | None, task: int) -> Insertion | None:
    before = _objective(problem, route)
    found = (
        Insertion(
            vehicle,
            position,
            _objective(problem, longer) - before,
            longer,
        )
        for position, longer in _positions(problem, vehicle, route.tasks if route else (), task)
    )
    return min(found, key=lambda one: (one.extra_cost, one.position), default=None)


def _positions(
    problem: Problem, vehicle: int, tasks: tuple[int, ...], task: int
) -> Iterator[tuple[int, Route]]:
    if not problem.eligible(task, vehicle) or not _fits(problem, vehicle, (*tasks, task)):
        return
    for position in range(len(problem.vehicles[vehicle].prefix), len(tasks) + 1):
        longer = schedule(problem, vehicle, (*tasks[:position], task, *tasks[position:]))
        if longer is not None:
            yield position, longer


def _fits(problem: Problem, vehicle: int, tasks: tuple[int, ...]) -> bool:
    return all(
        sum(problem.tasks[task].loads[dimension] for task in tasks) <= capacity
        for dimension, capacity in enumerate(problem.vehicles[vehicle].capacity)
    )

"""One task into a solution, where it is cheapest of all positions of all routes; or out of it.

    extra_cost = objective of the vehicle's route with the task - objective of its route without
               >= more driving, service and use - waiting and lateness of the route without

Positions are tried on their real schedules, so the figures are exact: the least bound first, until
the next bound is above the best. What can't be by capacity, skill, lock, prefix or the earliest and
latest times of its neighbours is not tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import monotonic

from solver.bounds import Gaps
from solver.problem import Problem, Vehicle
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


class Insertions:
    """Ways to serve unserved tasks of one solution; vehicles without a route are tried as well."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.problem, self.solution = problem, solution
        self._routes: dict[int, Route | None] = dict.fromkeys(range(len(problem.vehicles)))
        self._routes |= {route.vehicle: route for route in solution.routes}
        self._gaps: dict[int, Gaps] = {}

    def of(self, task: int) -> list[Insertion]:
        """The best one for every vehicle that can take the task, cheapest first."""
        found = (self._cheapest(task, [vehicle]) for vehicle in self._routes)
        return sorted((one for one in found if one), key=_rank)

    def cheapest(self, task: int) -> Insertion | None:
        """The first of these, found sooner; None if there is none."""
        return self._cheapest(task, self._unlike(task))

    def insert(self, one: Insertion) -> None:
        """From here on the solution has its route."""
        others = [route for route in self.solution.routes if route.vehicle != one.vehicle]
        self.solution = Solution.of(self.problem, [*others, one.route])
        self._routes[one.vehicle] = one.route
        self._gaps.pop(one.vehicle, None)

    def _cheapest(self, task: int, vehicles: Iterable[int]) -> Insertion | None:
        """Among equals the first vehicle, then the first position."""
        bounds = sorted(
            (bound, vehicle, gap)
            for vehicle in vehicles
            if self.problem.eligible(task, vehicle)
            for bound, gap in self._gaps_of(vehicle).bounds(task)
        )
        best: Insertion | None = None
        for bound, vehicle, gap in bounds:
            if best is not None and bound > best.extra_cost:
                break
            one = self._at(task, vehicle, gap)
            if one is not None:
                best = one if best is None else min(best, one, key=_rank)
        return best

    def _at(self, task: int, vehicle: int, gap: int) -> Insertion | None:
        route = self._routes[vehicle]
        tasks = route.tasks if route else ()
        longer = schedule(self.problem, vehicle, (*tasks[:gap], task, *tasks[gap:]))
        if longer is None:
            return None
        extra = _objective(self.problem, longer) - self._gaps_of(vehicle).objective
        return Insertion(vehicle, gap, extra, longer)

    def _gaps_of(self, vehicle: int) -> Gaps:
        if vehicle not in self._gaps:
            self._gaps[vehicle] = Gaps(self.problem, vehicle, self._routes[vehicle])
        return self._gaps[vehicle]

    def _unlike(self, task: int) -> Iterator[int]:
        """Vehicles that may serve the task, but of idle ones that are alike only the first."""
        seen: set[Vehicle] = set()
        for vehicle, route in self._routes.items():
            if not self.problem.eligible(task, vehicle):
                continue
            kind = self.problem.vehicles[vehicle]
            if route is not None or kind not in seen:
                yield vehicle
            if route is None:
                seen.add(kind)


def insert_worthwhile(
    problem: Problem, solution: Solution, deadline: float | None = None
) -> Solution:
    """Insert unserved tasks for as long as one of them saves more than it costs.

    Required tasks come first; among equals the largest saving. Afterwards every task left out costs
    more to insert than to leave, or fits nowhere; unless the deadline, on `time.monotonic()`, ends
    it before that.
    """
    into, best = Insertions(problem, solution), dict[int, Insertion | None]()
    for task in sorted(solution.unserved, key=lambda task: not problem.tasks[task].required):
        if _over(deadline):
            break
        best[task] = into.cheapest(task)
    while True:
        worthwhile = [
            (not problem.tasks[task].required, one.extra_cost - _penalty(problem, task), task, one)
            for task, one in best.items()
            if one is not None
            and (problem.tasks[task].required or one.extra_cost < _penalty(problem, task))
        ]
        if not worthwhile:
            return into.solution
        _, _, task, chosen = min(worthwhile, key=lambda choice: choice[:3])
        del best[task]
        into.insert(chosen)
        for other, one in best.items():
            if _over(deadline):
                return into.solution
            if one is None or one.vehicle == chosen.vehicle:
                best[other] = into.cheapest(other)


def drop_unprofitable(problem: Problem, solution: Solution) -> Solution:
    """Leave out, one by one, optional tasks that cost more than their penalty where they are."""
    routes = [_profitable(problem, route) for route in solution.routes]
    return Solution.of(problem, (route for route in routes if route))


def _profitable(problem: Problem, route: Route) -> Route | None:
    gaps = Gaps(problem, route.vehicle, route)
    alone = len(route.tasks) == 1
    most = [gaps.objective] if alone else gaps.savings().tolist()
    fixed = len(problem.vehicles[route.vehicle].prefix)
    for k, task in list(enumerate(route.tasks))[fixed:]:
        if problem.tasks[task].required or most[k] <= _penalty(problem, task):
            continue
        if alone:
            return None
        shorter = schedule(problem, route.vehicle, route.tasks[:k] + route.tasks[k + 1 :])
        saved = gaps.objective - _objective(problem, shorter)
        if shorter and saved > _penalty(problem, task):
            return _profitable(problem, shorter)
    return route


def _objective(problem: Problem, route: Route | None) -> int:
    return route.cost(problem).objective(problem.weights) if route else 0


def _over(deadline: float | None) -> bool:
    return deadline is not None and monotonic() >= deadline


def _penalty(problem: Problem, task: int) -> int:
    return (problem.tasks[task].penalty or 0) * problem.weights.unserved


def _rank(one: Insertion) -> tuple[int, int, int]:
    return one.extra_cost, one.vehicle, one.position

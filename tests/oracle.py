"""The optimum of tiny problems by full enumeration; shares no code with the solver.

best(v, S) = cheapest route of vehicle v over the tasks S, over all sequences and departures
optimum    = min over partitions of the tasks into S(1) ... S(k), rest unserved
"""

from __future__ import annotations

from functools import cache
from itertools import permutations

from solver.problem import Problem

Rank = tuple[int, int]
"""Required tasks left out, then the objective."""


def optimum(problem: Problem) -> Rank | None:
    """The best rank of any feasible solution; None if a locked start leaves none."""
    n = len(problem.tasks)
    everything = (1 << n) - 1
    routes = [_routes(problem, vehicle) for vehicle in range(len(problem.vehicles))]

    @cache
    def best(vehicle: int, left: int) -> Rank | None:
        if vehicle == len(problem.vehicles):
            return _left_out(problem, left)
        found = []
        for served, cost in routes[vehicle].items():
            if served & ~left:
                continue
            rest = best(vehicle + 1, left & ~served)
            if rest is not None:
                found.append((rest[0], rest[1] + cost))
        return min(found, default=None)

    return best(0, everything)


def cheapest_times(problem: Problem, vehicle: int, tasks: tuple[int, ...]) -> int | None:
    """Weighted cost of the route at its best departure, every whole second tried; None if none."""
    owner, weights = problem.vehicles[vehicle], problem.weights
    costs = []
    for departure in range(owner.earliest, min(owner.latest_departure, owner.latest) + 1):
        told = _drive(problem, vehicle, tasks, departure)
        if told is None:
            continue
        arrival, lateness = told
        clock = owner.setup_duration + arrival - departure
        if owner.max_duration is not None and clock > owner.max_duration:
            continue
        costs.append(owner.duration_cost * clock * weights.duration + lateness * weights.lateness)
    if not costs:
        return None
    places = [owner.start, *(problem.tasks[task].place for task in tasks), owner.end]
    matrix = problem.travel[owner.travel].distances
    metres = owner.setup_distance + sum(
        int(matrix[places[k], places[k + 1]]) for k in range(len(places) - 1)
    )
    return (
        min(costs)
        + owner.fixed_cost * weights.fixed
        + owner.distance_cost * metres * weights.distance
    )


def _left_out(problem: Problem, left: int) -> Rank:
    out = [task for k, task in enumerate(problem.tasks) if left >> k & 1]
    price = sum(task.penalty for task in out if task.penalty is not None)
    return sum(task.penalty is None for task in out), price * problem.weights.unserved


def _routes(problem: Problem, vehicle: int) -> dict[int, int]:
    """Cheapest cost of this vehicle by set of tasks; not driving at all is the empty set.

    Nothing if its prefix can't be driven alone, though with more tasks it may be where the way over
    them is shorter than the direct one: such a locked start is an error.
    """
    owner = problem.vehicles[vehicle]
    found: dict[int, int] = {} if owner.prefix else {0: 0}
    able = [k for k in range(len(problem.tasks)) if _able(problem, vehicle, k)]
    for count in range(1, len(able) + 1):
        for tasks in permutations(able, count):
            if tasks[: len(owner.prefix)] != owner.prefix or _overload(problem, vehicle, tasks):
                continue
            cost = cheapest_times(problem, vehicle, tasks)
            key = sum(1 << task for task in tasks)
            if cost is not None and cost < found.get(key, cost + 1):
                found[key] = cost
    alone = sum(1 << task for task in owner.prefix)
    return found if alone in found else {}


def _able(problem: Problem, vehicle: int, task: int) -> bool:
    wanted, owner = problem.tasks[task], problem.vehicles[vehicle]
    return wanted.skills <= owner.skills and wanted.vehicle in (None, vehicle)


def _overload(problem: Problem, vehicle: int, tasks: tuple[int, ...]) -> bool:
    capacity = problem.vehicles[vehicle].capacity
    return any(
        sum(problem.tasks[task].loads[k] for task in tasks) > limit
        for k, limit in enumerate(capacity)
    )


def _drive(
    problem: Problem, vehicle: int, tasks: tuple[int, ...], departure: int
) -> tuple[int, int] | None:
    """Arrival at the end and cost of lateness, every service as early as possible."""
    owner = problem.vehicles[vehicle]
    matrix = problem.travel[owner.travel].durations
    time, place, lateness = departure, owner.start, 0
    for task in tasks:
        here = problem.tasks[task]
        time += int(matrix[place, here.place])
        starts = [max(time, w.opening) for w in here.windows if time <= w.closing]
        if not starts:
            return None
        time, place = min(starts), here.place
        due = here.windows[-1].closing if here.due is None else here.due
        lateness += here.late_cost * max(0, time - due)
        time += here.service
    time += int(matrix[place, owner.end])
    return (time, lateness) if time <= owner.latest else None

"""An independent judge of solutions: follows every route rule by rule, from the problem alone.

It shares no code with the engines, with `solver.schedule` or with `Route.cost`, and believes
nothing that a solution claims, its times included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from solver.cost import CostBreakdown
from solver.problem import Problem
from solver.solution import Route, Solution


class Code(StrEnum):
    """The rule that is broken."""

    UNKNOWN_TASK = "unknown_task"
    UNKNOWN_VEHICLE = "unknown_vehicle"
    TASK_MISSING = "task_missing"
    TASK_REPEATED = "task_repeated"
    VEHICLE_REPEATED = "vehicle_repeated"
    EMPTY_ROUTE = "empty_route"
    REQUIRED_UNSERVED = "required_unserved"
    INELIGIBLE = "ineligible"
    """The vehicle lacks a skill, or the task is locked to another."""
    OVERLOAD = "overload"
    PREFIX_BROKEN = "prefix_broken"
    DEPARTS_EARLY = "departs_early"
    DEPARTS_LATE = "departs_late"
    STARTS_EARLY = "starts_early"
    """Service starts before the vehicle can be there."""
    OUTSIDE_WINDOWS = "outside_windows"
    WRONG_STARTS = "wrong_starts"
    """There is not one start for each task."""
    WRONG_ARRIVAL = "wrong_arrival"
    ARRIVES_LATE = "arrives_late"
    TOO_LONG = "too_long"
    WRONG_COST = "wrong_cost"


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that the solution breaks, with the numbers, and where."""

    code: Code
    message: str
    vehicle: int | None = None
    task: int | None = None


def find_violations(
    problem: Problem, solution: Solution, claimed: CostBreakdown | None = None
) -> list[Violation]:
    """Every rule of the problem that the solution breaks; an empty list is a sound solution.

    Args:
        problem: the rules.
        solution: to be judged.
        claimed: the unweighted cost that somebody claims for it; not judged if None.
    """
    found = [*_every_task_once(problem, solution), *_vehicles_once(problem, solution)]
    if any(v.code in (Code.UNKNOWN_TASK, Code.UNKNOWN_VEHICLE) for v in found):
        return found
    for route in solution.routes:
        found += _route(problem, route)
    if claimed is not None and all(len(r.tasks) == len(r.starts) for r in solution.routes):
        cost = recompute_cost(problem, solution)
        if cost != claimed:
            found.append(Violation(Code.WRONG_COST, f"Claims {claimed}, costs {cost}."))
    return found


def recompute_cost(problem: Problem, solution: Solution) -> CostBreakdown:
    """The unweighted cost by term, summed step by step; tasks and vehicles must be known."""
    terms = dict.fromkeys(("fixed", "distance", "duration", "lateness", "unserved"), 0)
    for route in solution.routes:
        vehicle = problem.vehicles[route.vehicle]
        travel = problem.travel[vehicle.travel]
        metres, place = vehicle.setup_distance, vehicle.start
        for task, start in zip(route.tasks, route.starts, strict=True):
            here = problem.tasks[task]
            metres += int(travel.distances[place, here.place])
            place = here.place
            due = here.windows[-1].closing if here.due is None else here.due
            if start > due:
                terms["lateness"] += here.late_cost * (start - due)
        metres += int(travel.distances[place, vehicle.end])
        seconds = vehicle.setup_duration + route.arrival - route.departure
        terms["fixed"] += vehicle.fixed_cost
        terms["distance"] += vehicle.distance_cost * metres
        terms["duration"] += vehicle.duration_cost * seconds
    for task in solution.unserved:
        penalty = problem.tasks[task].penalty
        terms["unserved"] += 0 if penalty is None else penalty
    return CostBreakdown(**terms)


def _every_task_once(problem: Problem, solution: Solution) -> Iterator[Violation]:
    times = Counter(task for route in solution.routes for task in route.tasks)
    times.update(solution.unserved)
    for task in times:
        if not 0 <= task < len(problem.tasks):
            yield Violation(Code.UNKNOWN_TASK, f"No task {task}.", task=task)
    for task in range(len(problem.tasks)):
        if times[task] == 0:
            message = f"Task {task} is neither served nor unserved."
            yield Violation(Code.TASK_MISSING, message, task=task)
        elif times[task] > 1:
            message = f"Task {task} occurs {times[task]} times."
            yield Violation(Code.TASK_REPEATED, message, task=task)
    for task in solution.unserved:
        if 0 <= task < len(problem.tasks) and problem.tasks[task].penalty is None:
            message = f"Task {task} must be served."
            yield Violation(Code.REQUIRED_UNSERVED, message, task=task)


def _vehicles_once(problem: Problem, solution: Solution) -> Iterator[Violation]:
    times = Counter(route.vehicle for route in solution.routes)
    for vehicle, count in times.items():
        if not 0 <= vehicle < len(problem.vehicles):
            yield Violation(Code.UNKNOWN_VEHICLE, f"No vehicle {vehicle}.", vehicle)
        if count > 1:
            message = f"Vehicle {vehicle} has {count} routes."
            yield Violation(Code.VEHICLE_REPEATED, message, vehicle)
    for index, owner in enumerate(problem.vehicles):
        if owner.prefix and not times[index]:
            message = f"Vehicle {index} has no route, but the locked start {owner.prefix}."
            yield Violation(Code.PREFIX_BROKEN, message, index)


def _route(problem: Problem, route: Route) -> Iterator[Violation]:
    name = f"Vehicle {route.vehicle}"
    vehicle = problem.vehicles[route.vehicle]
    if not route.tasks:
        yield Violation(Code.EMPTY_ROUTE, f"{name} has a route without tasks.", route.vehicle)
    for task in route.tasks:
        wanted = problem.tasks[task]
        lacking = wanted.skills - vehicle.skills
        if lacking or (wanted.vehicle is not None and wanted.vehicle != route.vehicle):
            message = f"{name} may not serve task {task}."
            yield Violation(Code.INELIGIBLE, message, route.vehicle, task)
    for dimension, capacity in enumerate(vehicle.capacity):
        load = 0
        for task in route.tasks:
            load += problem.tasks[task].loads[dimension]
        if load > capacity:
            message = f"{name} carries {load} of {capacity} in dimension {dimension}."
            yield Violation(Code.OVERLOAD, message, route.vehicle)
    if route.tasks[: len(vehicle.prefix)] != vehicle.prefix:
        message = f"{name} starts with {route.tasks}, expected {vehicle.prefix}."
        yield Violation(Code.PREFIX_BROKEN, message, route.vehicle)
    if len(route.starts) == len(route.tasks):
        yield from _times(problem, route)
    else:
        message = f"{name} has {len(route.starts)} starts for {len(route.tasks)} tasks."
        yield Violation(Code.WRONG_STARTS, message, route.vehicle)


def _times(problem: Problem, route: Route) -> Iterator[Violation]:
    name = f"Vehicle {route.vehicle}"
    vehicle = problem.vehicles[route.vehicle]
    durations = problem.travel[vehicle.travel].durations
    if route.departure < vehicle.earliest:
        message = f"{name} departs at {route.departure}, before {vehicle.earliest}."
        yield Violation(Code.DEPARTS_EARLY, message, route.vehicle)
    if route.departure > vehicle.latest_departure:
        message = f"{name} departs at {route.departure}, after {vehicle.latest_departure}."
        yield Violation(Code.DEPARTS_LATE, message, route.vehicle)
    time, place = route.departure, vehicle.start
    for task, start in zip(route.tasks, route.starts, strict=True):
        here = problem.tasks[task]
        time += int(durations[place, here.place])
        if start < time:
            message = f"{name} starts task {task} at {start}, cannot be there before {time}."
            yield Violation(Code.STARTS_EARLY, message, route.vehicle, task)
        if not any(window.opening <= start <= window.closing for window in here.windows):
            message = f"{name} starts task {task} at {start}, outside {here.windows}."
            yield Violation(Code.OUTSIDE_WINDOWS, message, route.vehicle, task)
        time, place = start + here.service, here.place
    time += int(durations[place, vehicle.end])
    if route.arrival != time:
        message = f"{name} says it arrives at {route.arrival}, it arrives at {time}."
        yield Violation(Code.WRONG_ARRIVAL, message, route.vehicle)
    if time > vehicle.latest:
        message = f"{name} arrives at {time}, after {vehicle.latest}."
        yield Violation(Code.ARRIVES_LATE, message, route.vehicle)
    on_the_clock = vehicle.setup_duration + time - route.departure
    if vehicle.max_duration is not None and on_the_clock > vehicle.max_duration:
        message = f"{name} is on the clock for {on_the_clock} of {vehicle.max_duration}."
        yield Violation(Code.TOO_LONG, message, route.vehicle)

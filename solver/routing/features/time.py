"""The clock, per class of vehicles.

start(j) = start(i) + service(i) + duration(i, j) + waiting
"""

from __future__ import annotations

import numpy as np

from solver.problem import HORIZON, Problem, Vehicle, Window
from solver.routing.model import Model

DIMENSION = "time"


def supports(problem: Problem) -> bool:
    """Whether any rule or cost looks at the clock, or a route could outlast the horizon."""
    limited = any(
        vehicle.latest < HORIZON or vehicle.max_duration is not None or vehicle.duration_cost
        for vehicle in problem.vehicles
    )
    timed = any(task.windows != (Window(),) or task.late_cost for task in problem.tasks)
    return limited or timed or _longest(problem) > HORIZON


def _longest(problem: Problem) -> int:
    leg = max(int(travel.durations.max()) for travel in problem.travel)
    earliest = max((vehicle.earliest for vehicle in problem.vehicles), default=0)
    return earliest + leg + sum(task.service + leg for task in problem.tasks)


def add_to(model: Model) -> None:
    """Add one dimension over all vehicles and their hours."""
    service = np.zeros((len(model.nodes), 1), dtype=np.int64)
    for node, (_, task) in enumerate(model.tasks):
        service[node] = task.service

    def transits(vehicle: Vehicle) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        return model.between_nodes(model.problem.travel[vehicle.travel].durations) + service

    evaluators = model.register_per_class(key=lambda vehicle: vehicle.travel, matrix=transits)
    model.routing.AddDimensionWithVehicleTransits(evaluators, HORIZON, HORIZON, False, DIMENSION)
    clock = model.routing.GetDimensionOrDie(DIMENSION)
    for number, vehicle in enumerate(model.vehicles):
        start, end = model.routing.Start(number), model.routing.End(number)
        clock.CumulVar(start).SetRange(vehicle.earliest, min(vehicle.latest_departure, HORIZON))
        clock.CumulVar(end).SetRange(vehicle.earliest, vehicle.latest)

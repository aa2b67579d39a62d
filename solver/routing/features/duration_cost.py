"""Cost of seconds on the clock, waiting included.

cost = duration_cost * (arrival at end - departure)
"""

from __future__ import annotations

from solver.problem import Problem
from solver.routing.features import time
from solver.routing.model import Model


def supports(problem: Problem) -> bool:
    """Whether any vehicle pays for time."""
    return any(vehicle.duration_cost for vehicle in problem.vehicles)


def add_to(model: Model) -> None:
    """Price the span of every vehicle."""
    clock = model.routing.GetDimensionOrDie(time.DIMENSION)
    for number, vehicle in enumerate(model.vehicles):
        clock.SetSpanCostCoefficientForVehicle(vehicle.duration_cost, number)

"""Longest time on the clock: `arrival at end - departure <= max_duration - setup_duration`."""

from __future__ import annotations

from solver.problem import Problem
from solver.routing.features import time
from solver.routing.model import Model


def supports(problem: Problem) -> bool:
    """Whether any vehicle has a longest route."""
    return any(vehicle.max_duration is not None for vehicle in problem.vehicles)


def add_to(model: Model) -> None:
    """Bound the span of every vehicle that has a limit."""
    clock = model.routing.GetDimensionOrDie(time.DIMENSION)
    for number, vehicle in enumerate(model.vehicles):
        if vehicle.span_limit is not None:
            clock.SetSpanUpperBoundForVehicle(vehicle.span_limit, number)

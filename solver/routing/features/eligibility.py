"""Who may serve a task: skills, and locks of a task to a vehicle."""

from __future__ import annotations

from solver.problem import Problem
from solver.routing.model import Model

UNPERFORMED = -1
"""The vehicle of a task that is left out; 9.15 lacks `SetAllowedVehiclesForIndex` for lists."""


def supports(problem: Problem) -> bool:
    """Whether any task is choosy."""
    return any(task.skills or task.vehicle is not None for task in problem.tasks)


def add_to(model: Model) -> None:
    """Restrict the vehicles of every task that not all may serve."""
    for (index, _), vehicles in zip(model.tasks, model.nodes.eligible, strict=True):
        if len(vehicles) < len(model.nodes.vehicles):
            model.routing.VehicleVar(index).SetValues([UNPERFORMED, *vehicles])

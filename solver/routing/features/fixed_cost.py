"""Cost of using a vehicle at all.

used = fixed_cost + distance_cost * setup_distance + duration_cost * setup_duration
"""

from __future__ import annotations

from solver.problem import Problem, Vehicle
from solver.routing.model import Model


def supports(problem: Problem) -> bool:
    """Whether using any vehicle costs something before it moves."""
    return any(cost_of_use(vehicle) for vehicle in problem.vehicles)


def add_to(model: Model) -> None:
    """Charge every vehicle that serves a task."""
    for number, vehicle in enumerate(model.vehicles):
        model.routing.SetFixedCostOfVehicle(cost_of_use(vehicle), number)


def cost_of_use(vehicle: Vehicle) -> int:
    """What the vehicle costs before it leaves its start."""
    return (
        vehicle.fixed_cost
        + vehicle.distance_cost * vehicle.setup_distance
        + vehicle.duration_cost * vehicle.setup_duration
    )

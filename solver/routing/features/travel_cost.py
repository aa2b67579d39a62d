"""Cost of metres: `arc(i, j) = distance_cost * distance(i, j)` per class of vehicles."""

from __future__ import annotations

from solver.problem import Problem
from solver.routing.model import Model


def supports(problem: Problem) -> bool:
    """Whether any vehicle pays for metres."""
    return any(vehicle.distance_cost for vehicle in problem.vehicles)


def add_to(model: Model) -> None:
    """Give every vehicle the arc costs of its class."""
    evaluators = model.register_per_class(
        key=lambda vehicle: (vehicle.travel, vehicle.distance_cost),
        matrix=lambda vehicle: (
            model.between_nodes(model.problem.travel[vehicle.travel].distances)
            * vehicle.distance_cost
        ),
    )
    for number, evaluator in enumerate(evaluators):
        model.routing.SetArcCostEvaluatorOfVehicle(evaluator, number)

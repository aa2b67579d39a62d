"""Loads in several dimensions: `sum of loads of a route <= capacity`, for every dimension."""

from __future__ import annotations

from solver.errors import UnsupportedError
from solver.problem import COST_LIMIT, Problem
from solver.routing.model import Model


def supports(problem: Problem) -> bool:
    """Whether tasks load anything."""
    return any(load for task in problem.tasks for load in task.loads)


def add_to(model: Model) -> None:
    """Add one dimension per capacity that is used.

    Raises:
        UnsupportedError: all loads together do not fit into OR-Tools' integers.
    """
    depots = [0] * len(model.nodes.depots)
    for k in range(model.problem.dimensions):
        loads = [task.loads[k] for _, task in model.tasks]
        total = sum(loads)
        if total >= COST_LIMIT:
            raise UnsupportedError(f"Expected loads below 2**60 in dimension {k}, got {total}.")
        model.routing.AddDimensionWithVehicleCapacity(
            model.routing.RegisterUnaryTransitVector(loads + depots),
            0,
            [min(vehicle.capacity[k], total) for vehicle in model.vehicles],
            True,
            f"load {k}",
        )

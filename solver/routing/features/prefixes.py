"""Locked starts of routes: `next(start) = x1, next(x1) = x2, ...` for the prefix `x1, x2, ...`.

`solver.start.locked_start` has found before that every prefix can be driven.
"""

from __future__ import annotations

from itertools import pairwise

from solver.problem import Problem
from solver.routing.model import Model


def supports(problem: Problem) -> bool:
    """Whether any route has a locked start."""
    return any(vehicle.prefix for vehicle in problem.vehicles)


def add_to(model: Model) -> None:
    """Fix the successors along every prefix."""
    nodes = model.nodes.task_nodes()
    for number, vehicle in enumerate(model.vehicles):
        stops = [model.manager.NodeToIndex(nodes[task]) for task in vehicle.prefix]
        for index, successor in pairwise([model.routing.Start(number), *stops]):
            model.routing.NextVar(index).SetValue(successor)

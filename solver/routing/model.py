"""An OR-Tools model under construction: what every rule needs in order to add itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.constraint_solver import pywrapcp

from solver.problem import Problem, Task, Vehicle
from solver.routing.nodes import Nodes


@dataclass(frozen=True, eq=False, slots=True)
class Model:
    """A `RoutingModel` and the numbers it goes by.

    Attributes:
        problem: weights are all 1.
        nodes: tasks, vehicles and depots by model number.
        manager: node numbers to the model's own indices.
        routing: the model.
    """

    problem: Problem
    nodes: Nodes
    manager: Any
    routing: Any

    @classmethod
    def of(cls, problem: Problem, nodes: Nodes) -> Model:
        """A model without rules; all weights of `problem` must be 1."""
        owners = [problem.vehicles[vehicle] for vehicle in nodes.vehicles]
        manager = pywrapcp.RoutingIndexManager(
            len(nodes),
            len(owners),
            [nodes.depot(owner.start) for owner in owners],
            [nodes.depot(owner.end) for owner in owners],
        )
        return cls(problem, nodes, manager, pywrapcp.RoutingModel(manager))

    @property
    def vehicles(self) -> list[Vehicle]:
        """By model number."""
        return [self.problem.vehicles[vehicle] for vehicle in self.nodes.vehicles]

    @property
    def tasks(self) -> list[tuple[int, Task]]:
        """Index in the model and task, by node."""
        return [
            (self.manager.NodeToIndex(node), self.problem.tasks[task])
            for node, task in enumerate(self.nodes.tasks)
        ]

    def between_nodes(self, matrix: NDArray[np.int32]) -> NDArray[np.int64]:
        """A matrix between places as one between nodes.

        Zero on the diagonal (a node left out points to itself) and from depot to depot (the arc of
        an empty route, which takes and costs nothing).
        """
        places = self.nodes.places(self.problem)
        between = matrix[np.ix_(places, places)].astype(np.int64)
        np.fill_diagonal(between, 0)
        depots = len(self.nodes.tasks)
        between[depots:, depots:] = 0
        return between

    def register_per_class(
        self, key: Callable[[Vehicle], Any], matrix: Callable[[Vehicle], NDArray[np.int64]]
    ) -> list[int]:
        """Evaluator of every model vehicle; vehicles with an equal key share one, held in C++."""
        evaluators: dict[Any, int] = {}
        for vehicle in self.vehicles:
            if key(vehicle) not in evaluators:
                rows = matrix(vehicle).tolist()
                evaluators[key(vehicle)] = self.routing.RegisterTransitMatrix(rows)
        return [evaluators[key(vehicle)] for vehicle in self.vehicles]

"""Between OR-Tools' assignments and our routes.

Only the sequences are taken from OR-Tools; times and cost are computed anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from solver.errors import EngineError
from solver.problem import Problem
from solver.routing.model import Model
from solver.schedule import schedule
from solver.solution import Route


def read_routes(model: Model, problem: Problem, assignment: Any) -> list[Route]:
    """The routes of the model's vehicles in this assignment.

    Raises:
        EngineError: a sequence has no feasible times.
    """
    sequences = (
        (vehicle, _sequence(model, assignment, number))
        for number, vehicle in enumerate(model.nodes.vehicles)
    )
    return [_route(problem, vehicle, tasks) for vehicle, tasks in sequences if tasks]


def write_routes(model: Model, routes: Iterable[Route]) -> Any:
    """The assignment with these sequences; the model must be closed.

    None if the model rejects them: its time is over, or it does not find times for a sound route
    whose start depends on a choice of windows further on.
    """
    nodes = model.nodes.task_nodes()
    tasks = {route.vehicle: route.tasks for route in routes}
    return model.routing.ReadAssignmentFromRoutes(
        [
            [model.manager.NodeToIndex(nodes[task]) for task in tasks.get(vehicle, ())]
            for vehicle in model.nodes.vehicles
        ],
        True,
    )


def _sequence(model: Model, assignment: Any, number: int) -> tuple[int, ...]:
    routing, manager = model.routing, model.manager
    tasks = []
    index = assignment.Value(routing.NextVar(routing.Start(number)))
    while not routing.IsEnd(index):
        tasks.append(model.nodes.tasks[manager.IndexToNode(index)])
        index = assignment.Value(routing.NextVar(index))
    return tuple(tasks)


def _route(problem: Problem, vehicle: int, tasks: tuple[int, ...]) -> Route:
    route = schedule(problem, vehicle, tasks)
    if route is None:
        raise EngineError(f"OR-Tools: no feasible times for vehicle {vehicle} over {tasks}.")
    return route

"""Which tasks, vehicles and places the model knows, and under which number.

    node k                of 0 ... len(tasks) - 1 is the visit of task tasks[k]
    node len(tasks) + d   is place depots[d], where routes start or end
    model vehicle m       is vehicle vehicles[m]

Vehicles that can't leave and tasks that no vehicle may serve are left out. OR-Tools takes no seed,
but it breaks ties by number: numbers are shuffled instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.problem import Problem, Task, Vehicle


@dataclass(frozen=True, eq=False, slots=True)
class Nodes:
    """The numbering; see the module's docstring.

    Attributes:
        tasks: task of every task node.
        vehicles: vehicle of every model vehicle.
        depots: place of every depot node, distinct.
        eligible: model vehicles that may serve the task of a task node, ascending, never empty.
    """

    tasks: tuple[int, ...]
    vehicles: tuple[int, ...]
    depots: tuple[int, ...]
    eligible: tuple[tuple[int, ...], ...]

    @classmethod
    def of(
        cls,
        problem: Problem,
        rng: np.random.Generator,
        tasks: Sequence[int],
        vehicles: Sequence[int],
    ) -> Nodes:
        """A random numbering of these tasks and vehicles, less those that are of no use."""
        usable = [vehicle for vehicle in vehicles if _usable(problem.vehicles[vehicle])]
        model_vehicles = _shuffled(rng, usable)
        eligible = _Eligible(problem, model_vehicles)
        servable = [task for task in tasks if eligible.of(problem.tasks[task])]
        nodes = _shuffled(rng, servable)
        owners = [problem.vehicles[vehicle] for vehicle in model_vehicles]
        return cls(
            tasks=nodes,
            vehicles=model_vehicles,
            depots=tuple(sorted({place for owner in owners for place in (owner.start, owner.end)})),
            eligible=tuple(eligible.of(problem.tasks[task]) for task in nodes),
        )

    def __len__(self) -> int:
        return len(self.tasks) + len(self.depots)

    def places(self, problem: Problem) -> NDArray[np.intp]:
        """Place of every node, shape `(nodes,)`."""
        stops = [problem.tasks[task].place for task in self.tasks]
        return np.array([*stops, *self.depots], dtype=np.intp)

    def depot(self, place: int) -> int:
        """The node where routes start or end at this place."""
        return len(self.tasks) + self.depots.index(place)

    def task_nodes(self) -> Mapping[int, int]:
        """Node of every task that has one."""
        return {task: node for node, task in enumerate(self.tasks)}


class _Eligible:
    """Model vehicles per task, looked up once for every set of skills."""

    def __init__(self, problem: Problem, vehicles: Iterable[int]) -> None:
        self.skills = [problem.vehicles[vehicle].skills for vehicle in vehicles]
        self.model_vehicle = {vehicle: m for m, vehicle in enumerate(vehicles)}
        self.able: dict[frozenset[int], tuple[int, ...]] = {}

    def of(self, task: Task) -> tuple[int, ...]:
        able = self._with(task.skills)
        if task.vehicle is None:
            return able
        return tuple(m for m in able if m == self.model_vehicle.get(task.vehicle))

    def _with(self, wanted: frozenset[int]) -> tuple[int, ...]:
        if wanted not in self.able:
            self.able[wanted] = tuple(m for m, has in enumerate(self.skills) if wanted <= has)
        return self.able[wanted]


def _usable(vehicle: Vehicle) -> bool:
    limit = vehicle.span_limit
    return vehicle.earliest <= vehicle.latest_departure and (limit is None or limit >= 0)


def _shuffled(rng: np.random.Generator, items: list[int]) -> tuple[int, ...]:
    return tuple(items[k] for k in rng.permutation(len(items)))

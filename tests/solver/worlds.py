"""Small problems that solver tests share.

`line(...)`: places 0 to 5 on a line, one second and ten metres apart; place 0 is the depot.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from solver.decompose import Part
from solver.problem import Problem, Task, Travel, Vehicle, Window

STEPS = np.abs(np.subtract.outer(np.arange(6), np.arange(6))).astype(np.int32)
LINE = Travel(STEPS, 10 * STEPS)


def line(
    tasks: tuple[Task, ...], vehicles: tuple[Vehicle, ...] | None = None, **changes: Any
) -> Problem:
    """Tasks on the line; one vehicle that pays 1 a metre unless told otherwise."""
    return Problem(tasks=tasks, vehicles=vehicles or (vehicle(),), travel=(LINE,), **changes)


def vehicle(**changes: Any) -> Vehicle:
    """Starts and ends at the depot, pays 1 a metre."""
    return Vehicle(**({"start": 0, "end": 0, "distance_cost": 1} | changes))


def town(n: int, vehicles: int = 5, seed: int = 1) -> Problem:
    """`n` optional tasks in a square of 2 x 2 km, windows of half an hour, 12 tasks a vehicle."""
    rng = np.random.default_rng(seed)
    points = rng.integers(0, 2000, size=(n + 1, 2))
    metres = np.abs(points[:, None] - points[None]).sum(axis=2)
    openings = rng.integers(0, 7200, size=n)
    return Problem(
        tasks=tuple(
            Task(
                place=k + 1,
                service=120,
                windows=(Window(int(openings[k]), int(openings[k]) + 1800),),
                loads=(1,),
                penalty=20_000,
            )
            for k in range(n)
        ),
        vehicles=tuple(
            Vehicle(start=0, end=0, capacity=(12,), distance_cost=1, fixed_cost=500)
            for _ in range(vehicles)
        ),
        travel=(Travel((metres // 5).astype(np.int32), metres.astype(np.int32)),),
    )


def alone(problem: Problem, part: Part) -> Problem:
    """A part of a problem as one of its own."""
    task_at = {task: index for index, task in enumerate(part.tasks)}
    vehicle_at = {vehicle: index for index, vehicle in enumerate(part.vehicles)}
    tasks = [problem.tasks[task] for task in part.tasks]
    owners = [problem.vehicles[v] for v in part.vehicles]
    return replace(
        problem,
        tasks=tuple(
            replace(task, vehicle=None if task.vehicle is None else vehicle_at[task.vehicle])
            for task in tasks
        ),
        vehicles=tuple(
            replace(owner, prefix=tuple(task_at[task] for task in owner.prefix)) for owner in owners
        ),
    )

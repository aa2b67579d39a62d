"""Priced lateness: `late_cost * max(0, start of service - due)`."""

from __future__ import annotations

from solver.problem import Problem, Task
from solver.routing.features import time
from solver.routing.model import Model


def supports(problem: Problem) -> bool:
    """Whether any task may be late at a price."""
    return any(_may_be_late(task) for task in problem.tasks)


def add_to(model: Model) -> None:
    """Price the start of service after the due time."""
    clock = model.routing.GetDimensionOrDie(time.DIMENSION)
    for index, task in model.tasks:
        if _may_be_late(task):
            clock.SetCumulVarSoftUpperBound(index, task.due_time, task.late_cost)


def _may_be_late(task: Task) -> bool:
    return task.late_cost > 0 and task.due_time < task.closing

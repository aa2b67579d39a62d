"""Hard time windows, several per task: the range from first to last, less the gaps between them."""

from __future__ import annotations

from itertools import pairwise

from solver.problem import Problem, Window
from solver.routing.features import time
from solver.routing.model import Model


def supports(problem: Problem) -> bool:
    """Whether any task has a window that is narrower than the horizon."""
    return any(task.windows != (Window(),) for task in problem.tasks)


def add_to(model: Model) -> None:
    """Restrict the start of service of every task."""
    clock = model.routing.GetDimensionOrDie(time.DIMENSION)
    for index, task in model.tasks:
        start = clock.CumulVar(index)
        start.SetRange(task.opening, task.closing)
        for earlier, later in pairwise(task.windows):
            if earlier.closing + 1 < later.opening:
                start.RemoveInterval(earlier.closing + 1, later.opening - 1)

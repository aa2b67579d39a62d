"""Tasks may be left out at a price, required ones at one that no other saving can pay for."""

from __future__ import annotations

from solver.problem import COST_LIMIT, Problem
from solver.routing.model import Model


def supports(problem: Problem) -> bool:
    """Whether there is a task: a required one that fits nowhere must not cost us the others."""
    return len(problem.tasks) > 0


def add_to(model: Model) -> None:
    """Make every task optional, each at its own price."""
    missing = penalty_of_missing(model.problem)
    for index, task in model.tasks:
        penalty = missing if task.penalty is None else task.penalty
        model.routing.AddDisjunction([index], penalty)


def penalty_of_missing(problem: Problem) -> int:
    """Price of leaving a required task out: more than any objective, yet all of them fit in 2**62.

    Only where `cost_bound * required > 2**62` the second wish wins.
    """
    required = sum(task.required for task in problem.tasks)
    return min(problem.cost_bound + 1, 3 * COST_LIMIT // max(1, required))

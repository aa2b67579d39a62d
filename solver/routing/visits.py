"""Counts the solutions that OR-Tools visits and ends a search when it is time to.

This is the only Python that OR-Tools calls during a search.
"""

from __future__ import annotations

from solver.engine import Search
from solver.result import StopReason
from solver.routing.model import Model


class Visits:
    """One for all searches of a solve.

    Attributes:
        steps: solutions visited so far, in all searches.
    """

    def __init__(self, told: Search) -> None:
        """Nothing visited yet."""
        self.told = told
        self.steps = 0

    @property
    def over(self) -> bool:
        """Whether the whole solve should end."""
        return self.stop_reason != StopReason.EXHAUSTED

    @property
    def stop_reason(self) -> StopReason:
        """Why the solve should end; exhausted if nothing but the search itself ends it."""
        if self.told.stop.is_set():
            return StopReason.FINISHED
        limit = self.told.params.step_limit
        if limit is not None and self.steps >= limit:
            return StopReason.STEP_LIMIT
        if self.told.seconds_left <= 0:
            return StopReason.TIME_LIMIT
        return StopReason.EXHAUSTED

    def watch(self, model: Model, patience: int | None) -> None:
        """End the model's search after `patience` visits without a better one; None is never."""
        _Watch(self, model, patience)


class _Watch:
    def __init__(self, visits: Visits, model: Model, patience: int | None) -> None:
        self.visits, self.routing, self.patience = visits, model.routing, patience
        self.cost: int | None = None
        self.in_vain = 0
        self.routing.AddAtSolutionCallback(self.visit)

    def visit(self) -> None:
        """Called by OR-Tools at every solution."""
        self.visits.steps += 1
        self.in_vain += 1
        cost = self.routing.CostVar().Max()
        if self.cost is None or cost < self.cost:
            self.cost, self.in_vain = cost, 0
        patient = self.patience is None or self.in_vain < self.patience
        if not patient or self.visits.over:
            self.routing.solver().FinishCurrentSearch()

"""The OR-Tools engine: a first solution, then one neighbourhood of routes after the other.

OR-Tools' local search looks through all of its moves before it leaves a local optimum: 1.4 s each
time for 342 tasks, milliseconds for 60. So a round re-plans only routes that are close to each
other, starting from what they are, and keeps what is better (large neighbourhood search, Shaw 1998,
with guided local search as the repair).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solver.engine import Found, Search
from solver.problem import Problem
from solver.result import StopReason
from solver.routing.decode import read_routes, write_routes
from solver.routing.features import add_rules
from solver.routing.model import Model
from solver.routing.neighbourhood import Neighbourhood, Neighbourhoods
from solver.routing.nodes import Nodes
from solver.routing.settings import RoutingSettings
from solver.routing.visits import Visits
from solver.solution import Route, Solution

ROUNDS_WITHOUT_CHANGE = 20
"""The search is exhausted after so many rounds in vain, and one more for each task."""


class RoutingEngine:
    """OR-Tools' `RoutingModel`."""

    def __init__(self, settings: RoutingSettings | None = None) -> None:
        self.settings = settings or RoutingSettings()

    def search(self, problem: Problem, search: Search) -> Found:
        """The best solution found before the deadline, the step limit or the stop signal."""
        return _Search(problem.weighted(), search, self.settings).run()


class _Search:
    def __init__(self, problem: Problem, told: Search, settings: RoutingSettings) -> None:
        self.problem, self.told, self.settings = problem, told, settings
        self.rng = np.random.default_rng(told.params.seed)
        self.visits = Visits(told)
        self.best = told.initial

    def run(self) -> Found:
        if not self.problem.tasks or not self.problem.vehicles:
            return Found(self.best, StopReason.EXHAUSTED)
        if all(len(r.tasks) == len(self._prefix(r)) for r in self.best.routes):
            self._construct()
        if self.settings.round_tasks is not None:
            self._improve(Neighbourhoods(self.problem, self.rng, self.settings.round_tasks))
        return Found(self.best, self.visits.stop_reason)

    def _prefix(self, route: Route) -> tuple[int, ...]:
        return self.problem.vehicles[route.vehicle].prefix

    def _construct(self) -> None:
        """All tasks at once; where rounds follow, without improving anything yet."""
        tasks, vehicles = range(len(self.problem.tasks)), range(len(self.problem.vehicles))
        patience = None if self.settings.round_tasks is None else 0
        routes = self._solve(tasks, vehicles, (), patience)
        if routes is not None:
            self._keep(Solution.of(self.problem, routes))

    def _improve(self, neighbourhoods: Neighbourhoods) -> None:
        in_vain, enough = 0, ROUNDS_WITHOUT_CHANGE + len(self.problem.tasks)
        while in_vain < enough and not self.visits.over:
            in_vain = (
                0 if self._round(neighbourhoods.around_neglected_task(self.best)) else in_vain + 1
            )

    def _round(self, around: Neighbourhood) -> bool:
        """Whether re-planning this neighbourhood made the solution better."""
        routes = self._solve(around.tasks, around.vehicles, around.routes, self.settings.patience)
        if routes is None:
            return False
        untouched = [route for route in self.best.routes if route.vehicle not in around.vehicles]
        return self._keep(Solution.of(self.problem, [*untouched, *routes]))

    def _keep(self, solution: Solution) -> bool:
        if self._rank(solution) >= self._rank(self.best):
            return False
        self.best = solution
        self.told.report(solution)
        return True

    def _rank(self, solution: Solution) -> tuple[int, int]:
        return len(solution.missing(self.problem)), solution.objective(self.problem)

    def _solve(
        self,
        tasks: Sequence[int],
        vehicles: Sequence[int],
        routes: Sequence[Route],
        patience: int | None,
    ) -> list[Route] | None:
        """OR-Tools' best routes for these tasks, starting from `routes` if there are any."""
        nodes = Nodes.of(self.problem, self.rng, tasks, vehicles)
        if not nodes.tasks or self.visits.over:
            return None
        model = Model.of(self.problem, nodes)
        add_rules(model)
        parameters = self.settings.parameters(self.told.seconds_left)
        self.visits.watch(model, patience)
        model.routing.CloseModelWithParameters(parameters)
        if routes:
            start = write_routes(model, routes)
            found = model.routing.SolveFromAssignmentWithParameters(start, parameters)
        else:
            found = model.routing.SolveWithParameters(parameters)
        return None if found is None else read_routes(model, self.problem, found)

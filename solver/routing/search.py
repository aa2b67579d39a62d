"""The OR-Tools engine: first routes, then one neighbourhood of routes after the other.

OR-Tools' local search looks through all of its moves before it leaves a local optimum: the first
one of 457 tasks takes 9 s. So a round re-plans only routes that are close to each other, starting
from what they are, and keeps what is better (large neighbourhood search, Shaw 1998, with guided
local search as the repair).
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
from solver.solution import Route, Solution

ROUNDS_WITHOUT_CHANGE = 20
"""The search is exhausted after so many rounds in vain, and one more for each task."""

MOST_SAVINGS = 1_000_000
"""Most `kinds of vehicles * tasks²` for which a first solution of all tasks comes at once."""


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
        self.best = told.initial
        self.steps = 0

    def run(self) -> Found:
        if not self.problem.tasks or not self.problem.vehicles:
            return Found(self.best, StopReason.EXHAUSTED)
        if self.settings.round_tasks is None:
            self._plan_all_at_once(only_first=False)
            return Found(self.best, self._stop_reason())
        neighbourhoods = Neighbourhoods(self.problem, self.rng, self.settings.round_tasks)
        if all(len(r.tasks) == len(self._prefix(r)) for r in self.best.routes):
            self._construct(neighbourhoods)
        self._improve(neighbourhoods)
        return Found(self.best, self._stop_reason())

    def _prefix(self, route: Route) -> tuple[int, ...]:
        return self.problem.vehicles[route.vehicle].prefix

    def _stop_reason(self) -> StopReason:
        """Why the solve should end; exhausted if nothing but the search itself ends it."""
        limit = self.told.params.step_limit
        if self.told.stop.is_set():
            return StopReason.FINISHED
        if limit is not None and self.steps >= limit:
            return StopReason.STEP_LIMIT
        return StopReason.TIME_LIMIT if self.told.seconds_left <= 0 else StopReason.EXHAUSTED

    @property
    def over(self) -> bool:
        """Whether the whole solve should end."""
        return self._stop_reason() != StopReason.EXHAUSTED

    def _plan_all_at_once(self, *, only_first: bool) -> None:
        tasks, vehicles = range(len(self.problem.tasks)), range(len(self.problem.vehicles))
        routes = self._solve(tasks, vehicles, (), only_first=only_first)
        if routes is not None:
            self._keep(Solution.of(self.problem, routes))

    def _construct(self, neighbourhoods: Neighbourhoods) -> None:
        """First routes: of all tasks at once, or patch by patch where that takes too long."""
        if len(neighbourhoods.kinds) * len(self.problem.tasks) ** 2 <= MOST_SAVINGS:
            self._plan_all_at_once(only_first=True)
            return
        while not self.over and (patch := neighbourhoods.of_unserved_tasks(self.best)):
            routes = self._solve(patch.tasks, patch.vehicles, (), only_first=True)
            self._keep(Solution.of(self.problem, [*self.best.routes, *(routes or ())]))

    def _improve(self, neighbourhoods: Neighbourhoods) -> None:
        in_vain, enough = 0, ROUNDS_WITHOUT_CHANGE + len(self.problem.tasks)
        while in_vain < enough and not self.over:
            around = neighbourhoods.around_neglected_task(self.best)
            in_vain = 0 if self._round(around) else in_vain + 1

    def _round(self, around: Neighbourhood) -> bool:
        """Whether re-planning this neighbourhood made the solution better."""
        routes = self._solve(
            around.tasks, around.vehicles, around.routes, branches=self.settings.round_branches
        )
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
        *,
        branches: int | None = None,
        only_first: bool = False,
    ) -> list[Route] | None:
        """OR-Tools' best routes for these tasks, starting from `routes` if there are any.

        None if it finds none before its limits: time, steps and `branches`.
        """
        nodes = Nodes.of(self.problem, self.rng, tasks, vehicles)
        if not nodes.tasks or self.over:
            return None
        model = Model.of(self.problem, nodes)
        add_rules(model)
        self._limit_branches(model, branches)
        parameters = self.settings.parameters(self.told.seconds_left, only_first=only_first)
        model.routing.CloseModelWithParameters(parameters)
        start = write_routes(model, routes) if routes else None
        if start is None:
            found = model.routing.SolveWithParameters(parameters)
        else:
            found = model.routing.SolveFromAssignmentWithParameters(start, parameters)
        self.steps += model.routing.solver().Branches()
        return None if found is None else read_routes(model, self.problem, found)

    def _limit_branches(self, model: Model, branches: int | None) -> None:
        limit = self.told.params.step_limit
        limits = [branches, None if limit is None else limit - self.steps]
        given = [most for most in limits if most is not None]
        if given:
            monitor = model.routing.solver().BranchesLimit(min(given))
            model.routing.AddSearchMonitor(monitor)

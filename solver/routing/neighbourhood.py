"""Which routes a round re-plans: those that pass closest to a task that rounds have neglected.

tasks    = those of the routes closest to the seed, up to a random number, and some unserved ones
vehicles = those of the routes, and some that have none
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from solver.problem import Problem
from solver.solution import Route, Solution

UNSERVED_SHARE = 4
"""At most one in so many tasks of a round is unserved."""

SPARE_VEHICLES = 8
"""At most so many vehicles of a round have no route yet, each of another kind."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What a round may change: all of these tasks, on these vehicles."""

    tasks: tuple[int, ...]
    vehicles: tuple[int, ...]
    routes: tuple[Route, ...]


class Neighbourhoods:
    """Draws neighbourhoods of one problem."""

    def __init__(self, problem: Problem, rng: np.random.Generator, size: int) -> None:
        """`size` is the most tasks to aim at, a third of it the least; one route may have more."""
        self.problem, self.rng, self.size = problem, rng, size
        places = np.array([task.place for task in problem.tasks], dtype=np.intp)
        durations = problem.travel[0].durations[np.ix_(places, places)].astype(np.int64)
        self.apart = durations + durations.T
        kinds: dict[object, list[int]] = {}
        for index, vehicle in enumerate(problem.vehicles):
            kinds.setdefault(replace(vehicle, prefix=()), []).append(index)
        self.kinds = list(kinds.values())
        self.rounds = np.zeros(len(problem.tasks), dtype=np.int64)

    def around_neglected_task(self, solution: Solution) -> Neighbourhood:
        """The neighbourhood of a task drawn from those that have been in the fewest so far."""
        neglected = np.flatnonzero(self.rounds == self.rounds.min())
        around = self._around(solution, int(self.rng.choice(neglected)))
        self.rounds[list(around.tasks)] += 1
        return around

    def _around(self, solution: Solution, seed: int) -> Neighbourhood:
        apart = self.apart[seed]
        nearest_first = sorted(
            solution.routes, key=lambda route: (apart[list(route.tasks)].min(), route.vehicle)
        )
        routes: list[Route] = []
        room = int(self.rng.integers(self.size // 3, self.size + 1))
        for route in nearest_first:
            if routes and len(route.tasks) > room:
                break
            routes.append(route)
            room -= len(route.tasks)
        left_out = sorted(solution.unserved, key=lambda task: (apart[task], task))
        tasks = [task for route in routes for task in route.tasks]
        return Neighbourhood(
            tasks=(*tasks, *left_out[: max(1, self.size // UNSERVED_SHARE)]),
            vehicles=(*(route.vehicle for route in routes), *self._spare(solution)),
            routes=tuple(routes),
        )

    def _spare(self, solution: Solution) -> list[int]:
        """Vehicles without a route, one of a kind."""
        used = {route.vehicle for route in solution.routes}
        spare = [free for kind in self.kinds if (free := [v for v in kind if v not in used])]
        drawn = self.rng.permutation(len(spare))[:SPARE_VEHICLES]
        return [spare[kind][self.rng.integers(len(spare[kind]))] for kind in sorted(drawn)]

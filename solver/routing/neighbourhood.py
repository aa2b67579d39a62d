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

TASKS_PER_VEHICLE = 8
"""A patch of unserved tasks gets one more spare vehicle for every so many of them."""


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

    def of_unserved_tasks(self, solution: Solution) -> Neighbourhood | None:
        """Unserved tasks that no round has had, close to each other, on vehicles without a route.

        None if there are none.
        """
        fresh = [task for task in solution.unserved if self.rounds[task] == 0]
        if not fresh:
            return None
        apart = self.apart[fresh[self.rng.integers(len(fresh))]]
        tasks = sorted(fresh, key=lambda task: (apart[task], task))[: self.size]
        self.rounds[tasks] += 1
        spare = [vehicle for _, _, vehicle in sorted(self._spare(solution))]
        vehicles = spare[: SPARE_VEHICLES + len(tasks) // TASKS_PER_VEHICLE]
        return Neighbourhood(tuple(tasks), tuple(vehicles), ()) if vehicles else None

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
        nearest_left_out = sorted(solution.unserved, key=lambda task: (apart[task], task))
        left_out = nearest_left_out[: max(1, self.size // UNSERVED_SHARE)]
        tasks = [task for route in routes for task in route.tasks]
        spare = [v for turn, _, v in sorted(self._spare(solution)) if turn == 0]
        return Neighbourhood(
            tasks=(*tasks, *left_out),
            vehicles=(*(route.vehicle for route in routes), *spare[:SPARE_VEHICLES]),
            routes=tuple(routes),
        )

    def _spare(self, solution: Solution) -> list[tuple[int, float, int]]:
        """Vehicles without a route as `(turn, lot, vehicle)`: one of every kind, then a second."""
        used = {route.vehicle for route in solution.routes}
        turns: list[tuple[int, float, int]] = []
        for kind in self.kinds:
            free = [vehicle for vehicle in kind if vehicle not in used]
            drawn = self.rng.permutation(len(free))
            turns += [(turn, self.rng.random(), free[k]) for turn, k in enumerate(drawn)]
        return turns

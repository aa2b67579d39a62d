"""Routes and what they cost.

A `Route` carries its own times, so that the checker can judge it without scheduling anything;
`solver.schedule` finds the cheapest times of a sequence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from solver.cost import CostBreakdown
from solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Route:
    """One vehicle's route.

    Attributes:
        vehicle: index into `Problem.vehicles`.
        tasks: indices into `Problem.tasks`, in order of service; never empty.
        starts: start of service of each task, seconds from the epoch.
        departure: when the vehicle leaves its start.
        arrival: when it reaches its end.
    """

    vehicle: int
    tasks: tuple[int, ...]
    starts: tuple[int, ...]
    departure: int
    arrival: int

    def distance(self, problem: Problem) -> int:
        """Metres driven, setup not included."""
        vehicle = problem.vehicles[self.vehicle]
        places = [vehicle.start, *(problem.tasks[task].place for task in self.tasks), vehicle.end]
        metres = problem.distances(self.vehicle)
        return sum(int(metres[i, j]) for i, j in pairwise(places))

    def cost(self, problem: Problem) -> CostBreakdown:
        """The route's share of the objective, by term."""
        vehicle = problem.vehicles[self.vehicle]
        return CostBreakdown(
            fixed=vehicle.fixed_cost,
            distance=vehicle.distance_cost * (vehicle.setup_distance + self.distance(problem)),
            duration=vehicle.duration_cost
            * (vehicle.setup_duration + self.arrival - self.departure),
            lateness=sum(
                problem.tasks[task].late_cost * max(0, start - problem.tasks[task].due_time)
                for task, start in zip(self.tasks, self.starts, strict=True)
            ),
        )


@dataclass(frozen=True, slots=True)
class Solution:
    """Routes of the used vehicles and the tasks left out; every task is in exactly one of both.

    Attributes:
        routes: sorted by vehicle; unused vehicles have none.
        unserved: sorted task indices.
    """

    routes: tuple[Route, ...]
    unserved: tuple[int, ...]

    @classmethod
    def of(cls, problem: Problem, routes: Iterable[Route]) -> Solution:
        """A solution of these routes; whatever they do not serve is unserved."""
        kept = tuple(sorted((r for r in routes if r.tasks), key=lambda route: route.vehicle))
        served = {task for route in kept for task in route.tasks}
        return cls(kept, tuple(t for t in range(len(problem.tasks)) if t not in served))

    def cost(self, problem: Problem) -> CostBreakdown:
        """The unweighted cost by term; required tasks left out cost nothing here."""
        total = CostBreakdown(
            unserved=sum(problem.tasks[task].penalty or 0 for task in self.unserved)
        )
        for route in self.routes:
            total += route.cost(problem)
        return total

    def objective(self, problem: Problem) -> int:
        """What the engines minimise: the weighted cost."""
        return self.cost(problem).objective(problem.weights)

    def missing(self, problem: Problem) -> tuple[int, ...]:
        """Required tasks that are not served; a complete solution has none."""
        return tuple(task for task in self.unserved if problem.tasks[task].required)

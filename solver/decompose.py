"""A city's problem cut into parts, to be solved alone; their routes together are the city's.

    routes -> centres -> halves, again and again, across a random diameter -> parts

Every part has whole routes that lie next to each other, its share of the idle vehicles, and the
absent tasks next to it. Where a part ends a later cut runs elsewhere, so seams are planned anew
(barycentre clustering: Santini, Schneider, Vidal & Vigo 2023, INFORMS Journal on Computing 35(3)).
Places have no coordinates, only travel times; those from a few landmarks stand in for them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from solver.problem import Problem

LANDMARKS = 8
"""Places whose travel times to all others tell where these are."""

Routes = Mapping[int, tuple[int, ...]]
Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """Some tasks of a problem and the vehicles that may serve them.

    Attributes:
        tasks, vehicles: index in the whole of every task and vehicle of the part, ascending.
        routes: the part's routes, in its own indices.
    """

    tasks: tuple[int, ...]
    vehicles: tuple[int, ...]
    routes: Routes

    def in_whole(self, routes: Routes) -> dict[int, tuple[int, ...]]:
        """Routes of the part in the indices of the whole."""
        return {
            self.vehicles[vehicle]: tuple(self.tasks[task] for task in tasks)
            for vehicle, tasks in routes.items()
        }


class Cutter:
    """Cuts a problem; where, is drawn anew every time."""

    def __init__(self, problem: Problem) -> None:
        """Find landmarks and the point of every task, seconds to the landmarks, `(n, 8)`."""
        self.problem = problem
        places = np.array([task.place for task in problem.tasks])
        seconds = problem.travel[problem.vehicles[0].travel].durations
        nearest = np.full(len(places), np.inf)
        columns, landmark = [], problem.vehicles[0].start
        for _ in range(LANDMARKS):
            column = seconds[landmark, places].astype(np.float64)
            columns.append(column)
            nearest = np.minimum(nearest, column)
            landmark = int(places[nearest.argmax()])
        self.points: Points = np.column_stack(columns)

    def cut(
        self, routes: Routes, parts: int, rng: Generator, vehicles: Collection[int] | None = None
    ) -> list[Part]:
        """So many parts with about as many routed tasks each; fewer if there are fewer routes.

        One part has everything if there is none.

        Args:
            routes: tasks by vehicle, none of them empty.
            parts: >= 1.
            rng: where to cut.
            vehicles: that parts may have; all if None.
        """
        allowed = range(len(self.problem.vehicles)) if vehicles is None else vehicles
        if not routes:
            return [_part(sorted(allowed), routes, range(len(self.problem.tasks)))]
        driven = sorted(routes)
        weights = np.array([len(routes[vehicle]) for vehicle in driven])
        centres = np.array([self.points[list(routes[v])].mean(axis=0) for v in driven])
        wanted = min(len(driven), parts)
        groups = _halved(np.arange(len(driven)), centres, weights, wanted, rng)
        owners = [[driven[k] for k in group] for group in groups]
        absent = self._absent(routes, owners, [centres[group].mean(axis=0) for group in groups])
        self._deal_idle(allowed, owners, rng)
        return [_part(sorted(own), routes, left) for own, left in zip(owners, absent, strict=True)]

    def _absent(
        self, routes: Routes, owners: Sequence[list[int]], middles: Sequence[Points]
    ) -> list[list[int]]:
        """The absent tasks of each part: where their vehicle is, else where it is nearest.

        A vehicle that has to have a task, but no route, joins the part that is nearest to it.
        """
        part_of = {vehicle: part for part, own in enumerate(owners) for vehicle in own}
        served = {task for tasks in routes.values() for task in tasks}
        found: list[list[int]] = [[] for _ in owners]
        for index, task in enumerate(self.problem.tasks):
            if index in served:
                continue
            part = int(np.square(np.array(middles) - self.points[index]).sum(axis=1).argmin())
            if task.vehicle is not None:
                if task.vehicle not in part_of:
                    owners[part].append(task.vehicle)
                part = part_of.setdefault(task.vehicle, part)
            found[part].append(index)
        return found

    def _deal_idle(
        self, vehicles: Collection[int], owners: Sequence[list[int]], rng: Generator
    ) -> None:
        """Those of these vehicles that no part has go around, kind by kind."""
        taken = {vehicle for own in owners for vehicle in own}
        kinds: dict[object, list[int]] = {}
        for vehicle in sorted(vehicles):
            if vehicle not in taken:
                kinds.setdefault(self.problem.vehicles[vehicle], []).append(vehicle)
        for idle in kinds.values():
            first = int(rng.integers(len(owners)))
            for number, vehicle in enumerate(idle):
                owners[(first + number) % len(owners)].append(vehicle)


def _part(vehicles: Sequence[int], routes: Routes, absent: Sequence[int]) -> Part:
    tasks = sorted([*absent, *(task for v in vehicles for task in routes.get(v, ()))])
    task_at = {task: index for index, task in enumerate(tasks)}
    vehicle_at = {vehicle: index for index, vehicle in enumerate(vehicles)}
    return Part(
        tasks=tuple(tasks),
        vehicles=tuple(vehicles),
        routes={
            vehicle_at[vehicle]: tuple(task_at[task] for task in routes[vehicle])
            for vehicle in vehicles
            if vehicle in routes
        },
    )


def _halved(
    members: NDArray[np.int64],
    centres: Points,
    weights: NDArray[np.int64],
    parts: int,
    rng: Generator,
) -> list[NDArray[np.int64]]:
    """So many groups of members that lie next to each other and weigh about the same."""
    if parts == 1:
        return [members]
    here = centres[members]
    start = here[int(rng.integers(len(members)))]
    far = here[int(np.square(here - start).sum(axis=1).argmax())]
    order = np.argsort(here @ (far - start), kind="stable")
    heavy = np.cumsum([0, *weights[members[order]]])
    fewer = parts // 2
    at = int(np.abs(heavy - heavy[-1] * fewer / parts).argmin())
    at = min(max(at, fewer), len(members) - (parts - fewer))
    left, right = members[order[:at]], members[order[at:]]
    return [
        *_halved(left, centres, weights, fewer, rng),
        *_halved(right, centres, weights, parts - fewer, rng),
    ]

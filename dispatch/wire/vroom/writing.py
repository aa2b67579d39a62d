"""From routes to VROOM's output: its keys, in its order, rounded as it rounds.

Times are told in whole seconds, rounded down; travel is what lies between times as they are told,
so that all of them add up. Costs are whole as well: VROOM rounds them to the nearest where there
are time windows, and down where there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.errors import BrokenPlan
from dispatch.vroom.encode import COST_PARTS
from dispatch.vroom.instance import HUNDREDTHS, Instance, Job, Spot, Vehicle
from dispatch.vroom.timing import Timing, timing
from solver.solution import Solution

Document = dict[str, Any]


def answer_of(
    instance: Instance, solution: Solution, loading_s: float, solving_s: float
) -> Document:
    """VROOM's output.

    Raises:
        BrokenPlan: a route can't be driven; always a bug of ours.
    """
    routes = [
        _Writer(instance, instance.vehicles[route.vehicle], route.tasks).route()
        for route in solution.routes
    ]
    unserved = [_unassigned(instance.jobs[task]) for task in solution.unserved]
    total = {name: sum(route[name] for route in routes) for name in SUMS}
    summary: Document = {"cost": total["cost"], "routes": len(routes), "unassigned": len(unserved)}
    if instance.dimensions:
        summary |= {name: _added(routes, name, instance.dimensions) for name in AMOUNTS}
    summary |= {name: total[name] for name in SUMS if name != "cost"}
    if instance.tell_distances:
        summary["distance"] = sum(route["distance"] for route in routes)
    summary["violations"] = []
    summary["computing_times"] = {
        "loading": round(1000 * loading_s),
        "solving": round(1000 * solving_s),
        "routing": 0,
    }
    return {"code": 0, "summary": summary, "unassigned": unserved, "routes": routes}


SUMS = ("cost", "setup", "service", "duration", "waiting_time", "priority")
AMOUNTS = ("delivery", "amount", "pickup")
"""`amount` is VROOM's old name of the delivery."""


def _added(routes: Sequence[Document], name: str, dimensions: int) -> list[int]:
    return [sum(route[name][q] for route in routes) for q in range(dimensions)]


def _unassigned(job: Job) -> Document:
    return {"id": job.id, **_place(job.spot), "type": "job", **_described(job.description)}


def _place(spot: Spot) -> Document:
    told: Document = {}
    if spot.position is not None:
        told["location"] = list(spot.position)
    if spot.index is not None:
        told["location_index"] = spot.index
    return told


def _described(description: str) -> Document:
    return {"description": description} if description else {}


@dataclass(frozen=True, slots=True)
class _Visit:
    """A row of a route's steps, times in whole seconds."""

    kind: str
    spot: Spot
    job: Job | None
    arrival: int
    waiting: int
    setup: int
    service: int


class _Writer:
    def __init__(self, instance: Instance, vehicle: Vehicle, tasks: Sequence[int]) -> None:
        self.instance, self.vehicle = instance, vehicle
        self.tables = instance.tables[vehicle.profile]
        self.jobs = [instance.jobs[task] for task in tasks]
        found = timing(instance, vehicle, self.jobs)
        if found is None:
            raise BrokenPlan(f"Vehicle {vehicle.id} can't keep the times of its route.")
        self.visits = self._visits(found)

    def _visits(self, found: Timing) -> list[_Visit]:
        first, last = self.jobs[0].spot, self.jobs[-1].spot
        start, end = self.vehicle.start or first, self.vehicle.end or last
        visits = [_Visit("start", start, None, found.departure // HUNDREDTHS, 0, 0, 0)]
        for k, job in enumerate(self.jobs):
            arrival = found.arrivals[k] // HUNDREDTHS
            waits = found.starts[k] > found.arrivals[k]
            visits.append(
                _Visit(
                    "job",
                    job.spot,
                    job,
                    arrival,
                    found.starts[k] // HUNDREDTHS - arrival if waits else 0,
                    found.setups[k] // HUNDREDTHS,
                    found.services[k] // HUNDREDTHS,
                )
            )
        return [*visits, _Visit("end", end, None, found.end // HUNDREDTHS, 0, 0, 0)]

    def route(self) -> Document:
        vehicle, visits = self.vehicle, self.visits
        travel = self._travel()
        setup, service = sum(v.setup for v in visits), sum(v.service for v in visits)
        told: Document = {
            "vehicle": vehicle.id,
            "cost": self._cost(travel[-1], setup + service),
            **_described(vehicle.description),
        }
        if self.instance.dimensions:
            delivery, pickup = self._carried("delivery"), self._carried("pickup")
            told |= {"delivery": delivery, "amount": delivery, "pickup": pickup}
        told |= {
            "setup": setup,
            "service": service,
            "duration": travel[-1],
            "waiting_time": sum(visit.waiting for visit in visits),
            "priority": sum(job.priority for job in self.jobs),
        }
        if self.instance.tell_distances:
            told["distance"] = self._along(self.tables.distances)[-1]
        return {**told, "steps": self._steps(travel), "violations": []}

    def _travel(self) -> list[int]:
        """Seconds driven upon arrival at every step."""
        driven = [0]
        for before, here in pairwise(self.visits):
            left = before.arrival + before.waiting + before.setup + before.service
            driven.append(driven[-1] + here.arrival - left)
        return driven

    def _along(self, table: NDArray[np.int64] | None) -> list[int]:
        """Sums upon arrival at every step of what a table holds; zeros without one."""
        rows = [visit.spot.row for visit in self.visits]
        if table is None:
            return [0] * len(rows)
        legs = [int(table[here, there]) for here, there in pairwise(rows)]
        if self.vehicle.start is None:
            legs[0] = 0
        if self.vehicle.end is None:
            legs[-1] = 0
        return [0, *accumulate(legs)]

    def _cost(self, travel: int, tasks: int) -> int:
        rates = self.vehicle.rates
        if self.tables.costs is not None:
            driven = self._along(self.tables.costs)[-1]
        else:
            metres = self._along(self.tables.distances)[-1]
            parts = 1000 * rates.per_hour * travel + 3600 * rates.per_km * metres
            driven = (parts + (COST_PARTS // 2 if self.instance.timed else 0)) // COST_PARTS
        return rates.fixed + driven + rates.per_task_hour * tasks // 3600

    def _carried(self, name: str) -> list[int]:
        amounts = [getattr(job, name) for job in self.jobs]
        return [sum(amount[q] for amount in amounts) for q in range(self.instance.dimensions)]

    def _steps(self, travel: Sequence[int]) -> list[Document]:
        load, metres = self._carried("delivery"), self._along(self.tables.distances)
        steps = []
        for visit, seconds, far in zip(self.visits, travel, metres, strict=True):
            job = visit.job
            step: Document = {"type": visit.kind}
            if job is not None:
                step |= _described(job.description)
                load = [
                    before - out + back
                    for before, out, back in zip(load, job.delivery, job.pickup, strict=True)
                ]
            step |= _place(visit.spot)
            if job is not None:
                step["id"] = job.id
            step |= {"setup": visit.setup, "service": visit.service, "waiting_time": visit.waiting}
            if job is not None:
                step["job"] = job.id
            if self.instance.dimensions:
                step["load"] = load
            step |= {"arrival": visit.arrival, "duration": seconds, "violations": []}
            if self.instance.tell_distances:
                step["distance"] = far
            steps.append(step)
        return steps

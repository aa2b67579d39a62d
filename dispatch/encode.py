"""From the city's words to numbers: a `Snapshot` becomes a `Problem`.

Task i is `snapshot.orders[i]`, vehicle j is `snapshot.couriers[j]`. Skills, temperature zones and
depots all become skills of the solver. Money is multiplied by `COST_SCALE`, the least number that
makes every rate whole:

    cost per metre  = cost_per_km   * COST_SCALE / 1000
    cost per second = cost_per_hour * COST_SCALE / 3600 = cost_per_min * COST_SCALE / 60

The way from home to the depot and the loading are the vehicle's setup:

    departure from the depot >= max(max(shift start, release) + approach, opening) + loading
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispatch.couriers import Courier
from dispatch.orders import Order
from dispatch.places import Place
from dispatch.plan import Plan
from dispatch.snapshot import Snapshot
from dispatch.travel import TravelTimes
from dispatch.units import METRES_PER_KM, SECONDS_PER_HOUR
from solver.problem import HORIZON, Problem, Task, Travel, Vehicle, Window
from solver.solution import Route as SolverRoute
from solver.solution import Solution

COST_SCALE = 18_000
"""Solver cost units per cost unit: the least common multiple of 1000, 3600 and 60."""

NEVER = {"earliest": 1, "latest_departure": 0, "latest": 1}
"""Hours of a courier that can't work in this wave."""

_PER_METRE = COST_SCALE // METRES_PER_KM
_PER_SECOND = COST_SCALE // SECONDS_PER_HOUR
_PER_LATE_SECOND = COST_SCALE // 60


@dataclass(frozen=True, eq=False, slots=True)
class Encoding:
    """A snapshot and the problem made of it.

    Attributes:
        snapshot: task i is `snapshot.orders[i]`, vehicle j is `snapshot.couriers[j]`.
        problem: times are seconds from `origin_s`.
        origin_s: the problem's time zero, seconds from the snapshot's epoch, <= 0.
        dimensions: names of the capacity dimensions, sorted.
        scale: solver cost units per cost unit.
        approach_s: seconds from home to the depot, per courier.
    """

    snapshot: Snapshot
    problem: Problem
    origin_s: int
    dimensions: tuple[str, ...]
    scale: int
    approach_s: tuple[int, ...]


def encode(snapshot: Snapshot, travel: TravelTimes) -> Encoding:
    """The routing problem of a valid snapshot."""
    return _Encoder(snapshot, travel).encoding()


class _Encoder:
    def __init__(self, snapshot: Snapshot, travel: TravelTimes) -> None:
        self.snapshot = snapshot
        self.types = {kind.id: kind for kind in snapshot.vehicle_types}
        self.depots = {depot.id: depot for depot in snapshot.depots}
        self.places = {place.position: place for place in _places(snapshot)}
        self.place_index = {position: index for index, position in enumerate(self.places)}
        self.origin_s = min(
            0, *(window.start_s for order in snapshot.orders for window in order.windows)
        )
        self.dimensions = tuple(sorted({name for order in snapshot.orders for name in order.load}))
        self.totals = {
            name: sum(order.load.get(name, 0) for order in snapshot.orders)
            for name in self.dimensions
        }
        self.skills: dict[tuple[str, str], int] = {}
        self.speeds = sorted({kind.speed_factor for kind in snapshot.vehicle_types})
        self.travel = [self._travel(travel, speed) for speed in self.speeds]

    def encoding(self) -> Encoding:
        courier_index = {courier.id: j for j, courier in enumerate(self.snapshot.couriers)}
        order_index = {order.id: i for i, order in enumerate(self.snapshot.orders)}
        locks = {lock.order: courier_index[lock.courier] for lock in self.snapshot.courier_locks}
        prefixes = {
            start.courier: tuple(order_index[order] for order in start.orders)
            for start in self.snapshot.fixed_starts
        }
        approaches = [self._approach(courier) for courier in self.snapshot.couriers]
        problem = Problem(
            tasks=tuple(self._task(order, locks.get(order.id)) for order in self.snapshot.orders),
            vehicles=tuple(
                self._vehicle(courier, approach, prefixes.get(courier.id, ()))
                for courier, approach in zip(self.snapshot.couriers, approaches, strict=True)
            ),
            travel=tuple(self.travel),
            weights=self.snapshot.weights,
        )
        return Encoding(
            snapshot=self.snapshot,
            problem=problem,
            origin_s=self.origin_s,
            dimensions=self.dimensions,
            scale=COST_SCALE,
            approach_s=tuple(duration for duration, _ in approaches),
        )

    def _travel(self, travel: TravelTimes, speed_factor: float) -> Travel:
        matrix = travel.matrix(list(self.places.values()), speed_factor)
        return Travel(
            durations=_solver_matrix(matrix.durations_s, HORIZON),
            distances=_solver_matrix(matrix.distances_m, 0),
        )

    def _place(self, place: Place) -> int:
        return self.place_index[place.position]

    def _skill(self, kind: str, name: str) -> int:
        return self.skills.setdefault((kind, name), len(self.skills))

    def _skills(self, kind: str, names: Iterable[str]) -> frozenset[int]:
        return frozenset(self._skill(kind, name) for name in names)

    def _task(self, order: Order, vehicle: int | None) -> Task:
        last = order.windows[-1]
        closings = [window.end_s for window in order.windows[:-1]] + [order.latest_s]
        return Task(
            place=self._place(order.place),
            service=order.service_s,
            windows=tuple(
                Window(window.start_s - self.origin_s, closing - self.origin_s)
                for window, closing in zip(order.windows, closings, strict=True)
            ),
            loads=tuple(order.load.get(name, 0) for name in self.dimensions),
            due=last.end_s - self.origin_s,
            late_cost=order.lateness.cost_per_min * _PER_LATE_SECOND if order.lateness else 0,
            penalty=order.unserved_cost * COST_SCALE,
            skills=self._skills("skill", order.skills)
            | self._skills("zone", [order.zone])
            | self._skills("depot", [order.depot] if order.depot else []),
            vehicle=vehicle,
        )

    def _approach(self, courier: Courier) -> tuple[int, int]:
        """Seconds and metres from home to the depot."""
        depot = self._place(self.depots[courier.depot].place)
        home = self._place(courier.start) if courier.start else depot
        travel = self.travel[self._travel_index(courier)]
        return int(travel.durations[home, depot]), int(travel.distances[home, depot])

    def _travel_index(self, courier: Courier) -> int:
        return self.speeds.index(self.types[courier.vehicle_type].speed_factor)

    def _vehicle(
        self, courier: Courier, approach: tuple[int, int], prefix: tuple[int, ...]
    ) -> Vehicle:
        kind = self.types[courier.vehicle_type]
        depot = self.depots[courier.depot]
        approach_s, approach_m = approach
        limits = [limit for limit in (courier.max_route_s, kind.max_route_s) if limit is not None]
        leaves_home = max(courier.shift.start_s, 0)
        earliest = max(leaves_home + approach_s, depot.open.start_s) + depot.loading_s
        latest = courier.shift.end_s if courier.end else min(courier.shift.end_s, depot.open.end_s)
        on_time = earliest <= latest and earliest <= depot.open.end_s
        return Vehicle(
            start=self._place(depot.place),
            end=self._place(courier.end or depot.place),
            capacity=tuple(
                kind.capacity.get(name, everything) for name, everything in self.totals.items()
            ),
            **self._hours(earliest, depot.open.end_s, latest) if on_time else NEVER,
            max_duration=min(limits, default=None),
            setup_duration=min(approach_s, HORIZON) + depot.loading_s,
            setup_distance=approach_m,
            travel=self._travel_index(courier),
            fixed_cost=kind.cost_per_use * COST_SCALE,
            distance_cost=kind.cost_per_km * _PER_METRE,
            duration_cost=kind.cost_per_hour * _PER_SECOND,
            skills=self._skills("skill", courier.skills)
            | self._skills("zone", kind.zones)
            | self._skills("depot", [courier.depot]),
            prefix=prefix,
        )

    def _hours(self, earliest: int, latest_departure: int, latest: int) -> dict[str, int]:
        hours = {"earliest": earliest, "latest_departure": latest_departure, "latest": latest}
        return {name: min(time - self.origin_s, HORIZON) for name, time in hours.items()}


def _places(snapshot: Snapshot) -> Iterable[Place]:
    yield from (depot.place for depot in snapshot.depots)
    yield from (order.place for order in snapshot.orders)
    for courier in snapshot.couriers:
        yield from (place for place in (courier.start, courier.end) if place is not None)


def _solver_matrix(matrix: NDArray[np.int64], unreachable: int) -> NDArray[np.int32]:
    return np.where(matrix < 0, unreachable, np.minimum(matrix, HORIZON)).astype(np.int32)


def encode_plan(encoding: Encoding, plan: Plan) -> Solution:
    """The solution that a plan of this snapshot stands for, at the plan's own times.

    Raises:
        KeyError: where the plan names an order or courier that the snapshot does not have.
    """
    tasks = {order.id: i for i, order in enumerate(encoding.snapshot.orders)}
    vehicles = {courier.id: j for j, courier in enumerate(encoding.snapshot.couriers)}
    return Solution.of(
        encoding.problem,
        (
            SolverRoute(
                vehicle=vehicles[route.courier],
                tasks=tuple(tasks[stop.order] for stop in route.stops),
                starts=tuple(stop.start_s - encoding.origin_s for stop in route.stops),
                departure=route.departure_s - encoding.origin_s,
                arrival=route.end_s - encoding.origin_s,
            )
            for route in plan.routes
        ),
    )

"""Everything known when a wave is planned: the one input of the planner.

References between the parts (a courier's depot, an order's depot) are checked by
`dispatch.validate`, which answers with all issues at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.couriers import Courier, VehicleType
from dispatch.depots import Depot
from dispatch.errors import require
from dispatch.orders import Order
from solver.cost import Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A city: its name, its IANA time zone and its ISO 4217 currency."""

    name: str
    time_zone: str
    currency: str = "CNY"


@dataclass(frozen=True, slots=True, kw_only=True)
class HaversineTravel:
    """Travel estimated from the great circle.

    distance = detour_factor * great circle;  time = fixed_s + distance / speed

    Attributes:
        speed_kmh: of a vehicle type with speed factor 1.
        detour_factor: road metres per straight metre, >= 1.
        fixed_s: seconds per leg between different places: parking, traffic lights.
    """

    speed_kmh: float = 20.0
    detour_factor: float = 1.4
    fixed_s: int = 60

    def __post_init__(self) -> None:
        require(self.speed_kmh > 0, f"Expected speed_kmh > 0, got {self.speed_kmh}.")
        require(self.detour_factor >= 1, f"Expected detour_factor >= 1, got {self.detour_factor}.")
        require(self.fixed_s >= 0, f"Expected fixed_s >= 0, got {self.fixed_s}.")


@dataclass(frozen=True, eq=False, kw_only=True)
class MatrixTravel:
    """Travel given as matrices over named places.

    Attributes:
        positions: `(lon, lat)` of row and column i; every place of the snapshot is among them.
        durations_s: seconds, int64 of shape `(n, n)`, for a speed factor of 1; -1 is unreachable.
        distances_m: metres, same shape; -1 is unreachable.
    """

    positions: tuple[tuple[float, float], ...]
    durations_s: NDArray[np.int64]
    distances_m: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedStart:
    """A lock: the courier's route begins with these orders in this order."""

    courier: str
    orders: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierLock:
    """A lock: only this courier may serve the order."""

    order: str
    courier: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Snapshot:
    """The input of one wave.

    Attributes:
        city: where.
        wave: the wave's id.
        release: when the wave is released; also the epoch of every `_s` time in the snapshot, an
            aware datetime. Nothing leaves home before it.
        depots, vehicle_types, couriers, orders: in the order of the document.
        travel: where travel times come from.
        courier_locks, fixed_starts: what an earlier decision has fixed.
        weights: multipliers of the terms of the objective.
    """

    city: City
    wave: str
    release: datetime
    depots: tuple[Depot, ...]
    vehicle_types: tuple[VehicleType, ...]
    couriers: tuple[Courier, ...]
    orders: tuple[Order, ...]
    travel: HaversineTravel | MatrixTravel = field(default_factory=HaversineTravel)
    courier_locks: tuple[CourierLock, ...] = ()
    fixed_starts: tuple[FixedStart, ...] = ()
    weights: Weights = field(default_factory=Weights)

    def __post_init__(self) -> None:
        require(
            self.release.tzinfo is not None,
            f"Expected a release with an offset, got {self.release.isoformat()}.",
        )

    def replace(self, **changes: Any) -> Snapshot:
        """A copy with these fields changed."""
        return replace(self, **changes)

    def order(self, order_id: str) -> Order:
        """The order with this id; KeyError if there is none."""
        return {order.id: order for order in self.orders}[order_id]

    def courier(self, courier_id: str) -> Courier:
        """The courier with this id; KeyError if there is none."""
        return {courier.id: courier for courier in self.couriers}[courier_id]

    def depot(self, depot_id: str) -> Depot:
        """The depot with this id; KeyError if there is none."""
        return {depot.id: depot for depot in self.depots}[depot_id]

    def vehicle_type(self, type_id: str) -> VehicleType:
        """The vehicle type with this id; KeyError if there is none."""
        return {kind.id: kind for kind in self.vehicle_types}[type_id]

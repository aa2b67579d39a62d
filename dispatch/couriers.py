"""Who delivers, and with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dispatch.errors import require
from dispatch.orders import Zone
from dispatch.places import Place
from dispatch.units import TimeWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleType:
    """A class of vehicles.

    Attributes:
        id: unique among vehicle types.
        capacity: largest load per dimension; a dimension that is not named is not limited.
        zones: temperature zones that it can carry.
        speed_factor: speed relative to the travel times' own; 0.5 takes twice as long.
        cost_per_use: cost units for using it at all.
        cost_per_km: cost units per kilometre.
        cost_per_hour: cost units per hour on the clock, from leaving home to the end of the route.
        max_route_s: longest time on the clock; None is unlimited.
    """

    id: str
    capacity: Mapping[str, int] = field(default_factory=dict)
    zones: frozenset[Zone] = frozenset({Zone.AMBIENT})
    speed_factor: float = 1.0
    cost_per_use: int = 0
    cost_per_km: int = 0
    cost_per_hour: int = 0
    max_route_s: int | None = None

    def __post_init__(self) -> None:
        require(self.id != "", "Expected an id, got an empty string.")
        require(
            all(amount >= 0 for amount in self.capacity.values()),
            f"Vehicle type {self.id}: expected capacity >= 0, got {dict(self.capacity)}.",
        )
        require(
            0 < self.speed_factor < float("inf"),
            f"Vehicle type {self.id}: expected speed_factor > 0, got {self.speed_factor}.",
        )
        for name in ("cost_per_use", "cost_per_km", "cost_per_hour"):
            require(getattr(self, name) >= 0, f"Vehicle type {self.id}: expected {name} >= 0.")
        require(
            self.max_route_s is None or self.max_route_s > 0,
            f"Vehicle type {self.id}: expected max_route_s > 0, got {self.max_route_s}.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """A person on a shift with a vehicle.

    A route is: leave `start`, load at `depot`, deliver, end at `end`.

    Attributes:
        id: unique among couriers.
        vehicle_type: id of a vehicle type.
        depot: id of the home depot.
        shift: leaves `start` not before its start and is at `end` by its end.
        skills: what orders may ask for.
        start: where the courier comes from; None is the depot.
        end: where the route ends; None is the depot.
        max_route_s: longest time on the clock; the vehicle type's holds as well.
    """

    id: str
    vehicle_type: str
    depot: str
    shift: TimeWindow
    skills: frozenset[str] = frozenset()
    start: Place | None = None
    end: Place | None = None
    max_route_s: int | None = None

    def __post_init__(self) -> None:
        require(self.id != "", "Expected an id, got an empty string.")
        require(
            self.max_route_s is None or self.max_route_s > 0,
            f"Courier {self.id}: expected max_route_s > 0, got {self.max_route_s}.",
        )

"""The plan of a wave: what every courier does, and why some orders stay behind.

All times are seconds from the snapshot's epoch (its release). Every order of the snapshot is in
exactly one stop or in exactly one `Unserved`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dispatch.units import TimeWindow

TERMS = ("use", "distance", "time", "lateness", "unserved")
"""Of a cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCost:
    """Cost by term, in cost units (1/100 of the currency), each rounded half up.

    Attributes:
        use: of couriers used.
        distance: of kilometres, the way from home to the depot included.
        time: of hours on the clock, waiting, loading and service included.
        lateness: of hand-overs after the last window.
        unserved: of orders left out.
    """

    use: int = 0
    distance: int = 0
    time: int = 0
    lateness: int = 0
    unserved: int = 0

    @property
    def total(self) -> int:
        """Sum of the terms."""
        return self.use + self.distance + self.time + self.lateness + self.unserved


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One order handed over.

        start = max(arrival, opening of the window);  departure = start + service

    Attributes:
        order: the order's id.
        travel_s, distance_m: of the leg that leads here.
        arrival_s: at the door.
        start_s: of the hand-over.
        departure_s: from the door.
        window: the promised window it is served in (or late for).
        late_s: seconds that the hand-over starts after the last window.
        slack_s: how much later the courier could arrive here without anything being late or lost.
    """

    order: str
    travel_s: int
    distance_m: int
    arrival_s: int
    start_s: int
    departure_s: int
    window: TimeWindow
    late_s: int
    slack_s: int

    @property
    def waiting_s(self) -> int:
        """Seconds at the door before the hand-over may start."""
        return self.start_s - self.arrival_s

    @property
    def service_s(self) -> int:
        """Seconds of the hand-over."""
        return self.departure_s - self.start_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One courier's day in this wave.

        leave home -> loading -> departure -> stops -> end

    Attributes:
        courier, vehicle_type, depot: ids.
        start_s: leaves home (the depot, unless the courier has a start of their own).
        loading_s: starts to load at the depot.
        departure_s: leaves the depot, loaded.
        end_s: reaches the end place.
        approach_distance_m: from home to the depot.
        return_travel_s, return_distance_m: from the last stop to the end place.
        load: carried at departure, per dimension.
        stops: in order, never empty.
        cost: this route's share.
    """

    courier: str
    vehicle_type: str
    depot: str
    start_s: int
    loading_s: int
    departure_s: int
    end_s: int
    approach_distance_m: int
    return_travel_s: int
    return_distance_m: int
    load: Mapping[str, int]
    stops: tuple[Stop, ...]
    cost: PlanCost

    @property
    def duration_s(self) -> int:
        """Seconds on the clock."""
        return self.end_s - self.start_s

    @property
    def drive_s(self) -> int:
        """Seconds driven."""
        legs = sum(stop.travel_s for stop in self.stops)
        return self.loading_s - self.start_s + legs + self.return_travel_s

    @property
    def distance_m(self) -> int:
        """Metres driven."""
        legs = sum(stop.distance_m for stop in self.stops)
        return self.approach_distance_m + legs + self.return_distance_m

    @property
    def waiting_s(self) -> int:
        """Seconds waited at doors."""
        return sum(stop.waiting_s for stop in self.stops)

    @property
    def late_s(self) -> int:
        """Seconds of lateness over all stops."""
        return sum(stop.late_s for stop in self.stops)


class Reason(StrEnum):
    """Why an order is unserved; each is found by direct test, the cheapest first."""

    FITS_NO_VEHICLE = "fits_no_vehicle"
    """Heavier or larger than every vehicle type, or than all that carry its zone."""
    NO_COURIER_QUALIFIED = "no_courier_qualified"
    """No courier on shift has the zone, the skills, the depot and the lock together."""
    UNREACHABLE_IN_TIME = "unreachable_in_time"
    """No qualified courier reaches it within its windows even with nothing else to do."""
    NO_ROOM_IN_PLAN = "no_room_in_plan"
    """It fits nowhere into this plan: every qualified courier is full or out of time."""
    CHEAPER_UNSERVED = "cheaper_unserved"
    """It could be served, but that costs more than leaving it out."""
    NOT_YET_PLACED = "not_yet_placed"
    """Only in the best plan so far of a search that goes on: none of the first three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """An order left out, why, and what would fix it.

    Attributes:
        order: the order's id.
        reason: the rule that the direct test found.
        detail: the reason in words, with the numbers.
        fix: what would get it served.
        extra_cost: cost units by which serving it exceeds leaving it out, where that is the reason.
    """

    order: str
    reason: Reason
    detail: str
    fix: str
    extra_cost: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    """After `seconds` the best plan cost `cost` units (weighted) and left `unserved` orders."""

    seconds: float
    cost: int
    unserved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The plan of one wave.

    Attributes:
        city, time_zone, currency, wave: of the snapshot.
        release: the epoch of all times, an aware datetime.
        snapshot_digest: SHA-256 of the snapshot's canonical JSON, hex; ties the plan to its input.
        routes: of the couriers used, in the snapshot's order.
        unserved: in the snapshot's order.
        cost: of the whole plan.
        engine, seed, seconds, stop_reason: how it came about.
        log: improvements, oldest first.
    """

    city: str
    time_zone: str
    currency: str
    wave: str
    release: datetime
    snapshot_digest: str
    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    cost: PlanCost
    engine: str
    seed: int
    seconds: float
    stop_reason: str
    log: tuple[Improvement, ...] = field(default=())

    def stops(self) -> Iterator[tuple[Route, Stop]]:
        """Every stop with its route."""
        return ((route, stop) for route in self.routes for stop in route.stops)

    @property
    def served(self) -> int:
        """Number of orders served."""
        return sum(len(route.stops) for route in self.routes)

    @property
    def drive_s(self) -> int:
        """Seconds driven by all couriers."""
        return sum(route.drive_s for route in self.routes)

    @property
    def distance_m(self) -> int:
        """Metres driven by all couriers."""
        return sum(route.distance_m for route in self.routes)

    @property
    def late_s(self) -> int:
        """Seconds of lateness over all stops."""
        return sum(route.late_s for route in self.routes)

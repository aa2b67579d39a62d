"""The city's own checker: judges a plan against its snapshot, rule by rule.

It shares no code with the encoding, the decoding or the solver, and believes nothing that a plan
claims. A route is followed step by step,

    start + approach = loading;  loading + loading time = departure
    departure of the last stop + travel = arrival <= start of the hand-over
    start + service = departure of this stop;  departure of the last stop + return = end

and every number in it is compared with the snapshot and the travel times.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate, pairwise

from dispatch.couriers import Courier, VehicleType
from dispatch.depots import Depot
from dispatch.orders import Order
from dispatch.places import Place
from dispatch.plan import Plan, PlanCost, Route, Stop
from dispatch.snapshot import Snapshot
from dispatch.travel import TravelTimes
from dispatch.units import METRES_PER_KM, SECONDS_PER_HOUR, TimeWindow
from dispatch.wire import snapshot_digest


class Code(StrEnum):
    """The rule that is broken."""

    WRONG_SNAPSHOT = "wrong_snapshot"
    """The plan was made for another snapshot."""
    WRONG_WAVE = "wrong_wave"
    """City, time zone, currency, wave or release differ from the snapshot's."""

    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN_COURIER = "unknown_courier"
    ORDER_MISSING = "order_missing"
    ORDER_REPEATED = "order_repeated"
    COURIER_REPEATED = "courier_repeated"
    EMPTY_ROUTE = "empty_route"
    WRONG_VEHICLE_TYPE = "wrong_vehicle_type"
    WRONG_DEPOT = "wrong_depot"

    ZONE = "zone"
    SKILL = "skill"
    ORDER_DEPOT = "order_depot"
    """The order's goods are at another depot."""
    COURIER_LOCK = "courier_lock"
    FIXED_START = "fixed_start"
    CAPACITY = "capacity"
    LOAD_CLAIM = "load_claim"

    NO_WAY = "no_way"
    TRAVEL_TIME = "travel_time"
    DISTANCE = "distance"
    APPROACH = "approach"
    LOADING_TIME = "loading_time"
    ARRIVAL = "arrival"
    START_BEFORE_ARRIVAL = "start_before_arrival"
    SERVICE_TIME = "service_time"
    END = "end"

    BEFORE_RELEASE = "before_release"
    SHIFT = "shift"
    DEPOT_CLOSED = "depot_closed"
    ROUTE_TOO_LONG = "route_too_long"
    OUTSIDE_WINDOW = "outside_window"

    WINDOW_CLAIM = "window_claim"
    LATE_CLAIM = "late_claim"
    SLACK_CLAIM = "slack_claim"
    ROUTE_COST = "route_cost"
    PLAN_COST = "plan_cost"


ROUTE_TERMS = ("use", "distance", "time", "lateness")
"""Terms of the cost that routes add to."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that the plan breaks.

    Attributes:
        code: of the rule.
        message: what is wrong, with the numbers.
        order, courier: where, by id.
    """

    code: Code
    message: str
    order: str | None = None
    courier: str | None = None

    def __str__(self) -> str:
        parts = (("courier", self.courier), ("order", self.order))
        where = ", ".join(f"{kind} {name}" for kind, name in parts if name is not None)
        return f"{where or 'plan'}: {self.message} [{self.code}]"


def find_violations(snapshot: Snapshot, plan: Plan, travel: TravelTimes) -> list[Violation]:
    """Every rule of the snapshot that the plan breaks; an empty list is a sound plan."""
    city = _City(snapshot)
    return [
        *_wave(snapshot, plan),
        *_every_order_once(city, plan),
        *_couriers_once(city, plan),
        *(
            violation
            for route in plan.routes
            if city.knows(route)
            for violation in _RouteCheck(city, route, travel).violations()
        ),
        *_plan_cost(city, plan),
    ]


class _City:
    """The snapshot by id."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.orders = {order.id: order for order in snapshot.orders}
        self.couriers = {courier.id: courier for courier in snapshot.couriers}
        self.depots = {depot.id: depot for depot in snapshot.depots}
        self.types = {kind.id: kind for kind in snapshot.vehicle_types}
        self.locks = {lock.order: lock.courier for lock in snapshot.courier_locks}
        self.fixed_starts = {fixed.courier: fixed.orders for fixed in snapshot.fixed_starts}

    def knows(self, route: Route) -> bool:
        """Whether the route can be followed at all."""
        known = all(stop.order in self.orders for stop in route.stops)
        return known and route.courier in self.couriers and len(route.stops) > 0

    def type_of(self, route: Route) -> VehicleType:
        """The type that the courier really drives, whatever the route says."""
        return self.types[self.couriers[route.courier].vehicle_type]


# --- the plan as a whole -------------------------------------------------------------------------


def _wave(snapshot: Snapshot, plan: Plan) -> Iterator[Violation]:
    digest = snapshot_digest(snapshot)
    if plan.snapshot_digest != digest:
        yield Violation(
            Code.WRONG_SNAPSHOT,
            f"made for snapshot {plan.snapshot_digest[:12]}, this one is {digest[:12]}",
        )
    expected = {
        "city": (plan.city, snapshot.city.name),
        "time zone": (plan.time_zone, snapshot.city.time_zone),
        "currency": (plan.currency, snapshot.city.currency),
        "wave": (plan.wave, snapshot.wave),
        "release": (plan.release, snapshot.release),
    }
    for name, (said, known) in expected.items():
        if said != known:
            yield Violation(Code.WRONG_WAVE, f"says {name} {said}, the snapshot has {known}")


def _every_order_once(city: _City, plan: Plan) -> Iterator[Violation]:
    times = Counter(stop.order for _, stop in plan.stops())
    times.update(left.order for left in plan.unserved)
    for order in times:
        if order not in city.orders:
            yield Violation(Code.UNKNOWN_ORDER, "is not in the snapshot", order=order)
    for order in city.orders:
        if times[order] == 0:
            yield Violation(Code.ORDER_MISSING, "neither served nor unserved", order=order)
        elif times[order] > 1:
            message = f"in the plan {times[order]} times"
            yield Violation(Code.ORDER_REPEATED, message, order=order)


def _couriers_once(city: _City, plan: Plan) -> Iterator[Violation]:
    times = Counter(route.courier for route in plan.routes)
    for courier, count in times.items():
        if courier not in city.couriers:
            yield Violation(Code.UNKNOWN_COURIER, "is not in the snapshot", courier=courier)
        if count > 1:
            yield Violation(Code.COURIER_REPEATED, f"has {count} routes", courier=courier)
    for route in plan.routes:
        if not route.stops:
            yield Violation(Code.EMPTY_ROUTE, "has a route without stops", courier=route.courier)
    for courier, orders in city.fixed_starts.items():
        if courier not in times:
            message = f"has no route, expected one that begins with {', '.join(orders)}"
            yield Violation(Code.FIXED_START, message, courier=courier)


def _plan_cost(city: _City, plan: Plan) -> Iterator[Violation]:
    """The plan's terms are rounded once, over exact sums, not summed from rounded routes."""
    if not all(city.knows(route) for route in plan.routes):
        return
    shares = [_exact_cost(city, route) for route in plan.routes]
    terms = {name: sum((share[name] for share in shares), Fraction(0)) for name in ROUTE_TERMS}
    left_out = (city.orders.get(left.order) for left in plan.unserved)
    terms["unserved"] = Fraction(sum(order.unserved_cost for order in left_out if order))
    for message in _cost_differences(plan.cost, terms):
        yield Violation(Code.PLAN_COST, message)


def _exact_cost(city: _City, route: Route) -> dict[str, Fraction]:
    kind = city.type_of(route)
    late = (
        Fraction(lateness.cost_per_min * max(0, stop.start_s - order.due_s), 60)
        for stop in route.stops
        if (lateness := (order := city.orders[stop.order]).lateness)
    )
    return {
        "use": Fraction(kind.cost_per_use),
        "distance": Fraction(kind.cost_per_km * route.distance_m, METRES_PER_KM),
        "time": Fraction(kind.cost_per_hour * route.duration_s, SECONDS_PER_HOUR),
        "lateness": sum(late, Fraction(0)),
    }


def _cost_differences(claimed: PlanCost, terms: Mapping[str, Fraction]) -> Iterator[str]:
    for name in (*ROUTE_TERMS, "unserved"):
        said, exact = getattr(claimed, name), terms.get(name, Fraction(0))
        if said != math.floor(exact + Fraction(1, 2)):
            yield f"says {name} costs {said}, it costs {float(exact):.2f}"


# --- one route -----------------------------------------------------------------------------------


class _RouteCheck:
    def __init__(self, city: _City, route: Route, travel: TravelTimes) -> None:
        self.city, self.route = city, route
        self.courier: Courier = city.couriers[route.courier]
        self.kind = city.type_of(route)
        self.depot: Depot = city.depots[self.courier.depot]
        self.orders: list[Order] = [city.orders[stop.order] for stop in route.stops]
        self.stops: list[tuple[Stop, Order]] = list(zip(route.stops, self.orders, strict=True))
        self.limits = [
            limit for limit in (self.courier.max_route_s, self.kind.max_route_s) if limit
        ]
        self.legs = self._legs(travel)

    def _legs(self, travel: TravelTimes) -> list[tuple[int, int]]:
        """Seconds and metres from home to the depot, to each stop, and to the end place."""
        gate = self.depot.place
        places: Sequence[Place] = [
            self.courier.start or gate,
            gate,
            *(order.place for order in self.orders),
            self.courier.end or gate,
        ]
        matrix = travel.matrix(places, self.kind.speed_factor)
        steps = pairwise(range(len(places)))
        return [(int(matrix.durations_s[i, j]), int(matrix.distances_m[i, j])) for i, j in steps]

    def violations(self) -> Iterator[Violation]:
        """Everything that is wrong with this route."""
        yield from self._identity()
        yield from self._eligibility()
        yield from self._locks()
        yield from self._load()
        yield from self._travel()
        yield from self._arithmetic()
        yield from self._hours()
        yield from self._promises()
        yield from self._slack()
        for message in _cost_differences(self.route.cost, _exact_cost(self.city, self.route)):
            yield self._broken(Code.ROUTE_COST, message)

    def _broken(self, code: Code, message: str, order: str | None = None) -> Violation:
        return Violation(code, message, order=order, courier=self.courier.id)

    def _identity(self) -> Iterator[Violation]:
        said, drives = self.route.vehicle_type, self.courier.vehicle_type
        if said != drives:
            yield self._broken(Code.WRONG_VEHICLE_TYPE, f"drives {drives}, not {said}")
        if self.route.depot != self.courier.depot:
            message = f"belongs to {self.courier.depot}, not {self.route.depot}"
            yield self._broken(Code.WRONG_DEPOT, message)

    def _eligibility(self) -> Iterator[Violation]:
        for order in self.orders:
            if order.zone not in self.kind.zones:
                message = f"{self.kind.id} does not carry {order.zone} goods"
                yield self._broken(Code.ZONE, message, order.id)
            missing = order.skills - self.courier.skills
            if missing:
                message = f"lacks skill {', '.join(sorted(missing))}"
                yield self._broken(Code.SKILL, message, order.id)
            if order.depot not in (None, self.courier.depot):
                message = f"goods are at {order.depot}, the courier loads at {self.courier.depot}"
                yield self._broken(Code.ORDER_DEPOT, message, order.id)

    def _locks(self) -> Iterator[Violation]:
        for order in self.orders:
            locked = self.city.locks.get(order.id, self.courier.id)
            if locked != self.courier.id:
                yield self._broken(Code.COURIER_LOCK, f"is locked to {locked}", order.id)
        fixed = self.city.fixed_starts.get(self.courier.id, ())
        begins = tuple(order.id for order in self.orders[: len(fixed)])
        if begins != fixed:
            message = f"begins with {', '.join(begins)}, expected {', '.join(fixed)}"
            yield self._broken(Code.FIXED_START, message)

    def _load(self) -> Iterator[Violation]:
        load: Counter[str] = Counter()
        for order in self.orders:
            load.update(order.load)
        for name, limit in self.kind.capacity.items():
            if load[name] > limit:
                message = f"carries {name} {load[name]}, capacity is {limit}"
                yield self._broken(Code.CAPACITY, message)
        for name in sorted(load.keys() | self.route.load.keys()):
            said = self.route.load.get(name, 0)
            if said != load[name]:
                message = f"says {name} {said}, its orders add up to {load[name]}"
                yield self._broken(Code.LOAD_CLAIM, message)

    def _travel(self) -> Iterator[Violation]:
        """Claimed legs against the travel times."""
        route = self.route
        claims = [
            (None, route.loading_s - route.start_s, route.approach_distance_m),
            *((stop.order, stop.travel_s, stop.distance_m) for stop in route.stops),
            (None, route.return_travel_s, route.return_distance_m),
        ]
        names = ["the way to the depot", *(["the way here"] * len(route.stops)), "the way back"]
        legs = zip(names, claims, self.legs, strict=True)
        for position, (name, (order, said_s, said_m), (travel_s, distance_m)) in enumerate(legs):
            if travel_s < 0 or distance_m < 0:
                yield self._broken(Code.NO_WAY, f"{name} does not exist", order)
                continue
            if said_s != travel_s:
                code = Code.TRAVEL_TIME if position else Code.APPROACH
                yield self._broken(code, f"{name} takes {travel_s} s, not {said_s} s", order)
            if said_m != distance_m:
                message = f"{name} is {distance_m} m, not {said_m} m"
                yield self._broken(Code.DISTANCE, message, order)

    def _arithmetic(self) -> Iterator[Violation]:
        """Each time follows from the one before."""
        route, time = self.route, self.route.departure_s
        if time != route.loading_s + self.depot.loading_s:
            message = (
                f"loads from {route.loading_s} to {time}, loading takes {self.depot.loading_s} s"
            )
            yield self._broken(Code.LOADING_TIME, message)
        for stop, order in self.stops:
            if stop.arrival_s != time + stop.travel_s:
                message = f"arrives at {stop.arrival_s}, expected {time} + {stop.travel_s}"
                yield self._broken(Code.ARRIVAL, message, order.id)
            if stop.start_s < stop.arrival_s:
                message = f"starts at {stop.start_s}, arrives at {stop.arrival_s}"
                yield self._broken(Code.START_BEFORE_ARRIVAL, message, order.id)
            if stop.departure_s != stop.start_s + order.service_s:
                message = f"serves {stop.start_s} to {stop.departure_s}, takes {order.service_s} s"
                yield self._broken(Code.SERVICE_TIME, message, order.id)
            time = stop.departure_s
        if route.end_s != time + route.return_travel_s:
            message = f"ends at {route.end_s}, expected {time} + {route.return_travel_s}"
            yield self._broken(Code.END, message)

    def _hours(self) -> Iterator[Violation]:
        """Release, shift, the depot's opening hours and the longest time on the clock."""
        route, shift, gate = self.route, self.courier.shift, self.depot.open
        if route.start_s < 0:
            yield self._broken(Code.BEFORE_RELEASE, f"leaves {-route.start_s} s before the release")
        if route.start_s < shift.start_s or route.end_s > shift.end_s:
            message = f"{route.start_s} to {route.end_s} is not within {_span(shift)}"
            yield self._broken(Code.SHIFT, message)
        at_depot = [route.loading_s, route.departure_s]
        at_depot += [route.end_s] if self.courier.end is None else []
        for time in at_depot:
            if not gate.start_s <= time <= gate.end_s:
                message = f"is at {self.depot.id} at {time}, it is open {_span(gate)}"
                yield self._broken(Code.DEPOT_CLOSED, message)
        for limit in self.limits:
            if route.duration_s > limit:
                message = f"is on the clock for {route.duration_s} s, at most {limit} s"
                yield self._broken(Code.ROUTE_TOO_LONG, message)

    def _promises(self) -> Iterator[Violation]:
        for stop, order in self.stops:
            kept = [w for w in order.windows if w.start_s <= stop.start_s <= w.end_s]
            if not kept and not order.due_s < stop.start_s <= order.latest_s:
                windows = " or ".join(_span(window) for window in order.windows)
                message = f"starts at {stop.start_s}, promised {windows}"
                yield self._broken(Code.OUTSIDE_WINDOW, message, order.id)
            elif stop.window != (kept or order.windows)[-1]:
                message = f"starts at {stop.start_s}, not in {_span(stop.window)}"
                yield self._broken(Code.WINDOW_CLAIM, message, order.id)
            late_s = max(0, stop.start_s - order.due_s)
            if stop.late_s != late_s:
                message = f"is {late_s} s late, not {stop.late_s} s"
                yield self._broken(Code.LATE_CLAIM, message, order.id)

    def _slack(self) -> Iterator[Violation]:
        """A delay at stop i is eaten by the waiting on the way to whatever it would break.

        slack(i) = min over j >= i of (limit(j) - arrival(j) + waiting at i ... j - 1)
        """
        route = self.route
        latest_ends_s = [self.courier.shift.end_s, *(route.start_s + m for m in self.limits)]
        if self.courier.end is None:
            latest_ends_s.append(self.depot.open.end_s)
        waited = [0, *accumulate(stop.waiting_s for stop in route.stops)]
        rooms = [
            (stop.start_s if stop.late_s else stop.window.end_s) - stop.arrival_s
            for stop in route.stops
        ]
        rooms.append(min(latest_ends_s) - route.end_s)
        sums = [room + before for room, before in zip(rooms, waited, strict=True)]
        tightest = list(accumulate(reversed(sums), min))[:0:-1]
        for stop, least, before in zip(route.stops, tightest, waited, strict=False):
            if stop.slack_s != least - before:
                message = f"has {least - before} s of slack, not {stop.slack_s} s"
                yield self._broken(Code.SLACK_CLAIM, message, stop.order)


def _span(window: TimeWindow) -> str:
    return f"[{window.start_s}, {window.end_s}]"

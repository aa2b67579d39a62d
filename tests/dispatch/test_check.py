"""The city's checker: one sound plan, and every way to spoil it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from dispatch.check import Code, Violation, find_violations
from dispatch.couriers import Courier, VehicleType
from dispatch.depots import Depot
from dispatch.orders import Lateness, Order, Zone
from dispatch.places import Place
from dispatch.plan import Plan, PlanCost, Reason, Route, Stop, Unserved
from dispatch.snapshot import City, CourierLock, FixedStart, MatrixTravel, Snapshot
from dispatch.travel import travel_times
from dispatch.units import TimeWindow
from dispatch.wire import snapshot_digest

GATE, HOME, NORTH, SOUTH, EAST = (Place(float(i), 0.0) for i in range(5))
RELEASE = datetime(2026, 11, 24, 7, tzinfo=UTC)


def matrix(metres: dict[tuple[int, int], int], blocked: tuple[int, int] | None = None) -> Any:
    """Ten minutes and 2 km between any two places, but for these lengths."""
    durations = np.where(np.eye(5, dtype=bool), 0, 600).astype(np.int64)
    distances = np.where(np.eye(5, dtype=bool), 0, 2000).astype(np.int64)
    for leg, length in metres.items():
        distances[leg] = length
    if blocked:
        durations[blocked] = -1
    return MatrixTravel(
        positions=tuple((float(i), 0.0) for i in range(5)),
        durations_s=durations,
        distances_m=distances,
    )


LENGTHS = {(0, 4): 2001, (4, 0): 2001, (3, 1): 2005}

SNAPSHOT = Snapshot(
    city=City(name="Village", time_zone="UTC"),
    wave="morning",
    release=RELEASE,
    depots=(
        Depot(id="store", place=GATE, open=TimeWindow(0, 7500), loading_s=300),
        Depot(id="other", place=HOME, open=TimeWindow(0, 7500)),
    ),
    vehicle_types=(
        VehicleType(
            id="bike",
            capacity={"weight_g": 9},
            zones=frozenset({Zone.AMBIENT, Zone.CHILLED}),
            speed_factor=0.5,
            cost_per_use=100,
            cost_per_km=50,
            cost_per_hour=360,
        ),
        VehicleType(
            id="van",
            zones=frozenset(Zone),
            cost_per_use=500,
            cost_per_km=125,
            cost_per_hour=720,
            max_route_s=3600,
        ),
    ),
    couriers=(
        Courier(
            id="ann",
            vehicle_type="bike",
            depot="store",
            shift=TimeWindow(-1800, 9000),
            skills=frozenset({"call"}),
            start=HOME,
            end=HOME,
            max_route_s=7200,
        ),
        Courier(id="bo", vehicle_type="van", depot="store", shift=TimeWindow(0, 7200)),
    ),
    orders=(
        Order(
            id="north",
            place=NORTH,
            windows=(TimeWindow(3600, 7200),),
            load={"weight_g": 5},
            service_s=300,
            zone=Zone.CHILLED,
            unserved_cost=900,
            skills=frozenset({"call"}),
        ),
        Order(
            id="south",
            place=SOUTH,
            windows=(TimeWindow(1800, 2400), TimeWindow(5400, 5640)),
            load={"weight_g": 4},
            service_s=120,
            unserved_cost=900,
            lateness=Lateness(cost_per_min=60, limit_s=1200),
        ),
        Order(
            id="east",
            place=EAST,
            windows=(TimeWindow(3600, 7200),),
            load={"weight_g": 50},
            service_s=180,
            zone=Zone.FROZEN,
            unserved_cost=900,
            depot="store",
        ),
        Order(id="left", place=EAST, windows=(TimeWindow(0, 60),), unserved_cost=700),
    ),
    travel=matrix(LENGTHS),
)

PLAN = Plan(
    city="Village",
    time_zone="UTC",
    currency="CNY",
    wave="morning",
    release=RELEASE,
    snapshot_digest="",
    routes=(
        Route(
            courier="ann",
            vehicle_type="bike",
            depot="store",
            start_s=1500,
            loading_s=2700,
            departure_s=3000,
            end_s=7020,
            approach_distance_m=2000,
            return_travel_s=1200,
            return_distance_m=2005,
            load={"weight_g": 9},
            stops=(
                Stop(
                    order="north",
                    travel_s=1200,
                    distance_m=2000,
                    arrival_s=4200,
                    start_s=4200,
                    departure_s=4500,
                    window=TimeWindow(3600, 7200),
                    late_s=0,
                    slack_s=0,
                ),
                Stop(
                    order="south",
                    travel_s=1200,
                    distance_m=2000,
                    arrival_s=5700,
                    start_s=5700,
                    departure_s=5820,
                    window=TimeWindow(5400, 5640),
                    late_s=60,
                    slack_s=0,
                ),
            ),
            cost=PlanCost(use=100, distance=400, time=552, lateness=60),
        ),
        Route(
            courier="bo",
            vehicle_type="van",
            depot="store",
            start_s=2400,
            loading_s=2400,
            departure_s=2700,
            end_s=4380,
            approach_distance_m=0,
            return_travel_s=600,
            return_distance_m=2001,
            load={"weight_g": 50},
            stops=(
                Stop(
                    order="east",
                    travel_s=600,
                    distance_m=2001,
                    arrival_s=3300,
                    start_s=3600,
                    departure_s=3780,
                    window=TimeWindow(3600, 7200),
                    late_s=0,
                    slack_s=1920,
                ),
            ),
            cost=PlanCost(use=500, distance=500, time=396),
        ),
    ),
    unserved=(
        Unserved(
            order="left",
            reason=Reason.UNREACHABLE_IN_TIME,
            detail="Due a minute after the release.",
            fix="A later window.",
        ),
    ),
    cost=PlanCost(use=600, distance=901, time=948, lateness=60, unserved=700),
    engine="hand",
    seed=1,
    seconds=0.0,
    stop_reason="finished",
)
"""Two routes by hand; a bike takes 1200 s for a leg of the van's 600 s.

ann: home 1500 -> store 2700 -> 3000 -> north 4200-4500 -> south 5700-5820, a minute late -> 7020;
     8.005 km * 50 = 400.25,  5520 s * 0.1 = 552,  60 s late * 1 = 60
bo:  store 2400-2700 -> east 3300, waits until 3600, -3780 -> 4380;
     4.002 km * 125 = 500.25,  1980 s * 0.2 = 396; must be back by 2400 + 3600 = 6000: 1620 s,
     and 300 s of waiting before that: slack 1920
plan: 400.25 + 500.25 = 900.5 -> 901, though the routes show 400 and 500
"""


def judge(snapshot: Snapshot, plan: Plan) -> list[Violation]:
    """The violations of the plan, as if it had been made for this very snapshot."""
    stamped = replace(plan, snapshot_digest=snapshot_digest(snapshot))
    return find_violations(snapshot, stamped, travel_times(snapshot.travel))


def swap(items: tuple[Any, ...], key: str, name: str, changes: dict[str, Any]) -> tuple[Any, ...]:
    """The items, the one whose `key` is `name` changed."""
    return tuple(replace(item, **changes) if getattr(item, key) == name else item for item in items)


def order(name: str, **changes: Any) -> Snapshot:
    return SNAPSHOT.replace(orders=swap(SNAPSHOT.orders, "id", name, changes))


def courier(name: str, **changes: Any) -> Snapshot:
    return SNAPSHOT.replace(couriers=swap(SNAPSHOT.couriers, "id", name, changes))


def kind(name: str, **changes: Any) -> Snapshot:
    return SNAPSHOT.replace(vehicle_types=swap(SNAPSHOT.vehicle_types, "id", name, changes))


def store(**changes: Any) -> Snapshot:
    return SNAPSHOT.replace(depots=swap(SNAPSHOT.depots, "id", "store", changes))


def route(name: str, **changes: Any) -> Plan:
    return replace(PLAN, routes=swap(PLAN.routes, "courier", name, changes))


def stop(name: str, **changes: Any) -> Plan:
    routes = tuple(replace(r, stops=swap(r.stops, "order", name, changes)) for r in PLAN.routes)
    return replace(PLAN, routes=routes)


ANN, BO = PLAN.routes

BROKEN: list[tuple[Snapshot, Plan, set[Code]]] = [
    (SNAPSHOT, replace(PLAN, wave="evening"), {Code.WRONG_WAVE}),
    (SNAPSHOT, replace(PLAN, release=RELEASE + timedelta(hours=1)), {Code.WRONG_WAVE}),
    (SNAPSHOT.replace(orders=SNAPSHOT.orders[:3]), PLAN, {Code.UNKNOWN_ORDER, Code.PLAN_COST}),
    (order("north", id="other"), PLAN, {Code.UNKNOWN_ORDER, Code.ORDER_MISSING}),
    (courier("bo", id="cy"), PLAN, {Code.UNKNOWN_COURIER}),
    (SNAPSHOT, replace(PLAN, unserved=()), {Code.ORDER_MISSING, Code.PLAN_COST}),
    (SNAPSHOT, replace(PLAN, unserved=PLAN.unserved * 2), {Code.ORDER_REPEATED, Code.PLAN_COST}),
    (
        SNAPSHOT,
        replace(PLAN, routes=(*PLAN.routes, BO)),
        {Code.COURIER_REPEATED, Code.ORDER_REPEATED, Code.PLAN_COST},
    ),
    (SNAPSHOT, route("bo", stops=()), {Code.EMPTY_ROUTE, Code.ORDER_MISSING}),
    (SNAPSHOT, route("bo", vehicle_type="bike"), {Code.WRONG_VEHICLE_TYPE}),
    (SNAPSHOT, route("bo", depot="other"), {Code.WRONG_DEPOT}),
    (kind("van", zones=frozenset({Zone.CHILLED})), PLAN, {Code.ZONE}),
    (courier("ann", skills=frozenset()), PLAN, {Code.SKILL}),
    (order("east", depot="other"), PLAN, {Code.ORDER_DEPOT}),
    (
        SNAPSHOT.replace(courier_locks=(CourierLock(order="south", courier="bo"),)),
        PLAN,
        {Code.COURIER_LOCK},
    ),
    (
        SNAPSHOT.replace(fixed_starts=(FixedStart(courier="ann", orders=("south",)),)),
        PLAN,
        {Code.FIXED_START},
    ),
    (kind("bike", capacity={"weight_g": 8}), PLAN, {Code.CAPACITY}),
    (SNAPSHOT, route("ann", load={"weight_g": 8}), {Code.LOAD_CLAIM}),
    (SNAPSHOT, route("ann", load={"weight_g": 9, "crates": 1}), {Code.LOAD_CLAIM}),
    (SNAPSHOT.replace(travel=matrix(LENGTHS, blocked=(2, 3))), PLAN, {Code.NO_WAY}),
    (SNAPSHOT, stop("south", travel_s=1199), {Code.TRAVEL_TIME, Code.ARRIVAL}),
    (SNAPSHOT, route("bo", return_travel_s=599), {Code.TRAVEL_TIME, Code.END}),
    (kind("van", speed_factor=1.2), PLAN, {Code.TRAVEL_TIME}),
    (SNAPSHOT.replace(travel=matrix({**LENGTHS, (1, 0): 2006})), PLAN, {Code.DISTANCE}),
    (SNAPSHOT, stop("north", distance_m=1999), {Code.DISTANCE, Code.PLAN_COST}),
    (courier("ann", start=None), PLAN, {Code.APPROACH, Code.DISTANCE}),
    (store(loading_s=299), PLAN, {Code.LOADING_TIME}),
    (SNAPSHOT, stop("south", arrival_s=5699), {Code.ARRIVAL, Code.SLACK_CLAIM}),
    (order("north", service_s=301), PLAN, {Code.SERVICE_TIME}),
    (
        SNAPSHOT,
        stop("north", start_s=4199, departure_s=4499),
        {Code.START_BEFORE_ARRIVAL, Code.ARRIVAL, Code.SLACK_CLAIM},
    ),
    (SNAPSHOT, route("bo", end_s=4381), {Code.END, Code.SLACK_CLAIM}),
    (courier("ann", shift=TimeWindow(1501, 9000)), PLAN, {Code.SHIFT}),
    (courier("ann", shift=TimeWindow(0, 7019)), PLAN, {Code.SHIFT, Code.SLACK_CLAIM}),
    (store(open=TimeWindow(2401, 7500)), PLAN, {Code.DEPOT_CLOSED}),
    (store(open=TimeWindow(0, 4379)), PLAN, {Code.DEPOT_CLOSED, Code.SLACK_CLAIM}),
    (kind("van", max_route_s=1979), PLAN, {Code.ROUTE_TOO_LONG, Code.SLACK_CLAIM}),
    (courier("ann", max_route_s=5519), PLAN, {Code.ROUTE_TOO_LONG, Code.SLACK_CLAIM}),
    (order("north", windows=(TimeWindow(4201, 7200),)), PLAN, {Code.OUTSIDE_WINDOW}),
    (order("north", windows=(TimeWindow(0, 4199),)), PLAN, {Code.OUTSIDE_WINDOW, Code.LATE_CLAIM}),
    (
        order("south", lateness=None),
        PLAN,
        {Code.OUTSIDE_WINDOW, Code.ROUTE_COST, Code.PLAN_COST},
    ),
    (
        order("south", lateness=Lateness(cost_per_min=60, limit_s=59)),
        PLAN,
        {Code.OUTSIDE_WINDOW},
    ),
    (SNAPSHOT, stop("south", window=TimeWindow(1800, 2400)), {Code.WINDOW_CLAIM}),
    (order("east", windows=(TimeWindow(3600, 7199),)), PLAN, {Code.WINDOW_CLAIM}),
    (SNAPSHOT, stop("south", late_s=61), {Code.LATE_CLAIM}),
    (SNAPSHOT, stop("east", slack_s=1919), {Code.SLACK_CLAIM}),
    (courier("bo", shift=TimeWindow(0, 5999)), PLAN, {Code.SLACK_CLAIM}),
    (SNAPSHOT, route("bo", cost=PlanCost(use=500, distance=501, time=396)), {Code.ROUTE_COST}),
    (kind("van", cost_per_hour=730), PLAN, {Code.ROUTE_COST, Code.PLAN_COST}),
    (
        order("south", lateness=Lateness(cost_per_min=30, limit_s=1200)),
        PLAN,
        {Code.ROUTE_COST, Code.PLAN_COST},
    ),
    (SNAPSHOT, replace(PLAN, cost=replace(PLAN.cost, distance=900)), {Code.PLAN_COST}),
    (order("left", unserved_cost=701), PLAN, {Code.PLAN_COST}),
]


def test_a_sound_plan_has_no_violations() -> None:
    """The plan by hand keeps every rule."""
    assert judge(SNAPSHOT, PLAN) == []


@pytest.mark.parametrize(("snapshot", "plan", "codes"), BROKEN)
def test_a_spoiled_plan_is_found_out(snapshot: Snapshot, plan: Plan, codes: set[Code]) -> None:
    """One thing spoiled breaks exactly the rules that it should."""
    assert {violation.code for violation in judge(snapshot, plan)} == codes


def test_a_route_cannot_begin_before_the_release() -> None:
    """Bo sets off a minute early and waits; all the rest of the longer route adds up."""
    day = store(open=TimeWindow(-3600, 7500)).replace(
        couriers=swap(SNAPSHOT.couriers, "id", "bo", {"shift": TimeWindow(-3600, 7200)}),
        vehicle_types=swap(SNAPSHOT.vehicle_types, "id", "van", {"max_route_s": None}),
    )
    early = replace(
        BO,
        start_s=-60,
        loading_s=-60,
        departure_s=240,
        stops=(replace(BO.stops[0], arrival_s=840, slack_s=2760 + 7200 - 4380),),
        cost=replace(BO.cost, time=888),
    )
    plan = replace(PLAN, routes=(ANN, early), cost=replace(PLAN.cost, time=552 + 888))
    assert [violation.code for violation in judge(day, plan)] == [Code.BEFORE_RELEASE]


def test_a_fixed_start_needs_a_route() -> None:
    """A courier whose start is fixed can't stay at home."""
    fixed = SNAPSHOT.replace(fixed_starts=(FixedStart(courier="bo", orders=("east",)),))
    assert judge(fixed, PLAN) == []
    assert Code.FIXED_START in {v.code for v in judge(fixed, replace(PLAN, routes=(ANN,)))}


def test_a_plan_belongs_to_one_snapshot() -> None:
    """The digest ties a plan to the snapshot that it was made for."""
    travel = travel_times(SNAPSHOT.travel)
    made = replace(PLAN, snapshot_digest=snapshot_digest(SNAPSHOT))
    assert find_violations(SNAPSHOT, made, travel) == []
    found = find_violations(order("left", category="fruit"), made, travel)
    assert [violation.code for violation in found] == [Code.WRONG_SNAPSHOT]


def test_a_violation_says_where_and_how_much() -> None:
    """The line that a dispatcher reads names courier, order and both numbers."""
    found = judge(SNAPSHOT, stop("east", slack_s=1919))
    assert [str(violation) for violation in found] == [
        "courier bo, order east: has 1920 s of slack, not 1919 s [slack_claim]"
    ]


def test_every_rule_has_a_plan_that_breaks_it() -> None:
    """No code of the checker goes untested."""
    tested = {code for _, _, codes in BROKEN for code in codes}
    assert set(Code) - tested == {Code.WRONG_SNAPSHOT, Code.BEFORE_RELEASE}

"""Why an order goes with its courier, or stays behind: direct tests on one long street."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest

from dispatch.couriers import Courier, VehicleType
from dispatch.depots import Depot
from dispatch.encode import Encoding, encode
from dispatch.explain import (
    Alternative,
    Obstacle,
    describe,
    explain_served,
    explain_so_far,
    explain_unserved,
)
from dispatch.orders import Lateness, Order, Zone
from dispatch.places import Place
from dispatch.plan import Reason, Unserved
from dispatch.snapshot import City, CourierLock, FixedStart, MatrixTravel, Snapshot
from dispatch.travel import travel_times
from dispatch.units import TimeWindow
from solver.insertion import Insertions
from solver.schedule import schedule
from solver.solution import Solution

HOUSES = 31
STREET = tuple(Place(float(house), 0.0) for house in range(HOUSES))
APART = np.abs(np.subtract.outer(np.arange(HOUSES), np.arange(HOUSES))).astype(np.int64)
TRAVEL = MatrixTravel(
    positions=tuple(place.position for place in STREET),
    durations_s=60 * APART,
    distances_m=500 * APART,
)
MORNING = TimeWindow(0, 7200)

COURIERS = (
    Courier(
        id="ann", vehicle_type="bike", depot="store", shift=MORNING, skills=frozenset({"call"})
    ),
    Courier(id="bo", vehicle_type="van", depot="store", shift=MORNING),
    Courier(id="cy", vehicle_type="bike", depot="annex", shift=MORNING),
    Courier(id="dot", vehicle_type="bike", depot="store", shift=TimeWindow(-7200, -3600)),
)
STREET_WAVE = Snapshot(
    city=City(name="Street", time_zone="Asia/Shanghai"),
    wave="morning",
    release=datetime(2026, 11, 24, 7, tzinfo=timezone(timedelta(hours=8))),
    depots=(
        Depot(id="store", place=STREET[0], open=TimeWindow(0, 36_000)),
        Depot(id="annex", place=STREET[30], open=TimeWindow(0, 36_000)),
    ),
    vehicle_types=(
        VehicleType(
            id="bike",
            capacity={"weight_g": 10},
            zones=frozenset({Zone.AMBIENT, Zone.CHILLED}),
            cost_per_use=100,
            cost_per_km=100,
            cost_per_hour=360,
        ),
        VehicleType(
            id="van",
            capacity={"weight_g": 20},
            zones=frozenset(Zone),
            cost_per_use=500,
            cost_per_km=200,
            cost_per_hour=720,
        ),
    ),
    couriers=COURIERS,
    orders=(),
    travel=TRAVEL,
)
"""Houses 0 to 30 a minute and 500 m apart, released at 07:00; store at 0, annex at 30.

A house further costs a bike 50 + 6 = 56, the van 100 + 12 = 112; using them 100 and 500.
"""


def order(house: int, name: str = "x", **changes: Any) -> Order:
    """An order of weight 1 at a house, due by 09:00."""
    standard: dict[str, Any] = {
        "windows": (MORNING,),
        "load": {"weight_g": 1},
        "unserved_cost": 9000,
    }
    return Order(id=name, place=STREET[house], **{**standard, **changes})


def encoded(*orders: Order, **changes: Any) -> Encoding:
    snapshot = STREET_WAVE.replace(orders=orders, **changes)
    return encode(snapshot, travel_times(snapshot.travel))


def solution(encoding: Encoding, routes: dict[str, Sequence[int]]) -> Solution:
    """The cheapest times of these sequences, by courier."""
    found = []
    for vehicle, courier in enumerate(encoding.snapshot.couriers):
        route = schedule(encoding.problem, vehicle, routes.get(courier.id, ()))
        found += [route] if route and route.tasks else []
    return Solution.of(encoding.problem, found)


def into(encoding: Encoding, routes: dict[str, Sequence[int]]) -> Insertions:
    """Ways into these routes."""
    return Insertions(encoding.problem, solution(encoding, routes))


def alone(wanted: Order, **changes: Any) -> Unserved:
    """Why the only order of a wave is unserved."""
    encoding = encoded(wanted, **changes)
    return explain_unserved(encoding, into(encoding, {}), 0)


# --- fits no vehicle -----------------------------------------------------------------------------


def test_an_order_too_heavy_for_its_zone_fits_no_vehicle() -> None:
    """Frozen goods of weight 30 need one and a half vans, so two orders."""
    left = alone(order(5, zone=Zone.FROZEN, load={"weight_g": 30}))
    assert left.reason == Reason.FITS_NO_VEHICLE
    assert "weight_g 30 of 20 that van takes" in left.detail
    assert "Split the order into 2" in left.fix
    assert "frozen goods with weight_g >= 30" in left.fix


def test_what_no_vehicle_takes_at_all_is_not_to_be_split() -> None:
    """Splitting does not help where the only type for the zone takes nothing of a dimension."""
    bike, van = STREET_WAVE.vehicle_types
    left = alone(
        order(5, zone=Zone.FROZEN), vehicle_types=(bike, replace(van, capacity={"weight_g": 0}))
    )
    assert left.reason == Reason.FITS_NO_VEHICLE
    assert "plit" not in left.fix


# --- no courier qualified ------------------------------------------------------------------------


def test_requirements_are_counted_over_the_couriers() -> None:
    """Frozen with a call: bikes fail the zone, the van fails the skill, nobody has both."""
    left = alone(order(5, zone=Zone.FROZEN, skills=frozenset({"call"})))
    assert left.reason == Reason.NO_COURIER_QUALIFIED
    assert left.detail == (
        "None of 4 couriers qualifies: 1 off shift, 3 without a vehicle for frozen goods "
        "and 3 without skill call."
    )


@pytest.mark.parametrize(
    ("wanted", "changes", "fix"),
    [
        (
            order(5, zone=Zone.FROZEN),
            {"couriers": COURIERS[::2]},
            "give ann (1 of 2 such couriers) a ",
        ),
        (
            order(5, zone=Zone.FROZEN, depot="annex"),
            {"couriers": COURIERS[1:2]},
            "from annex to the depot of bo",
        ),
        (order(5, skills=frozenset({"lift"})), {}, "give ann (1 of 3 such couriers) skill lift"),
        (order(5, load={"weight_g": 15}), {"couriers": COURIERS[:1]}, "give ann a larger vehicle"),
        (order(5), {"couriers": COURIERS[3:]}, "let dot work in this wave"),
        (
            order(5),
            {"courier_locks": (CourierLock(order="x", courier="dot"),)},
            "drop the lock for ann (1 of 3 such couriers)",
        ),
        (
            order(5, skills=frozenset({"lift"}), depot="annex"),
            {"couriers": COURIERS[1:2]},
            "add a courier at annex with skill lift on a vehicle for ambient goods",
        ),
        (order(5), {"couriers": ()}, "add a courier on a vehicle for ambient goods"),
    ],
)
def test_the_fix_names_what_is_lacking(wanted: Order, changes: dict[str, Any], fix: str) -> None:
    """The one thing that would qualify most couriers is the fix."""
    left = alone(wanted, **changes)
    assert left.reason == Reason.NO_COURIER_QUALIFIED
    assert fix in left.fix[0].lower() + left.fix[1:]


# --- unreachable in time -------------------------------------------------------------------------


def test_a_window_too_early_is_to_be_widened() -> None:
    """House 10 is ten minutes from ann; a window until 07:04 misses by six."""
    left = alone(order(10, windows=(TimeWindow(0, 240),), skills=frozenset({"call"})))
    assert left.reason == Reason.UNREACHABLE_IN_TIME
    assert left.detail == (
        "With nothing else to do, ann, the nearest of 1 qualified, arrives at 07:10, "
        "6 min after the last possible start at 07:04."
    )
    assert left.fix == "Widen the window to 07:10."


def test_permitted_lateness_counts_as_reachable() -> None:
    """The fix asks for no more than what the permission to be late leaves open."""
    late = Lateness(cost_per_min=1, limit_s=120)
    left = alone(order(10, windows=(TimeWindow(0, 240),), lateness=late, depot="store"))
    assert "4 min after the last possible start at 07:06" in left.detail
    assert left.fix == "Widen the window to 07:08."


def test_the_nearest_courier_is_the_one_that_misses_least() -> None:
    """House 28 is two minutes from the annex, where cy is; and the store is far."""
    left = alone(order(28, windows=(TimeWindow(0, 60),)))
    assert "cy, the nearest of 3 qualified, arrives at 07:02, 1 min after" in left.detail


def test_a_shift_too_short_is_to_be_extended() -> None:
    """Twenty minutes out, one at the door, twenty back: a shift of forty misses by one."""
    ann = replace(COURIERS[0], shift=TimeWindow(0, 2400))
    left = alone(order(20, service_s=60), couriers=(ann,))
    assert left.reason == Reason.UNREACHABLE_IN_TIME
    assert "ends at 07:41, 1 min after the last possible end" in left.detail
    assert left.fix == "Extend the shift of ann to 07:41."


def test_a_depot_that_closes_too_early_is_to_stay_open() -> None:
    """Back at the store at 07:41, which closes at 07:40."""
    store = replace(STREET_WAVE.depots[0], open=TimeWindow(0, 2400))
    left = alone(order(20, service_s=60), couriers=COURIERS[:1], depots=(store,))
    assert left.fix == "Open store until 07:41."


def test_a_route_too_long_needs_more_time_on_the_clock() -> None:
    """41 minutes on the clock where half an hour is allowed, whenever it begins."""
    ann = replace(COURIERS[0], max_route_s=1800)
    left = alone(order(20, service_s=60, windows=(TimeWindow(3600, 5400),)), couriers=(ann,))
    assert "is on the clock 11 min longer than allowed" in left.detail
    assert left.fix == "Allow ann 11 min more on the clock."


def test_all_that_is_missing_is_told_at_once() -> None:
    """Too late at the door, back after the shift and too long on the clock."""
    ann = replace(COURIERS[0], shift=TimeWindow(0, 2400), max_route_s=1800)
    left = alone(order(25, windows=(TimeWindow(0, 1200),)), couriers=(ann,))
    assert left.fix == (
        "Widen the window to 07:25, extend the shift of ann to 07:50 "
        "and allow ann 20 min more on the clock."
    )
    fixed = replace(ann, shift=TimeWindow(0, 3000), max_route_s=3000)
    wider = alone(order(25, windows=(TimeWindow(0, 1500),)), couriers=(fixed,))
    assert wider.reason == Reason.CHEAPER_UNSERVED


def test_a_door_without_a_road_is_unreachable() -> None:
    """No road to house 10 means a wrong position or a gap in the travel times."""
    blocked = TRAVEL.durations_s.copy()
    blocked[:, 10] = -1
    left = alone(order(10), travel=replace(TRAVEL, durations_s=blocked))
    assert left.reason == Reason.UNREACHABLE_IN_TIME
    assert "No road" in left.detail


def test_a_fixed_start_comes_first() -> None:
    """Ann must see house 20 first, so house 5 by 07:10 is out of reach, though on the way."""
    encoding = encoded(
        order(20, "fixed"),
        order(5, windows=(TimeWindow(0, 600),)),
        couriers=COURIERS[:1],
        fixed_starts=(FixedStart(courier="ann", orders=("fixed",)),),
    )
    left = explain_unserved(encoding, into(encoding, {"ann": [0]}), 1)
    assert left.reason == Reason.UNREACHABLE_IN_TIME
    assert "arrives at 07:35, 25 min after" in left.detail


# --- no room, or cheaper left out ----------------------------------------------------------------


def test_couriers_are_full_or_out_of_time() -> None:
    """Ann carries all that she can, bo has to be elsewhere at the same minute."""
    encoding = encoded(
        order(5, "heavy", load={"weight_g": 10}),
        order(20, "early", windows=(TimeWindow(1200, 1200),)),
        order(10, windows=(TimeWindow(600, 600),), service_s=60),
        couriers=COURIERS[:2],
    )
    left = explain_unserved(encoding, into(encoding, {"ann": [0], "bo": [1]}), 2)
    assert left.reason == Reason.NO_ROOM_IN_PLAN
    assert left.detail == "Every qualified courier is full (1) or out of time (1)."
    assert left.fix == "Add a courier like ann (bike at store)."


def test_leaving_out_is_cheaper_by_so_much() -> None:
    """House 10 and back costs ann 100 + 20 * 56 = 1220; a price of 1000 is 220 too low."""
    left = alone(order(10, unserved_cost=1000))
    assert left.reason == Reason.CHEAPER_UNSERVED
    assert left.extra_cost == 220
    assert left.detail == "Serving it with ann costs 12.20 CNY, leaving it out 10.00 CNY."
    assert left.fix == "Raise unserved_cost to 1,221."


def test_a_missed_chance_is_admitted() -> None:
    """A plan that leaves out what is worth serving has not been searched to the end."""
    left = alone(order(10, unserved_cost=1300))
    assert left.extra_cost == -80
    assert "search has missed" in left.fix


def test_weights_count() -> None:
    """A weight of 2 on unserved orders halves the price that makes serving worthwhile."""
    weights = replace(STREET_WAVE.weights, unserved=2)
    left = alone(order(10, unserved_cost=600), weights=weights)
    assert left.extra_cost == 20
    assert left.fix == "Raise unserved_cost to 611."


def test_while_the_search_goes_on_only_what_no_plan_changes_is_told() -> None:
    """An order that may still be placed is, one that no vehicle takes never."""
    encoding = encoded(order(10, unserved_cost=1000), order(5, "heavy", load={"weight_g": 30}))
    assert explain_so_far(encoding, 0).reason == Reason.NOT_YET_PLACED
    nothing = into(encoding, {})
    assert explain_so_far(encoding, 1) == explain_unserved(encoding, nothing, 1)
    assert explain_so_far(encoding, 1).reason == Reason.FITS_NO_VEHICLE


# --- served --------------------------------------------------------------------------------------


def test_a_detour_costs_what_the_plan_saves_without_it() -> None:
    """On the way to house 10, house 12 is four houses more; anywhere else it costs a new route."""
    encoding = encoded(order(10, "near"), order(12, "far"))
    served = explain_served(encoding, solution(encoding, {"ann": [0, 1]}), 1)
    assert (served.courier, served.number, served.stops) == ("ann", 2, 2)
    assert served.cost == 4 * 56
    assert served.unserved_cost == 9000
    assert served.alternatives == (
        Alternative("cy", 100 + 36 * 56 - 4 * 56, None),
        Alternative("bo", 500 + 24 * 112 - 4 * 56, None),
        Alternative("dot", None, Obstacle.OFF_SHIFT),
    )


def test_the_only_stop_costs_the_whole_route() -> None:
    """Without its only order ann stays at home, and using her is saved too."""
    encoding = encoded(order(10))
    served = explain_served(encoding, solution(encoding, {"ann": [0]}), 0)
    assert served.cost == 100 + 20 * 56


def test_every_other_courier_has_a_price_or_an_obstacle() -> None:
    """Zone, skill, depot, lock, capacity, full and out of time, each for its own courier."""
    bike, van = STREET_WAVE.vehicle_types
    encoding = encoded(
        order(
            10, load={"weight_g": 4}, zone=Zone.CHILLED, skills=frozenset({"call"}), depot="store"
        ),
        order(10, "full", load={"weight_g": 8}),
        order(29, "busy", windows=(TimeWindow(1740, 1740),), service_s=5400),
        vehicle_types=(
            bike,
            van,
            replace(van, id="dry", zones=frozenset({Zone.AMBIENT})),
            replace(bike, id="bag", capacity={"weight_g": 2}),
        ),
        couriers=(
            COURIERS[0],
            replace(COURIERS[0], id="bag", vehicle_type="bag"),
            replace(COURIERS[0], id="busy", end=STREET[29]),
            replace(COURIERS[0], id="dry", vehicle_type="dry"),
            replace(COURIERS[0], id="far", depot="annex"),
            replace(COURIERS[0], id="full"),
            replace(COURIERS[0], id="mute", skills=frozenset()),
        ),
    )
    made = solution(encoding, {"ann": [0], "full": [1], "busy": [2]})
    served = explain_served(encoding, made, 0)
    assert {other.courier: other.obstacle for other in served.alternatives} == {
        "bag": Obstacle.CAPACITY,
        "dry": Obstacle.ZONE,
        "far": Obstacle.DEPOT,
        "full": Obstacle.FULL,
        "mute": Obstacle.SKILL,
        "busy": None,
    }
    hurried = replace(encoding.snapshot.orders[0], windows=(TimeWindow(600, 900),))
    later = encoded(
        hurried,
        encoding.snapshot.orders[1],
        replace(encoding.snapshot.orders[2], place=STREET[5], windows=(TimeWindow(300, 300),)),
        vehicle_types=encoding.snapshot.vehicle_types,
        couriers=encoding.snapshot.couriers,
    )
    served = explain_served(later, solution(later, {"ann": [0], "full": [1], "busy": [2]}), 0)
    assert Alternative("busy", None, Obstacle.OUT_OF_TIME) in served.alternatives


def test_a_fixed_start_binds_the_order() -> None:
    """What the fixed start of a route holds, nobody else may take."""
    encoding = encoded(
        order(10), fixed_starts=(FixedStart(courier="ann", orders=("x",)),), couriers=COURIERS[:2]
    )
    served = explain_served(encoding, solution(encoding, {"ann": [0]}), 0)
    assert served.alternatives == (Alternative("bo", None, Obstacle.FIXED_START),)


def test_an_order_that_is_the_bridge_has_no_price() -> None:
    """Where the only road to house 20 leads over house 10, the route can't do without it."""
    durations = TRAVEL.durations_s.copy()
    durations[0, 20] = -1
    encoding = encoded(
        order(10), order(20, "beyond"), travel=replace(TRAVEL, durations_s=durations)
    )
    served = explain_served(encoding, solution(encoding, {"ann": [0, 1]}), 0)
    assert served.cost is None
    assert all(other.extra_cost is None for other in served.alternatives)


# --- text ----------------------------------------------------------------------------------------


def test_an_unserved_order_reads_as_reason_why_and_fix() -> None:
    """Three columns in four lines."""
    assert describe(STREET_WAVE, alone(order(10, unserved_cost=1000))).splitlines() == [
        "Order x is unserved: cheaper unserved.",
        "  why  Serving it with ann costs 12.20 CNY, leaving it out 10.00 CNY.",
        "  fix  Raise unserved_cost to 1,221.",
        "  serving it would cost 2.20 CNY more",
    ]


def test_a_served_order_reads_as_costs_and_alternatives() -> None:
    """What it costs, what leaving it out would, and who else could or could not."""
    encoding = encoded(order(10, "near"), order(12, "far"))
    served = explain_served(encoding, solution(encoding, {"ann": [0, 1]}), 1)
    assert describe(encoding.snapshot, served).splitlines() == [
        "Order far is stop 2 of 2 of ann.",
        "  serving it there costs 2.24 CNY",
        "  leaving it out costs 90.00 CNY",
        "  other couriers that could take it: 2",
        "    cy  +18.92 CNY",
        "    bo  +29.64 CNY",
        "  couriers that could not: 1 off shift",
    ]

"""One street, planned end to end; every optimum can be counted on fingers."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from dispatch.couriers import Courier, VehicleType
from dispatch.depots import Depot
from dispatch.orders import Order, Zone
from dispatch.places import Place
from dispatch.plan import Plan, PlanCost, Reason
from dispatch.planner import PlanConfig, plan
from dispatch.snapshot import City, MatrixTravel, Snapshot
from dispatch.units import TimeWindow

HOUSES = 11
STREET = tuple(Place(house / 100, 0.0) for house in range(HOUSES))
APART = np.abs(np.subtract.outer(np.arange(HOUSES), np.arange(HOUSES))).astype(np.int64)
MORNING = TimeWindow(0, 7200)
STEPS = PlanConfig(time_limit_s=None, step_limit=200)

BIKE = VehicleType(
    id="bike",
    capacity={"crates": 2},
    zones=frozenset({Zone.AMBIENT, Zone.CHILLED}),
    cost_per_use=100,
    cost_per_km=100,
    cost_per_hour=360,
)
VAN = VehicleType(
    id="van",
    capacity={"crates": 20},
    zones=frozenset(Zone),
    cost_per_use=900,
    cost_per_km=100,
    cost_per_hour=360,
)


def street(couriers: tuple[Courier, ...], orders: tuple[Order, ...]) -> Snapshot:
    """Houses 0 to 10 a minute and a kilometre apart; the stores are at both ends."""
    return Snapshot(
        city=City(name="Street", time_zone="UTC"),
        wave="morning",
        release=datetime(2026, 11, 24, 7, tzinfo=UTC),
        depots=(
            Depot(id="west", place=STREET[0], open=MORNING),
            Depot(id="east", place=STREET[10], open=MORNING),
        ),
        vehicle_types=(BIKE, VAN),
        couriers=couriers,
        orders=orders,
        travel=MatrixTravel(
            positions=tuple(place.position for place in STREET),
            durations_s=60 * APART,
            distances_m=1000 * APART,
        ),
    )


def order(
    house: int,
    unserved_cost: int = 5000,
    window: TimeWindow = MORNING,
    zone: Zone = Zone.AMBIENT,
    depot: str | None = None,
) -> Order:
    return Order(
        id=f"house-{house}",
        place=STREET[house],
        windows=(window,),
        load={"crates": 1},
        zone=zone,
        depot=depot,
        unserved_cost=unserved_cost,
    )


def sequences(made: Plan) -> dict[str, list[str]]:
    return {route.courier: [stop.order for stop in route.stops] for route in made.routes}


WEST, EAST, VAN_EAST = (
    Courier(id=name, vehicle_type=kind, depot=depot, shift=MORNING)
    for name, kind, depot in (
        ("ann", "bike", "west"),
        ("cy", "bike", "east"),
        ("bo", "van", "east"),
    )
)


def test_every_order_leaves_from_the_nearer_store() -> None:
    """Two bikes of two crates, houses 1, 2, 8, 9: each drives 4 km in 4 minutes, 524 each."""
    orders = tuple(order(house) for house in (1, 9, 2, 8))
    made = plan(street((WEST, EAST), orders), STEPS)
    assert {courier: set(stops) for courier, stops in sequences(made).items()} == {
        "ann": {"house-1", "house-2"},
        "cy": {"house-8", "house-9"},
    }
    assert made.cost == PlanCost(use=200, distance=800, time=48)


def test_frozen_goods_bring_the_van_out_and_others_ride_along() -> None:
    """The van drives 16 km to house 2 and back anyway; house 6 on its way needs no bike."""
    orders = (order(2, zone=Zone.FROZEN), order(6))
    made = plan(street((WEST, EAST, VAN_EAST), orders), STEPS)
    assert {courier: set(stops) for courier, stops in sequences(made).items()} == {
        "bo": {"house-2", "house-6"}
    }
    assert made.cost == PlanCost(use=900, distance=1600, time=96)


def test_goods_at_the_far_store_are_fetched_there() -> None:
    """House 1 is next to west, but its goods are at east."""
    made = plan(street((WEST, EAST), (order(1, depot="east"),)), STEPS)
    assert sequences(made) == {"cy": ["house-1"]}
    assert made.cost == PlanCost(use=100, distance=1800, time=108)


def test_one_bike_cannot_be_at_two_doors_at_once() -> None:
    """Houses 2 and 6 both at 07:10 sharp; the dearer one is served, the other says why not."""
    sharp = TimeWindow(600, 600)
    orders = (order(2, 3000, sharp), order(6, 4000, sharp))
    made = plan(street((WEST,), orders), STEPS)
    assert sequences(made) == {"ann": ["house-6"]}
    assert [(left.order, left.reason) for left in made.unserved] == [
        ("house-2", Reason.NO_ROOM_IN_PLAN)
    ]
    assert made.cost == PlanCost(use=100, distance=1200, time=72, unserved=3000)


def test_an_order_not_worth_the_way_stays_behind() -> None:
    """House 9 costs ann 100 + 1800 + 108 = 2008; a price of 2000 is 8 too low."""
    made = plan(street((WEST,), (order(9, 2000),)), STEPS)
    assert made.routes == ()
    assert [(left.reason, left.extra_cost) for left in made.unserved] == [
        (Reason.CHEAPER_UNSERVED, 8)
    ]
    assert made.cost == PlanCost(unserved=2000)

"""From the city's words to numbers."""

from __future__ import annotations

from dataclasses import replace

from dispatch.depots import Depot
from dispatch.encode import COST_SCALE, NEVER, Encoding, encode
from dispatch.orders import Lateness, Zone
from dispatch.snapshot import CourierLock, FixedStart, Snapshot
from dispatch.travel import travel_times
from dispatch.units import TimeWindow
from solver.problem import Problem, Window
from tests.worlds import BIKE, DEPOT, HOUR, A, B, C, D, courier, order, village


def encoded(snapshot: Snapshot) -> Encoding:
    return encode(snapshot, travel_times(snapshot.travel))


def problem(snapshot: Snapshot) -> Problem:
    return encoded(snapshot).problem


def test_rates_become_whole_numbers_per_metre_and_second() -> None:
    """2.00 a kilometre is 3600 scaled units a metre; 18.00 an hour is 9000 a second."""
    bike = problem(village()).vehicles[0]
    assert bike.distance_cost * 1000 == 200 * COST_SCALE
    assert bike.duration_cost * 3600 == 1800 * COST_SCALE
    assert bike.fixed_cost == 100 * COST_SCALE


def test_lateness_is_charged_by_the_second_after_the_last_window() -> None:
    """Half a yuan a minute, ten minutes at most: the closing moves, the due time does not."""
    late = order("a", A, lateness=Lateness(cost_per_min=50, limit_s=600))
    task = problem(village(orders=(late,))).tasks[0]
    assert task.windows == (Window(0, HOUR + 600),)
    assert task.due == HOUR
    assert task.late_cost * 60 == 50 * COST_SCALE


def test_loading_and_the_way_from_home_are_setup() -> None:
    """From C it is 3 minutes to the depot, then 5 minutes of loading: earliest departure 08:08."""
    vehicle = problem(village(couriers=(courier("k", "bike", start=C),))).vehicles[0]
    assert vehicle.setup_duration == 180 + 300
    assert vehicle.setup_distance == 300
    assert vehicle.earliest == 480


def test_nobody_waits_at_a_closed_depot() -> None:
    """The depot opens at 09:00; who lives 3 minutes away leaves home at 08:57, not at 08:00."""
    depot = replace(DEPOT, open=TimeWindow(HOUR, 2 * HOUR))
    snapshot = village(depots=(depot,), couriers=(courier("k", "bike", start=C),))
    vehicle = problem(snapshot).vehicles[0]
    assert vehicle.earliest == HOUR + 300
    assert vehicle.setup_duration == 480


def test_the_depot_closes_for_departures_and_for_those_who_return() -> None:
    """A courier with an end of their own only has to be out before the depot closes."""
    depot = replace(DEPOT, open=TimeWindow(0, HOUR))
    couriers = (courier("k", "bike"), courier("home", "bike", end=C))
    returns, leaves = problem(village(depots=(depot,), couriers=couriers)).vehicles
    assert (returns.latest_departure, returns.latest) == (HOUR, HOUR)
    assert (leaves.latest_departure, leaves.latest) == (HOUR, 4 * HOUR)


def test_nothing_leaves_before_the_release() -> None:
    """A shift that began two hours ago does not let a route begin in the past."""
    early = courier("k", "bike", shift=TimeWindow(-2 * HOUR, HOUR))
    assert problem(village(couriers=(early,))).vehicles[0].earliest == 300


def test_a_shift_that_is_over_can_not_be_used() -> None:
    """A courier whose shift ended before the wave stays in the problem with no possible hour."""
    over = courier("k", "bike", shift=TimeWindow(-2 * HOUR, -HOUR))
    vehicle = problem(village(couriers=(over,))).vehicles[0]
    assert vehicle.earliest > vehicle.latest_departure == NEVER["latest_departure"]


def test_windows_in_the_past_move_the_origin() -> None:
    """A window from 07:00 puts the problem's zero at 07:00; the release stays the first hour."""
    past = order("a", A, windows=(TimeWindow(-HOUR, HOUR),))
    made = encoded(village(orders=(past, order("b", B))))
    assert made.origin_s == -HOUR
    assert made.problem.tasks[0].windows == (Window(0, 2 * HOUR),)
    assert made.problem.tasks[1].windows == (Window(HOUR, 2 * HOUR),)
    assert made.problem.vehicles[0].earliest == HOUR + 300


def test_zones_skills_and_depots_decide_who_may_serve() -> None:
    """Frozen needs the van, a skill needs its holder, a depot's goods need its courier."""
    other = Depot(id="E", place=D, open=DEPOT.open)
    snapshot = village(
        depots=(DEPOT, other),
        couriers=(
            courier("bike-1", "bike", skills=frozenset({"stairs"})),
            courier("van-1", "van"),
            courier("van-2", "van", depot="E"),
        ),
        orders=(
            order("frozen", A, zone=Zone.FROZEN),
            order("stairs", A, skills=frozenset({"stairs"})),
            order("at-e", A, depot="E"),
            order("any", A),
        ),
    )
    made = problem(snapshot)
    who = [[v for v in range(3) if made.eligible(t, v)] for t in range(4)]
    assert who == [[1, 2], [0], [2], [0, 1, 2]]


def test_a_dimension_without_capacity_is_not_limited() -> None:
    """The bike names no volume, so it carries all of it."""
    orders = (order("a", A, load={"volume_ml": 7}), order("b", B, load={"volume_ml": 5}))
    made = encoded(
        village(
            vehicle_types=(replace(BIKE, capacity={}),),
            orders=orders,
            couriers=(courier("k", "bike"),),
        )
    )
    assert made.dimensions == ("volume_ml",)
    assert made.problem.vehicles[0].capacity == (12,)


def test_locks_become_a_vehicle_and_a_prefix() -> None:
    """Orders and couriers turn into their indices."""
    made = problem(
        village(
            courier_locks=(CourierLock(order="b", courier="van-1"),),
            fixed_starts=(FixedStart(courier="bike-1", orders=("c", "a")),),
        )
    )
    assert made.tasks[1].vehicle == 1
    assert made.vehicles[0].prefix == (2, 0)


def test_speed_factors_make_travel_classes() -> None:
    """A bike of half the speed has its own matrix with doubled durations."""
    slow = replace(BIKE, speed_factor=0.5)
    made = problem(village(vehicle_types=(slow, village().vehicle_types[1])))
    assert made.durations(0)[0, 1] == 2 * made.durations(1)[0, 1] == 120


def test_the_tighter_route_time_holds() -> None:
    """Courier and vehicle type both limit the time on the clock."""
    tired = courier("k", "bike", max_route_s=1000)
    made = problem(village(vehicle_types=(replace(BIKE, max_route_s=2000),), couriers=(tired,)))
    assert made.vehicles[0].max_duration == 1000

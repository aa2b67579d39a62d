"""From numbers back to the city's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from dispatch.decode import decode, plan_cost, round_half_up
from dispatch.encode import Encoding, encode, encode_plan
from dispatch.orders import Lateness
from dispatch.plan import Plan
from dispatch.snapshot import Snapshot
from dispatch.travel import travel_times
from dispatch.units import TimeWindow
from solver.cost import CostBreakdown
from solver.result import Result, StopReason
from solver.schedule import schedule
from solver.solution import Solution
from tests.worlds import HOUR, A, B, C, courier, order, village


def planned(snapshot: Snapshot, *sequences: Sequence[int]) -> tuple[Encoding, Result, Plan]:
    """The plan in which vehicle j serves the orders `sequences[j]`."""
    encoding = encode(snapshot, travel_times(snapshot.travel))
    routes = [schedule(encoding.problem, j, tasks) for j, tasks in enumerate(sequences) if tasks]
    solution = Solution.of(encoding.problem, [route for route in routes if route])
    result = Result(
        solution=solution,
        cost=solution.cost(encoding.problem),
        objective=solution.objective(encoding.problem),
        complete=True,
        engine="by hand",
        seconds=0.0,
        stop_reason=StopReason.EXHAUSTED,
    )
    return encoding, result, decode(encoding, result, (), seed=1)


def test_a_route_is_told_minute_by_minute() -> None:
    """Bike: load 08:00-08:05, A 08:06, B 08:09, C 08:12, back at 08:17 after 3 minutes."""
    _, _, plan = planned(village(), (0, 1, 2))
    (route,) = plan.routes
    assert (route.start_s, route.loading_s, route.departure_s, route.end_s) == (0, 0, 300, 1020)
    assert [(stop.order, stop.arrival_s, stop.departure_s) for stop in route.stops] == [
        ("a", 360, 480),
        ("b", 540, 660),
        ("c", 720, 840),
    ]
    assert (route.drive_s, route.distance_m, route.duration_s) == (360, 600, 1020)
    assert route.load == {"weight_g": 3000}


def test_cost_terms_are_money() -> None:
    """1.00 for the bike, 0.6 km at 2.00, 17 minutes at 18.00 an hour."""
    _, _, plan = planned(village(), (0, 1, 2))
    assert plan.cost == plan.routes[0].cost
    assert (plan.cost.use, plan.cost.distance, plan.cost.time) == (100, 120, 510)


def test_the_way_from_home_is_driven_and_paid() -> None:
    """From C the courier leaves 3 minutes before loading and drives 300 m more."""
    snapshot = village(couriers=(courier("k", "bike", start=C, end=B),), orders=(order("a", A),))
    _, _, plan = planned(snapshot, (0,))
    (route,) = plan.routes
    assert (route.start_s, route.loading_s, route.departure_s) == (0, 180, 480)
    assert (route.approach_distance_m, route.return_distance_m) == (300, 100)
    assert route.distance_m == 300 + 100 + 100
    assert route.drive_s == 180 + 60 + 60


def test_slack_ends_where_something_later_would_be_late() -> None:
    """C must start by 08:20; arriving there at 08:12 leaves eight minutes to everyone before it."""
    tight = order("c", C, windows=(TimeWindow(0, 1200),))
    _, _, plan = planned(village(orders=(order("a", A), order("b", B), tight)), (0, 1, 2))
    assert [stop.slack_s for stop in plan.routes[0].stops] == [480, 480, 480]


def test_waiting_is_slack_for_those_before() -> None:
    """B opens at 08:30 and A closes at 08:10: the bike may reach A no later than 08:10."""
    snapshot = village(
        orders=(
            order("a", A, windows=(TimeWindow(0, 600),)),
            order("b", B, windows=(TimeWindow(1800, HOUR),)),
        )
    )
    _, _, plan = planned(snapshot, (0, 1))
    first, second = plan.routes[0].stops
    assert first.start_s == 600
    assert first.slack_s == 0
    assert second.waiting_s == 1800 - (600 + 120 + 60)
    assert second.slack_s == HOUR - second.arrival_s


def test_the_end_of_the_shift_limits_slack() -> None:
    """A shift until 08:20 leaves three minutes before the return at 08:17."""
    short = courier("k", "bike", shift=TimeWindow(0, 1200))
    _, _, plan = planned(village(couriers=(short,)), (0, 1, 2))
    assert {stop.slack_s for stop in plan.routes[0].stops} == {180}


def test_a_late_stop_is_late_for_its_last_window_and_has_no_slack() -> None:
    """A window until 08:05 can't be kept: A is reached at 08:06, one minute late for 0.50."""
    late = order(
        "a", A, windows=(TimeWindow(0, 300),), lateness=Lateness(cost_per_min=50, limit_s=600)
    )
    _, _, plan = planned(village(orders=(late,)), (0,))
    (stop,) = plan.routes[0].stops
    assert (stop.late_s, stop.window, stop.slack_s) == (60, TimeWindow(0, 300), 0)
    assert plan.cost.lateness == 50


def test_the_window_is_the_one_that_is_kept() -> None:
    """The first window has passed, so the second is named."""
    twice = order("a", A, windows=(TimeWindow(0, 60), TimeWindow(1800, HOUR)))
    _, _, plan = planned(village(orders=(twice,)), (0,))
    (stop,) = plan.routes[0].stops
    assert stop.window == TimeWindow(1800, HOUR)
    assert stop.late_s == 0


def test_windows_before_the_release_do_not_shift_the_clock() -> None:
    """With a window from 07:00 all times are still counted from the release at 08:00."""
    past = order("a", A, windows=(TimeWindow(-HOUR, HOUR),))
    _, _, plan = planned(village(orders=(past, order("b", B))), (0, 1))
    assert plan.routes[0].stops[0].arrival_s == 360


def test_a_plan_reads_back_as_its_solution() -> None:
    """encode_plan undoes decode, also where the origin is not the release."""
    past = order("a", A, windows=(TimeWindow(-HOUR, HOUR),))
    encoding, result, plan = planned(
        village(orders=(past, order("b", B), order("c", C))), (2,), (0,)
    )
    assert encode_plan(encoding, plan) == result.solution


@pytest.mark.parametrize(("amount", "rounded"), [(0, 0), (4, 0), (5, 1), (14, 1), (15, 2)])
def test_halves_are_rounded_up(amount: int, rounded: int) -> None:
    """Tenths of a unit to whole units."""
    assert round_half_up(amount, 10) == rounded


def test_terms_are_rounded_one_by_one() -> None:
    """The total is the sum of the rounded terms, so that a bill adds up."""
    cost = plan_cost(CostBreakdown(fixed=15, distance=15, duration=14), 10)
    assert (cost.use, cost.distance, cost.time, cost.total) == (2, 2, 1, 5)


def test_the_plan_names_its_snapshot() -> None:
    """Another snapshot has another digest."""
    _, _, one = planned(village(), (0,))
    _, _, other = planned(village(wave="noon"), (0,))
    _, _, again = planned(village(), (1,))
    assert one.snapshot_digest == again.snapshot_digest != other.snapshot_digest
    assert replace(one, wave="noon").snapshot_digest == one.snapshot_digest

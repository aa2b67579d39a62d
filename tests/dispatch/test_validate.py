"""Rules about snapshots that a program made, and rules that need travel times."""

from __future__ import annotations

from datetime import datetime

import pytest

from dispatch.couriers import Courier
from dispatch.errors import DomainError, InvalidInput, Severity
from dispatch.planner import PlanConfig, plan
from dispatch.snapshot import FixedStart, Snapshot
from dispatch.travel import travel_times
from dispatch.units import TimeWindow
from dispatch.validate import encode_valid, find_issues
from solver.cost import Weights
from tests.worlds import HOUR, A, B, courier, order, village


def warnings(snapshot: Snapshot) -> set[tuple[str, str]]:
    found = find_issues(snapshot)
    assert {issue.severity for issue in found} <= {Severity.WARNING}
    return {(issue.code, issue.where) for issue in found}


def test_the_village_is_sound() -> None:
    """No error, no warning."""
    assert find_issues(village()) == []


def test_what_may_be_meant_is_a_warning() -> None:
    """Past windows, skills that nobody has, dimensions that nothing limits, idle couriers."""
    late_shift = courier("late", "bike", shift=TimeWindow(13 * HOUR, 15 * HOUR))
    world = village(
        orders=(
            order("a", A, windows=(TimeWindow(-2 * HOUR, -HOUR),)),
            order("b", B, load={"weigth_g": 5}, skills=frozenset({"piano"})),
        ),
        couriers=(courier("bike-1", "bike"), late_shift),
    )
    assert warnings(world) == {
        ("window_past", "/orders/0/windows"),
        ("unlimited_dimension", "/orders/1/load/weigth_g"),
        ("skill_nobody_has", "/orders/1/skills"),
        ("courier_never_works", "/couriers/1/shift"),
    }


def test_a_warning_does_not_stop_the_planning() -> None:
    """The order with the past window is unserved, the other one is not."""
    world = village(orders=(order("a", A, windows=(TimeWindow(-2, -1),)), order("b", B)))
    made = plan(world, PlanConfig(time_limit_s=None, step_limit=300))
    assert [left.order for left in made.unserved] == ["a"]


def test_errors_stop_the_planning_with_all_issues() -> None:
    """Two unknown references in one exception."""
    nobody: Courier = courier("x", "tank", depot="moon")
    with pytest.raises(InvalidInput) as caught:
        plan(village(couriers=(nobody,)))
    assert {issue.code for issue in caught.value.issues} >= {
        "unknown_vehicle_type",
        "unknown_depot",
    }


def test_an_undrivable_fixed_start_is_an_issue() -> None:
    """C and back is due in a second."""
    world = village(
        orders=(order("a", A), order("b", B, windows=(TimeWindow(0, 1),))),
        fixed_starts=(FixedStart(courier="bike-1", orders=("b",)),),
    )
    with pytest.raises(InvalidInput) as caught:
        encode_valid(world, travel_times(world.travel))
    (issue,) = caught.value.issues
    assert (issue.code, issue.where) == ("undrivable_start", "/fixed_starts/0")


def test_numbers_too_large_to_count_are_an_issue() -> None:
    """Costs and weights whose sums do not fit into 60 bits."""
    world = village(
        orders=tuple(order(f"o{k}", A, unserved_cost=10**9) for k in range(100)),
        weights=Weights(unserved=10**6),
    )
    with pytest.raises(InvalidInput) as caught:
        plan(world)
    assert caught.value.issues[0].code == "out_of_range"


def test_values_check_themselves() -> None:
    """A snapshot without offset, a window that ends before it starts, a negative load."""
    with pytest.raises(DomainError, match="release with an offset"):
        village(release=datetime(2026, 11, 24, 8, 0))
    with pytest.raises(DomainError, match="start <= end"):
        TimeWindow(2, 1)
    with pytest.raises(DomainError, match="load >= 0"):
        order("a", A, load={"weight_g": -1})

"""What changed between two plans of a village, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dispatch.diff import CourierChange, OrderChange, compare
from dispatch.plan import Plan, Reason, Route, Unserved
from dispatch.planner import PlanConfig, plan
from dispatch.report import changes
from tests.worlds import village


@pytest.fixture(scope="module")
def made() -> Plan:
    """One courier brings a, b and c, in this sequence."""
    found = plan(village(), PlanConfig(time_limit_s=None, step_limit=500, threads=1))
    stops = tuple(sorted((stop for _, stop in found.stops()), key=lambda stop: stop.order))
    assert [stop.order for stop in stops] == ["a", "b", "c"]
    return replace(found, routes=(replace(found.routes[0], stops=stops),))


def with_stops(route: Route, order: str, **changed: Any) -> Route:
    """The route with only these orders, by initial letter, in this sequence."""
    stops = {stop.order: stop for stop in route.stops}
    return replace(route, stops=tuple(stops[name] for name in order), **changed)


def test_the_same_plan(made: Plan) -> None:
    """Nothing is told, whatever the search was."""
    diff = compare(made, replace(made, seed=7, seconds=9.0))
    told = diff.added, diff.removed, diff.newly_served, diff.newly_unserved
    assert not any((*told, diff.moved, diff.shifted, diff.couriers))
    assert not any(diff.cost.values())
    assert not any(diff.kpis.values())
    assert changes(diff, "CNY") == "Nothing that costs is different."


def test_an_order_goes_to_another_courier_and_one_stays_behind(made: Plan) -> None:
    """Both are told by order and by courier, and the way back mirrors it."""
    route, other = made.routes[0], "somebody"
    left = Unserved(order="c", reason=Reason.NO_ROOM_IN_PLAN, detail="", fix="")
    after = replace(
        made,
        routes=(with_stops(route, "a"), with_stops(route, "b", courier=other)),
        unserved=(left,),
    )
    diff = compare(made, after)
    assert diff.moved == (
        OrderChange(order="b", courier_before=route.courier, courier_after=other, later_s=0),
    )
    assert [(one.order, one.courier_after) for one in diff.newly_unserved] == [("c", None)]
    assert diff.couriers == (
        CourierChange(courier=route.courier, gained=(), lost=("b", "c"), resequenced=False),
        CourierChange(courier=other, gained=("b",), lost=(), resequenced=False),
    )
    assert diff.kpis["orders_served"] == -1
    assert diff.kpis["couriers_used"] == 1
    back = compare(after, made)
    assert [one.order for one in back.newly_served] == ["c"]
    assert back.kpis["orders_served"] == 1
    text = changes(diff, "CNY")
    assert f"> b from {route.courier} to {other}, at the same time" in text
    assert f"- c is not served any more, was {route.courier}'s" in text


def test_another_sequence_and_another_day(made: Plan) -> None:
    """Times are compared by the clock: a later release is a later hand-over."""
    route = made.routes[0]
    turned = replace(made, routes=(with_stops(route, "cba"),))
    assert [one.resequenced for one in compare(made, turned).couriers] == [True]
    late = replace(made, release=made.release + timedelta(minutes=30))
    diff = compare(made, late)
    assert {one.later_s for one in diff.shifted} == {1800}
    assert "~ a with" in changes(diff, "CNY")
    assert "30 min later" in changes(diff, "CNY")


def test_orders_that_only_one_plan_knows(made: Plan) -> None:
    """An order that was cancelled is gone, not unserved."""
    fewer = replace(made, routes=(with_stops(made.routes[0], "ab"),))
    assert compare(made, fewer).removed == ("c",)
    assert compare(fewer, made).added == ("c",)
    assert compare(fewer, made).newly_served == ()

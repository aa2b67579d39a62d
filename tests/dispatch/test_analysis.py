"""Where the money goes; its sums are those of the plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispatch.analysis import analyse
from dispatch.demo import changchun_wave
from dispatch.plan import TERMS, PlanCost
from dispatch.planner import PlanConfig, plan
from tests.worlds import village

STEPS = PlanConfig(time_limit_s=None, step_limit=3000, threads=1)


def test_every_figure_follows_from_the_plan() -> None:
    """Shares add up to one, seconds to the time on the clock, loads to what is carried."""
    snapshot = changchun_wave(orders=60)
    made = plan(snapshot, STEPS)
    told = analyse(snapshot, made)
    assert sum(told.shares.values()) == pytest.approx(1)
    assert told.cost == made.cost
    assert told.orders_served + told.orders_unserved == 60
    assert told.couriers_used + told.couriers_idle == len(snapshot.couriers)
    assert [r.total_cost for r in told.routes] == sorted(r.total_cost for r in told.routes)[::-1]
    assert sum(route.share for route in told.routes) == pytest.approx(1)
    assert sum(route.orders for route in told.routes) == made.served
    for term in TERMS[:-1]:
        on_routes = sum(getattr(route.cost, term) for route in told.routes)
        assert on_routes == pytest.approx(getattr(made.cost, term), abs=len(told.routes))
    for route in told.routes:
        parts = route.drive_s + route.waiting_s + route.service_s + route.loading_s
        assert parts == route.duration_s
        assert all(0 <= use <= 1 for use in route.load_use.values())
    assert told.routes[0].load_use.keys() == told.load_use.keys()


def test_a_plan_without_routes() -> None:
    """Nothing is divided by nothing."""
    snapshot = village()
    made = replace(plan(snapshot, STEPS), routes=(), cost=PlanCost())
    told = analyse(snapshot, made)
    assert told.cost_per_order is None
    assert told.routes == ()
    assert set(told.shares.values()) == {0.0}
    assert told.couriers_idle == 2

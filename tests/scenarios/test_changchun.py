"""The made-up morning, planned."""

from __future__ import annotations

import pytest

from dispatch.check import find_violations
from dispatch.demo import changchun_wave
from dispatch.demo.changchun import AWKWARD_ORDERS
from dispatch.plan import Reason
from dispatch.planner import PlanConfig, plan
from dispatch.travel import travel_times


@pytest.mark.slow
def test_a_morning_in_changchun() -> None:
    """All ordinary orders are served; of the awkward ones each reason shows up."""
    morning = changchun_wave()
    made = plan(morning, PlanConfig(time_limit_s=10))
    assert find_violations(morning, made, travel_times(morning.travel)) == []
    assert {left.reason for left in made.unserved} == set(Reason) - {Reason.NOT_YET_PLACED}
    awkward = {order.id for order in morning.orders[-len(AWKWARD_ORDERS) :]}
    assert {left.order for left in made.unserved} <= awkward
    assert made.late_s < 3600

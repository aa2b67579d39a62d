"""A first solution of all tasks at once took OR-Tools 4.5 s for 500 orders of a mixed fleet.

With shorter limits nearly every order was unserved. First routes are now made patch by patch.
"""

from __future__ import annotations

from dispatch.demo import changchun_wave
from dispatch.encode import encode
from dispatch.plan import Reason, Unserved
from dispatch.report import summary
from dispatch.travel import travel_times
from solver.params import SolveParams
from solver.solve import solve
from tests.dispatch.test_decode import planned
from tests.worlds import A, order, village


def test_first_routes_of_a_mixed_fleet_take_few_steps() -> None:
    """500 orders: all but the awkward ones are served before much is improved."""
    wave = changchun_wave(orders=500)
    encoding = encode(wave, travel_times(wave.travel))
    result = solve(encoding.problem, SolveParams(step_limit=2500, engine="ortools"))
    assert result.log[0].unserved > 100
    assert len(result.solution.unserved) <= 10


def test_the_summary_does_not_flood_the_terminal() -> None:
    """Of 50 unserved orders 20 are told one by one."""
    _, _, plan = planned(village(orders=tuple(order(f"o{k}", A) for k in range(3))), (0,))
    flooded = plan.__class__(
        **{name: getattr(plan, name) for name in plan.__slots__ if name != "unserved"},
        unserved=tuple(_left(f"x{k}") for k in range(50)),
    )
    lines = summary(flooded).splitlines()
    assert lines[-1].strip() == "and 30 more; the plan has them all"
    assert sum("fix:" in line for line in lines) == 20


def _left(name: str) -> Unserved:
    return Unserved(order=name, reason=Reason.NO_ROOM_IN_PLAN, detail="Full.", fix="Add one.")

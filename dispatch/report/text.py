"""The summary that the command line prints."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.plan import TERMS, Plan
from dispatch.units import METRES_PER_KM
from dispatch.words import Clock, money, span

MOST_UNSERVED = 20
"""So many unserved orders are told one by one."""


def summary(plan: Plan) -> str:
    """A few lines for the terminal: what is served, what it takes, what is left out and why."""
    return "\n".join(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    clock = Clock(plan.release, plan.time_zone)
    yield f"{plan.city}, wave {plan.wave}, released {clock.local(0):%Y-%m-%d %H:%M}"
    facts = {
        "orders served": f"{plan.served} of {plan.served + len(plan.unserved)}",
        "couriers used": f"{len(plan.routes)}",
        "drive time": span(plan.drive_s),
        "distance": f"{plan.distance_m / METRES_PER_KM:,.1f} km",
        "late": span(plan.late_s),
        "search": f"{plan.seconds:.1f} s, {plan.engine}, seed {plan.seed}, {plan.stop_reason}",
        "cost": f"{money(plan.cost.total):>12} {plan.currency}",
    }
    for name, fact in facts.items():
        yield f"  {name:<15}{fact}"
    for term in TERMS:
        yield f"    {term:<13}{money(getattr(plan.cost, term)):>12}"
    if plan.unserved:
        yield f"  unserved       {len(plan.unserved)}"
    for left in plan.unserved[:MOST_UNSERVED]:
        yield f"    {left.order}  {left.reason.replace('_', ' ')}: {left.detail}"
        yield f"    {' ' * len(left.order)}  fix: {left.fix}"
    if len(plan.unserved) > MOST_UNSERVED:
        yield f"    and {len(plan.unserved) - MOST_UNSERVED} more; the plan has them all"

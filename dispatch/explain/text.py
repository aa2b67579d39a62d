"""An explanation as text for the command line."""

from __future__ import annotations

from collections import Counter

from dispatch.explain.served import ServedExplanation
from dispatch.plan import Unserved
from dispatch.snapshot import Snapshot
from dispatch.words import listed, money

ALTERNATIVES_SHOWN = 5


def describe(snapshot: Snapshot, explanation: Unserved | ServedExplanation) -> str:
    """The explanation in a few lines."""
    if isinstance(explanation, Unserved):
        return _unserved(snapshot, explanation)
    return _served(snapshot, explanation)


def _money(snapshot: Snapshot, amount: int) -> str:
    return f"{money(amount)} {snapshot.city.currency}"


def _unserved(snapshot: Snapshot, left: Unserved) -> str:
    lines = [
        f"Order {left.order} is unserved: {left.reason.replace('_', ' ')}.",
        f"  why  {left.detail}",
        f"  fix  {left.fix}",
    ]
    if left.extra_cost is not None:
        amount = _money(snapshot, abs(left.extra_cost))
        cost = f"cost {amount} more" if left.extra_cost >= 0 else f"save {amount}"
        lines.append(f"  serving it would {cost}")
    return "\n".join(lines)


def _served(snapshot: Snapshot, served: ServedExplanation) -> str:
    cost = "more than can be told: the way past it is too long"
    if served.cost is not None:
        cost = _money(snapshot, served.cost)
    possible = [
        (other.courier, other.extra_cost)
        for other in served.alternatives
        if other.extra_cost is not None
    ]
    lines = [
        f"Order {served.order} is stop {served.number} of {served.stops} of {served.courier}.",
        f"  serving it there costs {cost}",
        f"  leaving it out costs {_money(snapshot, served.unserved_cost)}",
        f"  other couriers that could take it: {len(possible)}",
    ]
    for courier, extra_cost in possible[:ALTERNATIVES_SHOWN]:
        sign = "+" if extra_cost >= 0 else "-"
        lines.append(f"    {courier}  {sign}{_money(snapshot, abs(extra_cost))}")
    counts = Counter(other.obstacle for other in served.alternatives if other.obstacle)
    if counts:
        lines.append(
            "  couriers that could not: "
            + listed([f"{count} {why.replace('_', ' ')}" for why, count in counts.most_common()])
        )
    return "\n".join(lines)

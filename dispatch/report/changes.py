"""What changed between two plans, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.diff import OrderChange, PlanDiff
from dispatch.words import money, span


def changes(diff: PlanDiff, currency: str) -> str:
    """A line for every order and courier that something changed for, then the sums."""
    return "\n".join(_lines(diff, currency))


def _lines(diff: PlanDiff, currency: str) -> Iterator[str]:
    yield from (f"+ {order} is new" for order in diff.added)
    yield from (f"- {order} is gone" for order in diff.removed)
    for one in diff.newly_served:
        yield f"+ {one.order} is served now, by {one.courier_after}"
    for one in diff.newly_unserved:
        yield f"- {one.order} is not served any more, was {one.courier_before}'s"
    for one in diff.moved:
        yield f"> {one.order} from {one.courier_before} to {one.courier_after}, {_shift(one)}"
    for one in diff.shifted:
        yield f"~ {one.order} with {one.courier_after}, {_shift(one)}"
    for courier in diff.couriers:
        told = [f"{len(courier.gained)} more", f"{len(courier.lost)} fewer"]
        told += ["another sequence"] if courier.resequenced else []
        yield f"  {courier.courier}: {', '.join(told)}"
    terms = {term: amount for term, amount in diff.cost.items() if amount}
    yield from (f"  {term} {_signed(amount)} {currency}" for term, amount in terms.items())
    if not terms and not diff.couriers and not diff.shifted:
        yield "Nothing that costs is different."


def _shift(one: OrderChange) -> str:
    if not one.later_s:
        return "at the same time"
    return f"{span(abs(one.later_s))} {'later' if one.later_s > 0 else 'earlier'}"


def _signed(amount: int) -> str:
    return f"{'+' if amount > 0 else '-'}{money(abs(amount))}"

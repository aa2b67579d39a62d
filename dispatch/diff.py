"""What changed between two plans, and for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dispatch.plan import TERMS, Plan, Route, Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange:
    """An order that both plans know and that something changed for; None is unserved.

    Attributes:
        order: its id.
        courier_before, courier_after: who brings it.
        later_s: by how many seconds its hand-over starts later, earlier if negative; None unless
            both plans serve it.
    """

    order: str
    courier_before: str | None
    courier_after: str | None
    later_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierChange:
    """A courier whose orders, or their sequence, changed.

    Attributes:
        courier: id.
        gained, lost: orders that only one of the plans gives them, in its sequence.
        resequenced: whether those that both give them are in another sequence.
    """

    courier: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    resequenced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDiff:
    """From one plan to another.

    Attributes:
        added, removed: orders that only the new plan or only the old one knows.
        newly_served, newly_unserved: orders that both know and only one serves.
        moved: orders that another courier brings.
        shifted: orders whose courier stays, but not the second of their hand-over.
        couriers: those whose orders changed, by id.
        cost: cost units that the new plan costs more, by term and in `total`.
        kpis: what the new plan has more of: orders_served, orders_unserved, couriers_used,
            distance_m, drive_s, late_s.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    newly_served: tuple[OrderChange, ...]
    newly_unserved: tuple[OrderChange, ...]
    moved: tuple[OrderChange, ...]
    shifted: tuple[OrderChange, ...]
    couriers: tuple[CourierChange, ...]
    cost: Mapping[str, int]
    kpis: Mapping[str, int]


def compare(old: Plan, new: Plan) -> PlanDiff:
    """What is different in the new plan; times are compared by the clock, not from the release."""
    before, after = _places(old), _places(new)
    changes = [
        _change(order, before[order], after[order], old, new) for order in after if order in before
    ]
    served = [change for change in changes if change.later_s is not None]
    return PlanDiff(
        added=tuple(order for order in after if order not in before),
        removed=tuple(order for order in before if order not in after),
        newly_served=tuple(
            one for one in changes if one.courier_before is None and one.courier_after is not None
        ),
        newly_unserved=tuple(
            one for one in changes if one.courier_after is None and one.courier_before is not None
        ),
        moved=tuple(one for one in served if one.courier_before != one.courier_after),
        shifted=tuple(
            one for one in served if one.courier_before == one.courier_after and one.later_s
        ),
        couriers=tuple(_courier_changes(old, new)),
        cost={
            term: getattr(new.cost, term) - getattr(old.cost, term) for term in (*TERMS, "total")
        },
        kpis={
            "orders_served": new.served - old.served,
            "orders_unserved": len(new.unserved) - len(old.unserved),
            "couriers_used": len(new.routes) - len(old.routes),
            "distance_m": new.distance_m - old.distance_m,
            "drive_s": new.drive_s - old.drive_s,
            "late_s": new.late_s - old.late_s,
        },
    )


def _places(plan: Plan) -> dict[str, tuple[Route, Stop] | None]:
    """Where each order is served, None if it is not."""
    served = {stop.order: (route, stop) for route, stop in plan.stops()}
    return {**served, **{left.order: None for left in plan.unserved}}


def _change(
    order: str,
    before: tuple[Route, Stop] | None,
    after: tuple[Route, Stop] | None,
    old: Plan,
    new: Plan,
) -> OrderChange:
    later_s = None
    if before is not None and after is not None:
        released = round((new.release - old.release).total_seconds())
        later_s = released + after[1].start_s - before[1].start_s
    return OrderChange(
        order=order,
        courier_before=None if before is None else before[0].courier,
        courier_after=None if after is None else after[0].courier,
        later_s=later_s,
    )


def _courier_changes(old: Plan, new: Plan) -> Iterator[CourierChange]:
    before, after = _sequences(old), _sequences(new)
    for courier in sorted({*before, *after}):
        was, will = before.get(courier, ()), after.get(courier, ())
        if was != will:
            kept = [order for order in was if order in will]
            yield CourierChange(
                courier=courier,
                gained=tuple(order for order in will if order not in was),
                lost=tuple(order for order in was if order not in will),
                resequenced=kept != [order for order in will if order in was],
            )


def _sequences(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {route.courier: tuple(stop.order for stop in route.stops) for route in plan.routes}

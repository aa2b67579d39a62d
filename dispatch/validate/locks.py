"""Locks that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.errors import Issue
from dispatch.snapshot import Snapshot


def one_courier_per_order(snapshot: Snapshot) -> Iterator[Issue]:
    """An order is locked to one courier, and is in one fixed start, once, of that courier."""
    locked: dict[str, str] = {}
    for i, lock in enumerate(snapshot.courier_locks):
        if locked.setdefault(lock.order, lock.courier) != lock.courier:
            message = f"Order {lock.order!r} is already locked to {locked[lock.order]!r}."
            yield Issue("conflicting_locks", f"/locks/{i}", message, "Keep one of the locks.")
    fixed: dict[str, str] = {}
    for i, start in enumerate(snapshot.fixed_starts):
        for k, order in enumerate(start.orders):
            where = f"/fixed_starts/{i}/orders/{k}"
            if order in fixed:
                message = f"Order {order!r} is already in the fixed start of {fixed[order]!r}."
                yield Issue("conflicting_locks", where, message, "Keep it in one of them.")
            elif locked.get(order, start.courier) != start.courier:
                message = f"Order {order!r} is locked to {locked[order]!r}."
                yield Issue("conflicting_locks", where, message, "Keep one of the locks.")
            fixed.setdefault(order, start.courier)


def one_start_per_courier(snapshot: Snapshot) -> Iterator[Issue]:
    """A courier has one fixed start."""
    seen = set()
    for i, start in enumerate(snapshot.fixed_starts):
        if start.courier in seen:
            message = f"Courier {start.courier!r} already has a fixed start."
            where = f"/fixed_starts/{i}/courier"
            yield Issue("conflicting_locks", where, message, "Merge the two.")
        seen.add(start.courier)

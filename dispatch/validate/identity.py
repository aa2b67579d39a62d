"""Who is who: nothing missing, nothing twice, nobody unknown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Protocol

from dispatch.errors import Issue
from dispatch.snapshot import Snapshot


class _Named(Protocol):
    @property
    def id(self) -> str: ...


def _lists(snapshot: Snapshot) -> dict[str, Sequence[_Named]]:
    return {
        "depots": snapshot.depots,
        "vehicle_types": snapshot.vehicle_types,
        "couriers": snapshot.couriers,
        "orders": snapshot.orders,
    }


def not_empty(snapshot: Snapshot) -> Iterator[Issue]:
    """A wave has orders, and somebody to bring them from somewhere."""
    for name, items in _lists(snapshot).items():
        if not items:
            code = "empty_wave" if name == "orders" else "empty_list"
            message = f"The wave has no {name.replace('_', ' ')}."
            yield Issue(code, f"/{name}", message, "Add at least one.")


def unique_ids(snapshot: Snapshot) -> Iterator[Issue]:
    """No id comes twice among orders, couriers, depots or vehicle types."""
    for name, items in _lists(snapshot).items():
        first: dict[str, int] = {}
        for index, item in enumerate(items):
            if item.id in first:
                message = f"The id {item.id!r} is taken by /{name}/{first[item.id]}."
                where = f"/{name}/{index}/id"
                yield Issue("duplicate_id", where, message, "Rename or remove one of them.")
            first.setdefault(item.id, index)


def known_references(snapshot: Snapshot) -> Iterator[Issue]:
    """Whatever is referred to exists."""
    known = {name: {item.id for item in items} for name, items in _lists(snapshot).items()}
    references: list[tuple[str, str, str]] = []
    for i, courier in enumerate(snapshot.couriers):
        references.append((f"/couriers/{i}/vehicle_type", "vehicle_types", courier.vehicle_type))
        references.append((f"/couriers/{i}/depot", "depots", courier.depot))
    for i, order in enumerate(snapshot.orders):
        if order.depot is not None:
            references.append((f"/orders/{i}/depot", "depots", order.depot))
    for i, lock in enumerate(snapshot.courier_locks):
        references.append((f"/locks/{i}/order", "orders", lock.order))
        references.append((f"/locks/{i}/courier", "couriers", lock.courier))
    for i, fixed in enumerate(snapshot.fixed_starts):
        references.append((f"/fixed_starts/{i}/courier", "couriers", fixed.courier))
        for k, order_id in enumerate(fixed.orders):
            references.append((f"/fixed_starts/{i}/orders/{k}", "orders", order_id))
    for where, name, wanted in references:
        if wanted not in known[name]:
            kind = name.removesuffix("s")
            close = get_close_matches(wanted, known[name], n=1)
            action = f"Did you mean {close[0]!r}?" if close else f"Add it to {name}."
            message = f"There is no {kind.replace('_', ' ')} {wanted!r}."
            yield Issue(f"unknown_{kind}", where, message, action)

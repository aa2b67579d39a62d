"""When things happen: around the release, and while somebody works."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.errors import Issue, Severity
from dispatch.snapshot import Snapshot
from dispatch.units import DAY_S, TimeWindow

FARTHEST_DAYS = 14
"""Days from the release at which a time is a mistake: a wrong year, milliseconds for seconds."""


def _spans(snapshot: Snapshot) -> Iterator[tuple[str, TimeWindow]]:
    for i, depot in enumerate(snapshot.depots):
        yield f"/depots/{i}/open", depot.open
    for i, courier in enumerate(snapshot.couriers):
        yield f"/couriers/{i}/shift", courier.shift
    for i, order in enumerate(snapshot.orders):
        for k, window in enumerate(order.windows):
            yield f"/orders/{i}/windows/{k}", window


def near_the_release(snapshot: Snapshot) -> Iterator[Issue]:
    """Every time is within two weeks of the release."""
    for where, span in _spans(snapshot):
        for side, time_s in (("start", span.start_s), ("end", span.end_s)):
            if abs(time_s) > FARTHEST_DAYS * DAY_S:
                message = f"The time is {abs(time_s) / DAY_S:,.0f} days from the wave's release."
                action = "Correct the date here or the release."
                yield Issue("far_from_release", f"{where}/{side}", message, action)


def window_not_past(snapshot: Snapshot) -> Iterator[Issue]:
    """An order whose last window ends before the release will be unserved."""
    for i, order in enumerate(snapshot.orders):
        if order.latest_s < 0:
            message = "The last window ends before the release; the order will be unserved."
            action = "Correct the window or the release."
            yield Issue("window_past", f"/orders/{i}/windows", message, action, Severity.WARNING)


def shift_within_depot_hours(snapshot: Snapshot) -> Iterator[Issue]:
    """A courier who can never load is of no use."""
    depots = {depot.id: depot for depot in snapshot.depots}
    for i, courier in enumerate(snapshot.couriers):
        depot = depots.get(courier.depot)
        if depot is None:
            continue
        earliest = max(courier.shift.start_s, depot.open.start_s, 0) + depot.loading_s
        if earliest > min(courier.shift.end_s, depot.open.end_s):
            message = f"{courier.id} can't load within shift, release and hours of {depot.id}."
            action = "Correct one of the times, or leave the courier out."
            yield Issue(
                "courier_never_works", f"/couriers/{i}/shift", message, action, Severity.WARNING
            )

"""A plan's orders as rows, served ones in the sequence of their route; and these rows as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from dispatch.plan import Plan
from dispatch.snapshot import Snapshot
from dispatch.wire.tables import safe_cell
from dispatch.words import Clock

COLUMNS = (
    "order",
    "status",
    "courier",
    "vehicle_type",
    "depot",
    "stop",
    "address",
    "lon",
    "lat",
    "window_start",
    "window_end",
    "arrival",
    "start",
    "departure",
    "travel_s",
    "distance_m",
    "waiting_s",
    "late_s",
    "slack_s",
    "reason",
    "fix",
)


def stop_rows(snapshot: Snapshot, plan: Plan) -> Iterator[dict[str, object]]:
    """A row for every order, by column; times are local, cells that mean nothing are left out."""
    time = Clock(plan.release, plan.time_zone).local
    places = {order.id: order.place for order in snapshot.orders}

    def row(order: str, **cells: object) -> dict[str, object]:
        place = places[order]
        position = {"address": place.address, "lon": place.lon, "lat": place.lat}
        return {"order": order, **position, **cells}

    for route in plan.routes:
        for number, stop in enumerate(route.stops, start=1):
            yield row(
                stop.order,
                status="served",
                courier=route.courier,
                vehicle_type=route.vehicle_type,
                depot=route.depot,
                stop=number,
                window_start=time(stop.window.start_s),
                window_end=time(stop.window.end_s),
                arrival=time(stop.arrival_s),
                start=time(stop.start_s),
                departure=time(stop.departure_s),
                travel_s=stop.travel_s,
                distance_m=stop.distance_m,
                waiting_s=stop.waiting_s,
                late_s=stop.late_s,
                slack_s=stop.slack_s,
            )
    for left in plan.unserved:
        yield row(left.order, status="unserved", reason=left.reason.value, fix=left.fix)


def stops_csv(snapshot: Snapshot, plan: Plan) -> str:
    """CSV text; times are RFC 3339, spreadsheet formulas are neutralised."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, restval="")
    writer.writeheader()
    for row in stop_rows(snapshot, plan):
        writer.writerow({column: _cell(value) for column, value in row.items()})
    return buffer.getvalue()


def _cell(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else safe_cell(value)

"""A plan as CSV: a row for every order, served ones in the sequence of their route."""

from __future__ import annotations

import csv
import io

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


def stops_csv(snapshot: Snapshot, plan: Plan) -> str:
    """CSV text; times are RFC 3339, spreadsheet formulas are neutralised."""
    time = Clock(plan.release, plan.time_zone).stamp
    places = {order.id: order.place for order in snapshot.orders}
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, restval="")
    writer.writeheader()

    def write(order: str, **cells: object) -> None:
        place = places[order]
        row = {"order": order, "address": place.address, **cells}
        position = {"lon": place.lon, "lat": place.lat}
        writer.writerow({key: safe_cell(cell) for key, cell in row.items()} | position)

    for route in plan.routes:
        for number, stop in enumerate(route.stops, start=1):
            write(
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
        write(left.order, status="unserved", reason=left.reason.value, fix=left.fix)
    return buffer.getvalue()

"""A plan as a workbook (xlsx) for people with a spreadsheet: stops, routes, unserved, totals.

Times are the city's local ones, amounts are in its currency. Nothing in it is a formula or a link,
whatever an order is called.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from dispatch.plan import TERMS, Plan, PlanCost, Route
from dispatch.report.stops import COLUMNS, stop_rows
from dispatch.snapshot import Snapshot
from dispatch.units import COST_UNITS_PER_CURRENCY
from dispatch.wire.tables import safe_cell
from dispatch.words import Clock

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""Its media type."""

WIDEST = 40
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}

Row = Mapping[str, object]


def workbook(snapshot: Snapshot, plan: Plan) -> bytes:
    """The file; the same plan gives the same bytes."""
    buffer = io.BytesIO()
    with Workbook(buffer, OPTIONS) as book:
        book.set_properties({"title": plan.wave, "created": plan.release.astimezone(UTC)})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        head = book.add_format({"bold": True})
        for name, columns, rows in (
            ("stops", COLUMNS, list(stop_rows(snapshot, plan))),
            ("routes", _route_columns(plan), [_route_row(plan, route) for route in plan.routes]),
            ("unserved", ("order", "reason", "detail", "fix", "extra_cost"), _unserved_rows(plan)),
            ("totals", ("what", "value"), _totals(plan)),
        ):
            _write_sheet(book, name, columns, rows, head, moment)
    return buffer.getvalue()


def _write_sheet(
    book: Workbook,
    name: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    head: Format,
    moment: Format,
) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, columns, head)
    for number, row in enumerate(rows, start=1):
        for at, column in enumerate(columns):
            value = row.get(column)
            if isinstance(value, datetime):
                sheet.write_datetime(number, at, value.replace(tzinfo=None), moment)
            elif isinstance(value, int | float):
                sheet.write_number(number, at, value)
            elif value is not None:
                sheet.write_string(number, at, str(safe_cell(value)))
    sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    sheet.autofit(max_width=WIDEST * 7)


def _route_columns(plan: Plan) -> tuple[str, ...]:
    loads = sorted({dimension for route in plan.routes for dimension in route.load})
    return (
        *("courier", "vehicle_type", "depot", "stops", "start", "departure", "end"),
        *("duration_s", "drive_s", "waiting_s", "late_s", "distance_m"),
        *(f"load.{dimension}" for dimension in loads),
        *(f"cost.{term}" for term in (*TERMS, "total") if term != "unserved"),
    )


def _route_row(plan: Plan, route: Route) -> Row:
    time = Clock(plan.release, plan.time_zone).local
    return {
        "courier": route.courier,
        "vehicle_type": route.vehicle_type,
        "depot": route.depot,
        "stops": len(route.stops),
        "start": time(route.start_s),
        "departure": time(route.departure_s),
        "end": time(route.end_s),
        "duration_s": route.duration_s,
        "drive_s": route.drive_s,
        "waiting_s": route.waiting_s,
        "late_s": route.late_s,
        "distance_m": route.distance_m,
        **{f"load.{dimension}": amount for dimension, amount in route.load.items()},
        **_amounts(route.cost),
    }


def _unserved_rows(plan: Plan) -> list[Row]:
    return [
        {
            "order": left.order,
            "reason": left.reason.value,
            "detail": left.detail,
            "fix": left.fix,
            "extra_cost": None if left.extra_cost is None else _amount(left.extra_cost),
        }
        for left in plan.unserved
    ]


def _totals(plan: Plan) -> list[Row]:
    found: Iterable[tuple[str, object]] = (
        ("city", plan.city),
        ("wave", plan.wave),
        ("release", Clock(plan.release, plan.time_zone).local(0)),
        ("orders served", plan.served),
        ("orders unserved", len(plan.unserved)),
        ("couriers", len(plan.routes)),
        ("distance_m", plan.distance_m),
        ("drive_s", plan.drive_s),
        ("late_s", plan.late_s),
        ("currency", plan.currency),
        *_amounts(plan.cost).items(),
    )
    return [{"what": what, "value": value} for what, value in found]


def _amounts(cost: PlanCost) -> dict[str, float]:
    return {f"cost.{term}": _amount(getattr(cost, term)) for term in (*TERMS, "total")}


def _amount(cost: int) -> float:
    return cost / COST_UNITS_PER_CURRENCY

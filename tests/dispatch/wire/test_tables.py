"""Orders and couriers as CSV."""

from __future__ import annotations

import json

import pytest

from dispatch.demo import changchun_wave
from dispatch.errors import InvalidInput
from dispatch.snapshot import Snapshot
from dispatch.wire import dump_snapshot, snapshot_of
from dispatch.wire.tables import Table, couriers_csv, orders_csv, safe_cell, with_tables

WAVE = changchun_wave(orders=30)
DAY = json.loads(dump_snapshot(WAVE))
LINES = orders_csv(WAVE).splitlines()


def read(orders: Table, couriers: Table | None = None) -> Snapshot:
    """The day with orders and couriers of these tables."""
    tabled = with_tables(DAY, orders, couriers)
    with tabled.told_by_row():
        return snapshot_of(tabled.document)


def issues(text: str, couriers: str | None = None) -> set[tuple[str, str]]:
    staff = None if couriers is None else Table("staff.csv", couriers)
    with pytest.raises(InvalidInput) as caught:
        read(Table("orders.csv", text), staff)
    return {(issue.code, issue.where) for issue in caught.value.issues}


def cell(row: int, column: str, value: str) -> str:
    """The orders with another cell; the header is row 1."""
    lines = [line.split(",") for line in LINES]
    lines[row - 1][lines[0].index(column)] = value
    return "\n".join(",".join(line) for line in lines)


def test_tables_bring_back_what_was_written() -> None:
    """Every field of every order and courier."""
    back = read(Table("o.csv", orders_csv(WAVE)), Table("c.csv", couriers_csv(WAVE)))
    assert (back.orders, back.couriers) == (WAVE.orders, WAVE.couriers)


@pytest.mark.parametrize(
    ("row", "column", "value", "code", "told"),
    [
        (4, "service_s", "long", "wrong_type", "service_s"),
        (4, "service_s", "-3", "out_of_range", "service_s"),
        (5, "lat", "north", "wrong_type", "lat"),
        (6, "load.weight_g", "1.5", "wrong_type", "load.weight_g"),
        (7, "window_start", "2026-11-24T08:00:00", "time_without_offset", "window_start"),
        (7, "window_end", "2026-11-24T01:00:00+08:00", "reversed_window", "window_start"),
        (8, "temperature_zone", "warm", "unknown_value", "temperature_zone"),
        (9, "late_limit_s", "60", "missing_key", "late_cost_per_min"),
        (9, "priority", "9", "out_of_range", "priority"),
    ],
)
def test_a_mistake_is_told_by_row_and_column(
    row: int, column: str, value: str, code: str, told: str
) -> None:
    """As a spreadsheet counts rows."""
    assert (code, f"orders.csv row {row} column {told}") in issues(cell(row, column, value))


def test_shapes_of_tables_are_checked() -> None:
    """Headers, ragged rows and broken quotes; both tables at once."""
    assert issues("") == {("empty_table", "orders.csv")}
    assert issues('id,lon\n"1,2') == {("not_csv", "orders.csv")}
    assert issues("id;lon;lat\n") == {
        ("missing_column", "orders.csv row 1"),
        ("unknown_column", "orders.csv row 1"),
    }
    assert issues("id,id,lon\n") == {("duplicate_column", "orders.csv row 1")}
    assert issues("\n".join([*LINES[:3], "only,two"]), "id,vehicle\n") == {
        ("ragged_row", "orders.csv row 4"),
        ("unknown_column", "staff.csv row 1"),
    }


def test_blank_rows_are_skipped() -> None:
    """An empty line is no order; row numbers still count it."""
    back = read(Table("o.csv", "\n".join([*LINES, "", " "])))
    assert back.orders == WAVE.orders
    wrong = cell(4, "service_s", "long").splitlines()
    wrong.insert(2, "")
    assert issues("\n".join(wrong)) == {("wrong_type", "orders.csv row 5 column service_s")}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM", "＝1", "'=x", "\tx", "'"])
def test_formulas_are_neutralised(text: str) -> None:
    """A cell never starts like a formula, and comes back as it was."""
    assert str(safe_cell(text)).startswith("'")
    order = WAVE.orders[0].__class__(
        id=f"{text.strip()}!", place=WAVE.orders[0].place, windows=WAVE.orders[0].windows,
        unserved_cost=1,
    )  # fmt: skip
    wave = WAVE.replace(orders=(order,))
    assert read(Table("o.csv", orders_csv(wave))).orders == (order,)


def test_numbers_stay_numbers() -> None:
    """A negative longitude is no formula."""
    assert safe_cell(-70.1) == -70.1
    assert safe_cell(5) == 5

"""A workbook is read as the CSV of the same table; what is ambiguous or bursts is told."""

from __future__ import annotations

import contextlib
import json
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.demo import changchun_wave
from dispatch.errors import InvalidInput
from dispatch.snapshot import Snapshot
from dispatch.wire import dump_snapshot, snapshot_digest, snapshot_of
from dispatch.wire.tables import (
    TEXT_COLUMNS,
    TIME_COLUMNS,
    Table,
    couriers_csv,
    orders_csv,
    with_tables,
)
from tests.generators import snapshots
from tests.workbooks import Formula, cells_of, part, with_parts, workbook

WAVE = changchun_wave(orders=30)
DAY = json.loads(dump_snapshot(WAVE))
SHEET = "xl/worksheets/sheet1.xml"


def read(content: bytes, most_bytes: int = 10_000_000) -> Snapshot:
    """The day with the orders of this workbook."""
    tabled = with_tables(DAY, Table("orders.xlsx", content, most_bytes))
    with tabled.told_by_row():
        return snapshot_of(tabled.document)


def issues(content: bytes, most_bytes: int = 10_000_000) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        read(content, most_bytes)
    return [(issue.code, issue.where) for issue in caught.value.issues]


def orders(**changes: Any) -> bytes:
    """One order, 2 kg, to be had from 8 to 9; with other cells."""
    cells: dict[str, Any] = {
        "id": "a",
        "lon": 125.3,
        "lat": 43.88,
        "window_start": datetime(2026, 11, 24, 8),
        "window_end": datetime(2026, 11, 24, 9),
        "load.weight_g": 2000.0,
    }
    cells |= changes
    return workbook(orders=[list(cells), list(cells.values())])


def typed(rows: list[list[str]]) -> list[list[Any]]:
    """The cells as somebody would type them: numbers (XlsxWriter keeps 16 digits) and times."""
    header, *rest = rows
    return [header, *([_typed(c, v) for c, v in zip(header, row, strict=True)] for row in rest)]


def _typed(column: str, cell: str) -> Any:
    if column in TIME_COLUMNS and cell and ";" not in cell:
        local = datetime.fromisoformat(cell).replace(tzinfo=None)
        return cell if local.time() == time() else local
    if column in TEXT_COLUMNS or column == "temperature_zone" or ";" in cell or not cell:
        return cell
    number = float(cell)
    return number if float(f"{number:.16G}") == number else cell


@given(snapshots(), st.booleans())
@settings(max_examples=15, deadline=None)
def test_a_workbook_says_what_its_csv_says(snapshot: Snapshot, as_text: bool) -> None:
    """Whether its cells are text or numbers and times."""
    tables = {
        "orders": cells_of(orders_csv(snapshot)),
        "couriers": cells_of(couriers_csv(snapshot)),
    }
    book = workbook(**{k: rows if as_text else typed(rows) for k, rows in tables.items()})
    document = json.loads(dump_snapshot(snapshot))
    back = with_tables(document, Table("a.xlsx", book), Table("b.xlsx", book))
    assert snapshot_digest(snapshot_of(back.document)) == snapshot_digest(snapshot)


@given(st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=30).map(str.strip))
@settings(max_examples=15, deadline=None)
def test_text_stays_as_it_is(text: str) -> None:
    """Whatever script it is in, whatever formula it looks like."""
    kept = with_tables(DAY, Table("a.xlsx", orders(address=text))).document["orders"][0]
    by_csv = with_tables(
        DAY, Table("a.csv", f'id,address\na,"{text.replace(chr(34), chr(34) * 2)}"')
    )
    assert kept.get("address") == by_csv.document["orders"][0].get("address")


def test_the_sheet_of_that_name_is_read() -> None:
    """Else the first one."""
    good = [["id", "lon", "lat", "window_start", "window_end"]]
    good += [["b", "125.3", "43.88", "2026-11-24T08:00:00+08:00", "2026-11-24T09:00:00+08:00"]]
    assert read(workbook(notes=[["hello"]], Orders=good)).orders[0].id == "b"
    assert read(workbook(Sheet1=good, notes=[["hello"]])).orders[0].id == "b"


def test_cells_are_read_as_meant() -> None:
    """Numbers as names, times in the city's zone, rounded where Excel is a hair off."""
    order = read(
        orders(
            id=7.0,
            category=2.5,
            window_start=datetime(2026, 11, 24, 8, 29, 59, 999_600),
            address=True,
        )
    ).orders[0]
    assert (order.id, order.category, order.place.address) == ("7", "2.5", "TRUE")
    assert order.windows[0].start_s == 90 * 60
    assert order.load == {"weight_g": 2000}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("window_start", date(2026, 11, 24)),
        ("window_start", time(8, 30)),
        ("window_start", timedelta(hours=32)),
        ("window_start", 46350.35),
        ("id", date(2026, 3, 4)),
        ("id", 1234567890123456.0),
        ("service_s", time(0, 3)),
        ("lat", Formula("=NA()", "#N/A")),
        ("service_s", Formula("=VLOOKUP(1,A1:B2,2)", "#REF!")),
    ],
)
def test_what_is_ambiguous_is_told(column: str, value: Any) -> None:
    """By row and column."""
    assert issues(orders(**{column: value})) == [
        ("ambiguous_cell", f"orders.xlsx row 2 column {column}")
    ]


def test_formulas_have_values() -> None:
    """Those that a spreadsheet has computed; one that it hasn't is told."""
    book = orders(service_s=Formula("=60*3", 180))
    assert read(book).orders[0].service_s == 180
    bare = part(book, SHEET).replace(b"</f><v>180</v>", b"</f>")
    assert issues(with_parts(book, {SHEET: bare})) == [
        ("ambiguous_cell", "orders.xlsx row 2 column service_s")
    ]


def test_a_time_in_the_hour_that_comes_twice_is_ambiguous() -> None:
    """Where a city has daylight saving time."""
    day = {**DAY, "city": {"name": "Berlin", "time_zone": "Europe/Berlin"}}
    for local in (datetime(2026, 10, 25, 2, 30), datetime(2026, 3, 29, 2, 30)):
        with pytest.raises(InvalidInput) as caught:
            with_tables(day, Table("o.xlsx", orders(window_start=local)))
        (issue,) = caught.value.issues
        assert (issue.code, issue.where) == ("ambiguous_cell", "o.xlsx row 2 column window_start")
        assert "+0" in issue.action
    winter = with_tables(day, Table("o.xlsx", orders(window_start=datetime(2026, 1, 1, 8))))
    assert winter.document["orders"][0]["windows"][0]["start"] == "2026-01-01T08:00:00+01:00"


def test_rows_are_counted_as_shown() -> None:
    """Empty ones too; what is far right is not of the table."""
    rows: list[list[Any]] = [["id", "lon"], [], ["a", 1], [], ["b", 2, "", "note"]]
    assert issues(workbook(orders=rows)) == [("ragged_row", "orders.xlsx row 5")]
    rows[4] = ["b", date(2026, 1, 1)]
    assert issues(workbook(orders=rows)) == [("ambiguous_cell", "orders.xlsx row 5 column lon")]
    assert issues(workbook(orders=[])) == [("empty_table", "orders.xlsx")]


def test_all_issues_of_both_tables_at_once() -> None:
    """Ambiguous cells of one, unknown columns of the other."""
    book = workbook(orders=[["id", "lat"], ["a", time(1)]], couriers=[["id", "shoe"]])
    with pytest.raises(InvalidInput) as caught:
        with_tables(DAY, Table("o.xlsx", book), Table("c.xlsx", book))
    assert {(i.code, i.where) for i in caught.value.issues} == {
        ("ambiguous_cell", "o.xlsx row 2 column lat"),
        ("unknown_column", "c.xlsx row 1"),
    }


def test_what_is_no_workbook() -> None:
    """Damaged, of another kind, old or protected."""
    book = orders()
    for content in (
        book[:-100],
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0 old",
        with_parts(book, {"xl/workbook.xml": b"<workbook>"}),
        with_parts(book, {"xl/workbook.xml": b"<workbook/>"}),
        with_parts(book, {SHEET: b"<worksheet><sheetData>"}),
    ):
        assert issues(content) == [("not_xlsx", "orders.xlsx")]


@given(st.data())
@settings(max_examples=20, deadline=None)
def test_a_damaged_workbook_is_an_issue(data: st.DataObject) -> None:
    """Or read all the same; never a crash."""
    content = bytearray(orders())
    for place in data.draw(st.lists(st.integers(4, len(content) - 1), min_size=1, max_size=8)):
        content[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(InvalidInput):
        assert read(bytes(content)).orders


BILLION = (
    b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "%s">%s]><worksheet>&z;</worksheet>"""
    % (
        b"b" * 1000,
        b"".join(
            b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 50)
            for letter in range(ord("c"), ord("z") + 1)
        ),
    )
)

BOMBS = {
    "packed": b" " * 20_000_000,
    "far": b'<c r="XFD1048576" t="n"><v>1</v></c>',
    "entities": BILLION,
}


@pytest.mark.parametrize("kind", BOMBS)
def test_bombs_end_only_their_reader(kind: str) -> None:
    """Packed blanks, a cell at the far corner, entities of entities."""
    book = orders()
    sheet = BOMBS[kind]
    if kind == "far":
        sheet = part(book, SHEET).replace(
            b"</row></sheetData>", b"</row><row>%s</row></sheetData>" % sheet
        )
    bomb = with_parts(book, {SHEET: sheet})
    assert len(bomb) < 100_000
    ((code, where),) = issues(bomb)
    assert (code, where) in {("file_too_large", "orders.xlsx"), ("not_xlsx", "orders.xlsx")}
    assert code == "file_too_large" or kind == "entities"


def test_a_size_that_lies_does_not_help() -> None:
    """The archive says 100 bytes where 40 million come out."""
    book = with_parts(orders(), {SHEET: part(orders(), SHEET) + b" " * 40_000_000})
    true = (40_000_000 + len(part(orders(), SHEET))).to_bytes(4, "little")
    lying = book.replace(true, (100).to_bytes(4, "little"))
    assert lying != book
    assert issues(lying)[0][0] in ("file_too_large", "not_xlsx")


def test_a_long_text_in_many_cells() -> None:
    """Is kept once in a workbook, and unpacks to far more than the workbook does."""
    book = workbook(orders=[["id"], *(["x" * 30_000] for _ in range(3000))])
    assert len(book) < 100_000
    assert issues(book) == [("file_too_large", "orders.xlsx")]

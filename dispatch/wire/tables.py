"""Orders and couriers as tables: one row each, CSV in and out, workbooks in.

    cell -> value of the JSON document -> the same models -> the same issues, told by row and column

Lists are parted by `;`, a window is two cells, `load.crates` is the load in dimension `crates`.
Text that a spreadsheet would take for a formula is written with an apostrophe in front, which is
taken away when it is read (CWE-1236).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from dispatch.errors import InvalidInput, Issue
from dispatch.snapshot import Snapshot
from dispatch.wire.days import document_of
from dispatch.wire.sheets import MOST_BYTES, Kinds, is_workbook, sheet_records, zone_of
from dispatch.wire.text import decode_utf8, named, require_object

LIST = ";"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula; wide ones where people type Chinese."""

POINTER = re.compile(r"/(orders|couriers)(?:/(\d+)(/.*)?)?")

ORDER_COLUMNS = (
    "id",
    "lon",
    "lat",
    "address",
    "window_start",
    "window_end",
    "service_s",
    "temperature_zone",
    "category",
    "priority",
    "unserved_cost",
    "skills",
    "depot",
    "late_cost_per_min",
    "late_limit_s",
)
COURIER_COLUMNS = (
    "id",
    "vehicle_type",
    "depot",
    "shift_start",
    "shift_end",
    "skills",
    "start_lon",
    "start_lat",
    "start_address",
    "end_lon",
    "end_lat",
    "end_address",
    "max_route_s",
)
TEXT_COLUMNS = frozenset(
    ["id", "address", "category", "skills", "depot", "vehicle_type", "start_address", "end_address"]
)
"""Columns that may hold what looks like a formula."""

WHERE = {
    "location": "lon",
    "windows": "window_start",
    "shift": "shift_start",
    "lateness": "late_cost_per_min",
    "start_location": "start_lon",
    "end_location": "end_lon",
}
"""Column that an issue with a key of the document is told by, where it has another name."""


TIME_COLUMNS = frozenset(["window_start", "window_end", "shift_start", "shift_end"])
WORDS = TEXT_COLUMNS | {"temperature_zone"}


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file or a workbook; its first bytes tell which.

    Attributes:
        name: of the file, for messages.
        content: of the file.
        most_bytes: of a workbook once it is unpacked.
    """

    name: str
    content: str | bytes
    most_bytes: int = MOST_BYTES


@dataclass(frozen=True, slots=True)
class TabledDay:
    """A day's document, some of it from tables.

    Attributes:
        document: as JSON would have it.
        rows: of `orders` or `couriers`: the file's name, and the row of every item in it.
    """

    document: dict[str, Any]
    rows: Mapping[str, tuple[str, Sequence[int]]]

    def by_row(self, issue: Issue) -> Issue:
        """The issue told by file, row and column of the table that it comes from."""
        found = POINTER.fullmatch(issue.where)
        if found is None or found[1] not in self.rows:
            return issue
        name, numbers = self.rows[found[1]]
        if found[2] is None:
            return replace(issue, where=name)
        row = f"{name} row {numbers[int(found[2])]}"
        parts = (found[3] or "").split("/")[1:]
        return replace(issue, where=f"{row} column {_column(parts)}" if parts else row)

    @contextmanager
    def told_by_row(self) -> Iterator[None]:
        """Issues found in the document are."""
        try:
            yield
        except InvalidInput as error:
            raise InvalidInput([self.by_row(issue) for issue in error.issues]) from None


def with_tables(
    document: Any, orders: Table | None = None, couriers: Table | None = None
) -> TabledDay:
    """The document of a day whose orders or couriers come from tables.

    Raises:
        InvalidInput: every issue of the tables, by file, row and column. The header is row 1.
    """
    day = require_object(document)
    kinds = Kinds(TIME_COLUMNS, WORDS, zone_of(day))
    items: dict[str, list[Any]] = {}
    rows: dict[str, tuple[str, Sequence[int]]] = {}
    issues: list[Issue] = []
    for key, table, columns, read in (
        ("orders", orders, ORDER_COLUMNS, _order),
        ("couriers", couriers, COURIER_COLUMNS, _courier),
    ):
        if table is None:
            continue
        try:
            found = _rows(table, _records(table, key, kinds), columns, key == "orders")
        except InvalidInput as error:
            issues += error.issues
            continue
        items[key] = [read(row) for row in found.values()]
        rows[key] = table.name, list(found)
    if issues:
        raise InvalidInput(issues)
    return TabledDay({**day, **items}, rows)


def orders_csv(snapshot: Snapshot) -> str:
    """The orders of a snapshot; `with_tables` reads them back."""
    documents = document_of(snapshot)["orders"]
    loads = sorted({name for order in documents for name in order.get("load", {})})
    columns = [*ORDER_COLUMNS, *(f"load.{name}" for name in loads)]
    return _written(columns, (_order_row(order) for order in documents))


def couriers_csv(snapshot: Snapshot) -> str:
    """The couriers of a snapshot; `with_tables` reads them back."""
    return _written(
        COURIER_COLUMNS, (_courier_row(courier) for courier in document_of(snapshot)["couriers"])
    )


def safe_cell(value: object) -> object:
    """Text that no spreadsheet takes for a formula; other values as they are."""
    return f"'{value}" if isinstance(value, str) and value.startswith((*FORMULA, "'")) else value


# --- in ------------------------------------------------------------------------------------------


def _records(table: Table, key: str, kinds: Kinds) -> list[list[str]]:
    """All rows with all cells.

    Raises:
        InvalidInput: the file is none of a table, or empty.
    """
    content = table.content
    if isinstance(content, bytes) and is_workbook(content):
        records = sheet_records(table.name, content, key, kinds, table.most_bytes)
    else:
        records = _csv_records(table.name, content)
    if not records:
        issue = Issue("empty_table", table.name, "The file is empty.", "Write the header first.")
        raise InvalidInput([issue])
    return records


def _csv_records(name: str, content: str | bytes) -> list[list[str]]:
    with named(name):
        text = decode_utf8(content)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        issue = Issue("not_csv", name, f"Not CSV: {error}.", "Correct the file.")
        raise InvalidInput([issue]) from None


def _rows(
    table: Table, records: list[list[str]], columns: tuple[str, ...], with_loads: bool
) -> dict[int, dict[str, str]]:
    """Rows with anything in them by number; their cells by column, empty ones left out.

    Raises:
        InvalidInput: a header or a row has the wrong cells.
    """
    header = [cell.strip() for cell in records[0]]
    issues = list(_header_issues(table, header, columns, with_loads))
    rows = {}
    for number, record in enumerate(records[1:], start=2):
        if not any(cell.strip() for cell in record):
            continue
        if len(record) != len(header):
            message = f"Expected {len(header)} cells, got {len(record)}."
            issues.append(
                Issue("ragged_row", f"{table.name} row {number}", message, "Mind the commas.")
            )
        row = {column: cell.strip() for column, cell in zip(header, record, strict=False)}
        rows[number] = {column: _unquoted(column, cell) for column, cell in row.items() if cell}
    if issues:
        raise InvalidInput(issues)
    return rows


def _header_issues(
    table: Table, header: list[str], columns: tuple[str, ...], with_loads: bool
) -> Iterable[Issue]:
    where = f"{table.name} row 1"
    for column in sorted({column for column in header if header.count(column) > 1}):
        yield Issue("duplicate_column", where, f"The column {column!r} comes twice.", "Keep one.")
    if "id" not in header:
        yield Issue("missing_column", where, "No column 'id'.", "Add it.")
    for column in header:
        if column in columns or (with_loads and re.fullmatch(r"load\..+", column)):
            continue
        close = get_close_matches(column, columns, n=1)
        action = f"Did you mean {close[0]!r}?" if close else f"Use only {', '.join(columns)}."
        yield Issue("unknown_column", where, f"Unknown column {column!r}.", action)


def _unquoted(column: str, cell: str) -> str:
    plain = column in TEXT_COLUMNS and cell.startswith("'") and cell[1:].startswith((*FORMULA, "'"))
    return cell[1:] if plain else cell


def _number(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """A number where the cell is one; else the text, for the models to complain about."""

    def read(cell: str) -> Any:
        try:
            return kind(cell)
        except ValueError:
            return cell

    return read


_whole, _real = _number(int), _number(float)


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(LIST)]


def _position(row: Mapping[str, str], prefix: str = "") -> list[Any] | None:
    lon, lat = row.get(f"{prefix}lon"), row.get(f"{prefix}lat")
    return None if lon is None and lat is None else [_real(lon or ""), _real(lat or "")]


def _present(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _cells(
    row: Mapping[str, str], *columns: str, read: Callable[[str], Any] = str
) -> dict[str, Any]:
    return {column: read(row[column]) for column in columns if column in row}


def _order(row: Mapping[str, str]) -> dict[str, Any]:
    starts, ends = (_listed(row.get(f"window_{side}", "")) for side in ("start", "end"))
    windows = [
        {"start": starts[k] if k < len(starts) else "", "end": ends[k] if k < len(ends) else ""}
        for k in range(max(len(starts), len(ends)))
    ]
    loads = {c.removeprefix("load."): _whole(row[c]) for c in row if c.startswith("load.")}
    late = {
        key: _whole(row[column])
        for key, column in (("cost_per_min", "late_cost_per_min"), ("limit_s", "late_limit_s"))
        if column in row
    }
    return {
        **_cells(row, "id", "address", "temperature_zone", "category", "depot"),
        **_cells(row, "service_s", "priority", "unserved_cost", read=_whole),
        **_cells(row, "skills", read=_listed),
        **_present(location=_position(row), lateness=late or None, load=loads or None),
        "windows": windows,
    }


def _courier(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        **_cells(row, "id", "vehicle_type", "depot", "start_address", "end_address"),
        **_cells(row, "max_route_s", read=_whole),
        **_cells(row, "skills", read=_listed),
        **_present(start_location=_position(row, "start_"), end_location=_position(row, "end_")),
        "shift": {"start": row.get("shift_start", ""), "end": row.get("shift_end", "")},
    }


def _column(parts: list[str]) -> str:
    key, last = parts[0], parts[-1]
    match key:
        case "load" if len(parts) > 1:
            return f"load.{last}"
        case "windows" | "shift" if last in ("start", "end"):
            return f"{'window' if key == 'windows' else 'shift'}_{last}"
        case "lateness" if len(parts) > 1:
            return {"limit_s": "late_limit_s"}.get(last, "late_cost_per_min")
        case "location" | "start_location" | "end_location" if last == "1":
            return WHERE[key].replace("lon", "lat")
    return WHERE.get(key, key)


# --- out -----------------------------------------------------------------------------------------


def _order_row(order: Mapping[str, Any]) -> dict[str, Any]:
    late = order.get("lateness", {})
    return {
        **{key: value for key, value in order.items() if key in ORDER_COLUMNS},
        "lon": order["location"][0],
        "lat": order["location"][1],
        "window_start": LIST.join(window["start"] for window in order["windows"]),
        "window_end": LIST.join(window["end"] for window in order["windows"]),
        "skills": LIST.join(order.get("skills", ())),
        "late_cost_per_min": late.get("cost_per_min", ""),
        "late_limit_s": late.get("limit_s", ""),
        **{f"load.{name}": amount for name, amount in order.get("load", {}).items()},
    }


def _courier_row(courier: Mapping[str, Any]) -> dict[str, Any]:
    row = {key: value for key, value in courier.items() if key in COURIER_COLUMNS}
    row |= {"shift_start": courier["shift"]["start"], "shift_end": courier["shift"]["end"]}
    for side in ("start", "end"):
        if f"{side}_location" in courier:
            row[f"{side}_lon"], row[f"{side}_lat"] = courier[f"{side}_location"]
    return {**row, "skills": LIST.join(courier.get("skills", ()))}


def _written(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    names = list(columns)
    writer.writerow(names)
    for row in rows:
        writer.writerow(
            [safe_cell(row.get(n, "")) if n in TEXT_COLUMNS else row.get(n, "") for n in names]
        )
    return buffer.getvalue()

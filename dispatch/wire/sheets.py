"""A sheet of a workbook (xlsx) as rows of text, as CSV would hold them.

    7.0 -> 7      2026-11-24 08:30 -> 2026-11-24T08:30:00+08:00, in the city's zone

What a person may have meant in two ways is an issue: a time without its day, a number that has lost
digits, an order's id that has become a date.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any
from zoneinfo import ZoneInfo

from dispatch.errors import InvalidInput, Issue
from dispatch.wire import sheet_reader

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How a workbook begins, and an old or protected one."""

MOST_BYTES = 100_000_000
"""Of a workbook once it is unpacked."""

MOST_WAIT_S = 120
"""For the reader, on a busy machine."""

AT_ONCE = BoundedSemaphore(2)
"""Readers of one process: each may use a gigabyte."""

EXACT = 10**15
"""From here on a spreadsheet keeps fewer digits than were typed."""

BLUR = timedelta(milliseconds=5)
"""By how much a spreadsheet's times are off: they are fractions of a day."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """How cells of a table are read: columns of times and of text; all others have numbers."""

    times: frozenset[str]
    texts: frozenset[str]
    zone: ZoneInfo


def is_workbook(content: bytes) -> bool:
    """By its first bytes."""
    return content.startswith((ZIP, OLE))


def sheet_records(
    name: str, content: bytes, sheet: str, kinds: Kinds, most_bytes: int = MOST_BYTES
) -> list[list[str]]:
    """The rows of the sheet of that name, or of the first; the first row is the header.

    Raises:
        InvalidInput: no such workbook, or cells that can't be told; carries every issue.
    """
    rows = _cells(name, content, sheet, most_bytes)
    header = [str(cell) for cell in rows[0]] if rows else []
    issues: list[Issue] = []
    records = [header]
    for number, row in enumerate(rows[1:], start=2):
        record = []
        for position, cell in enumerate(row):
            column = header[position].strip() if position < len(header) else ""
            try:
                record.append(_text(cell, column, kinds))
            except _Ambiguous as error:
                where = f"{name} row {number} column {column}"
                issues.append(Issue("ambiguous_cell", where, error.message, error.action))
        records.append(record + [""] * (len(header) - len(record)))
    if issues:
        raise InvalidInput(issues)
    return records if rows else []


class _Ambiguous(Exception):  # noqa: N818 - reads as what it is
    def __init__(self, message: str, action: str) -> None:
        self.message, self.action = message, action
        super().__init__(message)


def _cells(name: str, content: bytes, sheet: str, most_bytes: int) -> list[list[Any]]:
    if content.startswith(OLE):
        message = "An old or protected workbook."
        action = "Save it as .xlsx, without a password."
        raise InvalidInput([Issue("not_xlsx", name, message, action)])
    command = [sys.executable, "-P", str(Path(sheet_reader.__file__)), sheet, str(most_bytes)]
    try:
        with AT_ONCE:
            done = subprocess.run(command, input=content, capture_output=True, timeout=MOST_WAIT_S)
    except subprocess.TimeoutExpired:
        raise InvalidInput([_too_large(name, most_bytes)]) from None
    if done.returncode == 0:
        rows: list[list[Any]] = json.loads(done.stdout)
        return rows
    if done.returncode < 0 or done.returncode == sheet_reader.TOO_LARGE:
        raise InvalidInput([_too_large(name, most_bytes)])
    issue = Issue("not_xlsx", name, "Not readable as a workbook.", "Save it as .xlsx or CSV.")
    raise InvalidInput([issue])


def _too_large(name: str, most_bytes: int) -> Issue:
    message = f"The workbook unpacks to more than {most_bytes} bytes or to too many cells."
    return Issue("file_too_large", name, message, "Leave only the table in it, or save it as CSV.")


def _text(cell: Any, column: str, kinds: Kinds) -> str:
    """What CSV would have.

    Raises:
        _Ambiguous: it could be two things.
    """
    match cell:
        case str():
            return cell
        case bool():
            return str(cell).upper()
        case int() | float():
            return _number(cell, column, kinds)
        case ["error", found]:
            raise _Ambiguous(f"The cell shows {found}.", "Write the value.")
        case ["moment", text] if column in kinds.times:
            return _moment(datetime.fromisoformat(text), kinds.zone)
        case [_, text] if column in kinds.times:
            raise _Ambiguous(
                f"{text} is not a day with a time of day.",
                "Write both; midnight as text with its offset, such as 2026-11-24T00:00:00+08:00.",
            )
        case [_, text]:
            raise _Ambiguous(
                f"The spreadsheet has made {text} of it.",
                "Format the column as text and write it again.",
            )
    raise AssertionError(cell)


def _number(cell: float, column: str, kinds: Kinds) -> str:
    if column in kinds.times:
        raise _Ambiguous(f"{cell:g} is a number, not a time.", "Format it as date and time.")
    if column in kinds.texts and abs(cell) >= EXACT:
        message = f"A spreadsheet keeps 15 digits of a number, here {cell:.0f}."
        raise _Ambiguous(message, "Format the column as text and write it again.")
    return str(int(cell)) if cell == int(cell) else repr(cell)


def _moment(local: datetime, zone: ZoneInfo) -> str:
    """RFC 3339, in the city's zone."""
    if local.microsecond and local.year < datetime.max.year:
        near = (local + timedelta(seconds=0.5)).replace(microsecond=0)
        local = near if abs(near - local) <= BLUR else local
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise _Ambiguous(
            f"At {local} clocks are changed.",
            f"Write it as text with its offset: {first.isoformat()}.",
        )
    return first.isoformat()


def zone_of(document: Any) -> ZoneInfo:
    """Of the city of a day; UTC if that is not told, which is an issue of its own."""
    city: Any = document.get("city") if isinstance(document, dict) else None
    name: Any = city.get("time_zone") if isinstance(city, dict) else None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError):
        return ZoneInfo("UTC")

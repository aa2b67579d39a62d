"""A program of its own that reads one sheet of a workbook: bytes on stdin, cells as JSON on stdout.

    python sheet_reader.py SHEET MOST_BYTES

A workbook is packed XML: a small one may unpack to anything, and a cell far out makes a sheet of
17 billion. Such a one ends this process, which may use only so much memory and time, not its
caller's. JSON has text, numbers and truth; other cells are pairs of their kind and their text.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, load_workbook

try:
    import resource
except ImportError:  # pragma: no cover - Windows has no such limits
    resource = None  # type: ignore[assignment]

UNREADABLE, TOO_LARGE = 3, 4
MOST_MEMORY = 2**30
"""Bytes; 10,000 rows of 20 cells take a tenth of it."""

MOST_SECONDS = 30
"""Of processor time; 10,000 rows take one."""


def main(sheet: str, most_bytes: int) -> int:
    """Read, write, say how it went."""
    if resource is not None:
        with suppress(ValueError, OSError):  # macOS refuses to limit memory
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    content = sys.stdin.buffer.read()
    try:
        with ZipFile(BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > most_bytes:
                return TOO_LARGE
            workbook = load_workbook(BytesIO(content))
            names = workbook.sheet_names
            name = next((n for n in names if n.strip().lower() == sheet), names[0])
            rows = _rows(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for row, column, found in _without_value(parts, name):
                _put(rows, row, column, ["error", found])
    except MemoryError:
        return TOO_LARGE
    except (CalamineError, BadZipFile, ElementTree.ParseError, LookupError, ValueError, OSError):
        return UNREADABLE
    text = json.dumps(rows)
    if len(text) > most_bytes:
        return TOO_LARGE
    sys.stdout.write(text)
    return 0


def _rows(cells: list[list[Any]]) -> list[list[Any]]:
    """Without what is empty at their ends."""
    rows = [[_plain(cell) for cell in row] for row in cells]
    for row in rows:
        while row and row[-1] == "":
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _plain(cell: Any) -> Any:
    match cell:
        case datetime():
            return ["moment", cell.isoformat()]
        case date():
            return ["day", cell.isoformat()]
        case time():
            return ["time", cell.isoformat()]
        case timedelta():
            return ["span", str(cell)]
    return cell


def _without_value(parts: ZipFile, sheet: str) -> Iterator[tuple[int, int, str]]:
    """Row, column and text of formulas that failed or were never computed: calamine drops them."""
    with parts.open(_path(parts, sheet)) as file:
        for _, element in ElementTree.iterparse(file):
            match element.tag.rpartition("}")[2]:
                case "row":
                    element.clear()
                case "c" if element.get("r"):
                    value = element.findtext("{*}v")
                    computed = element.find("{*}f") is None or value is not None
                    if element.get("t") == "e" or not computed:
                        yield *_cell(element.attrib["r"]), value or "a formula without a value"


def _path(parts: ZipFile, sheet: str) -> str:
    """Of the part that has the sheet."""
    book = ElementTree.fromstring(parts.read("xl/workbook.xml"))
    (found,) = (s for s in book.iterfind(".//{*}sheet") if s.get("name") == sheet)
    relation = next(value for key, value in found.items() if key.endswith("}id"))
    links = ElementTree.fromstring(parts.read("xl/_rels/workbook.xml.rels"))
    target = {link.get("Id"): link.get("Target", "") for link in links}[relation]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _cell(reference: str) -> tuple[int, int]:
    """Row and column of `B7`, from 0 on."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(reference[len(letters) :]) - 1, column - 1


def _put(rows: list[list[Any]], row: int, column: int, cell: Any) -> None:
    while len(rows) <= row:
        rows.append([])
    while len(rows[row]) <= column:
        rows[row].append("")
    rows[row][column] = cell


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))

"""Workbooks for tests: tables as spreadsheets keep them, and parts of them that lie."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import xlsxwriter

FORMATS = {
    datetime: "yyyy-mm-dd hh:mm:ss",
    date: "yyyy-mm-dd",
    time: "hh:mm:ss",
    timedelta: "[h]:mm:ss",
}


@dataclass(frozen=True)
class Formula:
    """A formula and what a spreadsheet shows in its place."""

    text: str
    shown: str | float


def workbook(**sheets: Sequence[Sequence[Any]]) -> bytes:
    """One sheet each; numbers, times and truth are kept as such, text always as text.

    The same sheets are the same bytes, which hypothesis needs.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2026, 11, 26)})
        formats = {kind: book.add_format({"num_format": text}) for kind, text in FORMATS.items()}
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, value in enumerate(row):
                    if type(value) in formats:
                        sheet.write_datetime(i, j, value, formats[type(value)])
                    elif isinstance(value, Formula):
                        sheet.write_formula(i, j, value.text, None, value.shown)
                    elif isinstance(value, str):
                        sheet.write_string(i, j, value)
                    else:
                        sheet.write(i, j, value)
    return buffer.getvalue()


def cells_of(text: str) -> list[list[str]]:
    """The cells of CSV."""
    return list(csv.reader(io.StringIO(text, newline="")))


def part(book: bytes, name: str) -> bytes:
    """One part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return parts.read(name)


def with_parts(book: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The workbook with other content in these parts."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
    return buffer.getvalue()

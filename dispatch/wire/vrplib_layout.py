"""Where things stand in a VRPLIB or Solomon file, so that every complaint can name its line.

    KEYWORD : value          keywords
    NAME_SECTION             sections: rows of numbers, each with its line
    EOF

A Solomon file is laid out as two sections, VEHICLE and CUSTOMER. Values are read by `vrplib`, from
`Layout.text`; what `vrplib` would trip over or pass in silence (text among the numbers, names that
come twice, `12.5` in a Solomon file, which it reads as -1) is found here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dispatch.errors import InvalidInput, Issue

NUMBER = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,20})?|\.\d{1,20})(?:E[+-]?\d)?", re.ASCII)
WHOLE_NUMBER = re.compile(r"[+-]?\d{1,15}", re.ASCII)
FREE_TEXT = ("NAME", "COMMENT")
SOLOMON_COLUMNS = {"VEHICLE": 2, "CUSTOMER": 7}
SOLOMON_ORDER = "name, VEHICLE, NUMBER CAPACITY, two numbers, CUSTOMER, CUST NO. ..., customers"
SOLOMON_HEAD = """NAME
VEHICLE
NUMBER CAPACITY
{}
CUSTOMER
CUST NO. XCOORD. YCOORD. DEMAND READY TIME DUE DATE SERVICE TIME
"""
MOST_ISSUES = 20


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one line."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading at `line` and the rows under it."""

    line: int
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file holds, and where.

    Attributes:
        keywords: line and value of each, by name; names are in upper case.
        sections: by name, without `_SECTION`.
        text: the file as `vrplib` is to read it, without names, comments and empty lines.
    """

    keywords: dict[str, tuple[int, str]]
    sections: dict[str, Section]
    text: str

    def where(self, name: str, row: int | None = None) -> str:
        """The place of a keyword, a section or a row of a section, for a person."""
        if name in self.sections:
            section = self.sections[name]
            return f"line {section.line if row is None else section.rows[row].line}"
        return f"line {self.keywords[name][0]}" if name in self.keywords else name


def is_solomon(text: str) -> bool:
    """Whether this is a Solomon file rather than a VRPLIB file; `text` is in upper case."""
    return "_SECTION" not in text and {"VEHICLE", "CUSTOMER"} <= {r.cells[0] for r in _rows(text)}


def vrplib_layout(text: str) -> Layout:
    """The layout of a VRPLIB file in upper case.

    Raises:
        InvalidInput: where a line is neither keyword, heading nor numbers, or a name comes twice.
    """
    keywords: dict[str, tuple[int, str]] = {}
    sections: dict[str, Section] = {}
    kept: list[str] = []
    issues: list[Issue] = []
    open_rows: list[Row] | None = None
    for row in _rows(text):
        line = " ".join(row.cells)
        if line == "EOF":
            break
        key, colon, value = (part.strip() for part in line.partition(":"))
        if key in FREE_TEXT and open_rows is None:
            continue
        if (key.endswith("_SECTION") and not value) or (colon and open_rows is None):
            if key in keywords or key.removesuffix("_SECTION") in {*keywords, *sections}:
                issues.append(_issue("duplicate_name", row, f"{key} comes twice.", "Keep one."))
            if key.endswith("_SECTION"):
                open_rows = []
                sections[key.removesuffix("_SECTION")] = Section(row.line, open_rows)
            else:
                keywords[key] = (row.line, value)
        elif open_rows is not None and all(NUMBER.fullmatch(cell) for cell in row.cells):
            open_rows.append(row)
        else:
            issues.append(_malformed(row, "a keyword, a section or numbers"))
        kept.append(line)
    raise_issues(issues)
    return Layout(keywords, sections, "\n".join(kept))


def solomon_layout(text: str) -> Layout:
    """The layout of a Solomon file in upper case: VEHICLE and CUSTOMER.

    Raises:
        InvalidInput: where a heading is out of place or a row lacks its whole numbers.
    """
    rows = list(_rows(text))
    headings = [row.cells[0] for row in rows[1:6]]
    if len(headings) < 5 or headings[0::3] != ["VEHICLE", "CUSTOMER"] or headings[1] != "NUMBER":
        raise InvalidInput([_malformed(rows[0], f"the lines {SOLOMON_ORDER}")])
    sections = {
        "VEHICLE": Section(rows[1].line, rows[3:4]),
        "CUSTOMER": Section(rows[4].line, rows[6:]),
    }
    raise_issues(
        [
            _malformed(row, f"{SOLOMON_COLUMNS[name]} whole numbers")
            for name, section in sections.items()
            for row in section.rows
            if len(row.cells) != SOLOMON_COLUMNS[name]
            or not all(WHOLE_NUMBER.fullmatch(cell) for cell in row.cells)
        ]
    )
    lines = [" ".join(row.cells) for row in rows]
    return Layout({}, sections, SOLOMON_HEAD.format(lines[3]) + "\n".join(lines[6:]))


def _rows(text: str) -> Iterator[Row]:
    """Lines that are neither empty nor comments, numbered from 1."""
    for line, content in enumerate(text.split("\n"), start=1):
        cells = tuple(content.split())
        if cells and not cells[0].startswith("#"):
            yield Row(line, cells)


def _malformed(row: Row, expected: str) -> Issue:
    found = " ".join(row.cells)[:60]
    return _issue(
        "malformed_line", row, f"Expected {expected}, got {found!r}.", "Correct the line."
    )


def _issue(code: str, row: Row, message: str, action: str) -> Issue:
    return Issue(code, f"line {row.line}", message, action)


def raise_issues(issues: list[Issue]) -> None:
    """Raise the first issues, if there are any."""
    if issues:
        raise InvalidInput(issues[:MOST_ISSUES])

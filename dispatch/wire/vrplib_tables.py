"""The numbers of a VRPLIB or Solomon file, checked before anything is made of them.

    layout -> unsupported rules -> missing parts -> wrong shapes -> values -> contradictions

Each step reports everything that it finds; the next step only runs if it found nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vrplib.parse import parse_solomon as vrplib_solomon
from vrplib.parse import parse_vrplib as vrplib_vrplib

from dispatch.errors import InvalidInput, Issue
from dispatch.wire.vrplib_layout import (
    NUMBER,
    WHOLE_NUMBER,
    Layout,
    is_solomon,
    raise_issues,
    solomon_layout,
    vrplib_layout,
)

Doubles = NDArray[np.float64]

TYPES = ("VRPTW", "CVRP")
WHOLE_KEYWORDS = ("DIMENSION", "CAPACITY", "VEHICLES")
KEYWORDS = (*WHOLE_KEYWORDS, "TYPE", "EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT", "SERVICE_TIME")
DISPLAY_KEYWORDS = ("NODE_COORD_TYPE", "DISPLAY_DATA_TYPE")
COLUMNS = {"NODE_COORD": 3, "DEMAND": 2, "SERVICE_TIME": 2, "TIME_WINDOW": 3}
NEVER = 1e15


class Rounding(StrEnum):
    """How the numbers of a file become integers; `vrplib_files` has the table."""

    DIMACS = "dimacs"
    NONE = "none"
    TRUNC = "trunc"


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Tables:
    """The numbers of a file before rounding; row 0 is the depot.

    Attributes:
        where: the place of a row of one of the columns, for a person.
        vehicles: None where the file does not limit them.
        rounding: what the file's community does.
        distances: float64 of shape `(n, n)`.
        demands: float64 of shape `(n,)`, as are services, openings and closings.
    """

    where: Callable[[str, int], str]
    vehicles: int | None
    capacity: int
    rounding: Rounding
    distances: Doubles
    demands: Doubles
    services: Doubles
    openings: Doubles
    closings: Doubles


def read_tables(text: str) -> Tables:
    """The numbers of a VRPLIB or Solomon file.

    Raises:
        InvalidInput: with the line of everything that is wrong.
    """
    text = text.removeprefix("\ufeff").upper()
    tables = _solomon_tables(text) if is_solomon(text) else _vrplib_tables(text)
    raise_issues(_contradictions(tables))
    return tables


def _solomon_tables(text: str) -> Tables:
    layout = solomon_layout(text)
    rows = layout.sections["CUSTOMER"].rows
    raise_issues(_misnumbered(layout, "CUSTOMER", first=0))
    if len(rows) < 2:
        raise_issues(
            [Issue("wrong_dimension", layout.where("CUSTOMER"), "No customers.", "Add rows.")]
        )
    data = _read(vrplib_solomon, layout)
    windows = data["time_window"].astype(float)
    return Tables(
        where=lambda _, row: layout.where("CUSTOMER", row),
        vehicles=data["vehicles"],
        capacity=data["capacity"],
        rounding=Rounding.NONE,
        distances=_euclidean(data["node_coord"].astype(float)),
        demands=data["demand"].astype(float),
        services=data["service_time"].astype(float),
        openings=windows[:, 0],
        closings=windows[:, 1],
    )


def _vrplib_tables(text: str) -> Tables:
    layout = vrplib_layout(text)
    raise_issues(_unsupported(layout))
    raise_issues(_missing(layout))
    raise_issues(_misshapen(layout))
    data = _read(vrplib_vrplib, layout)
    n = data["dimension"]
    windows = np.asarray(data.get("time_window", [(0, NEVER)] * n), dtype=float)
    explicit = data["edge_weight_type"] == "EXPLICIT"
    distances = data["edge_weight"] if explicit else _euclidean(data["node_coord"].astype(float))
    services = np.broadcast_to(np.asarray(data.get("service_time", 0), dtype=float), n)
    whole = all((a == np.floor(a)).all() for a in (distances, services, windows))
    community = Rounding.DIMACS if "time_window" in data else Rounding.NONE
    return Tables(
        where=layout.where,
        vehicles=data.get("vehicles"),
        capacity=data["capacity"],
        rounding=Rounding.TRUNC if explicit and whole else community,
        distances=distances.astype(float),
        demands=data["demand"].astype(float),
        services=services,
        openings=windows[:, 0],
        closings=windows[:, 1],
    )


def _read(reader: Callable[..., dict[str, Any]], layout: Layout) -> dict[str, Any]:
    """The file as `vrplib` reads it; the layout was found sound, so it should not complain."""
    try:
        return reader(layout.text, compute_edge_weights=False)
    except (ValueError, RuntimeError, TypeError, IndexError) as error:
        issue = Issue("unreadable", "/", f"{error}", "Compare with the VRPLIB format.")
        raise InvalidInput([issue]) from error


def _unsupported(layout: Layout) -> list[Issue]:
    """Rules of the file that a plan would silently break."""
    if not layout.sections and not layout.keywords:
        return [Issue("unknown_format", "line 1", "Not a VRPLIB or Solomon file.", "Check it.")]
    kind = layout.keywords.get("TYPE", (0, "VRPTW"))[1]
    if kind not in TYPES:
        needs = " needs reloading at the depot and release times" if kind == "MTVRPTWR" else ""
        message = f"unsupported: TYPE {kind}{needs}; only {' and '.join(TYPES)} are read."
        return [Issue("unsupported_type", layout.where("TYPE"), message, "Use another file.")]
    sections = {*COLUMNS, "DEPOT", "EDGE_WEIGHT", "DISPLAY_DATA"}
    unknown = [name for name in layout.sections if name not in sections]
    unknown += [k for k in layout.keywords if k not in (*KEYWORDS, *DISPLAY_KEYWORDS)]
    return [
        Issue(
            "unsupported_rule",
            layout.where(name),
            f"unsupported: {name}.",
            "Remove it if the plan may ignore it.",
        )
        for name in unknown
    ]


def _missing(layout: Layout) -> list[Issue]:
    """Keywords and sections that must be there, and keywords with a wrong value."""
    weights = layout.keywords.get("EDGE_WEIGHT_TYPE", (0, ""))[1]
    keywords = ["DIMENSION", "CAPACITY", "EDGE_WEIGHT_TYPE"]
    sections = ["DEMAND", "DEPOT", "EDGE_WEIGHT" if weights == "EXPLICIT" else "NODE_COORD"]
    if layout.keywords.get("TYPE", (0, ""))[1] == "VRPTW":
        sections.append("TIME_WINDOW")
    issues = [
        Issue("missing_keyword", name, f"No {name}.", f"Add a line {name} : value.")
        for name in keywords
        if name not in layout.keywords
    ]
    issues += [
        Issue("missing_section", f"{name}_SECTION", f"No {name}_SECTION.", "Add the section.")
        for name in sections
        if name not in layout.sections
    ]
    for name, (line, value) in layout.keywords.items():
        expected = _expected(name)
        if not expected(value):
            message = f"{name} has the value {value!r}."
            issues.append(Issue("bad_keyword", f"line {line}", message, "Correct the value."))
    return issues


def _expected(keyword: str) -> Callable[[str], object]:
    """Whether a value fits a keyword."""
    if keyword in WHOLE_KEYWORDS:
        return WHOLE_NUMBER.fullmatch
    allowed = {
        "EDGE_WEIGHT_TYPE": ("EXPLICIT", "EUC_2D"),
        "EDGE_WEIGHT_FORMAT": ("FULL_MATRIX", "FUNCTION"),
    }
    if keyword in allowed:
        return allowed[keyword].__contains__
    return NUMBER.fullmatch if keyword == "SERVICE_TIME" else lambda _: True


def _misshapen(layout: Layout) -> list[Issue]:
    """Sections whose rows are not those of DIMENSION nodes, numbered from 1, depot first."""
    n = int(layout.keywords["DIMENSION"][1])
    if n < 2:
        where = layout.where("DIMENSION")
        return [
            Issue("wrong_dimension", where, f"DIMENSION is {n}.", "Have a depot and customers.")
        ]
    issues = []
    for name, columns in {**COLUMNS, "EDGE_WEIGHT": n}.items():
        if name in layout.sections:
            issues += _wrong_rows(layout, name, n, columns)
            if name != "EDGE_WEIGHT":
                issues += _misnumbered(layout, name, first=1)
    depots = [cell for row in layout.sections["DEPOT"].rows for cell in row.cells if cell != "-1"]
    if depots != ["1"]:
        message = f"Expected node 1 as the only depot, got {', '.join(depots) or 'none'}."
        issues.append(Issue("bad_depot", layout.where("DEPOT"), message, "List node 1 only."))
    return issues


def _wrong_rows(layout: Layout, name: str, n: int, columns: int) -> list[Issue]:
    rows = layout.sections[name].rows
    if len(rows) != n:
        message = f"{name}_SECTION has {len(rows)} rows, DIMENSION is {n}."
        return [Issue("wrong_dimension", layout.where(name), message, "Make them agree.")]
    code = "ragged_matrix" if name == "EDGE_WEIGHT" else "malformed_line"
    return [
        Issue(
            code,
            f"line {row.line}",
            f"{name}_SECTION: expected {columns} numbers in the row, got {len(row.cells)}.",
            "Correct the row.",
        )
        for row in rows
        if len(row.cells) != columns
    ]


def _misnumbered(layout: Layout, name: str, first: int) -> list[Issue]:
    """The first row whose number is not that of its position."""
    for expected, row in enumerate(layout.sections[name].rows, start=first):
        if row.cells[0] != str(expected):
            message = f"{name}: expected number {expected}, got {row.cells[0]}."
            action = f"Number the rows from {first}, without gaps."
            return [Issue("wrong_number", f"line {row.line}", message, action)]
    return []


def _contradictions(tables: Tables) -> list[Issue]:
    """Numbers that make no sense together."""
    demands, capacity = tables.demands, tables.capacity
    opening, closing = tables.openings, tables.closings
    out = tables.distances.min(axis=1)
    rules = (
        ("negative_number", "DEMAND", demands, demands < 0, "is negative"),
        ("negative_number", "SERVICE_TIME", tables.services, tables.services < 0, "is negative"),
        ("negative_number", "TIME_WINDOW", opening, opening < 0, "is negative"),
        ("negative_number", "EDGE_WEIGHT", out, out < 0, "is negative"),
        ("reversed_window", "TIME_WINDOW", closing, opening > closing, "is before the opening"),
        ("demand_over_capacity", "DEMAND", demands, demands > capacity, f"is over {capacity}"),
        ("fractional_demand", "DEMAND", demands, demands % 1 > 0, "is no whole number"),
    )
    issues = [
        Issue(code, tables.where(name, row), f"{name}: {values[row]:g} {wrong}.", "Correct it.")
        for code, name, values, broken, wrong in rules
        for row in np.flatnonzero(broken).tolist()
    ]
    if tables.vehicles is not None and tables.vehicles < 1:
        issues.append(Issue("no_vehicles", "VEHICLES", "There is none.", "Have at least one."))
    return list(dict.fromkeys(issues))


def _euclidean(coordinates: Doubles) -> Doubles:
    """Straight distances between points, `(n, 2)` to `(n, n)`; exact where they are whole."""
    across, up = (np.subtract.outer(axis, axis) for axis in coordinates.T)
    return np.asarray(np.sqrt(across**2 + up**2), dtype=np.float64)

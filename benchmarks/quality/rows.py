"""What the runs of a benchmark gave: one row each, gaps, means, files.

gap = cost / reference - 1; the reference is the best known cost, or else the best cost of all rows
of the instance: of all engines, seeds and seconds.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from io import TextIOWrapper
from pathlib import Path
from statistics import mean
from types import TracebackType
from typing import Any, Self

from benchmarks.machine import write_document

ALL = "all"
"""Stands for every class of a suite."""


@dataclass(frozen=True, slots=True)
class Row:
    """One run of one engine.

    Attributes:
        suite, instance, instance_class, orders: what was solved.
        engine, seconds, seed: by what, in which time.
        cost: of the routes, also where they are not feasible.
        best_known: None where nobody has told it.
        gap_pct: None for an infeasible solution, and while there is no reference.
        routes: their number.
        took: seconds of wall time that the solve really had.
        mistakes: what is wrong; empty for a feasible solution.
        incumbents: seconds and cost of every better solution, where the engine tells them.
    """

    suite: str
    instance: str
    instance_class: str
    orders: int
    engine: str
    seconds: float
    seed: int
    cost: float
    best_known: float | None
    gap_pct: float | None
    routes: int
    took: float
    mistakes: str
    incumbents: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """Means of an engine over one class of a suite; None where nothing was feasible."""

    suite: str
    instance_class: str
    engine: str
    seconds: float
    mean_gap_pct: float | None
    worst_gap_pct: float | None
    n: int
    infeasible: int


def references(rows: Iterable[Row]) -> dict[tuple[str, str], float]:
    """What gaps are told against, by suite and instance."""
    found: dict[tuple[str, str], float] = {}
    for row in rows:
        key = row.suite, row.instance
        if row.best_known is not None:
            found[key] = row.best_known
        elif not row.mistakes:
            found[key] = min(row.cost, found.get(key, row.cost))
    return found


def gap_pct(cost: float, reference: float) -> float:
    """In per cent."""
    return round(100 * (cost / reference - 1), 3)


def with_gaps(rows: Sequence[Row]) -> list[Row]:
    """The rows with the gaps that are known once all of them are there."""
    known = references(rows)
    return [
        row
        if row.mistakes
        else replace(row, gap_pct=gap_pct(row.cost, known[row.suite, row.instance]))
        for row in rows
    ]


def summarise(rows: Sequence[Row]) -> list[Summary]:
    """Means by suite, class, seconds and engine; `ALL` after the classes of its suite.

    Suites, classes and engines come in the order of the rows, which have their gaps.
    """
    groups: dict[tuple[str, str, str, float], list[Row]] = {}
    for row in rows:
        for name in (row.instance_class, ALL):
            groups.setdefault((row.suite, name, row.engine, row.seconds), []).append(row)
    suites, classes, engines = (
        list(dict.fromkeys(getattr(row, name) for row in rows))
        for name in ("suite", "instance_class", "engine")
    )
    classes.append(ALL)

    def place(key: tuple[str, str, str, float]) -> tuple[float, ...]:
        suite, name, engine, seconds = key
        return suites.index(suite), classes.index(name), seconds, engines.index(engine)

    return [_summary(key, groups[key]) for key in sorted(groups, key=place)]


def _summary(key: tuple[str, str, str, float], rows: Sequence[Row]) -> Summary:
    gaps = [row.gap_pct for row in rows if row.gap_pct is not None]
    return Summary(
        *key,
        mean_gap_pct=round(mean(gaps), 3) if gaps else None,
        worst_gap_pct=max(gaps, default=None),
        n=len(gaps),
        infeasible=sum(bool(row.mistakes) for row in rows),
    )


class CsvFile:
    """Rows are added to the end of a file as they come, so that nothing is lost with a run."""

    NAMES = tuple(field.name for field in fields(Row) if field.name != "incumbents")

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            ValueError: it is there and holds something else.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        header = ",".join(self.NAMES)
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        if lines and lines[0] != header:
            raise ValueError(f"{path} has other columns; give --out another file.")
        self.file: TextIOWrapper = path.open("a", newline="", encoding="utf-8")
        self.writer = csv.writer(self.file)
        if not lines:
            self.writer.writerow(self.NAMES)

    def add(self, row: Row) -> None:
        """Write a row at once."""
        self.writer.writerow([getattr(row, name) for name in self.NAMES])
        self.file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.file.close()


def write_json(path: Path, provenance: Mapping[str, Any], rows: Sequence[Row]) -> None:
    """Where it was measured, every row and the summary."""
    complete = with_gaps(rows)
    write_document(
        path,
        {
            **provenance,
            "summary": [asdict(summary) for summary in summarise(complete)],
            "rows": [asdict(row) for row in complete],
        },
    )


def read_json(path: Path) -> list[Row]:
    """The rows of a file by `write_json`.

    Raises:
        ValueError: it is something else.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
        return [Row(**(row | {"incumbents": tuple(map(tuple, row["incumbents"]))})) for row in rows]
    except (OSError, KeyError, TypeError, ValueError):
        raise ValueError(f"{path} is no JSON file of benchmarks.quality.run.") from None

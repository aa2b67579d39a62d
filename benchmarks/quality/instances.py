"""The suites: where their files lie, how they are read, what is known about them.

This reads files by itself, with `vrplib`, and shares no code with the importer that it judges.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path

import numpy as np
import vrplib

from benchmarks.city import make_city
from benchmarks.instance import Doubles, Instance


class MissingData(Exception):  # noqa: N818 - reads as what it is
    """A folder or a file is not where it should be, or holds what we can't measure."""


class Suite(StrEnum):
    """A set of instances and its conventions."""

    ORTEC = "ortec"
    SOLOMON = "solomon"
    GH200 = "gh200"
    GH1000 = "gh1000"
    MTVRPTWR = "mtvrptwr"
    CITY = "city"


NAMES = {
    Suite.ORTEC: r"ORTEC-.*\.txt",
    Suite.SOLOMON: r"(R|C|RC)[12]\d\d\.txt",
    Suite.GH200: r"(R|C|RC)[12]_2_\d+\.txt",
    Suite.GH1000: r"(R|C|RC)[12]_10_\d+\.vrp",
    Suite.MTVRPTWR: r"(R|C|RC)[12].*R\d(\.\d+)?\.vrp",
}
"""What the files of a suite are called, in any case."""

Source = Callable[[], Instance]


def find_instances(suite: Suite, folder: Path | None, sizes: Sequence[int] = ()) -> list[Source]:
    """The instances of a suite by name, to be loaded one at a time.

    Args:
        suite: whose files are looked for; those of others may lie beside them.
        folder: at any depth above the files; None where none are needed.
        sizes: orders of each instance that is made up.

    Raises:
        MissingData: the folder does not exist or holds none of them.
    """
    if suite == Suite.CITY:
        return [partial(make_city, size) for size in sizes]
    if folder is None or not folder.is_dir():
        told = "No folder" if folder is None else f"No folder {folder}"
        raise MissingData(f"{told}; give --instances the folder of the {suite} files.")
    name = re.compile(NAMES[suite], re.IGNORECASE)
    found = sorted(path for path in folder.rglob("*") if name.fullmatch(path.name))
    if not found:
        raise MissingData(
            f"No {suite} instances below {folder}: no file's name matches {name.pattern}."
        )
    return [partial(load, suite, path) for path in found]


def load(suite: Suite, path: Path) -> Instance:
    """An instance of a suite with its best known cost.

    Raises:
        MissingData: the instance has rules that none of the engines here is given.
    """
    if suite == Suite.MTVRPTWR:
        raise MissingData(
            f"{path.name}: no engine here is given several trips and release times yet."
        )
    solomon = suite in (Suite.SOLOMON, Suite.GH200)
    data = vrplib.read_instance(
        path, instance_format="solomon" if solomon else "vrplib", compute_edge_weights=False
    )
    n = len(data["demand"])
    rounding = _truncated if suite == Suite.GH1000 else _exact
    windows = np.asarray(data["time_window"], dtype=float)
    services = np.broadcast_to(np.asarray(data["service_time"], dtype=float), n)
    raw = data["edge_weight"] if "edge_weight" in data else _euclidean(data["node_coord"])
    return Instance(
        name=path.stem,
        instance_class=class_of(path.stem),
        path=path,
        best_known=_best_known(suite, path),
        vehicles=int(data.get("vehicles", n - 1)),
        capacity=float(data["capacity"]),
        costs=rounding(np.asarray(raw, dtype=float)),
        demands=np.asarray(data["demand"], dtype=float),
        services=rounding(services),
        opens=rounding(windows[:, 0]),
        closes=rounding(windows[:, 1]),
    )


def class_of(name: str) -> str:
    """R1, R2, C1, C2, RC1 or RC2 of a name of Solomon's kind; ORTEC of the others."""
    found = re.match(r"(RC|R|C)[12]", name.upper())
    return found.group() if found else "ORTEC"


def _euclidean(coordinates: Doubles) -> Doubles:
    points = np.asarray(coordinates, dtype=float)
    squared: Doubles = ((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2)
    return np.sqrt(squared)


def _exact(values: Doubles) -> Doubles:
    return np.array(values, dtype=float)


def _truncated(values: Doubles) -> Doubles:
    """DIMACS: one decimal, the rest cut off."""
    return np.asarray(np.floor(10 * values) / 10, dtype=float)


def _best_known(suite: Suite, path: Path) -> float | None:
    readers: dict[Suite, Callable[[Path], float | None]] = {
        Suite.ORTEC: _from_csv,
        Suite.SOLOMON: _from_json,
        Suite.GH1000: _from_solution,
    }
    return readers[suite](path) if suite in readers else None


def _from_csv(path: Path) -> float | None:
    for folder in (path.parent, path.parent.parent):
        table = folder / "static_bks.csv"
        if table.is_file():
            with table.open(newline="") as lines:
                rows = {row["instance"]: row["best_known_cost"] for row in csv.DictReader(lines)}
            return float(rows[path.stem]) if path.stem in rows else None
    return None


def _from_json(path: Path) -> float | None:
    for table in sorted(path.parent.glob("*.json")):
        known = json.loads(table.read_text()).get(f"{path.stem.upper()}_distance")
        if known is not None:
            return float(known["best_known_cost"])
    return None


def _from_solution(path: Path) -> float | None:
    solution = path.with_suffix(".sol")
    return float(vrplib.read_solution(solution)["cost"]) if solution.is_file() else None

"""The public instances: where they lie, how they are read, what is known about them.

This reads files by itself, with `vrplib`, and shares no code with the importer that it judges.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import vrplib
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


class MissingData(Exception):  # noqa: N818 - reads as what it is
    """A folder or a file is not where it should be, or holds what we can't measure."""


class Suite(StrEnum):
    """A set of instances and its conventions."""

    ORTEC = "ortec"
    SOLOMON = "solomon"
    GH = "gh"
    MTVRPTWR = "mtvrptwr"


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Instance:
    """A VRPTW in the numbers in which its community tells costs; row 0 is the depot.

    Attributes:
        name, path: of the file.
        best_known: cost, None where nobody has told one.
        vehicles: largest number of routes.
        capacity: of every vehicle.
        costs: float64 of shape `(n, n)`; also the travel times.
        demands, services, opens, closes: float64 of shape `(n,)`.
    """

    name: str
    path: Path
    best_known: float | None
    vehicles: int
    capacity: float
    costs: Doubles
    demands: Doubles
    services: Doubles
    opens: Doubles
    closes: Doubles


def find_instances(suite: Suite, folder: Path) -> list[Path]:
    """The files of a suite by size and name.

    Raises:
        MissingData: the folder does not exist or holds none of them.
    """
    pattern = {
        Suite.ORTEC: "**/ORTEC-*.txt",
        Suite.SOLOMON: "**/*.txt",
        Suite.GH: "**/*.[tv][xr][tp]",
        Suite.MTVRPTWR: "**/*.vrp",
    }[suite]
    if not folder.is_dir():
        raise MissingData(f"No folder {folder}; give --instances the folder of the {suite} files.")
    found = sorted(folder.glob(pattern))
    if not found:
        raise MissingData(f"No {suite} instances below {folder}: no file matches {pattern}.")
    return found


def load(suite: Suite, path: Path) -> Instance:
    """An instance of a suite with its best known cost.

    Raises:
        MissingData: the instance has rules that none of the engines here is given.
    """
    if suite == Suite.MTVRPTWR:
        raise MissingData(
            f"{path.name}: no engine here is given several trips and release times yet."
        )
    solomon = suite == Suite.SOLOMON or (path.suffix == ".txt" and suite == Suite.GH)
    data = vrplib.read_instance(
        path, instance_format="solomon" if solomon else "vrplib", compute_edge_weights=False
    )
    n = len(data["demand"])
    rounding = _exact if solomon or suite == Suite.ORTEC else _truncated
    windows = np.asarray(data["time_window"], dtype=float)
    services = np.broadcast_to(np.asarray(data["service_time"], dtype=float), n)
    raw = data["edge_weight"] if "edge_weight" in data else _euclidean(data["node_coord"])
    return Instance(
        name=path.stem,
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
        Suite.GH: _from_solution,
    }
    return readers[suite](path)


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

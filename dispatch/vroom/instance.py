"""A VROOM problem, read and sound: VROOM's words, rows of tables instead of places.

Times are VROOM's own seconds, whatever they count from. Durations of a vehicle are
`durations[i, j] * factor / 100`, as VROOM rounds speed factors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dispatch.vroom.effort import Effort

HUNDREDTHS = 100
"""VROOM counts in hundredths of a second."""

Span = tuple[int, int]
"""First and last second, both included."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is.

    Attributes:
        row: of the tables.
        position, index: as they were given, to be told again.
    """

    row: int
    position: tuple[float, float] | None
    index: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One visit; `windows` bound its start, after which come setup and service.

    The setup falls away where the vehicle comes from another task, or from its start, at the same
    spot.
    """

    id: int
    description: str
    spot: Spot
    setup: int
    service: int
    setup_per_type: Mapping[str, int]
    service_per_type: Mapping[str, int]
    delivery: tuple[int, ...]
    pickup: tuple[int, ...]
    skills: frozenset[int]
    priority: int
    windows: tuple[Span, ...]

    @property
    def has_setup(self) -> bool:
        """With any vehicle."""
        return self.setup > 0 or any(self.setup_per_type.values())

    @property
    def longest_stay(self) -> int:
        """Setup and service with the slowest vehicle."""
        setup = max(self.setup, *self.setup_per_type.values(), 0)
        return setup + max(self.service, *self.service_per_type.values(), 0)

    def setup_of(self, kind: str) -> int:
        """With a vehicle of this type."""
        return self.setup_per_type.get(kind, self.setup)

    def service_of(self, kind: str) -> int:
        """With a vehicle of this type."""
        return self.service_per_type.get(kind, self.service)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What a vehicle costs: for its use, hour of travel, hour of setup and service, kilometre."""

    fixed: int
    per_hour: int
    per_task_hour: int
    per_km: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """One vehicle.

    Attributes:
        kind: VROOM's `type`.
        start, end: None where the route begins at its first or ends at its last job.
        window: working hours; None is any time.
        factor: hundredths of a second that a second of the tables takes.
        steps: jobs of the route that the search begins with.
    """

    id: int
    description: str
    kind: str
    profile: str
    start: Spot | None
    end: Spot | None
    capacity: tuple[int, ...]
    skills: frozenset[int]
    window: Span | None
    factor: int
    rates: Rates
    max_tasks: int | None
    steps: tuple[int, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Tables:
    """What a profile needs from row i to column j, int64 of shape `(rows, rows)`.

    Attributes:
        durations: seconds at a factor of 100.
        distances: metres; None where nobody asked for them.
        costs: whole units of cost; None where they follow from the rates.
    """

    durations: NDArray[np.int64]
    distances: NDArray[np.int64] | None
    costs: NDArray[np.int64] | None


@dataclass(frozen=True, eq=False)
class Instance:
    """A whole problem.

    Attributes:
        jobs, vehicles: in the order of the document.
        tables: of every profile that a vehicle has.
        dimensions: of amounts.
        tell_distances: whether the answer has them.
        effort: how long to search.
    """

    jobs: tuple[Job, ...]
    vehicles: tuple[Vehicle, ...]
    tables: Mapping[str, Tables]
    dimensions: int
    tell_distances: bool
    effort: Effort

    @property
    def timed(self) -> bool:
        """Whether there is any time window."""
        jobs = any(job.windows for job in self.jobs)
        return jobs or any(vehicle.window is not None for vehicle in self.vehicles)

    @cached_property
    def shared_rows(self) -> frozenset[int]:
        """Where a vehicle may come to a job from the same spot: two jobs, or a job and a start."""
        jobs = Counter(job.spot.row for job in self.jobs)
        starts = {vehicle.start.row for vehicle in self.vehicles if vehicle.start is not None}
        return frozenset(row for row, count in jobs.items() if count > 1 or row in starts)

    def hundredths(self, vehicle: Vehicle, origin: Spot | None, destination: Spot | None) -> int:
        """Travel in hundredths of a second; none from or to where no spot is."""
        if origin is None or destination is None:
            return 0
        table = self.tables[vehicle.profile].durations
        return int(table[origin.row, destination.row]) * vehicle.factor

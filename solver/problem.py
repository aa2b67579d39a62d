"""The routing problem in numbers: tasks, vehicles and travel, all frozen and self-checking.

A route of vehicle `v` over tasks `x1 ... xk` is

    start -> x1 -> ... -> xk -> end
    departure(x) = max(arrival(x), opening of its window) + service(x)

and the objective, all in integers so that every engine finds the same number, is

    sum over used vehicles of  fixed_cost
                             + distance_cost * (setup_distance + metres driven)
                             + duration_cost * (setup_duration + end of route - departure)
    + sum over served tasks of late_cost * max(0, start of service - due)
    + sum over unserved tasks of penalty

each term multiplied by its weight in `Weights`. The unit of cost is the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.cost import Weights
from solver.errors import ProblemError

HORIZON = 2**30
"""Latest time in a problem, seconds from its epoch; all sums of two times fit into int32."""

COST_LIMIT = 2**60
"""No objective of a problem may reach this; leaves room for sums in int64."""


def _require(rule: bool, message: str) -> None:
    if not rule:
        raise ProblemError(message)


@dataclass(frozen=True, slots=True)
class Window:
    """Service may start in `[opening, closing]`, seconds from the epoch, both included."""

    opening: int = 0
    closing: int = HORIZON

    def __post_init__(self) -> None:
        _require(
            0 <= self.opening <= self.closing <= HORIZON,
            f"Expected 0 <= opening <= closing <= {HORIZON}, got [{self.opening}, {self.closing}].",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One visit.

    Attributes:
        place: index into the matrices of every `Travel`.
        service: seconds from start of service to departure.
        windows: when service may start; sorted, disjoint, hard.
        loads: amount taken from the start to here, one entry per capacity dimension.
        due: last start of service that is not late; None means the last closing.
        late_cost: cost per second of `max(0, start of service - due)`.
        penalty: cost of leaving the task out; None means that it must be served.
        skills: the vehicle must have all of these.
        vehicle: the only vehicle that may serve the task (a lock); None means any.
    """

    place: int
    service: int = 0
    windows: tuple[Window, ...] = (Window(),)
    loads: tuple[int, ...] = ()
    due: int | None = None
    late_cost: int = 0
    penalty: int | None = None
    skills: frozenset[int] = frozenset()
    vehicle: int | None = None

    def __post_init__(self) -> None:
        _require(self.place >= 0, f"Expected place >= 0, got {self.place}.")
        _require(0 <= self.service <= HORIZON, f"Expected 0 <= service, got {self.service}.")
        _require(len(self.windows) > 0, "Expected at least one window, got none.")
        for earlier, later in pairwise(self.windows):
            _require(
                earlier.closing < later.opening,
                f"Expected sorted, disjoint windows, got {earlier} before {later}.",
            )
        _require(all(load >= 0 for load in self.loads), f"Expected loads >= 0, got {self.loads}.")
        _require(self.late_cost >= 0, f"Expected late_cost >= 0, got {self.late_cost}.")
        _require(self.due is None or self.due >= 0, f"Expected due >= 0, got {self.due}.")
        _require(
            self.penalty is None or self.penalty >= 0,
            f"Expected penalty >= 0 or None, got {self.penalty}.",
        )

    @property
    def required(self) -> bool:
        """Whether a solution without this task is infeasible."""
        return self.penalty is None

    @property
    def opening(self) -> int:
        """First possible start of service."""
        return self.windows[0].opening

    @property
    def closing(self) -> int:
        """Last possible start of service."""
        return self.windows[-1].closing

    @property
    def due_time(self) -> int:
        """Last start of service that is not late."""
        return self.closing if self.due is None else self.due


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """One vehicle, one route at most.

    `setup` is what happens before the route leaves `start`, on the clock and at the same rates:
    driving there from home and loading.

    Attributes:
        start: place where the route starts, loaded.
        end: place where it ends.
        capacity: one entry per dimension.
        earliest: first possible departure from `start`.
        latest_departure: last possible departure from `start` (its closing).
        latest: last possible arrival at `end`.
        max_duration: bound on `setup_duration + arrival at end - departure from start`.
        setup_duration: seconds on the clock before departure.
        setup_distance: metres driven before departure.
        travel: index into `Problem.travel`.
        fixed_cost: cost of using the vehicle at all.
        distance_cost: cost per metre.
        duration_cost: cost per second on the clock, waiting and service included.
        skills: what it can do.
        prefix: tasks that the route must start with, in this order (a lock).
    """

    start: int
    end: int
    capacity: tuple[int, ...] = ()
    earliest: int = 0
    latest_departure: int = HORIZON
    latest: int = HORIZON
    max_duration: int | None = None
    setup_duration: int = 0
    setup_distance: int = 0
    travel: int = 0
    fixed_cost: int = 0
    distance_cost: int = 0
    duration_cost: int = 0
    skills: frozenset[int] = frozenset()
    prefix: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        _require(
            self.start >= 0 and self.end >= 0,
            f"Expected start, end >= 0, got {self.start}, {self.end}.",
        )
        _require(
            0 <= self.earliest <= self.latest <= HORIZON,
            f"Expected 0 <= earliest <= latest <= {HORIZON}, got [{self.earliest}, {self.latest}].",
        )
        _require(
            0 <= self.latest_departure <= HORIZON,
            f"Expected 0 <= latest_departure <= {HORIZON}, got {self.latest_departure}.",
        )
        for name in ("setup_duration", "setup_distance", "travel"):
            _require(getattr(self, name) >= 0, f"Expected {name} >= 0, got {getattr(self, name)}.")
        for name in ("fixed_cost", "distance_cost", "duration_cost"):
            _require(getattr(self, name) >= 0, f"Expected {name} >= 0, got {getattr(self, name)}.")
        _require(
            self.max_duration is None or self.max_duration >= 0,
            f"Expected max_duration >= 0 or None, got {self.max_duration}.",
        )
        _require(min(self.capacity, default=0) >= 0, f"Expected capacity >= 0: {self.capacity}.")

    @property
    def span_limit(self) -> int | None:
        """Longest `arrival at end - departure from start`; None is unlimited, < 0 is unusable."""
        return None if self.max_duration is None else self.max_duration - self.setup_duration


def _frozen(name: str, given: Any) -> NDArray[np.int32]:
    """A square int32 matrix that nobody can write to."""
    matrix = np.asarray(given)
    _require(
        matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1] > 0,
        f"Expected a square {name} matrix, got shape {matrix.shape}.",
    )
    _require(matrix.dtype.kind in "iu", f"Expected {name} in integers, got {matrix.dtype}.")
    _require(
        0 <= int(matrix.min()) and int(matrix.max()) <= HORIZON,
        f"Expected 0 <= {name} <= {HORIZON}, got {matrix.min()} to {matrix.max()}.",
    )
    if matrix.flags.writeable or matrix.dtype != np.int32 or not matrix.flags.c_contiguous:
        matrix = np.array(matrix, dtype=np.int32, order="C")
        matrix.setflags(write=False)
    return matrix


@dataclass(frozen=True, eq=False)
class Travel:
    """Travel between places for one class of vehicles.

    Matrices of a city are large: an int32 one that can't be written to is kept as it is, others are
    copied, and one that is given for both stays one.

    Attributes:
        durations: seconds, int32 of shape `(places, places)`; `[i, j]` is from place i to place j;
            not symmetric, zero diagonal not required.
        distances: metres, same shape and meaning.
    """

    durations: NDArray[np.int32]
    distances: NDArray[np.int32]

    def __post_init__(self) -> None:
        one = self.distances is self.durations
        durations = _frozen("durations", self.durations)
        distances = durations if one else _frozen("distances", self.distances)
        object.__setattr__(self, "durations", durations)
        object.__setattr__(self, "distances", distances)
        _require(
            self.durations.shape == self.distances.shape,
            f"Expected equal shapes, got {self.durations.shape} and {self.distances.shape}.",
        )

    @property
    def places(self) -> int:
        """Number of places."""
        return int(self.durations.shape[0])

    @cached_property
    def longest(self) -> int:
        """Metres between the two places that are farthest apart."""
        return int(self.distances.max())


@dataclass(frozen=True, eq=False)
class Problem:
    """Tasks to be served by vehicles; see the module's docstring for the objective.

    Raises:
        ProblemError: where an index, a shape or a bound contradicts another.
    """

    tasks: tuple[Task, ...]
    vehicles: tuple[Vehicle, ...]
    travel: tuple[Travel, ...]
    weights: Weights = field(default_factory=Weights)

    def __post_init__(self) -> None:
        _require(len(self.travel) > 0, "Expected at least one Travel, got none.")
        places = self.travel[0].places
        _require(
            all(travel.places == places for travel in self.travel),
            f"Expected every Travel to have {places} places.",
        )
        sizes = {len(task.loads) for task in self.tasks}
        sizes |= {len(vehicle.capacity) for vehicle in self.vehicles}
        _require(len(sizes) <= 1, f"Expected one number of capacity dimensions, got {sizes}.")
        for index, task in enumerate(self.tasks):
            _require(task.place < places, f"Task {index}: no place {task.place} of {places}.")
            _require(
                task.vehicle is None or 0 <= task.vehicle < len(self.vehicles),
                f"Task {index}: no vehicle {task.vehicle} of {len(self.vehicles)}.",
            )
        for index, vehicle in enumerate(self.vehicles):
            _require(
                max(vehicle.start, vehicle.end) < places,
                f"Vehicle {index}: no place {max(vehicle.start, vehicle.end)} of {places}.",
            )
            _require(
                vehicle.travel < len(self.travel),
                f"Vehicle {index}: no travel {vehicle.travel} of {len(self.travel)}.",
            )
        self._check_prefixes()
        _require(
            self.cost_bound < COST_LIMIT,
            f"Expected an objective below 2**60, got up to {self.cost_bound}.",
        )

    def _check_prefixes(self) -> None:
        first: dict[int, int] = {}
        for index, vehicle in enumerate(self.vehicles):
            for task in vehicle.prefix:
                _require(
                    0 <= task < len(self.tasks), f"Vehicle {index}: no task {task} for its prefix."
                )
                _require(
                    task not in first,
                    f"Task {task} is in the prefix of vehicles {first.get(task)} and {index}.",
                )
                _require(
                    self.tasks[task].vehicle in (None, index),
                    f"Task {task} is in the prefix of vehicle {index} but locked to another.",
                )
                first[task] = index

    @cached_property
    def cost_bound(self) -> int:
        """No solution costs more than this."""
        weights = self.weights
        latest = max((vehicle.latest for vehicle in self.vehicles), default=0)
        metres = max(travel.longest for travel in self.travel)
        legs = len(self.tasks) + len(self.vehicles)
        distance_cost = max((vehicle.distance_cost for vehicle in self.vehicles), default=0)
        bound = legs * metres * distance_cost * weights.distance
        for vehicle in self.vehicles:
            bound += vehicle.fixed_cost * weights.fixed
            bound += vehicle.distance_cost * vehicle.setup_distance * weights.distance
            bound += vehicle.duration_cost * (vehicle.setup_duration + latest) * weights.duration
        for task in self.tasks:
            bound += task.late_cost * max(0, task.closing - task.due_time) * weights.lateness
            bound += (task.penalty or 0) * weights.unserved
        return bound

    @property
    def dimensions(self) -> int:
        """Number of capacity dimensions."""
        return len(self.vehicles[0].capacity) if self.vehicles else 0

    def eligible(self, task: int, vehicle: int) -> bool:
        """Whether the vehicle may serve the task at all: skills and lock, not load or time."""
        wanted = self.tasks[task]
        return wanted.vehicle in (None, vehicle) and wanted.skills <= self.vehicles[vehicle].skills

    def durations(self, vehicle: int) -> NDArray[np.int32]:
        """Seconds between places for this vehicle, shape `(places, places)`."""
        return self.travel[self.vehicles[vehicle].travel].durations

    def distances(self, vehicle: int) -> NDArray[np.int32]:
        """Metres between places for this vehicle, shape `(places, places)`."""
        return self.travel[self.vehicles[vehicle].travel].distances

    def weighted(self) -> Problem:
        """The same problem with its weights multiplied into its rates; all weights are 1."""
        weights = self.weights
        if weights == Weights():
            return self
        vehicles: Iterable[Vehicle] = (
            replace(
                vehicle,
                fixed_cost=vehicle.fixed_cost * weights.fixed,
                distance_cost=vehicle.distance_cost * weights.distance,
                duration_cost=vehicle.duration_cost * weights.duration,
            )
            for vehicle in self.vehicles
        )
        tasks: Iterable[Task] = (
            replace(
                task,
                late_cost=task.late_cost * weights.lateness,
                penalty=None if task.penalty is None else task.penalty * weights.unserved,
            )
            for task in self.tasks
        )
        return self.replace(tasks=tuple(tasks), vehicles=tuple(vehicles), weights=Weights())

    def replace(self, **changes: Any) -> Problem:
        """A copy with these fields changed."""
        return replace(self, **changes)

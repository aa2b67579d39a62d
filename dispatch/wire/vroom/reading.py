"""From VROOM's JSON to an `Instance`.

document -> refused keys, shapes -> rules between the parts -> tables -> Instance

Without matrices travel is that of `HaversineTravel`: there is no routing engine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from dispatch.errors import InvalidInput, Issue
from dispatch.places import Place
from dispatch.snapshot import HaversineTravel
from dispatch.travel import Haversine
from dispatch.vroom.effort import Effort
from dispatch.vroom.instance import HUNDREDTHS, Instance, Job, Rates, Spot, Tables, Vehicle
from dispatch.vroom.rules import find_unsupported
from dispatch.wire.issues import issues_of
from dispatch.wire.text import pointer, require_object
from dispatch.wire.vroom.models import JobModel, MatricesModel, VehicleModel, VroomModel
from dispatch.wire.vroom.refused import find_refused

CAR = "car"
"""The profile where none is named, and the only one that there is without matrices."""


def instance_of(document: Any) -> Instance:
    """The problem of a parsed document.

    Raises:
        InvalidInput: it breaks rules of VROOM's format, or says what we can't plan with.
    """
    document = require_object(document)
    issues = find_refused(document)
    try:
        model = VroomModel.model_validate(document)
    except ValidationError as error:
        raise InvalidInput(issues + issues_of(error, document, VroomModel)) from None
    issues += _Rules(model).issues()
    if issues:
        raise InvalidInput(issues)
    instance = _Reader(model).instance()
    unsupported = find_unsupported(instance)
    if unsupported:
        raise InvalidInput(unsupported)
    return instance


def _matrices(model: VroomModel) -> dict[str, MatricesModel]:
    """Of all profiles; VROOM's old `matrix` is the car's."""
    if model.matrices is not None:
        return model.matrices
    return {} if model.matrix is None else {CAR: MatricesModel(durations=model.matrix)}


# --- rules between the parts ---------------------------------------------------------------------


class _Rules:
    def __init__(self, model: VroomModel) -> None:
        self.model = model
        self.matrices = _matrices(model)

    def issues(self) -> list[Issue]:
        return [
            *self._jobs(),
            *self._vehicles(),
            *self._amounts(),
            *self._matrices(),
            *self._profiles(),
            *self._spots(),
            *self._steps(),
        ]

    def _jobs(self) -> Iterator[Issue]:
        if not self.model.jobs:
            yield Issue("empty_list", "/jobs", "There are no jobs.", "Add at least one.")
        count = Counter(job.id for job in self.model.jobs)
        for k, job in enumerate(self.model.jobs):
            if count[job.id] > 1:
                message = f"The id {job.id} comes {count[job.id]} times."
                yield Issue("duplicate_id", f"/jobs/{k}/id", message, "Give each job its own.")
            if job.amount is not None and (job.delivery is not None or job.pickup is not None):
                yield _conflict(f"/jobs/{k}/amount", "an amount", "a delivery or a pickup")

    def _vehicles(self) -> Iterator[Issue]:
        for v, vehicle in enumerate(self.model.vehicles):
            ends = (vehicle.start, vehicle.start_index, vehicle.end, vehicle.end_index)
            if all(end is None for end in ends):
                message = "The vehicle has neither a start nor an end."
                yield Issue("missing_key", f"/vehicles/{v}", message, "Add one of them.")

    def _amounts(self) -> Iterator[Issue]:
        size = len(self.model.vehicles[0].capacity)
        for v, vehicle in enumerate(self.model.vehicles):
            if len(vehicle.capacity) != size:
                yield _wrong_length(f"/vehicles/{v}/capacity", len(vehicle.capacity), size)
        for k, job in enumerate(self.model.jobs):
            for name in ("amount", "delivery", "pickup"):
                amount = getattr(job, name)
                if amount is not None and len(amount) != size:
                    yield _wrong_length(f"/jobs/{k}/{name}", len(amount), size)

    def _matrices(self) -> Iterator[Issue]:
        if self.model.matrix is not None and self.model.matrices is not None:
            yield _conflict("/matrix", "a matrix", "matrices")
        for profile, given in self.matrices.items():
            where = self._where(profile)
            if given.durations is None:
                yield Issue("missing_key", f"{where}/durations", "Expected a matrix.", "Add it.")
            sizes = []
            for name in ("durations", "distances", "costs"):
                rows = getattr(given, name)
                if rows is None:
                    continue
                sizes.append(len(rows))
                if any(len(row) != len(rows) for row in rows) or len(rows) != sizes[0]:
                    place = where if self.model.matrices is None else f"{where}/{name}"
                    message = f"Expected {sizes[0]} rows of {sizes[0]}."
                    yield Issue("wrong_shape", place, message, "Correct the matrix.")

    def _profiles(self) -> Iterator[Issue]:
        for v, vehicle in enumerate(self.model.vehicles):
            where, costs = f"/vehicles/{v}", vehicle.costs
            given = self.matrices.get(vehicle.profile)
            if given is None:
                if self.matrices or vehicle.profile != CAR:
                    message = f"There are no matrices of the profile {vehicle.profile!r}."
                    yield Issue("unknown_value", f"{where}/profile", message, "Give them.")
            elif given.costs is not None and (costs.per_hour != 3600 or costs.per_km):
                yield _conflict(f"{where}/costs", "rates", "a matrix of costs")
            elif costs.per_km and given.distances is None:
                message = "The vehicle has costs per_km, its profile no distances."
                place = f"{self._where(vehicle.profile)}/distances"
                yield Issue("missing_key", place, message, "Add them.")

    def _spots(self) -> Iterator[Issue]:
        jobs = ((f"/jobs/{k}", job) for k, job in enumerate(self.model.jobs))
        needed = [(where, "location", job.location, job.location_index) for where, job in jobs]
        for v, vehicle in enumerate(self.model.vehicles):
            for name in ("start", "end"):
                position, index = getattr(vehicle, name), getattr(vehicle, f"{name}_index")
                if position is not None or index is not None:
                    needed.append((f"/vehicles/{v}", name, position, index))
        size = min((len(m.durations or ()) for m in self.matrices.values()), default=0)
        for where, name, position, index in needed:
            if not self.matrices and position is None:
                action = "Add it, or give matrices."
                yield Issue("missing_key", f"{where}/{name}", "Expected coordinates.", action)
            elif self.matrices and index is None:
                message = "Expected a row of the matrices."
                yield Issue("missing_key", f"{where}/{name}_index", message, "Add it.")
            elif self.matrices and index is not None and index >= size:
                message = f"The matrices have no row {index}, only 0 to {size - 1}."
                yield Issue("out_of_range", f"{where}/{name}_index", message, "Correct it.")

    def _steps(self) -> Iterator[Issue]:
        jobs = {job.id for job in self.model.jobs}
        seen: set[int | None] = set()
        for v, vehicle in enumerate(self.model.vehicles):
            for s, step in enumerate(vehicle.steps):
                where = f"/vehicles/{v}/steps/{s}/id"
                if step.type in ("start", "end"):
                    continue
                if step.type != "job" or step.id not in jobs:
                    message = f"There is no {step.type} {step.id}."
                    yield Issue("unknown_job", where, message, "Correct or leave out the step.")
                elif step.id in seen:
                    message = f"Job {step.id} is in two steps."
                    yield Issue("duplicate_id", where, message, "Leave out one of them.")
                seen.add(step.id)

    def _where(self, profile: str) -> str:
        return "/matrix" if self.model.matrices is None else pointer("matrices", profile)


def _conflict(where: str, one: str, other: str) -> Issue:
    message = f"There can't be both {one} and {other}."
    return Issue("conflicting_keys", where, message, "Keep one of them.")


def _wrong_length(where: str, found: int, size: int) -> Issue:
    message = f"Expected {size} numbers, as in the first vehicle's capacity, got {found}."
    return Issue("wrong_shape", where, message, "Correct the list.")


# --- the instance --------------------------------------------------------------------------------


class _Reader:
    def __init__(self, model: VroomModel) -> None:
        self.model = model
        self.matrices = _matrices(model)
        self.rows: dict[tuple[float, float], int] = {}

    def instance(self) -> Instance:
        ranks = {job.id: rank for rank, job in enumerate(self.model.jobs)}
        dimensions = len(self.model.vehicles[0].capacity)
        jobs = tuple(self._job(job, dimensions) for job in self.model.jobs)
        vehicles = tuple(self._vehicle(vehicle, ranks) for vehicle in self.model.vehicles)
        profiles = {vehicle.profile for vehicle in vehicles}
        tables = {profile: self._tables(profile) for profile in profiles}
        options = self.model.options
        return Instance(
            jobs=jobs,
            vehicles=vehicles,
            tables=tables,
            dimensions=dimensions,
            tell_distances=any(given.distances for given in self.matrices.values()),
            effort=Effort(level=options.x, threads=options.t, seconds=options.l),
        )

    def _job(self, job: JobModel, dimensions: int) -> Job:
        nothing = [0] * dimensions
        return Job(
            id=job.id,
            description=job.description,
            spot=self._known_spot(job.location, job.location_index),
            setup=job.setup,
            service=job.service,
            setup_per_type=job.setup_per_type,
            service_per_type=job.service_per_type,
            delivery=tuple(job.delivery or job.amount or nothing),
            pickup=tuple(job.pickup or nothing),
            skills=frozenset(job.skills),
            priority=job.priority,
            windows=tuple(job.time_windows or ()),
        )

    def _vehicle(self, vehicle: VehicleModel, ranks: dict[int, int]) -> Vehicle:
        costs = vehicle.costs
        return Vehicle(
            id=vehicle.id,
            description=vehicle.description,
            kind=vehicle.type,
            profile=vehicle.profile,
            start=self._spot(vehicle.start, vehicle.start_index),
            end=self._spot(vehicle.end, vehicle.end_index),
            capacity=tuple(vehicle.capacity),
            skills=frozenset(vehicle.skills),
            window=vehicle.time_window,
            factor=int(HUNDREDTHS / vehicle.speed_factor + 0.5),
            rates=Rates(
                fixed=costs.fixed,
                per_hour=costs.per_hour,
                per_task_hour=costs.per_task_hour,
                per_km=costs.per_km,
            ),
            max_tasks=vehicle.max_tasks,
            steps=tuple(ranks[step.id] for step in vehicle.steps if step.id in ranks),
        )

    def _known_spot(self, position: tuple[float, float] | None, index: int | None) -> Spot:
        if self.matrices:
            assert index is not None
            return Spot(index, position, index)
        assert position is not None
        return Spot(self.rows.setdefault(position, len(self.rows)), position, index)

    def _spot(self, position: tuple[float, float] | None, index: int | None) -> Spot | None:
        """None where the vehicle has no such end."""
        if position is None and index is None:
            return None
        return self._known_spot(position, index)

    def _tables(self, profile: str) -> Tables:
        if self.matrices:
            given = self.matrices[profile]
            assert given.durations is not None
            return Tables(
                _array(given.durations), _optional(given.distances), _optional(given.costs)
            )
        travel = Haversine(HaversineTravel()).matrix([Place(*p) for p in self.rows], 1.0)
        return Tables(travel.durations_s, travel.distances_m, None)


def _array(rows: Iterable[list[int]]) -> NDArray[np.int64]:
    return np.array(rows, dtype=np.int64)


def _optional(rows: list[list[int]] | None) -> NDArray[np.int64] | None:
    return None if rows is None else _array(rows)

"""From a VROOM problem to a `Problem`, exactly.

VROOM looks for the largest sum of priorities served, then for the most jobs served, then for the
least cost of routes:

    fixed + per_hour * travel + per_km * metres + per_task_hour * (setup + service)

Waiting costs nothing. So `Travel.distances` holds the cost of an arc here, `duration_cost` is 0,
and leaving out one of n jobs costs `priority * (n + 1) + 1` times more than any routes.

* Time is counted in the largest unit in which all speed factors give whole numbers.
* A setup that always takes place is service. One that falls away behind a job at the same spot is
  travel from elsewhere, which is the same if no window bounds the job's start.
* Setup and service that depend on the type of vehicle, or are paid, lie on the arcs out of a job.
* A missing start or end is a place that costs nothing to leave or to reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from dispatch.errors import InvalidInput, Issue
from dispatch.vroom.instance import HUNDREDTHS, Instance, Job, Vehicle
from solver.check import find_violations
from solver.errors import ProblemError
from solver.problem import COST_LIMIT, HORIZON, Problem, Task, Travel, Window
from solver.problem import Vehicle as Driver
from solver.schedule import schedule
from solver.solution import Route, Solution

NOWHERE = -1
"""Row of the place that costs nothing to leave or to reach."""

MOST_CELLS = 25_000_000
"""Of the travel of all classes of vehicles; a cell takes up to 40 bytes while it is made."""

COST_PARTS = 3_600_000
"""Parts of a unit of cost, for every unit of time in a second: 1,000 m/km times 3,600 s/h."""

Table = NDArray[np.int64]


def encode(instance: Instance) -> Problem:
    """Task k is job k, vehicle v is vehicle v.

    Raises:
        InvalidInput: numbers that the solver can't count to.
    """
    return _Encoder(instance).problem()


def first_routes(instance: Instance, problem: Problem) -> Solution | None:
    """The routes that `steps` tell the search to begin with, if there are any.

    Raises:
        InvalidInput: one breaks a rule.
    """
    routes, issues = [], []
    for index, vehicle in enumerate(instance.vehicles):
        if not vehicle.steps:
            continue
        route = schedule(problem, index, vehicle.steps)
        if route is None or _breaks_rules(problem, route):
            message = "The route can't be driven: a time window, a capacity or a skill is missed."
            where = f"/vehicles/{index}/steps"
            issues.append(Issue("undrivable_start", where, message, "Correct or leave out steps."))
        else:
            routes.append(route)
    if issues:
        raise InvalidInput(issues)
    return Solution.of(problem, routes) if routes else None


def _breaks_rules(problem: Problem, route: Route) -> bool:
    return bool(find_violations(problem, Solution.of(problem, [route])))


def _too_large(message: str, where: str = "") -> InvalidInput:
    return InvalidInput([Issue("out_of_range", where, message, "Use smaller numbers.")])


@dataclass(frozen=True, slots=True)
class _Class:
    """What makes the travel of two vehicles different."""

    profile: str
    factor: int
    kind: str
    per_hour: int
    per_km: int
    per_task_hour: int

    @classmethod
    def of(cls, vehicle: Vehicle, by_kind: bool) -> _Class:
        rates = vehicle.rates
        return cls(
            vehicle.profile,
            vehicle.factor,
            vehicle.kind if by_kind else "",
            rates.per_hour,
            rates.per_km,
            rates.per_task_hour,
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """A row of the tables, and the seconds spent before leaving and upon coming, by class."""

    row: int
    leaving: tuple[int, ...]
    coming: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Calendar:
    """From the document's seconds to units of time since an epoch.

    The epoch is so long before the first opening that whoever leaves earlier can only wait.
    """

    epoch: int
    per_second: int

    @classmethod
    def of(cls, openings: Sequence[int], longest_route: int, per_second: int) -> _Calendar:
        first, last = min(openings, default=0), max(openings, default=0)
        room = (HORIZON // per_second - (last - first)) // 2
        if room <= 0:
            raise _too_large(f"Time windows that open at {first} and {last} are too far apart.")
        return cls(max(0, first - min(longest_route, room)), per_second)

    def unit(self, second: int) -> int:
        return min(HORIZON, (second - self.epoch) * self.per_second)


class _Encoder:
    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.per_second = HUNDREDTHS // gcd(HUNDREDTHS, *(v.factor for v in instance.vehicles))
        by_kind = any(job.setup_per_type or job.service_per_type for job in instance.jobs)
        self.class_of = [_Class.of(vehicle, by_kind) for vehicle in instance.vehicles]
        self.classes = list(dict.fromkeys(self.class_of))
        self.on_arcs = by_kind or any(c.per_task_hour for c in self.classes)
        self.place_of = [self._place(job) for job in instance.jobs]
        none = (0,) * len(self.classes)
        self.ends_of = [
            [_Place(NOWHERE if spot is None else spot.row, none, none) for spot in (v.start, v.end)]
            for v in instance.vehicles
        ]
        used = [*self.place_of, *(place for ends in self.ends_of for place in ends)]
        self.places = {place: index for index, place in enumerate(dict.fromkeys(used))}
        self.rows = np.array([place.row for place in self.places], dtype=np.intp)
        self.most_tasks = [v.max_tasks for v in instance.vehicles]

    def _place(self, job: Job) -> _Place:
        """Jobs at one spot that take equally long share a place."""
        none = (0,) * len(self.classes)
        setups = tuple(job.setup_of(c.kind) for c in self.classes)
        services = tuple(job.service_of(c.kind) for c in self.classes)
        if job.spot.row in self.instance.shared_rows:
            return _Place(job.spot.row, services if self.on_arcs else none, setups)
        stays = tuple(setup + service for setup, service in zip(setups, services, strict=True))
        return _Place(job.spot.row, stays if self.on_arcs else none, none)

    def problem(self) -> Problem:
        cells = len(self.classes) * len(self.places) ** 2
        if cells > MOST_CELLS:
            raise _too_large(
                f"{len(self.places)} places times {len(self.classes)} classes of vehicles make "
                f"{cells} cells of travel, more than {MOST_CELLS}."
            )
        durations = [self._durations(number) for number in range(len(self.classes))]
        costs = [self._costs(number, table) for number, table in enumerate(durations)]
        shares = [int(np.gcd.reduce(table, axis=None)) for table in costs]
        fixed = [COST_PARTS * self.per_second * v.rates.fixed for v in self.instance.vehicles]
        whole = gcd(*shares, *fixed) or 1
        travel = [
            Travel(_int32(table), _int32(cost // (share or 1)))
            for table, cost, share in zip(durations, costs, shares, strict=True)
        ]
        calendar = self._calendar(durations)
        drivers = [
            self._driver(index, calendar, shares[self._number(index)] // whole, cost // whole)
            for index, cost in enumerate(fixed)
        ]
        price = self._price(drivers, travel)
        tasks = [self._task(index, calendar, price) for index in range(len(self.place_of))]
        try:
            return Problem(tuple(tasks), tuple(drivers), tuple(travel))
        except ProblemError as error:
            raise _too_large(str(error)) from error

    # --- arcs ---

    def _durations(self, number: int) -> Table:
        """Units of time from place to place."""
        which = self.classes[number]
        table = self._between(self.instance.tables[which.profile].durations)
        rate = which.factor * self.per_second // HUNDREDTHS
        if int(table.max()) * rate > HORIZON:
            raise _too_large(f"Expected travel below {HORIZON // self.per_second} s.")
        return table * rate + self._tasks(number)

    def _costs(self, number: int, durations: Table) -> Table:
        """From place to place, in `1 / (COST_PARTS * per_second)`."""
        which = self.classes[number]
        tables = self.instance.tables[which.profile]
        tasks = self._tasks(number)
        terms = [(1000 * which.per_task_hour, tasks)]
        if tables.costs is not None:
            terms.append((COST_PARTS * self.per_second, self._between(tables.costs)))
        else:
            terms.append((1000 * which.per_hour, durations - tasks))
            if tables.distances is not None:
                rate = 3600 * self.per_second * which.per_km
                terms.append((rate, self._between(tables.distances)))
        if sum(rate * int(table.max()) for rate, table in terms) >= COST_LIMIT:
            raise _too_large("The costs of travel are too large to be counted.")
        return sum((rate * table for rate, table in terms), np.zeros_like(durations))

    def _between(self, table: Table) -> Table:
        """Cells of the table from place to place; 0 from and to nowhere."""
        found = table[np.ix_(self.rows, self.rows)]
        found[self.rows == NOWHERE, :] = 0
        found[:, self.rows == NOWHERE] = 0
        return found

    def _tasks(self, number: int) -> Table:
        """Units of time of the setup and service that lie on arcs."""
        leaving = np.array([place.leaving[number] for place in self.places], dtype=np.int64)
        coming = np.array([place.coming[number] for place in self.places], dtype=np.int64)
        apart = self.rows[:, None] != self.rows
        arcs: Table = self.per_second * (leaving[:, None] + np.where(apart, coming, 0))
        return arcs

    # --- vehicles and tasks ---

    def _calendar(self, durations: Iterable[Table]) -> _Calendar:
        jobs, vehicles = self.instance.jobs, self.instance.vehicles
        openings = [opening for job in jobs for opening, _ in job.windows]
        openings += [v.window[0] for v in vehicles if v.window is not None]
        leg = max(int(table.max()) for table in durations) // self.per_second + 1
        longest_route = leg * (len(jobs) + 1) + sum(job.longest_stay for job in jobs)
        return _Calendar.of(openings, longest_route, self.per_second)

    def _number(self, index: int) -> int:
        return self.classes.index(self.class_of[index])

    def _driver(self, index: int, calendar: _Calendar, rate: int, fixed: int) -> Driver:
        vehicle = self.instance.vehicles[index]
        start, end = (self.places[place] for place in self.ends_of[index])
        return Driver(
            start=start,
            end=end,
            capacity=vehicle.capacity + self._counted(vehicle.max_tasks),
            earliest=0 if vehicle.window is None else calendar.unit(vehicle.window[0]),
            latest=HORIZON if vehicle.window is None else calendar.unit(vehicle.window[1]),
            travel=self._number(index),
            fixed_cost=fixed,
            distance_cost=rate,
            skills=vehicle.skills,
        )

    def _counted(self, most: int | None) -> tuple[int, ...]:
        """One more capacity where some vehicle is limited in tasks."""
        if all(limit is None for limit in self.most_tasks):
            return ()
        return (len(self.place_of) if most is None else most,)

    def _task(self, index: int, calendar: _Calendar, price: int) -> Task:
        job = self.instance.jobs[index]
        always = 0 if job.spot.row in self.instance.shared_rows else job.setup
        service = 0 if self.on_arcs else self.per_second * (always + job.service)
        if service > HORIZON:
            limit = HORIZON // self.per_second
            raise _too_large(f"Expected setup and service below {limit} s.", f"/jobs/{index}")
        windows = tuple(Window(calendar.unit(a), calendar.unit(b)) for a, b in job.windows)
        loads = tuple(out + back for out, back in zip(job.delivery, job.pickup, strict=True))
        return Task(
            place=self.places[self.place_of[index]],
            service=service,
            windows=windows or (Window(),),
            loads=loads + (1,) * len(self._counted(None)),
            penalty=price * self._weight(job),
            skills=job.skills,
        )

    def _weight(self, job: Job) -> int:
        """Of leaving it out: first the sum of priorities counts, then the number of jobs."""
        return job.priority * (len(self.place_of) + 1) + 1

    def _price(self, drivers: Sequence[Driver], travel: Sequence[Travel]) -> int:
        """Of a unit of weight: more than any routes cost, or else the most that can be counted."""
        arcs, jobs = len(self.place_of) + len(drivers), self.instance.jobs
        dearest = max(driver.distance_cost for driver in drivers) * max(t.longest for t in travel)
        routes = arcs * dearest + sum(driver.fixed_cost for driver in drivers)
        heaviest = max(self._weight(job) for job in jobs)
        return max(1, min(routes + 1, (COST_LIMIT - 1 - routes) // (heaviest * (len(jobs) + 1))))


def _int32(table: Table) -> NDArray[np.int32]:
    if table.max() > HORIZON:
        raise _too_large("Times or costs of travel are too large or too fine to be counted.")
    return table.astype(np.int32)

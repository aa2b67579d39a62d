"""One solution that all threads anneal together: cut into parts, side by side, cut anew.

rounds of [ cut -> every part: its tables, load, anneal -> put together ]

Every iteration changes one place of a solution, so threads that have different parts do not miss
each other; a part fits into a core's caches, and what a step costs does not grow with the city.
The temperature falls from round to round as in one solve.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from time import monotonic

import numpy as np

from solver.decompose import Cutter, Part
from solver.problem import Problem
from solver.recombine import Column
from solver.search.anneal import routes_of
from solver.search.clock import LOOK, Clock
from solver.search.excerpt import excerpt
from solver.search.fleet import Squeezed
from solver.search.layout import CURRENT, NEXT, Data
from solver.search.report import Reporter
from solver.search.settings import NEVER_NOTED, Leg, SearchSettings
from solver.search.worker import Routes, Worker

LEAST_SECONDS = 0.5
"""Of a part in a round, and so the fewest rounds."""

LEAST_STEPS = 2000
"""The same where there is no clock."""


@dataclass(slots=True)
class _Job:
    """A part in a round and what became of it; costs are differences to how it began."""

    part: Part
    seed: int
    clock: Clock
    routes: Routes
    best: Routes
    cost: int = 0
    best_cost: int = 0
    seen: tuple[Column, ...] = ()


class City:
    """The solution that threads share."""

    def __init__(
        self,
        problem: Problem,
        data: Data,
        settings: SearchSettings,
        seed: int,
        threads: int,
        reporter: Reporter,
        look: Callable[[], bool],
        ended: Callable[[], bool],
    ) -> None:
        """Without routes yet.

        Args:
            problem: all of its weights are 1.
            data: its tables.
            settings: of the search.
            seed: >= 0.
            threads: that anneal side by side.
            reporter: told of better solutions.
            look: whether to end at once; asked by the thread that calls `anneal`.
            ended: the same for its threads.
        """
        self.problem, self.data, self.settings, self.seed = problem, data, settings, seed
        self.threads, self.reporter, self.look, self.ended = threads, reporter, look, ended
        self.cutter = Cutter(problem)
        self.round = 0
        self.seen: dict[tuple[int, tuple[int, ...]], Column] = {}

    def load(self, routes: Routes, cost: int) -> None:
        """Begin with these routes, none of them empty, which cost so much."""
        self.best, self.best_cost = self.routes, self.cost = routes, cost

    def anneal(self, pool: ThreadPoolExecutor, clock: Clock, leg: Leg, arc: float) -> None:
        """Anneal until the leg is over; temperatures are in units of `arc`, steps a thread's.

        In a leg that shrinks with as few vehicles as will do (`Squeezed`).
        """
        if leg.from_best:
            self.routes, self.cost = self.best, self.best_cost
        squeezed = Squeezed(self.problem, self.settings.room) if leg.shrink else None
        count = self._parts()
        for stretch in self._stretches(clock, leg, count):
            if self.look():
                break
            vehicles = self._squeeze(squeezed) if squeezed else None
            rng = np.random.default_rng((self.seed, self.round))
            parts = self.cutter.cut(self.routes, count, rng, vehicles)
            jobs = self._jobs(parts, clock, stretch)
            own = replace(stretch, since=0.0, until=1.0, insist=vehicles is not None)
            self._run(pool, jobs, own, arc)
            self._put_together(jobs, cold=leg.from_best or stretch.hot <= self.settings.hold)
            self.round += 1

    def _squeeze(self, squeezed: Squeezed) -> list[int] | None:
        """The vehicles of the next round; a route fewer may be left."""
        routes = squeezed.adapt(self.routes)
        if routes is not self.routes:
            judge = Worker(self.data, 0, self.settings)
            judge.load(routes)
            self.routes, self.cost = routes, judge.best
        return squeezed.vehicles

    def _parts(self) -> int:
        """How many: a multiple of the threads."""
        together = self.settings.part * self.threads
        return self.threads * -(-len(self.problem.tasks) // together)

    def _stretches(self, clock: Clock, leg: Leg, parts: int) -> Iterator[Leg]:
        """The rounds of a leg; so many that a part has some time in each."""
        seconds = clock.seconds_until(leg.until)
        if seconds is None:
            steps = clock.steps * (leg.until - leg.since)
            most = steps * self.threads / (parts * LEAST_STEPS)
        else:
            most = seconds * self.threads / (parts * LEAST_SECONDS)
        wanted = round(self.settings.rounds * (leg.until - leg.since))
        rounds = max(2, min(wanted, int(most)))
        cuts = np.linspace(leg.since, leg.until, rounds + 1).tolist()
        for since, until in pairwise(cuts):
            noted = 0.0 if since >= leg.note_from else NEVER_NOTED
            yield Leg(since, until, leg.temperature(since), leg.temperature(until), note_from=noted)

    def _jobs(self, parts: list[Part], clock: Clock, stretch: Leg) -> list[_Job]:
        """A job for every part; threads take them in turns of equal length."""
        turns = -(-len(parts) // self.threads)
        seconds, now = clock.seconds_until(stretch.until), monotonic()
        steps = clock.steps * (stretch.until - stretch.since) * self.threads
        jobs = []
        for number, part in enumerate(parts):
            turn = number // self.threads
            ends = None if seconds is None else now + seconds * (turn + 1) / turns
            begins = now if seconds is None else now + seconds * turn / turns
            share = len(part.tasks) / len(self.problem.tasks)
            seed = np.random.SeedSequence((self.seed, self.round, number)).generate_state(1)
            own = Clock(begins, ends, max(1, round(steps * share)))
            routes = part.in_whole(part.routes)
            jobs.append(_Job(part, int(seed[0]), own, routes, routes))
        return jobs

    def _run(self, pool: ThreadPoolExecutor, jobs: list[_Job], leg: Leg, arc: float) -> None:
        running = {pool.submit(self._run_job, job, leg, arc) for job in jobs}
        while running:
            done, running = wait(running, timeout=LOOK)
            for future in done:
                future.result()
            self.look()

    def _run_job(self, job: _Job, leg: Leg, arc: float) -> None:
        part = job.part
        if not part.tasks or self.ended():
            return
        worker = Worker(excerpt(self.data, part.tasks, part.vehicles), job.seed, self.settings)
        worker.load(part.routes)
        before = worker.best
        worker.anneal(job.clock, leg, arc, self.ended)
        job.routes = part.in_whole(routes_of(worker.data, worker.state.row[:, NEXT]))
        job.best = part.in_whole(worker.best_routes)
        job.cost = int(worker.state.number[CURRENT]) - before
        job.best_cost = worker.best - before
        job.seen = tuple(
            Column(part.vehicles[c.vehicle], tuple(part.tasks[task] for task in c.tasks), c.cost)
            for c in worker.seen_last(self.settings.columns)
        )

    def _put_together(self, jobs: list[_Job], cold: bool) -> None:
        """The parts' routes are the city's; those that were best if it is cold, else the last."""
        best_cost = self.cost + sum(job.best_cost for job in jobs)
        best = {vehicle: tasks for job in jobs for vehicle, tasks in job.best.items()}
        if best_cost < self.best_cost:
            self.best, self.best_cost = best, best_cost
            self.reporter.report(best_cost, best)
        if cold:
            self.routes, self.cost = best, best_cost
        else:
            self.routes = {vehicle: tasks for job in jobs for vehicle, tasks in job.routes.items()}
            self.cost += sum(job.cost for job in jobs)
        for job in jobs:
            for column in job.seen:
                key = column.vehicle, column.tasks
                self.seen.pop(key, None)
                self.seen[key] = column
        spare = len(self.seen) - self.settings.columns
        if spare > 0:
            self.seen = dict(islice(self.seen.items(), spare, None))

"""The hybrid engine: construct, anneal or breed on all cores, recombine the routes seen.

encode -> first routes -> legs of [ one recombines, all anneal ] or of [ meet, all breed ] -> routes

Each thread has its own solution and random numbers. In an annealing the temperature falls with the
share of time or steps that is used up; where there is time for many, threads breed
(`solver.search.breed`). They meet only at the ends of legs, so that seed, threads and steps alone
determine the result where steps end it. A large wave is one solution that all
threads anneal in parts, recombine and polish (`solver.search.city`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from time import monotonic
from typing import Any

from solver.engine import Found, Search
from solver.params import usable_cores
from solver.problem import Problem
from solver.recombine import Column, Recombination
from solver.result import StopReason
from solver.search.anneal import compile_kernels, mean_arc_cost
from solver.search.breed import Breeder
from solver.search.city import City
from solver.search.clock import LOOK, Clock
from solver.search.encode import by_opening, encode
from solver.search.fleet import fewest_vehicles, without_a_route
from solver.search.population import Member
from solver.search.report import Reporter
from solver.search.settings import NEVER_NOTED, Leg, SearchSettings
from solver.search.worker import Routes, Worker

LOOKED = 0.02
"""Share of a solve that shows how fast threads are, which decides how often to anneal."""

SPEED = 100_000
"""Steps that a thread makes in a second, about; for solves that must not depend on the clock."""


class HybridEngine:
    """Compiled ruin and recreate with recombination; speaks every rule of `Problem`."""

    def __init__(self, settings: SearchSettings | None = None) -> None:
        """Ready to search at once: what must be compiled is compiled here."""
        self.settings = settings or SearchSettings()
        compile_kernels()

    def search(self, problem: Problem, search: Search) -> Found:
        """The best solution found before the deadline, the step limit or the stop signal."""
        if not problem.tasks or not problem.vehicles:
            return Found(search.initial, StopReason.EXHAUSTED)
        return _Run(problem, search, self.settings).run()


class _Run:
    def __init__(self, problem: Problem, told: Search, settings: SearchSettings) -> None:
        self.problem, self.told, self.settings = problem.weighted(), told, settings
        self.threads = told.params.threads or usable_cores()
        self.reporter = Reporter(self.problem, told.report)
        self.recombination: Recombination | None = None
        self.stopped = False
        self.breeders: list[Breeder] = []
        self.fewest_tried = len(problem.vehicles) + 1
        self.clock = Clock(monotonic(), told.deadline, self._steps_of_a_thread())

    def run(self) -> Found:
        initial = {route.vehicle: route.tasks for route in self.told.initial.routes}
        warm = any(
            len(tasks) > len(self.problem.vehicles[v].prefix) for v, tasks in initial.items()
        )
        self._begin(initial)
        with ThreadPoolExecutor(self.threads) as pool:
            steps = self._steps_to_come(pool, warm)
            breed = self._breeds(steps)
            if breed:
                self._begin_breeding(steps, warm)
            city = None if breed else self._city(steps)
            for leg in self._legs_together(warm) if city else self._legs(steps, breed, warm):
                if self._stop_reason() is not None:
                    break
                if city is not None:
                    self._run_together(pool, city, leg)
                else:
                    self._run_leg(pool, leg)
        best = min(self.workers, key=lambda worker: worker.best)
        return Found(
            self.reporter.solution(best.best_routes), self._stop_reason() or StopReason.EXHAUSTED
        )

    def _begin(self, initial: Routes) -> None:
        """All threads start from the same first routes."""
        data = self.data = encode(self.problem, self.threads)
        seed = self.told.params.seed * 1_000_003
        self.workers = [Worker(data, seed + k, self.settings) for k in range(self.threads)]
        first = self.workers[0]
        first.construct(initial, by_opening(self.problem))
        self.reporter.report(first.best, first.best_routes)
        self.arc = mean_arc_cost(data, first.state) or 1.0
        for worker in self.workers[1:]:
            worker.load(first.best_routes)

    def _steps_to_come(self, pool: ThreadPoolExecutor, warm: bool) -> float:
        """That a thread will make, about."""
        seconds = self.clock.seconds_until(1.0)
        if seconds is None or self.told.params.step_limit is not None:
            return self.clock.steps if seconds is None else min(self.clock.steps, seconds * SPEED)
        if len(self.problem.tasks) >= self.settings.together:
            return self.clock.steps
        hot = self.settings.warm if warm else self.settings.hot
        began = monotonic()
        self._run_leg(pool, Leg(0.0, LOOKED, hot, hot, note_from=NEVER_NOTED))
        made = sum(worker.steps for worker in self.workers) / self.threads
        return min(self.clock.steps, made * seconds / (monotonic() - began))

    def _breeds(self, steps: float) -> bool:
        """Whether so many steps of a thread are enough to breed."""
        tasks, routes = len(self.problem.tasks), len(self.workers[0].best_routes)
        return self.settings.breeds(steps * self.threads, tasks, routes)

    def _legs(self, steps: float, breed: bool, warm: bool) -> Iterator[Leg]:
        """Of threads that have a solution each, for so many steps of one."""
        count = self.settings.annealings(steps, len(self.problem.tasks))
        return self.settings.legs(count, breed=breed, warm=warm)

    def _legs_together(self, warm: bool) -> Iterator[Leg]:
        """One annealing of one solution, and its polish.

        While it is hot a wave has to do with few vehicles: in a whole city one route more is
        little.
        """
        settings = self.settings
        annealing, *polish = settings.legs(1, breed=False, warm=warm)
        wave = len(self.problem.tasks) < settings.together
        if wave and not warm and annealing.cold < settings.packed < annealing.hot:
            at = annealing.share_at(settings.packed)
            yield replace(annealing, until=at, cold=settings.packed, shrink=True)
            annealing = replace(annealing, since=at, hot=settings.packed)
        yield annealing
        yield from polish

    def _begin_breeding(self, steps: float, warm: bool) -> None:
        settings = self.settings
        tasks = len(self.problem.tasks)
        quota = settings.quota(steps, tasks, self.threads)
        self.breeders = [
            Breeder(
                self.problem,
                worker,
                settings,
                seed=self.told.params.seed * 1_000_003 + number,
                members=settings.members(steps, tasks, self.threads),
                quota=quota,
                fewest=fewest_vehicles(self.problem),
                fresh=settings.nursery / quota,
                hot=settings.warm if warm else settings.hot,
            )
            for number, worker in enumerate(self.workers)
        ]

    def _city(self, steps: float) -> City | None:
        """The solution that all threads anneal together; None where each has its own."""
        first = min(self.workers, key=lambda worker: worker.best)
        shares = self.settings.shares(steps, len(self.problem.tasks), self.threads)
        if not shares or not first.best_routes:
            return None
        city = City(
            self.problem,
            self.data,
            self.settings,
            self.told.params.seed,
            self.threads,
            self.reporter,
            self._look,
            self._ended,
        )
        city.load(first.best_routes, first.best)
        return city

    def _run_together(self, pool: ThreadPoolExecutor, city: City, leg: Leg) -> None:
        """All threads anneal one solution until the leg is over; first one may recombine it."""
        if leg.recombine:
            choosing = pool.submit(self._choose, list(city.seen.values()), city.best, leg)
            self._wait([choosing])
            routes = choosing.result()
            if routes is not None:
                city.load(routes, self._cost(routes))
        city.anneal(pool, self.clock, leg, self.arc)
        for worker in self.workers:
            worker.load(city.best)
            worker.steps = round(self.clock.steps * leg.until)

    def _run_leg(self, pool: ThreadPoolExecutor, leg: Leg) -> None:
        """Every thread works until the leg is over; the worst may have to recombine first."""
        ranked = sorted(range(self.threads), key=lambda number: self.workers[number].best)
        best = self.workers[ranked[0]].best_routes
        if leg.breed:
            self._meet()
        if leg.from_best:
            for worker in self.workers:
                worker.load(best)
        running = [
            pool.submit(self._work, number, leg)
            for number in ranked[: -1 if leg.recombine else None]
        ]
        if leg.recombine:
            seen = self._routes_seen()
            running.append(pool.submit(self._recombine, ranked[-1], seen, best, leg))
        self._wait(running)

    def _wait(self, running: Sequence[Future[Any]]) -> None:
        """Until all have ended; meanwhile report, look at the stop signal, pass on failures."""
        while True:
            done, left = wait(running, timeout=LOOK, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
            if self._look() and self.recombination is not None:
                self.recombination.interrupt()
            if not left:
                break
            self.reporter.report_published(self.workers)

    def _work(self, number: int, leg: Leg) -> None:
        """A thread's part of a leg."""
        if leg.breed:
            self.breeders[number].breed(self.clock, leg, self.arc, self._ended)
        else:
            self.workers[number].anneal(self.clock, leg, self.arc, self._ended)

    def _meet(self) -> None:
        """All that breed learn of each other's solutions."""
        members = [member for breeder in self.breeders for member in breeder.population.members]
        for breeder in self.breeders:
            breeder.meet(members)

    def _routes_seen(self) -> list[Column]:
        """By all threads, those seen last."""
        most = self.settings.columns // len(self.workers)
        return [column for worker in self.workers for column in worker.seen_last(most)]

    def _recombine(self, number: int, seen: Sequence[Column], best: Routes, leg: Leg) -> None:
        """One thread's part of a leg: begin it with the cheapest choice of routes seen."""
        routes = self._choose(seen, best, leg)
        if leg.breed:
            if routes is not None:
                self.breeders[number].meet([Member.of(self._cost(routes), routes)])
            self._work(number, leg)
            return
        worker = self.workers[number]
        worker.load(best if routes is None else routes)
        fewer = self._without_a_route(worker.best_routes) if leg.shrink else None
        if fewer is not None:
            worker.load(fewer, vehicles=len(fewer))
        self._work(number, leg)
        if fewer is not None and len(worker.best_routes) > len(fewer):
            worker.load(worker.best_routes)

    def _choose(self, seen: Sequence[Column], best: Routes, leg: Leg) -> Routes | None:
        """The cheapest choice of routes seen; None if none was found that is better."""
        columns = [self.reporter.column(vehicle, tasks) for vehicle, tasks in best.items()]
        self.recombination = Recombination(self.problem, seen, columns)
        seconds = self.clock.seconds_until(leg.until)
        routes = self.recombination.solve(
            None if seconds is None else self.settings.choosing * seconds
        )
        self.recombination = None
        return routes

    def _cost(self, routes: Routes) -> int:
        """Of routes that were seen, as the kernels count it."""
        spare = Worker(self.data, 0, self.settings)
        spare.load(routes)
        return spare.best

    def _without_a_route(self, routes: Routes) -> Routes | None:
        """All but the shortest that nothing is locked to; None if that can't do, or was tried.

        An annealing keeps the number of routes that it finds in its hot part, and one too many
        costs more than all else that it may miss.
        """
        fewer = without_a_route(self.problem, routes)
        tried = len(routes) >= self.fewest_tried
        if fewer is None or tried or len(fewer) < fewest_vehicles(self.problem):
            return None
        self.fewest_tried = len(routes)
        return fewer

    # --- the end ---

    def _steps_of_a_thread(self) -> int:
        limits = [self.settings.most_steps(len(self.problem.tasks))]
        if self.told.params.step_limit is not None:
            limits.append(-(-self.told.params.step_limit // self.threads))
        return min(limits)

    def _look(self) -> bool:
        """Ask for the stop signal, which only this thread may do; then as `_ended`."""
        self.stopped = self.stopped or self.told.stop.is_set()
        return self._ended()

    def _ended(self) -> bool:
        """Whether the solve must end now, whatever is left to do."""
        return self.stopped or self.told.seconds_left <= 0

    def _stop_reason(self) -> StopReason | None:
        """Why the solve should end, None if it should not."""
        if self.told.stop.is_set():
            return StopReason.FINISHED
        if self.told.seconds_left <= 0:
            return StopReason.TIME_LIMIT
        limit = self.told.params.step_limit
        if limit is not None and sum(worker.steps for worker in self.workers) >= limit:
            return StopReason.STEP_LIMIT
        return None

"""The hybrid engine: construct, anneal on all cores, recombine the routes seen.

encode -> first routes -> rounds of [ every thread anneals | the best replaces the worst ] -> routes

Each thread anneals a solution of its own with its own random numbers; the temperature falls with
the share of time or steps that is used up, so all of them are equally cold. Threads meet only at
the ends of rounds, so that seed, threads and steps alone determine the result where steps end it.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from time import monotonic

from solver.engine import Found, Search
from solver.params import usable_cores
from solver.problem import Problem
from solver.result import StopReason
from solver.schedule import schedule
from solver.search.anneal import (
    anneal_routes,
    compile_kernels,
    construct_routes,
    load_routes,
    mean_arc_cost,
    routes_of,
)
from solver.search.encode import by_opening, encode
from solver.search.layout import BEST, DEAR, Int64s, State, new_state
from solver.search.settings import SearchSettings
from solver.solution import Route, Solution

TICK = 0.02
"""Seconds of a thread's slice, between two looks at the clock and the stop signal."""

STEPS = 1000
"""Of a slice where there is no clock."""

REPORT_EVERY = 0.1
"""Seconds between two reports, at least."""

Routes = Mapping[int, tuple[int, ...]]


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


@dataclass(slots=True)
class _Worker:
    """One thread's state and how far it is."""

    state: State
    steps: int = 0
    per_second: float = 20_000.0
    found: int = DEAR
    rows: Int64s | None = None

    def publish(self) -> None:
        """Leave the best rows where another thread may read them."""
        if self.state.number[BEST] < self.found:
            self.rows = self.state.best.copy()
            self.found = int(self.state.number[BEST])


class _Run:
    def __init__(self, problem: Problem, told: Search, settings: SearchSettings) -> None:
        self.problem, self.told, self.settings = problem.weighted(), told, settings
        self.data = encode(self.problem)
        threads = told.params.threads or usable_cores()
        self.workers = [
            _Worker(new_state(self.data, told.params.seed * 1_000_003 + k)) for k in range(threads)
        ]
        self.began = monotonic()
        self.scheduled: dict[tuple[int, tuple[int, ...]], Route] = {}
        self.reported, self.next_report = DEAR, 0.0
        self.ended = False

    # --- the flow ---

    def run(self) -> Found:
        initial = {route.vehicle: route.tasks for route in self.told.initial.routes}
        warm = any(
            len(tasks) > len(self.problem.vehicles[v].prefix) for v, tasks in initial.items()
        )
        self._begin(initial)
        self._set_temperatures(warm)
        with ThreadPoolExecutor(len(self.workers)) as pool:
            for number in range(1, self.settings.rounds + 1):
                if self._stop_reason() is not None:
                    break
                self._round(pool, number / self.settings.rounds)
                if number >= self.settings.rounds // 2:
                    self._share()
        best = min(self.workers, key=lambda worker: int(worker.state.number[BEST]))
        return Found(
            self._solution(routes_of(self.data, best.state.best)),
            self._stop_reason() or StopReason.EXHAUSTED,
        )

    def _begin(self, initial: Routes) -> None:
        """All threads start from the same first routes."""
        first = self.workers[0].state
        load_routes(self.data, first, dict(initial))
        construct_routes(self.data, first, by_opening(self.problem))
        routes = routes_of(self.data, first.best)
        self._report(int(first.number[BEST]), routes)
        for worker in self.workers[1:]:
            load_routes(self.data, worker.state, routes)

    def _set_temperatures(self, warm: bool) -> None:
        arc = mean_arc_cost(self.data, self.workers[0].state) or 1.0
        self.hot = arc * (self.settings.warm if warm else self.settings.hot)
        self.cold = arc * self.settings.cold

    def _round(self, pool: ThreadPoolExecutor, until: float) -> None:
        """Every thread anneals until this share of the solve is over."""
        running: list[Future[None]] = [
            pool.submit(self._anneal, worker, until) for worker in self.workers
        ]
        while True:
            done, left = wait(running, timeout=TICK, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
            self.ended = self.ended or self.told.stop.is_set()
            if not left:
                break
            self._report_best()

    def _anneal(self, worker: _Worker, until: float) -> None:
        """One thread's part of a round."""
        share = self._share_done(worker)
        while share < until and not self.ended:
            steps = self._slice(worker, until)
            then = min(until, share + self._share_of(steps, worker))
            began = monotonic()
            anneal_routes(
                self.data,
                worker.state,
                steps,
                self._temperature(share),
                self._temperature(then),
                self.settings.removals,
                self.settings.tails,
            )
            worker.per_second = steps / max(1e-4, monotonic() - began)
            worker.steps += steps
            worker.publish()
            share = self._share_done(worker)

    def _slice(self, worker: _Worker, until: float) -> int:
        """Steps until the next look at the clock, or the end of the round."""
        left = max(1, round(self._steps_of_a_thread() * until) - worker.steps)
        if self.told.deadline is None:
            return min(STEPS, left)
        return min(left, max(1, int(worker.per_second * min(TICK, self.told.seconds_left))))

    def _share(self) -> None:
        """The best solution replaces the worst."""
        ranked = sorted(self.workers, key=lambda worker: int(worker.state.number[BEST]))
        if len(ranked) > 1 and ranked[-1].state.number[BEST] > ranked[0].state.number[BEST]:
            load_routes(self.data, ranked[-1].state, routes_of(self.data, ranked[0].state.best))

    # --- clock and temperature ---

    def _steps_of_a_thread(self) -> int:
        limits = [self.settings.most_steps(len(self.problem.tasks))]
        if self.told.params.step_limit is not None:
            limits.append(-(-self.told.params.step_limit // len(self.workers)))
        return min(limits)

    def _share_done(self, worker: _Worker) -> float:
        """How much of the solve is over, by the clock or by steps, in `0 ... 1`."""
        shares = [worker.steps / self._steps_of_a_thread()]
        if self.told.deadline is not None:
            whole = max(1e-9, self.told.deadline - self.began)
            shares.append((monotonic() - self.began) / whole)
        return min(1.0, max(shares))

    def _share_of(self, steps: int, worker: _Worker) -> float:
        shares = [steps / self._steps_of_a_thread()]
        if self.told.deadline is not None:
            seconds = steps / worker.per_second
            shares.append(seconds / max(1e-9, self.told.deadline - self.began))
        return max(shares)

    def _temperature(self, share: float) -> float:
        return float(self.hot * (self.cold / self.hot) ** share)

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

    # --- telling ---

    def _report_best(self) -> None:
        """Tell the best solution if it is new; never for more than a twentieth of the time."""
        began = monotonic()
        best = min(self.workers, key=lambda worker: worker.found)
        if began < self.next_report or best.rows is None or best.found >= self.reported:
            return
        self._report(best.found, routes_of(self.data, best.rows))
        self.next_report = began + max(REPORT_EVERY, 20 * (monotonic() - began))

    def _report(self, cost: int, routes: Routes) -> None:
        self.reported = cost
        self.told.report(self._solution(routes))

    def _solution(self, routes: Routes) -> Solution:
        """With the cheapest times of every route; those of routes seen before are kept."""
        return Solution.of(self.problem, (self._scheduled(v, t) for v, t in routes.items()))

    def _scheduled(self, vehicle: int, tasks: tuple[int, ...]) -> Route:
        key = vehicle, tasks
        if key not in self.scheduled:
            route = schedule(self.problem, vehicle, tasks)
            assert route is not None, f"The search made a route without times: {key}."
            self.scheduled[key] = route
        return self.scheduled[key]

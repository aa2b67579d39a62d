"""Seconds of every part of a solve, on one instance and one thread.

problem -> encode (of which neighbour lists) -> first routes -> iterations -> routes with times

Every part is done several times, the fastest counts: what slows a part down is the machine.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any
from unittest.mock import patch

from benchmarks.city import make_city
from benchmarks.machine import ROOT
from benchmarks.problem import problem_of
from solver.problem import Problem
from solver.schedule import schedule
from solver.search import encode as encoding
from solver.search.anneal import (
    anneal_routes,
    construct_routes,
    load_routes,
    mean_arc_cost,
    routes_of,
)
from solver.search.engine import HybridEngine
from solver.search.layout import NEXT, Data, new_state
from solver.search.neighbours import write_lists
from solver.search.settings import SearchSettings
from solver.solution import Solution

REPEATS = 3

SEED = 1

Routes = dict[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What was measured on one instance.

    Attributes:
        orders, vehicles, routes: sizes; of the first routes.
        problem_s: `Problem` from arrays.
        encode_s, lists_s: tables of the search; of that, neighbour lists.
        first_s: first routes.
        plain_per_s, per_s: iterations in a second without 2-opt* and cross-exchange tries, and with
            the usual number.
        plain_ns, ns: nanoseconds of an iteration.
        load_s: to begin with given routes.
        times_s: schedules of all routes, and the `Solution` with its objective.
        peak_mb: most memory that this process has had so far.
    """

    orders: int
    vehicles: int
    routes: int
    problem_s: float
    encode_s: float
    lists_s: float
    first_s: float
    plain_per_s: float
    per_s: float
    plain_ns: float
    ns: float
    load_s: float
    times_s: float
    peak_mb: float


def measure(orders: int, iterations: int) -> Parts:
    """All parts on a city of so many orders; call `warm_up` before the first."""
    instance = make_city(orders)
    problem = problem_of(instance)
    problem_s = fastest(lambda: problem_of(instance))
    encode_s, lists_s = _encoding(problem)
    data = encoding.encode(problem)
    state, order = new_state(data, SEED), encoding.by_opening(problem)
    first_s = fastest(
        lambda: construct_routes(data, state, order), before=lambda: load_routes(data, state, {})
    )
    routes = routes_of(data, state.row[:, NEXT])
    settings = SearchSettings()
    plain_s = _annealing(data, routes, iterations, tails=0, segments=0)
    usual_s = _annealing(data, routes, iterations, settings.tails, settings.segments)
    return Parts(
        orders=orders,
        vehicles=instance.vehicles,
        routes=len(routes),
        problem_s=problem_s,
        encode_s=encode_s,
        lists_s=lists_s,
        first_s=first_s,
        plain_per_s=iterations / plain_s,
        per_s=iterations / usual_s,
        plain_ns=1e9 * plain_s / iterations,
        ns=1e9 * usual_s / iterations,
        load_s=fastest(lambda: load_routes(data, state, routes)),
        times_s=fastest(lambda: _with_times(problem, routes)),
        peak_mb=peak_mb(),
    )


def warm_up() -> None:
    """Compile, and touch everything once."""
    HybridEngine()
    measure(orders=20, iterations=100)


def fastest(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """Seconds of the fastest of some repetitions, each of them prepared by `before`."""
    took = []
    for _ in range(REPEATS):
        before()
        began = perf_counter()
        work()
        took.append(perf_counter() - began)
    return min(took)


def _encoding(problem: Problem) -> tuple[float, float]:
    """Seconds of the whole, and of the neighbour lists in it."""
    within = []

    def clocked(*arguments: Any) -> None:
        began = perf_counter()
        write_lists(*arguments)
        within.append(perf_counter() - began)

    with patch.object(encoding, "write_lists", clocked):
        whole = fastest(lambda: encoding.encode(problem))
    return whole, min(within)


def _annealing(data: Data, routes: Routes, iterations: int, tails: int, segments: int) -> float:
    """Seconds of iterations from hot to cold; the same random numbers in every repetition."""
    settings, state = SearchSettings(), new_state(data, SEED)
    load_routes(data, state, routes)
    arc = mean_arc_cost(data, state)
    hot, cold, removals = arc * settings.hot, arc * settings.cold, settings.removals

    def begin() -> None:
        state.number[:] = new_state(data, SEED).number
        load_routes(data, state, routes)

    return fastest(
        lambda: anneal_routes(data, state, iterations, hot, cold, removals, tails, segments),
        before=begin,
    )


def _with_times(problem: Problem, routes: Routes) -> int:
    found = (schedule(problem, vehicle, tasks) for vehicle, tasks in routes.items())
    return Solution.of(problem, (route for route in found if route)).objective(problem)


def cold_start_s() -> dict[str, float]:
    """Seconds of a new process, from its start: of Python alone, with imports, ready to search."""
    steps = {
        "python": "",
        "imports": "import solver.search.engine",
        "ready": "from solver.search.engine import HybridEngine; HybridEngine()",
    }
    return {name: fastest(partial(_run, code)) for name, code in steps.items()}


def _run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def peak_mb() -> float:
    """Most memory that this process has had so far."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit

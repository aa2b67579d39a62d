"""From a `Problem` to a checked `Result`: the whole flow on one screen.

locked starts or initial -> engine -> insert what pays -> check
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from importlib import import_module
from time import monotonic

from solver.check import find_violations
from solver.engine import Engine, Search, StopSignal
from solver.errors import ProblemError
from solver.finish import finish
from solver.log import Log, OnIncumbent
from solver.params import SolveParams
from solver.problem import Problem
from solver.result import Result
from solver.solution import Solution
from solver.start import locked_start

ENGINES: Mapping[str, tuple[str, str]] = {
    "hybrid": ("solver.search.engine", "HybridEngine"),
    "ortools": ("solver.routing.search", "RoutingEngine"),
}
"""Module and class of every engine by name; imported when used, since that takes a while."""


def solve(
    problem: Problem,
    params: SolveParams,
    initial: Solution | None = None,
    on_incumbent: OnIncumbent | None = None,
    stop: StopSignal | None = None,
    *,
    began: float | None = None,
    engine: Engine | None = None,
) -> Result:
    """Solve in this process.

    OR-Tools does not let other threads run while it searches: to stop a search at once, use
    `solver.process.solve_in_child`.

    Args:
        problem: to be solved.
        params: how long and how.
        initial: a solution to start from; its times are not kept.
        on_incumbent: called with every better solution.
        stop: asked by the engine between its rounds.
        began: `time.monotonic()` at which the time limit began to run; now unless given.
        engine: to be used instead of the one that `params` names.

    Raises:
        ProblemError: a locked start can't be driven, or `initial` breaks a rule.
        EngineError: the engine failed.
    """
    engine = engine or engine_of(params.engine)
    began = monotonic() if began is None else began
    log = Log(problem, starting_point(problem, initial), began, on_incumbent)
    search = Search(
        params=params,
        deadline=_deadline(problem, params, began),
        initial=log.best,
        report=log.add,
        stop=threading.Event() if stop is None else stop,
    )
    found = engine.search(problem, search)
    log.add(found.solution)
    limit = params.time_limit
    return finish(log, params.engine, found.stop_reason, None if limit is None else began + limit)


def engine_of(name: str) -> Engine:
    """The engine of this name."""
    if name not in ENGINES:
        raise ProblemError(f"Expected engine to be one of {sorted(ENGINES)}, got {name!r}.")
    module, class_name = ENGINES[name]
    engine: Engine = getattr(import_module(module), class_name)()
    return engine


def is_ready(name: str) -> bool:
    """Whether the engine begins at once; False if it is compiled first, which is kept."""
    if name != "hybrid":
        return True
    ready: bool = import_module("solver.search.compiled").is_warm()
    return ready


def starting_point(problem: Problem, initial: Solution | None) -> Solution:
    """The initial solution if it breaks no rule, else the locked starts of routes."""
    start = locked_start(problem)
    if initial is None:
        return start
    violations = [v for v in find_violations(problem, initial) if v.code != "required_unserved"]
    if violations:
        raise ProblemError(
            "The initial solution breaks rules: " + "; ".join(v.message for v in violations)
        )
    return initial


def _deadline(problem: Problem, params: SolveParams, began: float) -> float | None:
    """When the engine must be done; leaves a moment for what comes after it."""
    if params.time_limit is None:
        return None
    after = min(0.1 * params.time_limit, 0.03 + 0.00004 * len(problem.tasks))
    return began + params.time_limit - after

"""How long and how to search."""

from __future__ import annotations

import os
from dataclasses import dataclass

from solver.errors import ProblemError


def usable_cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveParams:
    """Parameters of one solve.

    At least one of `time_limit` and `step_limit` must be given.

    Attributes:
        time_limit: wall seconds for the whole solve, > 0.
        step_limit: the engine's own steps (hybrid: iterations of all threads; ortools: branches of
            its solver), >= 1. With a step limit and no time limit the result depends on problem,
            seed, threads and limit alone.
        seed: of everything random, >= 0.
        engine: name of a registered engine.
        threads: that search side by side, >= 1; None is one for every core. ortools uses one.
    """

    time_limit: float | None = None
    step_limit: int | None = None
    seed: int = 1
    engine: str = "hybrid"
    threads: int | None = None

    def __post_init__(self) -> None:
        if self.time_limit is None and self.step_limit is None:
            raise ProblemError("Expected a time_limit or a step_limit, got neither.")
        if self.time_limit is not None and not 0 < self.time_limit < float("inf"):
            raise ProblemError(f"Expected time_limit > 0, got {self.time_limit}.")
        if self.step_limit is not None and self.step_limit < 1:
            raise ProblemError(f"Expected step_limit >= 1, got {self.step_limit}.")
        if self.threads is not None and self.threads < 1:
            raise ProblemError(f"Expected threads >= 1, got {self.threads}.")
        if self.seed < 0:
            raise ProblemError(f"Expected seed >= 0, got {self.seed}.")

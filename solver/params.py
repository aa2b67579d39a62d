"""How long and how to search."""

from __future__ import annotations

from dataclasses import dataclass

from solver.errors import ProblemError


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveParams:
    """Parameters of one solve.

    At least one of `time_limit` and `step_limit` must be given.

    Attributes:
        time_limit: wall seconds for the whole solve, > 0.
        step_limit: the engine's own steps (OR-Tools: branches of its solver), >= 1. With a step
            limit and no time limit the result depends on problem, seed and limit alone.
        seed: of everything random, >= 0.
        engine: name of a registered engine.
    """

    time_limit: float | None = None
    step_limit: int | None = None
    seed: int = 1
    engine: str = "ortools"

    def __post_init__(self) -> None:
        if self.time_limit is None and self.step_limit is None:
            raise ProblemError("Expected a time_limit or a step_limit, got neither.")
        if self.time_limit is not None and not 0 < self.time_limit < float("inf"):
            raise ProblemError(f"Expected time_limit > 0, got {self.time_limit}.")
        if self.step_limit is not None and self.step_limit < 1:
            raise ProblemError(f"Expected step_limit >= 1, got {self.step_limit}.")
        if self.seed < 0:
            raise ProblemError(f"Expected seed >= 0, got {self.seed}.")

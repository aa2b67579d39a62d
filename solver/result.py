"""What a solve returns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from solver.cost import CostBreakdown
from solver.problem import Problem
from solver.solution import Solution


class StopReason(StrEnum):
    """Why the search ended."""

    TIME_LIMIT = "time_limit"
    STEP_LIMIT = "step_limit"
    EXHAUSTED = "exhausted"
    FINISHED = "finished"
    """The caller asked for the best so far."""
    RUNNING = "running"
    """It has not ended: this is the best so far."""


@dataclass(frozen=True, slots=True)
class Incumbent:
    """A line of the improvement log: after `seconds` the best objective was `objective`."""

    seconds: float
    objective: int
    unserved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The best solution found and how it came about.

    Attributes:
        solution: always there, at worst with every task unserved; passes `check.find_violations`
            but for required tasks left out.
        cost: of the solution, unweighted, by term.
        objective: of the solution, weighted.
        complete: whether every required task is served.
        engine: name of the engine that found it.
        seconds: wall time of the whole solve.
        stop_reason: why the search ended.
        log: every improvement, oldest first.
    """

    solution: Solution
    cost: CostBreakdown
    objective: int
    complete: bool
    engine: str
    seconds: float
    stop_reason: StopReason
    log: tuple[Incumbent, ...] = ()


def best_so_far(
    problem: Problem, engine: str, log: tuple[Incumbent, ...], solution: Solution
) -> Result:
    """What a search that goes on has: the solution of the last line of its log."""
    return Result(
        solution=solution,
        cost=solution.cost(problem),
        objective=log[-1].objective,
        complete=not solution.missing(problem),
        engine=engine,
        seconds=log[-1].seconds,
        stop_reason=StopReason.RUNNING,
        log=log,
    )

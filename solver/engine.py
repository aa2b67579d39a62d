"""The seam between a solve and the engines: one method.

    Found = engine.search(problem, Search(params, deadline, initial, report, stop))

The caller owns the clock, the log and the check; an engine only looks for sequences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from solver.params import SolveParams
from solver.problem import Problem
from solver.result import StopReason
from solver.solution import Solution


class StopSignal(Protocol):
    """A `threading.Event`, or anything that can be asked in the same way."""

    def is_set(self) -> bool:
        """Whether the search should end with the best so far."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What an engine is told.

    Attributes:
        params: seed and step limit; time is in `deadline`.
        deadline: `time.monotonic()` at which the engine must have returned; None is no limit.
        initial: a solution that breaks no rule; where the search starts.
        report: to be called with every solution that is better than any before.
        stop: once set, return the best so far.
    """

    params: SolveParams
    deadline: float | None
    initial: Solution
    report: Callable[[Solution], None]
    stop: StopSignal

    @property
    def seconds_left(self) -> float:
        """Until the deadline; infinite without one."""
        return float("inf") if self.deadline is None else self.deadline - monotonic()


@dataclass(frozen=True, slots=True)
class Found:
    """The best solution that an engine found and why it ended."""

    solution: Solution
    stop_reason: StopReason


class Engine(Protocol):
    """Looks for a good solution."""

    def search(self, problem: Problem, search: Search) -> Found:
        """The best solution found before the deadline, the step limit or the stop signal."""
        ...

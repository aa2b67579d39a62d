"""The best solution of a solve so far, and when it came."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from solver.problem import Problem
from solver.result import Incumbent
from solver.solution import Solution

OnIncumbent = Callable[[Incumbent, Solution], None]


class Log:
    """Compares by `(required tasks left out, objective)`, keeps the best, writes down improvements.

    The solution that a solve starts from is kept, but it is no improvement.
    """

    def __init__(
        self,
        problem: Problem,
        start: Solution,
        began: float,
        on_incumbent: OnIncumbent | None = None,
    ) -> None:
        """Begin with `start`; `began` is the `time.monotonic()` that seconds count from."""
        self.problem = problem
        self.best = start
        self.began = began
        self.on_incumbent = on_incumbent
        self.incumbents: list[Incumbent] = []
        self._rank = self._rank_of(start)

    @property
    def seconds(self) -> float:
        """Since the solve began."""
        return monotonic() - self.began

    def add(self, solution: Solution) -> None:
        """Keep this solution if it is better than the best."""
        rank = self._rank_of(solution)
        if rank >= self._rank:
            return
        self.best, self._rank = solution, rank
        incumbent = Incumbent(self.seconds, rank[1], len(solution.unserved))
        self.incumbents.append(incumbent)
        if self.on_incumbent is not None:
            self.on_incumbent(incumbent, solution)

    def _rank_of(self, solution: Solution) -> tuple[int, int]:
        return len(solution.missing(self.problem)), solution.objective(self.problem)

"""How long to search: by VROOM's exploration level and the number of jobs.

Up to `MOST_STEPS` the search ends after a number of steps, so that the same problem gives the same
answer on the same number of threads; beyond that it ends by the clock.
"""

from __future__ import annotations

from dataclasses import dataclass

from solver.params import SolveParams

STEPS = (250, 500, 1000, 2000, 4000, 8000)
"""For every job, of all threads, by level; one annealing of a thread takes 4,000 for every job."""

FEWEST_STEPS = 4000
"""A handful of jobs is solved by then."""

MOST_STEPS = 2_000_000
"""About ten seconds of two threads."""

SPEED = 100_000
"""Steps in a second, about: what steps beyond `MOST_STEPS` are turned into seconds by."""

LONGEST = 30.0
"""Seconds of any search without a limit of the caller's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What the options of a document ask for.

    Attributes:
        level: VROOM's `x`, 0 to 5.
        threads: VROOM's `t`.
        seconds: VROOM's `l`, a limit; None is none.
    """

    level: int = 5
    threads: int = 2
    seconds: float | None = None

    def params(self, jobs: int) -> SolveParams:
        """For a problem of so many jobs."""
        steps = max(FEWEST_STEPS, STEPS[self.level] * jobs)
        by_steps = steps <= MOST_STEPS
        seconds = None if by_steps else min(LONGEST, steps / SPEED)
        return SolveParams(
            time_limit=self.seconds or seconds,
            step_limit=steps if by_steps else None,
            threads=self.threads,
        )

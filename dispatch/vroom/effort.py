"""How long to search: by VROOM's exploration level and the number of jobs.

Small problems end after a number of steps, so that the same one gives the same answer on the same
number of threads; large ones end by the clock, for want of a bound on what recombining takes.
"""

from __future__ import annotations

from dataclasses import dataclass

from solver.params import SolveParams

STEPS = (125, 250, 500, 1000, 2000, 4000)
"""For every job, of all threads, by level; one annealing of a thread takes 4,000 for every job."""

FEWEST_STEPS = 4000
"""A handful of jobs is solved by then."""

BY_STEPS = 100
"""Jobs up to which steps end the search: a few seconds at the highest level."""

SPEED = 100_000
"""Steps in a second, about, by which they become seconds for more jobs."""

LONGEST = 30.0
"""Seconds at most."""


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
        if jobs <= BY_STEPS:
            return SolveParams(time_limit=self.seconds, step_limit=steps, threads=self.threads)
        seconds = min(self.seconds or LONGEST, LONGEST, steps / SPEED)
        return SolveParams(time_limit=seconds, threads=self.threads)

"""How much of a stretch of work is over: by the clock, by steps, or by whichever is further."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

TICK = 0.02
"""Seconds of a thread's slice, between two looks at the clock."""

LOOK = 0.005
"""Seconds between two looks at the stop signal, by the thread that may ask for it."""

STEPS = 1000
"""Of a slice where there is no clock."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Measures shares in `0 ... 1` of what one thread may do.

    Attributes:
        began, deadline: `time.monotonic()` of both ends; deadline None is no limit.
        steps: that a thread may make, >= 1.
    """

    began: float
    deadline: float | None
    steps: int

    def share(self, steps: int) -> float:
        """What is over after so many steps."""
        shares = [steps / self.steps]
        if self.deadline is not None:
            shares.append((monotonic() - self.began) / self._whole)
        return min(1.0, max(shares))

    def share_of(self, steps: int, per_second: float) -> float:
        """What so many more steps will take."""
        shares = [steps / self.steps]
        if self.deadline is not None:
            shares.append(steps / per_second / self._whole)
        return max(shares)

    def slice(self, steps: int, per_second: float, until: float) -> int:
        """Steps until the next look at the clock or until this share is over, >= 1."""
        left = max(1, round(self.steps * until) - steps)
        if self.deadline is None:
            return min(STEPS, left)
        seconds = min(TICK, self.deadline - monotonic())
        return min(left, max(1, int(per_second * seconds)))

    def seconds_until(self, share: float) -> float | None:
        """Until this share is over by the clock; None without one."""
        if self.deadline is None:
            return None
        return self.began + share * self._whole - monotonic()

    @property
    def _whole(self) -> float:
        assert self.deadline is not None
        return max(1e-9, self.deadline - self.began)

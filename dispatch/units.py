"""Units, said once.

Inside: whole seconds from the snapshot's epoch, metres, grams, millilitres, and cost units of 1/100
of the currency. Datetimes, kilometres and hours exist only at the edge.
"""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.errors import require

SECONDS_PER_HOUR = 3600
METRES_PER_KM = 1000
COST_UNITS_PER_CURRENCY = 100

DAY_S = 24 * SECONDS_PER_HOUR


@dataclass(frozen=True, slots=True, order=True)
class TimeWindow:
    """A span of time, seconds from the snapshot's epoch, both ends included; may be negative."""

    start_s: int
    end_s: int

    def __post_init__(self) -> None:
        require(
            self.start_s <= self.end_s,
            f"Expected start <= end, got [{self.start_s}, {self.end_s}].",
        )

"""Times and amounts as a dispatcher reads them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dispatch.units import COST_UNITS_PER_CURRENCY


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock on the wall of a city.

    Attributes:
        release: the epoch of all times.
        time_zone: IANA name.
    """

    release: datetime
    time_zone: str

    def local(self, time_s: int) -> datetime:
        """Local date and time."""
        return (self.release + timedelta(seconds=time_s)).astimezone(ZoneInfo(self.time_zone))

    def stamp(self, time_s: int) -> str:
        """RFC 3339 with the local offset."""
        return self.local(time_s).isoformat()

    def at(self, time_s: int) -> str:
        """Time of day, rounded up to the minute; with the date where it is another day."""
        local = self.local(math.ceil(time_s / 60) * 60)
        same_day = local.date() == self.local(0).date()
        return f"{local:%H:%M}" if same_day else f"{local:%Y-%m-%d %H:%M}"


def money(amount: int) -> str:
    """Cost units as an amount of the currency: 123456 is `1,234.56`."""
    return f"{amount / COST_UNITS_PER_CURRENCY:,.2f}"


def span(seconds: int) -> str:
    """Whole minutes, rounded up."""
    hours, minutes = divmod(math.ceil(seconds / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def listed(parts: list[str], word: str = "and") -> str:
    """`a, b and c`."""
    return f" {word} ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def sentence(text: str) -> str:
    """Capital letter and full stop."""
    return f"{text[0].upper()}{text[1:]}."

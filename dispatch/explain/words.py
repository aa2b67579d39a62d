"""Times and amounts as a dispatcher reads them."""

from __future__ import annotations

import math
from datetime import timedelta
from zoneinfo import ZoneInfo

from dispatch.snapshot import Snapshot


def clock(snapshot: Snapshot, time_s: int) -> str:
    """Local time of day, rounded up to the minute; with the date where it is another day."""
    zone = ZoneInfo(snapshot.city.time_zone)
    minute = timedelta(minutes=math.ceil(time_s / 60))
    release = snapshot.release.astimezone(zone)
    local = (snapshot.release + minute).astimezone(zone)
    return f"{local:%H:%M}" if local.date() == release.date() else f"{local:%Y-%m-%d %H:%M}"


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

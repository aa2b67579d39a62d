"""The timeline of a report: what every courier does when, as bars in one scale.

A route is `drive to the depot, load, (drive, wait, serve) for every stop, drive back`. A stop has
its promised window and its slack: the time that its arrival could be later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dispatch.plan import Plan, Route, Stop
from dispatch.units import SECONDS_PER_HOUR
from dispatch.words import Clock, span

WIDTH = 1000.0
"""Of the scale."""

TIGHT_S = 300
"""A stop with less slack is drawn as tight."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A span of time: kind (a CSS class), left and width in pixels, label, tooltip."""

    kind: str
    x: float
    width: float
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Tick:
    """An hour on the axis."""

    x: float
    label: str


class Scale:
    """Seconds of a plan to pixels."""

    def __init__(self, plan: Plan) -> None:
        """From the hour before the first route starts to the hour after the last one ends."""
        self.clock = Clock(plan.release, plan.time_zone)
        first = min((route.start_s for route in plan.routes), default=0)
        last = max((route.end_s for route in plan.routes), default=SECONDS_PER_HOUR)
        local = self.clock.local(first)
        past_the_hour = local.minute * 60 + local.second
        self.first = first - past_the_hour
        hours = max(1, -((self.first - last) // SECONDS_PER_HOUR))
        self.step = next((step for step in (1, 2, 4, 6, 12) if hours <= 24 * step), 24)
        self.hours = hours
        self.px_per_s = WIDTH / (hours * SECONDS_PER_HOUR)

    def ticks(self) -> list[Tick]:
        """Every hour, or every few where there are many."""
        times = (
            self.first + hour * SECONDS_PER_HOUR for hour in range(0, self.hours + 1, self.step)
        )
        return [Tick(self.x(time), self.clock.at(time)) for time in times]

    def x(self, time_s: int) -> float:
        """Pixels from the left."""
        return round((time_s - self.first) * self.px_per_s, 2)

    def bar(self, kind: str, start_s: int, end_s: int, label: str = "", what: str = "") -> Bar:
        """A bar over a span of time, clipped to the scale."""
        left = min(max(self.x(start_s), 0.0), WIDTH)
        right = min(max(self.x(end_s), 0.0), WIDTH)
        times = f"{self.clock.at(start_s)}-{self.clock.at(end_s)}"
        return Bar(kind, left, round(right - left, 2), label, f"{what or kind} {times}")


def route_bars(scale: Scale, route: Route) -> list[Bar]:
    """The whole route as one row."""
    return list(_route_bars(scale, route))


def _route_bars(scale: Scale, route: Route) -> Iterator[Bar]:
    yield scale.bar("drive", route.start_s, route.loading_s, what="to the depot")
    yield scale.bar("load", route.loading_s, route.departure_s, what="loading")
    for number, stop in enumerate(route.stops, start=1):
        yield scale.bar("drive", stop.arrival_s - stop.travel_s, stop.arrival_s)
        if stop.waiting_s:
            yield scale.bar("wait", stop.arrival_s, stop.start_s, what=f"waiting at {stop.order}")
        yield scale.bar(_kind(stop), stop.start_s, stop.departure_s, str(number), _told(stop))
    yield scale.bar("drive", route.end_s - route.return_travel_s, route.end_s, what="back")


def stop_bars(scale: Scale, stop: Stop) -> list[Bar]:
    """One stop as a row of its own: window, slack, waiting, service."""
    return [
        scale.bar("window", stop.window.start_s, stop.window.end_s, what="promised"),
        scale.bar(
            "slack", stop.arrival_s, stop.arrival_s + stop.slack_s, what=f"slack {_slack(stop)}"
        ),
        scale.bar("wait", stop.arrival_s, stop.start_s, what="waiting"),
        scale.bar(_kind(stop), stop.start_s, stop.departure_s, what="service"),
    ]


def _kind(stop: Stop) -> str:
    if stop.late_s:
        return "serve late"
    return "serve tight" if stop.slack_s < TIGHT_S else "serve"


def _slack(stop: Stop) -> str:
    return span(stop.slack_s) if stop.slack_s >= 60 else f"{stop.slack_s} s"


def _told(stop: Stop) -> str:
    late = f", late {span(stop.late_s)}" if stop.late_s else ""
    return f"{stop.order}, slack {_slack(stop)}{late}, service"

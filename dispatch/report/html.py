"""The report as one HTML file: no network, no fonts, no framework.

The page may run exactly one script, its own (Content-Security-Policy by hash), and load nothing.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from dispatch.orders import Order
from dispatch.plan import TERMS, Plan, Route, Stop, Unserved
from dispatch.report.chart_map import draw_map
from dispatch.report.timeline import Bar, Scale, route_bars, stop_bars
from dispatch.snapshot import Snapshot
from dispatch.units import METRES_PER_KM
from dispatch.words import Clock, listed, money, span

GOLDEN_ANGLE = 137.508
"""Degrees of hue from one courier to the next; neighbours in the list never look alike."""


@dataclass(frozen=True, slots=True)
class _StopRow:
    number: int
    stop: Stop
    order: Order
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class _RouteRow:
    route: Route
    colour: str
    bars: list[Bar]
    load: str
    stops: list[_StopRow]


@dataclass(frozen=True, slots=True)
class _UnservedRow:
    left: Unserved
    order: Order


def html_report(snapshot: Snapshot, plan: Plan) -> str:
    """The whole page as text; opens from a disk without network."""
    orders = {order.id: order for order in snapshot.orders}
    clock, scale = Clock(plan.release, plan.time_zone), Scale(plan)
    script = _asset("report.js")
    return _template().render(
        plan=plan,
        clock=clock,
        scale=scale,
        terms=[(term, getattr(plan.cost, term)) for term in TERMS],
        routes=[
            _route_row(orders, scale, number, route) for number, route in enumerate(plan.routes)
        ],
        unserved=[_UnservedRow(left, orders[left.order]) for left in plan.unserved],
        map=draw_map(snapshot, plan, _titles(plan, orders, clock)),
        style=Markup(_asset("report.css")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _route_row(orders: dict[str, Order], scale: Scale, number: int, route: Route) -> _RouteRow:
    hue, light = number * GOLDEN_ANGLE % 360, (38, 46, 32)[number % 3]
    return _RouteRow(
        route=route,
        colour=f"hsl({hue:.0f} 68% {light}%)",
        bars=route_bars(scale, route),
        load=", ".join(f"{name} {amount:,}" for name, amount in route.load.items()),
        stops=[
            _StopRow(k, stop, orders[stop.order], stop_bars(scale, stop))
            for k, stop in enumerate(route.stops, start=1)
        ],
    )


def _titles(plan: Plan, orders: dict[str, Order], clock: Clock) -> dict[str, str]:
    """What a marker on the map says."""
    titles = {
        stop.order: f"{route.courier} stop {number}: {stop.order}, {clock.at(stop.start_s)}\n"
        f"{orders[stop.order].place.address}"
        for route in plan.routes
        for number, stop in enumerate(route.stops, start=1)
    }
    for left in plan.unserved:
        titles[left.order] = f"unserved: {left.order}\n{left.detail}"
    return titles


def windows(order: Order, clock: Clock) -> str:
    """`08:00-10:00 or 16:00-18:00`."""
    return listed([f"{clock.at(w.start_s)}-{clock.at(w.end_s)}" for w in order.windows], "or")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("dispatch.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "money": money,
        "span": span,
        "km": lambda metres: f"{metres / METRES_PER_KM:,.1f} km",
        "plain": lambda reason: reason.replace("_", " "),
        "windows": windows,
    }
    return environment.get_template("report.html")


@cache
def _asset(name: str) -> str:
    return (resources.files("dispatch.report") / "templates" / name).read_text(encoding="utf-8")

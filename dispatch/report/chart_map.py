"""The map of a report: positions in the plane, and what is drawn at them.

    x = (lon - lon0) cos(lat0),  y = lat0 - lat

scaled alike on both axes (equirectangular; within a city it is off by less than a line's width).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dispatch.places import Place
from dispatch.plan import Plan
from dispatch.report.geo import route_line
from dispatch.snapshot import Snapshot
from dispatch.units import METRES_PER_KM

WIDTH, MARGIN = 1000.0, 36.0
HEIGHTS = (420.0, 900.0)
METRES_PER_DEGREE = 111_195.0
LEAST_SPAN_M = 500.0
RING_PX = 15.0
FAR = 0.6
"""An order is far, and need not be on the map, if it is that many widths of the city outside."""

SCALES_KM = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)

Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Dot:
    """A marker: where, what is written in it, and in its tooltip."""

    x: float
    y: float
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """A courier's route: the way to the first stop, through the stops, and to the end."""

    courier: str
    out: str
    through: str
    back: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Map:
    """Everything that is drawn.

    Attributes:
        width, height: of the view box.
        grid_x, grid_y: positions of grid lines.
        scale_km, scale_px: of the scale bar, which is one cell of the grid.
        lines, depots, unserved: see their types.
    """

    width: float
    height: float
    grid_x: tuple[float, ...]
    grid_y: tuple[float, ...]
    scale_km: float
    scale_px: float
    lines: tuple[Line, ...]
    depots: tuple[Dot, ...]
    unserved: tuple[Dot, ...]


def draw_map(snapshot: Snapshot, plan: Plan, titles: dict[str, str]) -> Map:
    """The map of a plan.

    Args:
        snapshot: of the plan.
        plan: to be drawn.
        titles: tooltip by order.
    """
    return _Drawing(snapshot, plan, titles).map()


class _Drawing:
    def __init__(self, snapshot: Snapshot, plan: Plan, titles: dict[str, str]) -> None:
        self.snapshot, self.plan, self.titles = snapshot, plan, titles
        self.places = {order.id: order.place for order in snapshot.orders}
        self.routes = [route_line(snapshot, route) for route in plan.routes]
        self._fit(
            [depot.place.position for depot in snapshot.depots],
            [order.place.position for order in snapshot.orders],
        )
        self.taken: Counter[Position] = Counter()

    def _fit(self, depots: Sequence[Position], orders: Sequence[Position]) -> None:
        """All depots and nearly all orders fill the map; a few far ones lie beyond its edge."""
        lons, lats = (
            [*(depot[axis] for depot in depots), *_core([order[axis] for order in orders])]
            for axis in (0, 1)
        )
        self.lon0, self.lat0 = min(lons), max(lats)
        self.stretch = max(0.01, math.cos(math.radians((min(lats) + max(lats)) / 2)))
        least = LEAST_SPAN_M / METRES_PER_DEGREE
        across = max((max(lons) - min(lons)) * self.stretch, least)
        up = max(max(lats) - min(lats), least)
        room = (WIDTH - 2 * MARGIN, HEIGHTS[1] - 2 * MARGIN)
        self.px_per_degree = min(room[0] / across, room[1] / up)
        self.height = max(HEIGHTS[0], up * self.px_per_degree + 2 * MARGIN)
        self.left = (WIDTH - (max(lons) - min(lons)) * self.stretch * self.px_per_degree) / 2
        self.top = (self.height - (max(lats) - min(lats)) * self.px_per_degree) / 2

    def map(self) -> Map:
        px_per_km = self.px_per_degree * METRES_PER_KM / METRES_PER_DEGREE
        scale = max((s for s in SCALES_KM if s * px_per_km <= 160), default=SCALES_KM[0])
        cell = scale * px_per_km
        return Map(
            width=WIDTH,
            height=round(self.height, 1),
            grid_x=_grid(WIDTH, cell),
            grid_y=_grid(self.height, cell),
            scale_km=scale,
            scale_px=round(cell, 1),
            lines=tuple(self._lines()),
            depots=tuple(
                self._dot(depot.place, depot.id, f"{depot.id} {depot.place.address}")
                for depot in self.snapshot.depots
            ),
            unserved=tuple(
                self._dot(self._apart(self.places[left.order]), "×", self.titles[left.order])
                for left in self.plan.unserved
            ),
        )

    def _xy(self, position: Sequence[float]) -> Position:
        lon, lat = position
        return (
            round(self.left + (lon - self.lon0) * self.stretch * self.px_per_degree, 1),
            round(self.top + (self.lat0 - lat) * self.px_per_degree, 1),
        )

    def _dot(self, place: Place | Position, label: str, title: str) -> Dot:
        x, y = self._xy(place.position) if isinstance(place, Place) else place
        return Dot(x, y, label, title)

    def _apart(self, place: Place) -> Position:
        """Where a marker goes: later ones at one place stand in rings around the first."""
        x, y = self._xy(place.position)
        number = self.taken[x, y]
        self.taken[x, y] += 1
        if number == 0:
            return x, y
        ring, step = divmod(number - 1, 6)
        angle = math.tau * step / 6 + ring * 0.5
        reach = RING_PX * (ring + 1)
        return round(x + reach * math.cos(angle), 1), round(y + reach * math.sin(angle), 1)

    def _lines(self) -> Iterable[Line]:
        for route, line in zip(self.plan.routes, self.routes, strict=True):
            count = len(route.stops)
            first, last = len(line) - 1 - count, len(line) - 2
            points = [self._xy(position) for position in line]
            yield Line(
                courier=route.courier,
                out=_path(points[: first + 1]),
                through=_path(points[first : last + 1]),
                back=_path(points[last:]),
                dots=tuple(
                    self._dot(
                        self._apart(self.places[stop.order]), str(number), self.titles[stop.order]
                    )
                    for number, stop in enumerate(route.stops, start=1)
                ),
            )


def _core(values: list[float]) -> list[float]:
    """The values that are not far from the middle nine tenths."""
    low, high = np.quantile(values, (0.05, 0.95))
    room = FAR * (high - low) + LEAST_SPAN_M / METRES_PER_DEGREE
    return [value for value in values if low - room <= value <= high + room]


def _grid(length: float, cell: float) -> tuple[float, ...]:
    return tuple(round(k * cell, 1) for k in range(1, int(length / cell) + 1))


def _path(points: Sequence[Position]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)

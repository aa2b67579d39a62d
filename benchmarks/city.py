"""A made-up city of 30 x 24 km and a day of orders: a VRPTW of any size, seeded.

    time(i, j) = leave(i) + min(local(i, j), way(i) + roads(i, j) + way(j)) + reach(j)

`roads` are shortest times on a grid of main roads that are slow in the centre, not the same in both
directions and cross the river by few bridges; `way` leads to the nearest of its crossings. `local`
are side streets, for two places on one side of the river. `leave` and `reach` stand for one-way
streets, so times are not symmetric. The city is always the same; orders depend on size and seed.

Feasible by construction: no drive and service together take 1.5 hours, so a vehicle can serve any
orders whose windows open 1.5 hours apart, and there are vehicles enough to serve all in this way:
more than four times what a good plan uses.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.instance import Doubles, Instance, Int32s

WIDTH, HEIGHT = 30.0, 24.0
"""Of the city, km."""

SPACING = 1.5
"""Between main roads, km."""

CENTRE = np.array([13.0, 12.0])
DEPOT = np.array([24.5, 4.5])
BRIDGES = (3.0, 9.0, 13.5, 19.5)
"""The main roads across the river, by their y."""

CLUSTERS = 14
BACKGROUND = 0.25
"""Share of orders that belong to no cluster."""

HOUR = 3600
DAY = 16
"""Hours from the opening of the depot to its closing."""

LAST_WINDOW = 13
"""Hours after which no window is open; what is left suffices for the last way home."""

CAPACITY = 125
"""Of a vehicle: 25 stops of a mean demand of 5."""

APART = 3
"""Half hours between the openings of two windows that a vehicle can surely serve."""

BLOCK = 256
"""Rows of the matrix that are computed at once."""


def make_city(orders: int, seed: int = 1) -> Instance:
    """A day in the city with 2-hour and 4-hour windows."""
    rng = np.random.default_rng([seed, orders])
    points = np.vstack([DEPOT, _places(orders, rng)])
    length = rng.choice([2, 4], size=orders, p=[0.6, 0.4])
    half_hours = rng.integers(2, 2 * (LAST_WINDOW - length), endpoint=True)
    opens = half_hours * (HOUR // 2)
    return Instance(
        name=f"city-{orders}",
        instance_class=f"CITY-{orders}",
        vehicles=int(np.convolve(np.bincount(half_hours), np.ones(APART, dtype=int)).max()),
        capacity=CAPACITY,
        costs=travel_times(points, rng),
        demands=_after_depot(0, rng.integers(1, 9, size=orders, endpoint=True)),
        services=_after_depot(0, rng.integers(120, 300, size=orders, endpoint=True)),
        opens=_after_depot(0, opens),
        closes=_after_depot(DAY * HOUR, opens + length * HOUR),
    )


def _after_depot(depot: float, values: NDArray[np.int64]) -> Doubles:
    return np.concatenate([[depot], values]).astype(np.float64)


def _places(orders: int, rng: np.random.Generator) -> Doubles:
    """Where people live: `(orders, 2)`, km."""
    town = np.random.default_rng(30_24)
    middles = np.vstack([CENTRE, town.uniform([2, 2], [WIDTH - 2, HEIGHT - 2], (CLUSTERS - 1, 2))])
    spreads = np.concatenate([[2.5], town.uniform(0.5, 1.8, CLUSTERS - 1)])
    shares = np.concatenate([[0.2], 0.8 * town.dirichlet(np.full(CLUSTERS - 1, 2.0))])
    own = rng.choice(CLUSTERS, size=orders, p=shares)
    points = rng.normal(middles[own], spreads[own, None])
    scattered = rng.random(orders) < BACKGROUND
    points[scattered] = rng.uniform([0, 0], [WIDTH, HEIGHT], (int(scattered.sum()), 2))
    return np.clip(points, 0, [WIDTH, HEIGHT])


def travel_times(points: Doubles, rng: np.random.Generator) -> Int32s:
    """Seconds between points in km, int32 of shape `(n, n)`; computed a few rows at a time."""
    crossings, roads = _main_roads()
    x, y = points.astype(np.float32).T
    side = _side(points)
    pace = (1.6 * _pace(points)).astype(np.float32)
    blocks = np.abs(points[:, None] - crossings).sum(axis=2)
    blocks[side[:, None] != _side(crossings)] = np.inf
    node = blocks.argmin(axis=1)
    way = (blocks.min(axis=1) * pace).astype(np.float32)
    leave, reach = rng.integers(5, 45, size=(2, len(points))).astype(np.float32)
    times = np.empty((len(points), len(points)), dtype=np.int32)
    for first in range(0, len(points), BLOCK):
        rows = slice(first, first + BLOCK)
        local = np.abs(x[rows, None] - x) + np.abs(y[rows, None] - y)
        local *= (pace[rows, None] + pace) / 2
        local[side[rows, None] != side] = np.inf
        through = roads[node[rows]][:, node]
        through += way[rows, None] + way
        np.minimum(local, through, out=local)
        local += leave[rows, None] + reach
        times[rows] = np.rint(local, out=local)
    np.fill_diagonal(times, 0)
    return times


def _pace(points: Doubles) -> Doubles:
    """Seconds per km on a main road: 48 km/h outside, 22 km/h in the centre."""
    from_centre = ((points - CENTRE) ** 2).sum(axis=-1)
    return np.asarray(75 + 90 * np.exp(-from_centre / 25), dtype=np.float64)


def _side(points: Doubles) -> NDArray[np.bool_]:
    """Whether a point lies east of the river."""
    east: NDArray[np.bool_] = points[..., 0] > 18 + 2 * np.sin(points[..., 1] / 4)
    return east


@cache
def _main_roads() -> tuple[Doubles, NDArray[np.float32]]:
    """Crossings of main roads, `(m, 2)`, and shortest seconds between them, `(m, m)`."""
    rng = np.random.default_rng(1)
    columns, rows = round(WIDTH / SPACING) + 1, round(HEIGHT / SPACING) + 1
    x, y = np.meshgrid(np.arange(columns) * SPACING, np.arange(rows) * SPACING)
    crossings = np.column_stack([x.ravel(), y.ravel()])
    number = np.arange(len(crossings)).reshape(rows, columns)
    pairs = [(number[:, :-1], number[:, 1:]), (number[:-1], number[1:])]
    roads = np.full((len(crossings), len(crossings)), np.inf, dtype=np.float32)
    np.fill_diagonal(roads, 0)
    for here, there in pairs:
        a, b = here.ravel(), there.ravel()
        dry = _side(crossings[a]) == _side(crossings[b])
        bridge = np.isin(crossings[a, 1], BRIDGES) & (crossings[a, 1] == crossings[b, 1])
        a, b = a[dry | bridge], b[dry | bridge]
        seconds = SPACING * _pace((crossings[a] + crossings[b]) / 2)
        roads[a, b] = seconds * rng.uniform(0.9, 1.2, len(a))
        roads[b, a] = seconds * rng.uniform(0.9, 1.2, len(a))
    for k in range(len(crossings)):
        np.minimum(roads, roads[:, k, None] + roads[k], out=roads)
    return crossings, roads

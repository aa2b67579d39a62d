"""Hypothesis strategies: tiny problems with every rule, and small valid snapshots."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from dispatch.couriers import Courier, VehicleType
from dispatch.depots import Depot
from dispatch.orders import Lateness, Order, Zone
from dispatch.places import Place
from dispatch.snapshot import City, CourierLock, HaversineTravel, Snapshot
from dispatch.units import TimeWindow
from solver.cost import Weights
from solver.problem import Problem, Task, Travel, Vehicle, Window
from tests.worlds import RELEASE

LATEST = 40
"""All times of tiny problems are below; small, so that every second can be tried."""

LIMITS = st.none() | st.integers(0, 2 * LATEST)
"""Of the time on the way."""

SKILLS = st.frozensets(st.integers(0, 2), max_size=2)


@st.composite
def windows(draw: DrawFn) -> tuple[Window, ...]:
    """One or two hard windows."""
    cuts = sorted(draw(st.sets(st.integers(0, LATEST), min_size=2, max_size=4)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return tuple(Window(opening, closing) for opening, closing in pairs)


@st.composite
def tasks(draw: DrawFn, places: int, vehicles: int, dimensions: int) -> Task:
    """Any task; one in five must be served, one in eight is locked."""
    chosen = draw(windows())
    late = draw(st.booleans())
    return Task(
        place=draw(st.integers(0, places - 1)),
        service=draw(st.integers(0, 5)),
        windows=chosen,
        loads=tuple(draw(st.integers(0, 4)) for _ in range(dimensions)),
        due=draw(st.integers(0, LATEST)) if late else None,
        late_cost=draw(st.integers(0, 5)) if late else 0,
        penalty=None if draw(st.integers(0, 4)) == 0 else draw(st.integers(0, 200)),
        skills=draw(SKILLS) if draw(st.integers(0, 3)) == 0 else frozenset(),
        vehicle=draw(st.integers(0, vehicles - 1)) if draw(st.integers(0, 7)) == 0 else None,
    )


@st.composite
def vehicles(draw: DrawFn, places: int, travel: int, dimensions: int) -> Vehicle:
    """Any vehicle without a locked start."""
    earliest, latest = sorted((draw(st.integers(0, LATEST)), draw(st.integers(0, LATEST))))
    return Vehicle(
        start=draw(st.integers(0, places - 1)),
        end=draw(st.integers(0, places - 1)),
        capacity=tuple(draw(st.integers(2, 10)) for _ in range(dimensions)),
        earliest=earliest,
        latest_departure=draw(st.integers(0, LATEST)) if draw(st.booleans()) else LATEST,
        latest=latest,
        max_duration=draw(LIMITS),
        setup_duration=draw(st.integers(0, 5)),
        setup_distance=draw(st.integers(0, 5)),
        travel=draw(st.integers(0, travel - 1)),
        fixed_cost=draw(st.integers(0, 20)),
        distance_cost=draw(st.integers(0, 3)),
        duration_cost=draw(st.integers(0, 3)),
        skills=draw(SKILLS),
    )


def _matrix(draw: DrawFn, places: int) -> np.ndarray:
    cells = st.lists(st.integers(0, 9), min_size=places**2, max_size=places**2)
    return np.array(draw(cells), dtype=np.int32).reshape(places, places)


@st.composite
def tiny_problems(draw: DrawFn, most_tasks: int = 4) -> Problem:
    """Up to 4 tasks and 3 vehicles with every rule there is; some have no feasible solution.

    In half of them the vehicles are of one make, so that they exchange whatever they have.
    """
    places, dimensions = draw(st.integers(1, 4)), draw(st.integers(0, 2))
    travel = tuple(
        Travel(_matrix(draw, places), _matrix(draw, places)) for _ in range(draw(st.integers(1, 2)))
    )
    first = draw(vehicles(places, len(travel), dimensions))
    alike = draw(st.booleans())
    fleet = [first] + [
        replace(first, earliest=0, capacity=first.capacity[::-1], max_duration=draw(LIMITS))
        if alike
        else draw(vehicles(places, len(travel), dimensions))
        for _ in range(draw(st.integers(0, 2)))
    ]
    work = [
        draw(tasks(places, len(fleet), dimensions)) for _ in range(draw(st.integers(0, most_tasks)))
    ]
    if work and draw(st.integers(0, 4)) == 0:
        owner = draw(st.integers(0, len(fleet) - 1))
        locked = draw(st.permutations(range(len(work))))[: draw(st.integers(1, 2))]
        free = tuple(task for task in locked if work[task].vehicle in (None, owner))
        fields = {name: getattr(fleet[owner], name) for name in Vehicle.__slots__}
        fleet[owner] = Vehicle(**(fields | {"prefix": free}))
    return Problem(
        tasks=tuple(work),
        vehicles=tuple(fleet),
        travel=travel,
        weights=Weights(**_weights(draw)) if draw(st.booleans()) else Weights(),
    )


def _weights(draw: DrawFn) -> dict[str, int]:
    terms = ("fixed", "distance", "duration", "lateness", "unserved")
    return {term: draw(st.integers(0, 3)) for term in terms}


# --- snapshots -----------------------------------------------------------------------------------

NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), min_size=1, max_size=8
)


@st.composite
def spans(draw: DrawFn, first: int = -7200, last: int = 36_000) -> TimeWindow:
    """A window of up to three hours."""
    start = draw(st.integers(first, last))
    return TimeWindow(start, start + draw(st.integers(0, 10_800)))


@st.composite
def doors(draw: DrawFn) -> Place:
    """A place within a few kilometres of the centre."""
    lon, lat = draw(st.integers(-5000, 5000)), draw(st.integers(-4000, 4000))
    return Place(125.3 + lon / 1e5, 43.88 + lat / 1e5, draw(st.sampled_from(["", "红旗街1号"])))


@st.composite
def orders(draw: DrawFn, order_id: str, depots: list[str]) -> Order:
    """Any valid order that some vehicle type could carry."""
    chosen = sorted(draw(st.lists(spans(), min_size=1, max_size=2)))
    kept = [w for k, w in enumerate(chosen) if k == 0 or chosen[k - 1].end_s < w.start_s]
    late = st.builds(Lateness, cost_per_min=st.integers(0, 100), limit_s=st.integers(1, 3600))
    return Order(
        id=order_id,
        place=draw(doors()),
        windows=tuple(kept),
        load=draw(st.dictionaries(st.sampled_from(["weight_g", "crates"]), st.integers(0, 9))),
        service_s=draw(st.integers(0, 600)),
        zone=draw(st.sampled_from(Zone)),
        category=draw(st.sampled_from(["", "水果", "=1+1"])),
        unserved_cost=draw(st.integers(0, 30_000)),
        skills=draw(st.frozensets(st.sampled_from(["stairs", "call"]), max_size=1)),
        depot=draw(st.sampled_from([None, *depots])),
        lateness=draw(st.none() | late),
    )


@st.composite
def snapshots(draw: DrawFn) -> Snapshot:
    """A small valid wave: one or two depots, one to four couriers, one to eight orders."""
    depots = tuple(
        Depot(
            id=f"D{k}",
            place=draw(doors()),
            open=TimeWindow(draw(st.integers(-3600, 3600)), draw(st.integers(7200, 40_000))),
            loading_s=draw(st.integers(0, 600)),
        )
        for k in range(draw(st.integers(1, 2)))
    )
    kinds = tuple(
        VehicleType(
            id=f"kind-{k}",
            capacity={"weight_g": draw(st.integers(9, 40)), "crates": draw(st.integers(9, 40))},
            zones=frozenset(Zone) if k == 0 else frozenset({Zone.AMBIENT}),
            speed_factor=draw(st.sampled_from([0.5, 1.0, 1.3])),
            cost_per_use=draw(st.integers(0, 5000)),
            cost_per_km=draw(st.integers(0, 200)),
            cost_per_hour=draw(st.integers(0, 4000)),
            max_route_s=draw(st.none() | st.integers(1800, 20_000)),
        )
        for k in range(draw(st.integers(1, 2)))
    )
    ids = draw(st.lists(NAMES, min_size=1, max_size=8, unique=True))
    couriers = tuple(_courier(draw, k, kinds, depots) for k in range(draw(st.integers(1, 4))))
    locked = draw(st.lists(st.sampled_from(ids), max_size=1))
    return Snapshot(
        city=City(name="长春", time_zone="Asia/Shanghai"),
        wave="generated",
        release=RELEASE,
        depots=depots,
        vehicle_types=kinds,
        couriers=couriers,
        orders=tuple(draw(orders(name, [depot.id for depot in depots])) for name in ids),
        travel=HaversineTravel(speed_kmh=20.0, detour_factor=1.4, fixed_s=draw(st.integers(0, 90))),
        courier_locks=tuple(
            CourierLock(order=name, courier=draw(st.sampled_from(couriers)).id) for name in locked
        ),
    )


def _courier(
    draw: DrawFn, k: int, kinds: tuple[VehicleType, ...], depots: tuple[Depot, ...]
) -> Courier:
    settings: dict[str, Any] = {
        "vehicle_type": (kinds[0] if k == 0 else draw(st.sampled_from(kinds))).id,
        "depot": draw(st.sampled_from(depots)).id,
        "shift": TimeWindow(draw(st.integers(-3600, 7200)), draw(st.integers(7200, 40_000))),
        "skills": draw(st.frozensets(st.sampled_from(["stairs", "call"]))),
        "start": draw(st.none() | doors()),
        "end": draw(st.none() | doors()),
        "max_route_s": draw(st.none() | st.integers(1800, 20_000)),
    }
    return Courier(id=f"courier-{k}", **settings)

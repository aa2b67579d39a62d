"""Small named worlds that many tests share.

`village()`: depot D open 08:00-20:00, two couriers, places on a line one minute and 100 m apart:

    D(0)  A(1)  B(2)  C(3)

Release is 08:00 +08:00 and time zero. Bike: capacity 10 kg, ambient and chilled, 1.00 a use, 2.00 a
kilometre, 18.00 an hour. Van: capacity 100 kg, every zone, 5.00 a use, 3.00 a kilometre, 36.00 an
hour, loads like the bike for five minutes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np

from dispatch.couriers import Courier, VehicleType
from dispatch.depots import Depot
from dispatch.orders import Order, Zone
from dispatch.places import Place
from dispatch.snapshot import City, MatrixTravel, Snapshot
from dispatch.units import TimeWindow

HOUR = 3600
RELEASE = datetime(2026, 11, 24, 8, 0, tzinfo=timezone(timedelta(hours=8)))
assert RELEASE.astimezone(UTC).hour == 0

D, A, B, C = (Place(125.30 + i / 100, 43.88, name) for i, name in enumerate("DABC"))
LINE = (D, A, B, C)

BIKE = VehicleType(
    id="bike",
    capacity={"weight_g": 10_000},
    zones=frozenset({Zone.AMBIENT, Zone.CHILLED}),
    cost_per_use=100,
    cost_per_km=200,
    cost_per_hour=1800,
)
VAN = VehicleType(
    id="van",
    capacity={"weight_g": 100_000},
    zones=frozenset(Zone),
    cost_per_use=500,
    cost_per_km=300,
    cost_per_hour=3600,
)
DEPOT = Depot(id="D", place=D, open=TimeWindow(0, 12 * HOUR), loading_s=300)


def line_travel() -> MatrixTravel:
    """One minute and 100 m per step of the line."""
    steps = np.abs(np.subtract.outer(np.arange(len(LINE)), np.arange(len(LINE))))
    return MatrixTravel(
        positions=tuple(place.position for place in LINE),
        durations_s=steps * 60,
        distances_m=steps * 100,
    )


def order(order_id: str, place: Place, **changes: Any) -> Order:
    """A 1 kg ambient order that may be handed over in the first hour, 2 minutes at the door."""
    settings: dict[str, Any] = {
        "windows": (TimeWindow(0, HOUR),),
        "load": {"weight_g": 1000},
        "service_s": 120,
        "unserved_cost": 10_000,
    }
    return Order(id=order_id, place=place, **(settings | changes))


def courier(courier_id: str, vehicle_type: str, **changes: Any) -> Courier:
    """A courier of depot D on shift for the first four hours."""
    settings: dict[str, Any] = {"depot": "D", "shift": TimeWindow(0, 4 * HOUR)}
    return Courier(id=courier_id, vehicle_type=vehicle_type, **(settings | changes))


def village(**changes: Any) -> Snapshot:
    """Orders a, b, c at A, B, C; a bike and a van."""
    settings: dict[str, Any] = {
        "city": City(name="Village", time_zone="Asia/Shanghai"),
        "wave": "morning",
        "release": RELEASE,
        "depots": (DEPOT,),
        "vehicle_types": (BIKE, VAN),
        "couriers": (courier("bike-1", "bike"), courier("van-1", "van")),
        "orders": (order("a", A), order("b", B), order("c", C)),
        "travel": line_travel(),
    }
    return Snapshot(**(settings | changes))

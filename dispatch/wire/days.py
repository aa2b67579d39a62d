"""A day as JSON text, and back.

text -> document -> models -> Snapshot      models know shape, units and ranges
Snapshot -> document -> text                one order, courier, ... per line
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from dispatch.couriers import Courier, VehicleType
from dispatch.depots import Depot
from dispatch.errors import InvalidInput, Issue
from dispatch.orders import Lateness, Order
from dispatch.places import Place
from dispatch.snapshot import (
    City,
    CourierLock,
    FixedStart,
    HaversineTravel,
    MatrixTravel,
    Snapshot,
)
from dispatch.units import TimeWindow
from dispatch.validate import find_issues
from dispatch.wire import models
from dispatch.wire.issues import issues_of
from dispatch.wire.text import parse_json, require_object
from dispatch.words import Clock
from solver.cost import Weights

ORDER = re.compile(r"/orders/(\d+)\b")


def read_snapshot(text: str | bytes) -> Snapshot:
    """The snapshot of a day in JSON.

    Raises:
        InvalidInput: the text breaks rules of the format; carries every issue with its pointer.
    """
    return snapshot_of(parse_json(text))


def snapshot_of(document: Any) -> Snapshot:
    """The snapshot of a parsed document; see `read_snapshot`."""
    document = require_object(document)
    try:
        day = models.DayModel.model_validate(document)
    except ValidationError as error:
        issues = issues_of(error, document, models.DayModel)
        raise InvalidInput(issues + _issues_of_the_rest(document, issues)) from None
    return _Reader(day).snapshot()


def _issues_of_the_rest(document: dict[str, Any], issues: list[Issue]) -> list[Issue]:
    """What the rules of `dispatch.validate` say where only some orders are misshapen."""
    places = [ORDER.match(issue.where) for issue in issues]
    if None in places:
        return []
    broken = {int(place[1]) for place in places if place}
    sound = [i for i in range(len(document["orders"])) if i not in broken]
    if not sound:
        return []
    rest = {key: value for key, value in document.items() if key not in ("locks", "fixed_starts")}
    rest["orders"] = [document["orders"][i] for i in sound]
    found = find_issues(_Reader(models.DayModel.model_validate(rest)).snapshot())
    return [
        replace(
            issue, where=ORDER.sub(lambda place: f"/orders/{sound[int(place[1])]}", issue.where)
        )
        for issue in found
    ]


def matrix_of(document: Any) -> MatrixTravel:
    """The matrix of a document that is written as the `travel` of a day.

    Raises:
        InvalidInput: it breaks rules of the format; carries every issue.
    """
    try:
        matrix = models.MatrixModel.model_validate(require_object(document))
    except ValidationError as error:
        raise InvalidInput(issues_of(error, document, models.MatrixModel)) from None
    return _matrix_travel(matrix)


def dump_travel(travel: HaversineTravel | MatrixTravel) -> str:
    """The `travel` of a day as JSON text; the same numbers give the same bytes."""
    return json.dumps(_travel_document(travel), separators=(",", ":"))


def dump_snapshot(snapshot: Snapshot) -> str:
    """The day as JSON text; the same snapshot gives the same bytes."""
    return lined_json(document_of(snapshot))


def snapshot_digest(snapshot: Snapshot) -> str:
    """SHA-256 of the canonical JSON, hex; equal for snapshots that say the same."""
    canonical = json.dumps(document_of(snapshot), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def lined_json(document: Mapping[str, Any]) -> str:
    """JSON with a line for every key, and for every item of a list of objects."""
    return "{\n" + ",\n".join(f"  {_json(k)}: {_lined(v)}" for k, v in document.items()) + "\n}\n"


def _lined(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], (dict, list)):
        return "[\n" + ",\n".join(f"    {_json(item)}" for item in value) + "\n  ]"
    return _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


# --- in ------------------------------------------------------------------------------------------


class _Reader:
    def __init__(self, day: models.DayModel) -> None:
        self.day = day
        self.release = day.wave.release

    def snapshot(self) -> Snapshot:
        day = self.day
        return Snapshot(
            city=City(name=day.city.name, time_zone=day.city.time_zone, currency=day.city.currency),
            wave=day.wave.id,
            release=self.release,
            depots=tuple(self._depot(depot) for depot in day.depots),
            vehicle_types=tuple(_vehicle_type(kind) for kind in day.vehicle_types),
            couriers=tuple(self._courier(courier) for courier in day.couriers),
            orders=tuple(self._order(order) for order in day.orders),
            travel=_travel(day.travel),
            courier_locks=tuple(CourierLock(order=k.order, courier=k.courier) for k in day.locks),
            fixed_starts=tuple(
                FixedStart(courier=fixed.courier, orders=tuple(fixed.orders))
                for fixed in day.fixed_starts
            ),
            weights=Weights(
                fixed=day.weights.use,
                distance=day.weights.distance,
                duration=day.weights.time,
                lateness=day.weights.lateness,
                unserved=day.weights.unserved,
            ),
        )

    def _seconds(self, time: datetime) -> int:
        return round((time - self.release).total_seconds())

    def _window(self, window: models.WindowModel) -> TimeWindow:
        return TimeWindow(self._seconds(window.start), self._seconds(window.end))

    def _depot(self, depot: models.DepotModel) -> Depot:
        return Depot(
            id=depot.id,
            place=Place(*depot.location, depot.address),
            open=self._window(depot.open),
            loading_s=depot.loading_s,
        )

    def _courier(self, courier: models.CourierModel) -> Courier:
        start, end = courier.start_location, courier.end_location
        return Courier(
            id=courier.id,
            vehicle_type=courier.vehicle_type,
            depot=courier.depot,
            shift=self._window(courier.shift),
            skills=frozenset(courier.skills),
            start=Place(*start, courier.start_address) if start else None,
            end=Place(*end, courier.end_address) if end else None,
            max_route_s=courier.max_route_s,
        )

    def _order(self, order: models.OrderModel) -> Order:
        lateness = order.lateness
        priority = models.PRIORITY_COST[order.priority or models.DEFAULT_PRIORITY]
        return Order(
            id=order.id,
            place=Place(*order.location, order.address),
            windows=tuple(sorted(self._window(window) for window in order.windows)),
            load=dict(order.load),
            service_s=order.service_s,
            zone=order.temperature_zone,
            category=order.category,
            unserved_cost=priority if order.unserved_cost is None else order.unserved_cost,
            skills=frozenset(order.skills),
            depot=order.depot,
            lateness=Lateness(cost_per_min=lateness.cost_per_min, limit_s=lateness.limit_s)
            if lateness
            else None,
        )


def _vehicle_type(kind: models.VehicleTypeModel) -> VehicleType:
    return VehicleType(
        id=kind.id,
        capacity=dict(kind.capacity),
        zones=frozenset(kind.temperature_zones),
        speed_factor=kind.speed_factor,
        cost_per_use=kind.cost_per_use,
        cost_per_km=kind.cost_per_km,
        cost_per_hour=kind.cost_per_hour,
        max_route_s=kind.max_route_s,
    )


def _travel(travel: models.HaversineModel | models.MatrixModel) -> HaversineTravel | MatrixTravel:
    if isinstance(travel, models.HaversineModel):
        return HaversineTravel(
            speed_kmh=travel.speed_kmh, detour_factor=travel.detour_factor, fixed_s=travel.fixed_s
        )
    return _matrix_travel(travel)


def _matrix_travel(matrix: models.MatrixModel) -> MatrixTravel:
    return MatrixTravel(
        positions=tuple(matrix.positions),
        durations_s=_matrix(matrix.durations_s),
        distances_m=_matrix(matrix.distances_m),
    )


def _matrix(rows: Sequence[Sequence[int | None]]) -> NDArray[np.int64]:
    return np.array([[-1 if x is None else x for x in row] for row in rows], dtype=np.int64)


# --- out -----------------------------------------------------------------------------------------


def document_of(snapshot: Snapshot) -> dict[str, Any]:
    """The document of a snapshot, without keys that hold their default."""
    writer = _Writer(snapshot)
    document: dict[str, Any] = {
        "city": {
            "name": snapshot.city.name,
            "time_zone": snapshot.city.time_zone,
            "currency": snapshot.city.currency,
        },
        "wave": {"id": snapshot.wave, "release": writer.time(0)},
        "travel": _travel_document(snapshot.travel),
        "weights": {
            "use": snapshot.weights.fixed,
            "distance": snapshot.weights.distance,
            "time": snapshot.weights.duration,
            "lateness": snapshot.weights.lateness,
            "unserved": snapshot.weights.unserved,
        },
        "depots": [writer.depot(depot) for depot in snapshot.depots],
        "vehicle_types": [_type_document(kind) for kind in snapshot.vehicle_types],
        "couriers": [writer.courier(courier) for courier in snapshot.couriers],
        "orders": [writer.order(order) for order in snapshot.orders],
        "locks": [{"order": k.order, "courier": k.courier} for k in snapshot.courier_locks],
        "fixed_starts": [
            {"courier": fixed.courier, "orders": list(fixed.orders)}
            for fixed in snapshot.fixed_starts
        ],
    }
    if snapshot.weights == Weights():
        del document["weights"]
    return {key: value for key, value in document.items() if value != []}


class _Writer:
    def __init__(self, snapshot: Snapshot) -> None:
        self.time = Clock(snapshot.release, snapshot.city.time_zone).stamp

    def window(self, window: TimeWindow) -> dict[str, str]:
        return {"start": self.time(window.start_s), "end": self.time(window.end_s)}

    def depot(self, depot: Depot) -> dict[str, Any]:
        return {
            "id": depot.id,
            "location": list(depot.place.position),
            **_given(address=depot.place.address),
            "open": self.window(depot.open),
            **_given(loading_s=depot.loading_s),
        }

    def courier(self, courier: Courier) -> dict[str, Any]:
        return {
            "id": courier.id,
            "vehicle_type": courier.vehicle_type,
            "depot": courier.depot,
            "shift": self.window(courier.shift),
            **_given(skills=sorted(courier.skills)),
            **_place("start", courier.start),
            **_place("end", courier.end),
            **_given(max_route_s=courier.max_route_s),
        }

    def order(self, order: Order) -> dict[str, Any]:
        lateness = order.lateness
        return {
            "id": order.id,
            "location": list(order.place.position),
            **_given(address=order.place.address),
            "windows": [self.window(window) for window in order.windows],
            **_given(load=dict(sorted(order.load.items())), service_s=order.service_s),
            "temperature_zone": order.zone.value,
            **_given(category=order.category),
            "unserved_cost": order.unserved_cost,
            **_given(skills=sorted(order.skills), depot=order.depot),
            **_given(
                lateness=lateness
                and {"cost_per_min": lateness.cost_per_min, "limit_s": lateness.limit_s}
            ),
        }


def _given(**values: Any) -> dict[str, Any]:
    """The values that say more than their default does."""
    return {key: value for key, value in values.items() if value}


def _place(name: str, place: Place | None) -> dict[str, Any]:
    if place is None:
        return {}
    return {
        f"{name}_location": list(place.position),
        **_given(**{f"{name}_address": place.address}),
    }


def _type_document(kind: VehicleType) -> dict[str, Any]:
    return {
        "id": kind.id,
        **_given(capacity=dict(sorted(kind.capacity.items()))),
        "temperature_zones": sorted(zone.value for zone in kind.zones),
        "speed_factor": kind.speed_factor,
        "cost_per_use": kind.cost_per_use,
        "cost_per_km": kind.cost_per_km,
        "cost_per_hour": kind.cost_per_hour,
        **_given(max_route_s=kind.max_route_s),
    }


def _travel_document(travel: HaversineTravel | MatrixTravel) -> dict[str, Any]:
    if isinstance(travel, HaversineTravel):
        return {
            "kind": "haversine",
            "speed_kmh": travel.speed_kmh,
            "detour_factor": travel.detour_factor,
            "fixed_s": travel.fixed_s,
        }
    return {
        "kind": "matrix",
        "positions": [list(position) for position in travel.positions],
        "durations_s": _rows(travel.durations_s),
        "distances_m": _rows(travel.distances_m),
    }


def _rows(matrix: NDArray[np.int64]) -> list[list[int | None]]:
    return [[None if x < 0 else x for x in row] for row in matrix.tolist()]

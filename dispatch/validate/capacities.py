"""What orders need against what couriers have: loads, zones, skills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dispatch.errors import Issue, Severity
from dispatch.snapshot import Snapshot

OUR_UNIT = {
    "kg": "weight_g, in grams",
    "t": "weight_g, in grams",
    "lb": "weight_g, in grams",
    "mg": "weight_g, in grams",
    "l": "volume_ml, in millilitres",
    "m3": "volume_ml, in millilitres",
    "cl": "volume_ml, in millilitres",
}
"""What to use instead of a dimension whose name ends in another unit."""


def units(snapshot: Snapshot) -> Iterator[Issue]:
    """Loads and capacities are in grams and millilitres."""
    loads: list[tuple[str, Mapping[str, int]]] = [
        *(
            (f"/vehicle_types/{i}/capacity", k.capacity)
            for i, k in enumerate(snapshot.vehicle_types)
        ),
        *((f"/orders/{i}/load", order.load) for i, order in enumerate(snapshot.orders)),
    ]
    for where, load in loads:
        for name in load:
            unit = OUR_UNIT.get(name.rpartition("_")[2]) if "_" in name else None
            if unit is not None:
                message = f"{name!r} is not in one of our units."
                yield Issue("wrong_unit", f"{where}/{name}", message, f"Use {unit}.")


def fits_a_vehicle_type(snapshot: Snapshot) -> Iterator[Issue]:
    """No order is too much for every vehicle type, whatever its zones."""
    for i, order in enumerate(snapshot.orders):
        for name, load in order.load.items():
            rooms = [kind.capacity.get(name) for kind in snapshot.vehicle_types]
            limits = [room for room in rooms if room is not None]
            if limits and len(limits) == len(rooms) and load > max(limits):
                message = f"{name} {load:,} is more than any vehicle takes ({max(limits):,})."
                action = "Mind the unit, split the order, or add a larger vehicle type."
                yield Issue("heavier_than_any_vehicle", f"/orders/{i}/load/{name}", message, action)


def zone_is_carried(snapshot: Snapshot) -> Iterator[Issue]:
    """Every zone of an order is carried by some courier's vehicle."""
    used = {courier.vehicle_type for courier in snapshot.couriers}
    carried = {zone for kind in snapshot.vehicle_types if kind.id in used for zone in kind.zones}
    if not used & {kind.id for kind in snapshot.vehicle_types}:
        return
    for i, order in enumerate(snapshot.orders):
        if order.zone not in carried:
            message = f"No courier carries {order.zone} goods."
            action = "Add a courier whose vehicle does, or correct the zone."
            yield Issue("zone_not_carried", f"/orders/{i}/temperature_zone", message, action)


def limited_somewhere(snapshot: Snapshot) -> Iterator[Issue]:
    """A dimension that no vehicle type limits is probably misspelt."""
    limited = {name for kind in snapshot.vehicle_types for name in kind.capacity}
    told = set()
    for i, order in enumerate(snapshot.orders):
        for name in order.load:
            if name not in limited and name not in told:
                told.add(name)
                message = f"No vehicle type limits {name!r}, so it is not looked at."
                action = "Name it in a capacity, or leave it out."
                where = f"/orders/{i}/load/{name}"
                yield Issue("unlimited_dimension", where, message, action, Severity.WARNING)


def skill_exists(snapshot: Snapshot) -> Iterator[Issue]:
    """A skill that no courier has is probably misspelt; its orders will be unserved."""
    known = {skill for courier in snapshot.couriers for skill in courier.skills}
    for i, order in enumerate(snapshot.orders):
        for skill in sorted(order.skills - known):
            message = f"No courier has the skill {skill!r}; the order will be unserved."
            where = f"/orders/{i}/skills"
            action = "Give it to a courier, or correct it."
            yield Issue("skill_nobody_has", where, message, action, Severity.WARNING)

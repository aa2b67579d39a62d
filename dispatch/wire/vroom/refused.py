"""Keys of VROOM's API document that we can't plan with: refused by name, all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dispatch.errors import Issue
from dispatch.wire.text import pointer

VEHICLE_KEYS = {
    "breaks": "Take them out of its time_window, or split the vehicle in two.",
    "max_travel_time": "Bound its time_window instead.",
    "max_distance": "Bound its time_window instead.",
}

OPTIONS = {
    "g": ("Route geometry", "Leave it out: there is no routing engine."),
    "c": ("Plan mode", "Leave it out, and look at the times of the answer."),
}


def find_refused(document: Mapping[str, Any]) -> list[Issue]:
    """An issue for each such key that says something; the document may be misshapen otherwise."""
    return list(_refused(document))


def _refused(document: Mapping[str, Any]) -> Iterator[Issue]:
    if document.get("shipments"):
        yield _issue(
            pointer("shipments"), "shipments", "Plan what is on board at the start as jobs."
        )
    vehicles = document.get("vehicles")
    for index, vehicle in enumerate(vehicles if isinstance(vehicles, list) else []):
        for key, action in VEHICLE_KEYS.items():
            if isinstance(vehicle, dict) and vehicle.get(key) not in (None, []):
                yield _issue(pointer("vehicles", index, key), key, action)
    options = document.get("options")
    for key, (name, action) in OPTIONS.items():
        if isinstance(options, dict) and options.get(key):
            yield _issue(pointer("options", key), name, action)


def _issue(where: str, what: str, action: str) -> Issue:
    return Issue("unsupported_key", where, f"{what[0].upper()}{what[1:]}: not supported.", action)

"""Where things are: in one city, and in the matrix if there is one."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.errors import Issue
from dispatch.places import Place
from dispatch.snapshot import MatrixTravel, Snapshot
from dispatch.travel import great_circle_m

FARTHEST_M = 100_000
"""Straight metres from the nearest depot at which nobody delivers on the same day."""


def _places(snapshot: Snapshot) -> Iterator[tuple[str, Place]]:
    for i, order in enumerate(snapshot.orders):
        yield f"/orders/{i}/location", order.place
    for i, courier in enumerate(snapshot.couriers):
        for side, place in (("start", courier.start), ("end", courier.end)):
            if place is not None:
                yield f"/couriers/{i}/{side}_location", place


def near_a_depot(snapshot: Snapshot) -> Iterator[Issue]:
    """Every place is within 100 km of a depot; one that would be if swapped, was swapped."""
    if not snapshot.depots:
        return
    places = list(_places(snapshot))
    distances = _nearest_depot_m(snapshot, [place for _, place in places])
    for (where, place), distance in zip(places, distances, strict=True):
        if distance <= FARTHEST_M:
            continue
        lon, lat = place.position
        message = f"[{lon}, {lat}] is {distance / 1000:,.0f} km from the nearest depot."
        if abs(lon) <= 90 and _nearest_depot_m(snapshot, [Place(lat, lon)])[0] <= FARTHEST_M:
            yield Issue("swapped_position", where, message, "Write [lon, lat].")
        else:
            yield Issue("far_from_depot", where, message, "Correct the position.")


def _nearest_depot_m(snapshot: Snapshot, places: list[Place]) -> list[float]:
    depots = [depot.place.position for depot in snapshot.depots]
    metres = great_circle_m(depots, [place.position for place in places])
    nearest: list[float] = metres.min(axis=0).tolist()
    return nearest


def in_matrix(snapshot: Snapshot) -> Iterator[Issue]:
    """Where travel is given, every place has its row."""
    travel = snapshot.travel
    if not isinstance(travel, MatrixTravel):
        return
    known = set(travel.positions)
    depots = ((f"/depots/{i}/location", depot.place) for i, depot in enumerate(snapshot.depots))
    for where, place in [*depots, *_places(snapshot)]:
        if place.position not in known:
            message = f"The travel matrix has no row for {list(place.position)}."
            action = "Add its position, or use one of the matrix."
            yield Issue("missing_position", where, message, action)

"""A plan as GeoJSON (RFC 7946): depots, routes, stops, unserved orders."""

from __future__ import annotations

from typing import Any

from dispatch.places import Place
from dispatch.plan import Plan, Route
from dispatch.snapshot import Snapshot
from dispatch.words import Clock


def geojson(snapshot: Snapshot, plan: Plan) -> dict[str, Any]:
    """A FeatureCollection; every feature has a `kind`: depot, route, stop or unserved.

    Lines are straight from stop to stop.
    """
    orders = {order.id: order for order in snapshot.orders}
    time = Clock(plan.release, plan.time_zone).stamp
    features = [
        _feature(_point(depot.place), kind="depot", id=depot.id, address=depot.place.address)
        for depot in snapshot.depots
    ]
    for route in plan.routes:
        features.append(
            _feature(
                {"type": "LineString", "coordinates": route_line(snapshot, route)},
                kind="route",
                courier=route.courier,
                vehicle_type=route.vehicle_type,
                depot=route.depot,
                stops=len(route.stops),
                distance_m=route.distance_m,
                drive_s=route.drive_s,
                departure=time(route.departure_s),
                end=time(route.end_s),
            )
        )
        features += [
            _feature(
                _point(orders[stop.order].place),
                kind="stop",
                order=stop.order,
                courier=route.courier,
                number=number,
                address=orders[stop.order].place.address,
                arrival=time(stop.arrival_s),
                start=time(stop.start_s),
                departure=time(stop.departure_s),
                late_s=stop.late_s,
                slack_s=stop.slack_s,
            )
            for number, stop in enumerate(route.stops, start=1)
        ]
    features += [
        _feature(
            _point(orders[left.order].place),
            kind="unserved",
            order=left.order,
            address=orders[left.order].place.address,
            reason=left.reason.value,
            detail=left.detail,
            fix=left.fix,
        )
        for left in plan.unserved
    ]
    return {"type": "FeatureCollection", "features": features}


def route_line(snapshot: Snapshot, route: Route) -> list[list[float]]:
    """`[lon, lat]` of home, depot, stops and end, in order."""
    courier, depot = snapshot.courier(route.courier), snapshot.depot(route.depot)
    orders = {order.id: order for order in snapshot.orders}
    places = [
        *([courier.start] if courier.start else []),
        depot.place,
        *(orders[stop.order].place for stop in route.stops),
        courier.end or depot.place,
    ]
    return [list(place.position) for place in places]


def _point(place: Place) -> dict[str, Any]:
    return {"type": "Point", "coordinates": list(place.position)}


def _feature(geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}

"""Where the money of a plan goes: by term, by courier, by order.

share of a term = cost of the term / total cost
cost per order = cost of the route / its orders
load use = carried at departure / capacity
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

from dispatch.plan import TERMS, Plan, PlanCost, Route
from dispatch.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteAnalysis:
    """A route under the lens.

    Attributes:
        courier, vehicle_type: ids.
        orders: how many it serves.
        cost, total_cost: by term and in all, cost units.
        share: of the cost of all routes, 0 to 1.
        cost_per_order: cost units.
        load_use: by dimension of a limited capacity, 0 to 1.
        duration_s, drive_s, waiting_s, service_s, loading_s: seconds on the clock, and of what they
            consist: driving, waiting at doors, handing over, and all before leaving the depot.
        distance_m: metres.
        late_orders, late_s: hand-overs that start after their last window, by how much in all.
        least_slack_s: how much later it could run without anything being late or lost.
    """

    courier: str
    vehicle_type: str
    orders: int
    cost: PlanCost
    total_cost: int
    share: float
    cost_per_order: float
    load_use: Mapping[str, float]
    duration_s: int
    drive_s: int
    waiting_s: int
    service_s: int
    loading_s: int
    distance_m: int
    late_orders: int
    late_s: int
    least_slack_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """A plan under the lens.

    Attributes:
        currency: of all costs, which are in cost units (1/100 of it).
        cost, total_cost: by term and in all.
        shares: of each term in the total, 0 to 1.
        cost_per_order: of the routes, per order served; None if none is.
        distance_per_order_m: None if none is served.
        orders_served, orders_unserved, late_orders: counts.
        couriers_used, couriers_idle: counts; idle ones are on shift in this wave without a route.
        load_use: mean over routes, by dimension.
        routes: the dearest first.
    """

    currency: str
    cost: PlanCost
    total_cost: int
    shares: Mapping[str, float]
    cost_per_order: float | None
    distance_per_order_m: float | None
    orders_served: int
    orders_unserved: int
    late_orders: int
    couriers_used: int
    couriers_idle: int
    load_use: Mapping[str, float]
    routes: tuple[RouteAnalysis, ...]


def analyse(snapshot: Snapshot, plan: Plan) -> Analysis:
    """The plan of this snapshot, by term and by route."""
    on_routes = sum(route.cost.total for route in plan.routes)
    routes = [_route(snapshot, route, on_routes) for route in plan.routes]
    uses = [route.load_use for route in routes]
    return Analysis(
        currency=plan.currency,
        cost=plan.cost,
        total_cost=plan.cost.total,
        shares={term: _ratio(getattr(plan.cost, term), plan.cost.total) for term in TERMS},
        cost_per_order=on_routes / plan.served if plan.served else None,
        distance_per_order_m=plan.distance_m / plan.served if plan.served else None,
        orders_served=plan.served,
        orders_unserved=len(plan.unserved),
        late_orders=sum(route.late_orders for route in routes),
        couriers_used=len(routes),
        couriers_idle=len(snapshot.couriers) - len(routes),
        load_use={
            dimension: fmean(use[dimension] for use in uses if dimension in use)
            for dimension in sorted({dimension for use in uses for dimension in use})
        },
        routes=tuple(sorted(routes, key=lambda route: (-route.cost.total, route.courier))),
    )


def _route(snapshot: Snapshot, route: Route, on_routes: int) -> RouteAnalysis:
    capacity = snapshot.vehicle_type(route.vehicle_type).capacity
    return RouteAnalysis(
        courier=route.courier,
        vehicle_type=route.vehicle_type,
        orders=len(route.stops),
        cost=route.cost,
        total_cost=route.cost.total,
        share=_ratio(route.cost.total, on_routes),
        cost_per_order=route.cost.total / len(route.stops),
        load_use={
            dimension: _ratio(route.load.get(dimension, 0), most)
            for dimension, most in capacity.items()
        },
        duration_s=route.duration_s,
        drive_s=route.drive_s,
        waiting_s=route.waiting_s,
        service_s=sum(stop.service_s for stop in route.stops),
        loading_s=route.departure_s - route.loading_s,
        distance_m=route.distance_m,
        late_orders=sum(stop.late_s > 0 for stop in route.stops),
        late_s=route.late_s,
        least_slack_s=min(stop.slack_s for stop in route.stops),
    )


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0

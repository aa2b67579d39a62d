"""From numbers back to the city's words: a `Result` becomes a `Plan`.

    slack(i) = limit(i) - arrival(i)
    limit(i) = min(end of its window, limit(i + 1) - travel(i + 1) - service(i))

where a late stop may not get later, and the last limit is the end of shift, depot and route time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dispatch.encode import Encoding
from dispatch.orders import Order
from dispatch.plan import Improvement, Plan, PlanCost, Route, Stop, Unserved
from dispatch.units import TimeWindow
from dispatch.wire import snapshot_digest
from solver.cost import CostBreakdown
from solver.problem import Problem
from solver.result import Result
from solver.solution import Route as SolverRoute


def decode(encoding: Encoding, result: Result, unserved: Iterable[Unserved], seed: int) -> Plan:
    """The plan of a result; `unserved` explains the orders that it leaves out."""
    snapshot = encoding.snapshot
    return Plan(
        city=snapshot.city.name,
        time_zone=snapshot.city.time_zone,
        currency=snapshot.city.currency,
        wave=snapshot.wave,
        release=snapshot.release,
        snapshot_digest=snapshot_digest(snapshot),
        routes=tuple(_route(encoding, route) for route in result.solution.routes),
        unserved=tuple(unserved),
        cost=plan_cost(result.cost, encoding.scale),
        engine=result.engine,
        seed=seed,
        seconds=round(result.seconds, 3),
        stop_reason=result.stop_reason.value,
        log=tuple(
            Improvement(
                seconds=round(entry.seconds, 3),
                cost=round_half_up(entry.objective, encoding.scale),
                unserved=entry.unserved,
            )
            for entry in result.log
        ),
    )


def round_half_up(amount: int, scale: int) -> int:
    """`amount / scale` to the nearest integer, halves up."""
    return (2 * amount + scale) // (2 * scale)


def plan_cost(cost: CostBreakdown, scale: int) -> PlanCost:
    """Cost units of a breakdown, each term rounded half up."""
    return PlanCost(
        use=round_half_up(cost.fixed, scale),
        distance=round_half_up(cost.distance, scale),
        time=round_half_up(cost.duration, scale),
        lateness=round_half_up(cost.lateness, scale),
        unserved=round_half_up(cost.unserved, scale),
    )


def _route(encoding: Encoding, route: SolverRoute) -> Route:
    snapshot, problem = encoding.snapshot, encoding.problem
    courier = snapshot.couriers[route.vehicle]
    vehicle = problem.vehicles[route.vehicle]
    departure_s = route.departure + encoding.origin_s
    loading_s = departure_s - snapshot.depot(courier.depot).loading_s
    last = problem.tasks[route.tasks[-1]]
    return Route(
        courier=courier.id,
        vehicle_type=courier.vehicle_type,
        depot=courier.depot,
        start_s=loading_s - encoding.approach_s[route.vehicle],
        loading_s=loading_s,
        departure_s=departure_s,
        end_s=route.arrival + encoding.origin_s,
        approach_distance_m=vehicle.setup_distance,
        return_travel_s=int(problem.durations(route.vehicle)[last.place, vehicle.end]),
        return_distance_m=int(problem.distances(route.vehicle)[last.place, vehicle.end]),
        load={
            name: sum(problem.tasks[task].loads[k] for task in route.tasks)
            for k, name in enumerate(encoding.dimensions)
        },
        stops=_stops(encoding, route),
        cost=plan_cost(route.cost(problem), encoding.scale),
    )


def _stops(encoding: Encoding, route: SolverRoute) -> tuple[Stop, ...]:
    problem = encoding.problem
    durations, distances = problem.durations(route.vehicle), problem.distances(route.vehicle)
    place, time = problem.vehicles[route.vehicle].start, route.departure
    stops = []
    for task, start in zip(route.tasks, route.starts, strict=True):
        here = problem.tasks[task]
        order = encoding.snapshot.orders[task]
        travel = int(durations[place, here.place])
        start_s = start + encoding.origin_s
        stops.append(
            Stop(
                order=order.id,
                travel_s=travel,
                distance_m=int(distances[place, here.place]),
                arrival_s=time + travel + encoding.origin_s,
                start_s=start_s,
                departure_s=start_s + here.service,
                window=_window(order, start_s),
                late_s=max(0, start_s - order.due_s),
                slack_s=0,
            )
        )
        place, time = here.place, start + here.service
    limit = _latest_end(problem, route) + encoding.origin_s
    return _with_slack(stops, limit, route.arrival - time)


def _window(order: Order, start_s: int) -> TimeWindow:
    """The window that a hand-over at this time keeps, or is late for."""
    return next((w for w in order.windows if start_s <= w.end_s), order.windows[-1])


def _latest_end(problem: Problem, route: SolverRoute) -> int:
    vehicle = problem.vehicles[route.vehicle]
    if vehicle.span_limit is None:
        return vehicle.latest
    return min(vehicle.latest, route.departure + vehicle.span_limit)


def _with_slack(stops: list[Stop], latest_end_s: int, return_s: int) -> tuple[Stop, ...]:
    limit, travel_s = latest_end_s, return_s
    slackened = []
    for stop in reversed(stops):
        promised = stop.start_s if stop.late_s else stop.window.end_s
        limit = min(promised, limit - travel_s - stop.service_s)
        slackened.append(replace(stop, slack_s=limit - stop.arrival_s))
        travel_s = stop.travel_s
    return tuple(reversed(slackened))

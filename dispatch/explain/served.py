"""Why an order goes with its courier: what that costs, and what every other courier would.

    cost = objective(plan) - objective(plan without the order)
    extra cost of another courier = cost of inserting the order there - cost

All other orders stay where they are and in their sequence.
"""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.decode import round_half_up
from dispatch.encode import Encoding
from dispatch.explain.suitability import Obstacle, is_full, obstacles
from solver.insertion import Insertions
from solver.problem import Problem
from solver.schedule import schedule
from solver.solution import Route, Solution


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another courier for the order.

    Attributes:
        courier: id.
        extra_cost: cost units more than now (less, if negative); None where there is an obstacle.
        obstacle: why it is impossible; None where it is not.
    """

    courier: str
    extra_cost: int | None
    obstacle: Obstacle | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedExplanation:
    """Why an order goes with its courier.

    Attributes:
        order, courier: ids.
        number, stops: it is stop `number` of `stops`.
        cost: cost units that the plan would save without the order; None where the rest of the
            route can't do without it, because the way past it is too long.
        unserved_cost: cost units of leaving it out.
        alternatives: possible ones first, the cheapest first, then by obstacle; all other couriers.
    """

    order: str
    courier: str
    number: int
    stops: int
    cost: int | None
    unserved_cost: int
    alternatives: tuple[Alternative, ...]


def explain_served(encoding: Encoding, solution: Solution, order_index: int) -> ServedExplanation:
    """The cost of serving the order where it is and anywhere else.

    Args:
        encoding: of the snapshot.
        solution: serves the order.
        order_index: of the order in the snapshot.
    """
    problem, couriers = encoding.problem, encoding.snapshot.couriers
    route = next(route for route in solution.routes if order_index in route.tasks)
    without = _without(encoding, solution, route, order_index)
    penalty = (problem.tasks[order_index].penalty or 0) * problem.weights.unserved
    cost, elsewhere = None, {}
    if without is not None:
        cost = solution.objective(problem) - without.objective(problem) + penalty
        if order_index not in problem.vehicles[route.vehicle].prefix:
            elsewhere = _extra_costs(problem, without, order_index, cost)
    alternatives = (
        _alternative(encoding, solution, order_index, courier, elsewhere.get(courier))
        for courier in range(len(couriers))
        if courier != route.vehicle
    )
    return ServedExplanation(
        order=encoding.snapshot.orders[order_index].id,
        courier=couriers[route.vehicle].id,
        number=route.tasks.index(order_index) + 1,
        stops=len(route.tasks),
        cost=None if cost is None else round_half_up(cost, encoding.scale),
        unserved_cost=round_half_up(penalty, encoding.scale),
        alternatives=tuple(sorted(alternatives, key=_best_first)),
    )


def _without(
    encoding: Encoding, solution: Solution, route: Route, order_index: int
) -> Solution | None:
    """The solution without the order; None where the rest of its route has no feasible times."""
    rest = tuple(task for task in route.tasks if task != order_index)
    others = [other for other in solution.routes if other.vehicle != route.vehicle]
    if not rest:
        return Solution.of(encoding.problem, others)
    shorter = schedule(encoding.problem, route.vehicle, rest)
    return Solution.of(encoding.problem, [*others, shorter]) if shorter else None


def _extra_costs(
    problem: Problem, without: Solution, order_index: int, cost: int
) -> dict[int, int]:
    """Solver cost units more than now, for each vehicle that can take the order."""
    return {
        insertion.vehicle: insertion.extra_cost - cost
        for insertion in Insertions(problem, without).of(order_index)
    }


def _alternative(
    encoding: Encoding, solution: Solution, order_index: int, courier_index: int, extra: int | None
) -> Alternative:
    courier = encoding.snapshot.couriers[courier_index].id
    if extra is not None:
        return Alternative(courier, round_half_up(extra, encoding.scale), None)
    return Alternative(courier, None, _obstacle(encoding, solution, order_index, courier_index))


def _obstacle(
    encoding: Encoding, solution: Solution, order_index: int, courier_index: int
) -> Obstacle:
    lacking = obstacles(encoding, order_index, courier_index)
    if lacking:
        return lacking[0]
    if any(order_index in vehicle.prefix for vehicle in encoding.problem.vehicles):
        return Obstacle.FIXED_START
    if is_full(encoding, solution, order_index, courier_index):
        return Obstacle.FULL
    return Obstacle.OUT_OF_TIME


def _best_first(alternative: Alternative) -> tuple[bool, int, str, str]:
    return (
        alternative.extra_cost is None,
        alternative.extra_cost or 0,
        alternative.obstacle or "",
        alternative.courier,
    )

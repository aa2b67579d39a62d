"""Why an order stays behind: five direct tests, the cheapest first."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from dispatch.couriers import VehicleType
from dispatch.decode import round_half_up
from dispatch.encode import Encoding
from dispatch.explain.reach import Miss, miss, reaches
from dispatch.explain.suitability import Obstacle, is_full, obstacles, qualified
from dispatch.orders import Order
from dispatch.plan import Reason, Unserved
from dispatch.words import Clock, listed, money, sentence, span
from solver.insertion import Insertion, Insertions
from solver.schedule import schedule
from solver.solution import Solution


def explain_unserved(encoding: Encoding, into: Insertions, order_index: int) -> Unserved:
    """The first test that the order fails, with what would fix it.

    Args:
        encoding: of the snapshot.
        into: a solution that leaves the order out.
        order_index: of the order in the snapshot.
    """
    return _never_served(encoding, order_index) or _left_out(encoding, into, order_index)


def explain_so_far(encoding: Encoding, order_index: int) -> Unserved:
    """While the search goes on: the first test that the order fails in every plan, if there is one.

    The others take far longer, and the next plan may answer them differently.
    """
    return _never_served(encoding, order_index) or _unserved(
        encoding.snapshot.orders[order_index],
        Reason.NOT_YET_PLACED,
        "the search has not placed it so far",
        "wait until the search has ended",
    )


def _never_served(encoding: Encoding, order_index: int) -> Unserved | None:
    """By none of these couriers, whatever else they do."""
    return (
        _fits_no_vehicle(encoding, order_index)
        or _no_courier_qualified(encoding, order_index)
        or _unreachable_in_time(encoding, order_index)
    )


def _unserved(
    order: Order, reason: Reason, detail: str, fix: str, extra_cost: int | None = None
) -> Unserved:
    return Unserved(
        order=order.id,
        reason=reason,
        detail=sentence(detail),
        fix=sentence(fix),
        extra_cost=extra_cost,
    )


# --- fits no vehicle -----------------------------------------------------------------------------


def _fits_no_vehicle(encoding: Encoding, order_index: int) -> Unserved | None:
    order = encoding.snapshot.orders[order_index]
    carriers = [kind for kind in encoding.snapshot.vehicle_types if order.zone in kind.zones]
    if not carriers or any(_excess(order, kind) <= 1 for kind in carriers):
        return None
    best = min(carriers, key=lambda kind: _excess(order, kind))
    over = {name: order.load[name] for name in order.load if order.load[name] > _room(best, name)}
    detail = listed([f"{name} {load:,} of {_room(best, name):,}" for name, load in over.items()])
    larger = listed([f"{name} >= {load:,}" for name, load in over.items()])
    fixes = [f"plan a vehicle type for {order.zone} goods with {larger}"]
    if _excess(order, best) < math.inf:
        fixes.insert(0, f"split the order into {math.ceil(_excess(order, best))}")
    return _unserved(
        order,
        Reason.FITS_NO_VEHICLE,
        f"needs {detail} that {best.id} takes, the roomiest vehicle type for {order.zone} goods",
        listed(fixes, "or"),
    )


def _room(kind: VehicleType, dimension: str) -> float:
    return kind.capacity.get(dimension, math.inf)


def _excess(order: Order, kind: VehicleType) -> float:
    """How many vehicles of this type the order fills in its tightest dimension."""
    filled = (
        load / room if (room := _room(kind, name)) else math.inf
        for name, load in order.load.items()
        if load
    )
    return max(filled, default=0)


# --- no courier qualified ------------------------------------------------------------------------


def _no_courier_qualified(encoding: Encoding, order_index: int) -> Unserved | None:
    order, couriers = encoding.snapshot.orders[order_index], encoding.snapshot.couriers
    found = [obstacles(encoding, order_index, courier) for courier in range(len(couriers))]
    if not all(found):
        return None
    counts = Counter(obstacle for lacking in found for obstacle in lacking)
    fails = [f"{counts[kind]} {_lacking(kind, order)}" for kind in Obstacle if counts[kind]]
    return _unserved(
        order,
        Reason.NO_COURIER_QUALIFIED,
        f"none of {len(couriers)} couriers qualifies" + (f": {listed(fails)}" if fails else ""),
        _qualifying_fix(encoding, order, found),
    )


def _lacking(obstacle: Obstacle, order: Order) -> str:
    match obstacle:
        case Obstacle.ZONE:
            return f"without a vehicle for {order.zone} goods"
        case Obstacle.SKILL:
            return f"without {_skills(order)}"
        case Obstacle.DEPOT:
            return f"at another depot than {order.depot}"
        case Obstacle.LOCK:
            return "not the one that it is locked to"
        case Obstacle.CAPACITY:
            return "with a vehicle too small for it"
        case _:
            return "off shift"


def _skills(order: Order) -> str:
    return f"skill {listed(sorted(order.skills))}"


def _qualifying_fix(encoding: Encoding, order: Order, found: list[list[Obstacle]]) -> str:
    """What to change for the couriers that lack one thing only, where most lack the same."""
    single = Counter(lacking[0] for lacking in found if len(lacking) == 1)
    if not single:
        depot = f" at {order.depot}" if order.depot else ""
        skills = f" with {_skills(order)}" if order.skills else ""
        return f"add a courier{depot}{skills} on a vehicle for {order.zone} goods"
    decisive, count = single.most_common(1)[0]
    one = encoding.snapshot.couriers[found.index([decisive])].id
    one += f" (1 of {count} such couriers)" if count > 1 else ""
    match decisive:
        case Obstacle.ZONE:
            return f"give {one} a vehicle for {order.zone} goods"
        case Obstacle.SKILL:
            return f"give {one} {_skills(order)}"
        case Obstacle.DEPOT:
            return f"bring the goods from {order.depot} to the depot of {one}"
        case Obstacle.LOCK:
            return f"drop the lock for {one}"
        case Obstacle.CAPACITY:
            return f"split the order, or give {one} a larger vehicle"
        case _:
            return f"let {one} work in this wave"


# --- unreachable in time -------------------------------------------------------------------------


def _unreachable_in_time(encoding: Encoding, order_index: int) -> Unserved | None:
    couriers = qualified(encoding, order_index)
    if any(reaches(encoding, order_index, courier) for courier in couriers):
        return None
    nearest = min(
        (miss(encoding, order_index, courier) for courier in couriers),
        key=lambda missed: missed.short_s,
    )
    order = encoding.snapshot.orders[order_index]
    if nearest.no_way:
        return _unserved(
            order,
            Reason.UNREACHABLE_IN_TIME,
            "no road leads there and back for any qualified courier",
            "check the order's position, or add the missing road to the travel times",
        )
    courier = encoding.snapshot.couriers[nearest.courier]
    return _unserved(
        order,
        Reason.UNREACHABLE_IN_TIME,
        f"with nothing else to do, {courier.id}, the nearest of {len(couriers)} qualified, "
        + listed(list(_misses(encoding, order, nearest))),
        listed(list(_reaching_fixes(encoding, order, nearest))),
    )


def _clock(encoding: Encoding) -> Clock:
    return Clock(encoding.snapshot.release, encoding.snapshot.city.time_zone)


def _misses(encoding: Encoding, order: Order, missed: Miss) -> Iterator[str]:
    clock = _clock(encoding)
    if missed.late_s:
        yield (
            f"arrives at {clock.at(missed.arrival_s)}, {span(missed.late_s)} after the "
            f"last possible start at {clock.at(order.latest_s)}"
        )
    if missed.overtime_s:
        end = f"ends at {clock.at(missed.end_s)}"
        yield f"{end}, {span(missed.overtime_s)} after the last possible end"
    if missed.overlong_s:
        yield f"is on the clock {span(missed.overlong_s)} longer than allowed"


def _reaching_fixes(encoding: Encoding, order: Order, missed: Miss) -> Iterator[str]:
    snapshot, clock = encoding.snapshot, _clock(encoding)
    courier = snapshot.couriers[missed.courier]
    depot = snapshot.depot(courier.depot)
    if missed.late_s:
        yield f"widen the window to {clock.at(order.due_s + missed.late_s)}"
    if courier.shift.end_s < missed.end_s:
        yield f"extend the shift of {courier.id} to {clock.at(missed.end_s)}"
    if courier.end is None and depot.open.end_s < missed.end_s:
        yield f"open {depot.id} until {clock.at(missed.end_s)}"
    if missed.overlong_s:
        yield f"allow {courier.id} {span(missed.overlong_s)} more on the clock"


# --- no room, or cheaper left out ----------------------------------------------------------------


def _left_out(encoding: Encoding, into: Insertions, order_index: int) -> Unserved:
    best = into.cheapest(order_index)
    if best is not None:
        return _cheaper_unserved(encoding, best, order_index)
    return _no_room_in_plan(encoding, into.solution, order_index)


def _no_room_in_plan(encoding: Encoding, solution: Solution, order_index: int) -> Unserved:
    couriers = qualified(encoding, order_index)
    full = sum(is_full(encoding, solution, order_index, courier) for courier in couriers)
    counts = {"full": full, "out of time": len(couriers) - full}
    obstacles_met = [f"{what} ({count})" for what, count in counts.items() if count]
    wanted = encoding.snapshot.couriers[_cheapest_alone(encoding, order_index, couriers)]
    return _unserved(
        encoding.snapshot.orders[order_index],
        Reason.NO_ROOM_IN_PLAN,
        f"every qualified courier is {listed(obstacles_met, 'or')}",
        f"add a courier like {wanted.id} ({wanted.vehicle_type} at {wanted.depot})",
    )


def _cheapest_alone(encoding: Encoding, order_index: int, couriers: list[int]) -> int:
    problem = encoding.problem

    def cost(courier: int) -> float:
        route = schedule(problem, courier, (order_index,))
        return route.cost(problem).objective(problem.weights) if route else math.inf

    unlike = {problem.vehicles[courier]: courier for courier in reversed(couriers)}
    return min(sorted(unlike.values()), key=cost)


def _cheaper_unserved(encoding: Encoding, best: Insertion, order_index: int) -> Unserved:
    problem, order = encoding.problem, encoding.snapshot.orders[order_index]
    penalty = (problem.tasks[order_index].penalty or 0) * problem.weights.unserved
    courier = encoding.snapshot.couriers[best.vehicle].id
    return _unserved(
        order,
        Reason.CHEAPER_UNSERVED,
        f"serving it with {courier} costs {_price(encoding, best.extra_cost)}, "
        f"leaving it out {_price(encoding, penalty)}",
        _worthwhile_fix(encoding, best, penalty),
        extra_cost=round_half_up(best.extra_cost - penalty, encoding.scale),
    )


def _price(encoding: Encoding, cost: int) -> str:
    return f"{money(round_half_up(cost, encoding.scale))} {encoding.snapshot.city.currency}"


def _worthwhile_fix(encoding: Encoding, best: Insertion, penalty: int) -> str:
    weight = encoding.problem.weights.unserved
    if best.extra_cost < penalty:
        return "plan again with more time; the search has missed this"
    if weight == 0:
        return "raise the weight of unserved orders above 0"
    return f"raise unserved_cost to {best.extra_cost // (encoding.scale * weight) + 1:,}"

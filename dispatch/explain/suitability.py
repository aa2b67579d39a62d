"""What stands between an order and a courier, whatever else the plan holds."""

from __future__ import annotations

from enum import StrEnum

from dispatch.couriers import Courier
from dispatch.encode import Encoding
from dispatch.orders import Order
from solver.problem import Vehicle
from solver.solution import Solution


class Obstacle(StrEnum):
    """Why a courier can't take an order."""

    OFF_SHIFT = "off_shift"
    """Can't leave the depot within this wave."""
    ZONE = "zone"
    SKILL = "skill"
    DEPOT = "depot"
    LOCK = "lock"
    """The order is locked to another courier."""
    CAPACITY = "capacity"
    """Too much for the vehicle, even empty."""

    FULL = "full"
    """Too much on top of what the plan has loaded."""
    OUT_OF_TIME = "out_of_time"
    """No place in the route keeps every window, the shift and the route time."""
    FIXED_START = "fixed_start"
    """The order is in the fixed start of another courier's route."""


def obstacles(encoding: Encoding, order_index: int, courier_index: int) -> list[Obstacle]:
    """What disqualifies the courier, even with nothing else to do; time on the road apart."""
    order, courier = (
        encoding.snapshot.orders[order_index],
        encoding.snapshot.couriers[courier_index],
    )
    task, vehicle = encoding.problem.tasks[order_index], encoding.problem.vehicles[courier_index]
    kind = encoding.snapshot.vehicle_type(courier.vehicle_type)
    tests = {
        Obstacle.OFF_SHIFT: not _works(vehicle),
        Obstacle.ZONE: order.zone not in kind.zones,
        Obstacle.SKILL: not order.skills <= courier.skills,
        Obstacle.DEPOT: not _has_goods(courier, order),
        Obstacle.LOCK: task.vehicle not in (None, courier_index),
        Obstacle.CAPACITY: any(
            load > capacity for load, capacity in zip(task.loads, vehicle.capacity, strict=True)
        ),
    }
    return [obstacle for obstacle, stands in tests.items() if stands]


def qualified(encoding: Encoding, order_index: int) -> list[int]:
    """Couriers without any of these obstacles."""
    couriers = range(len(encoding.snapshot.couriers))
    return [courier for courier in couriers if not obstacles(encoding, order_index, courier)]


def is_full(encoding: Encoding, solution: Solution, order_index: int, courier_index: int) -> bool:
    """Whether the order is too much on top of what the courier carries."""
    tasks = encoding.problem.tasks
    carried = [
        task for route in solution.routes if route.vehicle == courier_index for task in route.tasks
    ]
    capacity = encoding.problem.vehicles[courier_index].capacity
    return any(
        sum(tasks[task].loads[dimension] for task in [*carried, order_index]) > limit
        for dimension, limit in enumerate(capacity)
    )


def _works(vehicle: Vehicle) -> bool:
    return vehicle.earliest <= vehicle.latest_departure


def _has_goods(courier: Courier, order: Order) -> bool:
    return order.depot in (None, courier.depot)

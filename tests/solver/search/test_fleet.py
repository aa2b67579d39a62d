"""How many vehicles could do, and do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solver.problem import Problem, Task, Travel, Vehicle
from solver.search.fleet import Squeezed, fewest_vehicles, has_room, without_a_route


def boxes(required: int, optional: int, *capacities: int) -> Problem:
    """To be carried by vehicles that hold so many, all in one place."""
    nowhere = np.zeros((1, 1), dtype=np.int32)
    return Problem(
        tasks=tuple(
            Task(place=0, loads=(1,), penalty=None if k < required else 1)
            for k in range(required + optional)
        ),
        vehicles=tuple(Vehicle(start=0, end=0, capacity=(size,)) for size in capacities),
        travel=(Travel(nowhere, nowhere),),
    )


def test_fewest_vehicles_hold_what_must_be_carried() -> None:
    """Four of ten boxes each can't carry 41; what may be left out does not count."""
    assert fewest_vehicles(boxes(41, 9, 10, 10, 10, 10, 10, 10)) == 5
    assert fewest_vehicles(boxes(40, 9, 10, 10, 10, 10, 10, 10)) == 4
    assert fewest_vehicles(boxes(12, 0, 2, 10, 3)) == 2
    assert fewest_vehicles(boxes(12, 0, 2, 3)) == 3
    assert fewest_vehicles(boxes(0, 5, 2, 3)) == 0
    free = boxes(3, 0, 9, 9, 9)
    locked = tuple(replace(owner, prefix=(k,)) for k, owner in enumerate(free.vehicles))
    assert fewest_vehicles(free) == 1
    assert fewest_vehicles(replace(free, vehicles=locked)) == 3


def test_the_shortest_route_is_given_up() -> None:
    """The first of these; not one that something is locked to, and not the only other one."""
    problem = boxes(6, 0, 4, 4, 4, 4)
    routes = {0: (0, 1), 1: (2,), 3: (3,), 2: (4, 5)}
    assert without_a_route(problem, routes) == {0: (0, 1), 3: (3,), 2: (4, 5)}
    owners = list(problem.vehicles)
    owners[1] = replace(owners[1], prefix=(2,))
    locked = replace(problem, vehicles=tuple(owners))
    assert without_a_route(locked, routes) == {0: (0, 1), 1: (2,), 2: (4, 5)}
    assert without_a_route(locked, {1: (2,), 3: (3,)}) is None
    assert without_a_route(problem, {}) is None


def test_the_others_have_room_or_not() -> None:
    """For what is served, in the vehicles that are left, not in any others."""
    problem = boxes(8, 1, 4, 6, 2, 50)
    routes = {0: (0, 1, 2), 1: (3, 4, 5), 2: (6, 7)}
    assert has_room(problem, routes, 0.8)
    assert not has_room(problem, routes, 0.79)
    assert not has_room(problem, {**routes, 2: (6, 7, 8)}, 0.8)
    assert not has_room(problem, {0: (0, 1), 2: (2,)}, 0.7)
    assert not has_room(problem, {0: (0,)}, 1.0)


def test_a_vehicle_comes_back_where_something_is_left_out() -> None:
    """Given up while all that must be is served; one that nobody drove stays away."""
    problem = boxes(8, 1, 4, 6, 2, 50)
    routes = {0: (0, 1, 2), 1: (3, 4, 5), 2: (6, 7)}
    fewer = {0: (0, 1, 2), 1: (3, 4, 5)}
    squeezed = Squeezed(problem, 0.8)
    assert squeezed.adapt(fewer) == fewer
    assert squeezed.vehicles is None
    assert squeezed.adapt(routes) == fewer
    assert squeezed.vehicles == [0, 1]
    for _ in range(2):
        assert squeezed.adapt(fewer) == fewer
        assert squeezed.vehicles == [0, 1, 2]
    assert squeezed.adapt(routes) == fewer
    assert squeezed.vehicles == [0, 1]


def test_no_vehicle_is_given_up_without_room() -> None:
    """Ten boxes hold eight to 80 %; all may still be used."""
    squeezed = Squeezed(boxes(8, 1, 4, 6, 2, 50), 0.79)
    routes = {0: (0, 1, 2), 1: (3, 4, 5), 2: (6, 7)}
    assert squeezed.adapt(routes) == routes
    assert squeezed.vehicles is None

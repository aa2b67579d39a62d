"""The made-up city: the same for the same seed, like a road city, and feasible by construction."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.city import APART, HOUR, make_city
from benchmarks.instance import Instance
from benchmarks.problem import problem_of
from benchmarks.quality.checker import find_mistakes


@pytest.fixture(scope="module")
def city() -> Instance:
    """A day with 300 orders."""
    return make_city(300)


def test_a_seed_makes_the_same_day(city: Instance) -> None:
    """Another seed makes another one."""
    again, other = make_city(300), make_city(300, seed=2)
    assert np.array_equal(city.costs, again.costs)
    assert np.array_equal(city.opens, again.opens)
    assert not np.array_equal(city.costs, other.costs)


def test_sizes_and_kinds(city: Instance) -> None:
    """The depot and the orders; whole seconds in int32."""
    assert (city.name, city.instance_class, city.orders) == ("city-300", "CITY-300", 300)
    assert city.costs.shape == (301, 301)
    assert city.costs.dtype == np.int32
    assert {len(column) for column in (city.demands, city.services, city.opens)} == {301}
    assert set(city.closes[1:] - city.opens[1:]) == {2 * HOUR, 4 * HOUR}
    assert (city.demands[0], city.services[0]) == (0, 0)


def test_times_are_those_of_a_road_city(city: Instance) -> None:
    """Nothing takes no time, nothing more than 1.5 hours; one way differs from the other a bit."""
    times = city.costs.astype(float)
    away = times[~np.eye(len(times), dtype=bool)]
    assert not times.diagonal().any()
    assert 0 < away.min() < away.max() + city.services.max() < APART * HOUR / 2
    assert 0.01 < np.abs(times - times.T).mean() / times.mean() < 0.06


@pytest.mark.parametrize("orders", [1, 2, 300])
def test_a_city_is_feasible(orders: int) -> None:
    """Orders that open 1.5 hours apart make routes, and there are vehicles enough for them."""
    city = make_city(orders)
    routes: list[list[int]] = []
    for order in (1 + np.argsort(city.opens[1:], kind="stable")).tolist():
        latest = city.opens[order] - APART * HOUR / 2
        free = [route for route in routes if city.opens[route[-1]] <= latest]
        if free:
            free[0].append(order)
        else:
            routes.append([order])
    assert find_mistakes(city, routes) == []


def test_a_route_is_full_after_some_25_stops(city: Instance) -> None:
    """Capacity binds long before all vehicles are used."""
    assert 20 < city.capacity / city.demands[1:].mean() < 30
    assert city.vehicles > 3 * city.demands.sum() / city.capacity


def test_a_city_as_a_problem(city: Instance) -> None:
    """Task k is customer k + 1; seconds of driving are all that is paid."""
    problem = problem_of(city)
    task, vehicle = problem.tasks[6], problem.vehicles[0]
    assert (task.place, task.service, task.loads) == (7, city.services[7], (city.demands[7],))
    assert (task.opening, task.closing) == (city.opens[7], city.closes[7])
    assert (vehicle.distance_cost, vehicle.duration_cost, vehicle.fixed_cost) == (1, 0, 0)
    assert np.array_equal(problem.distances(0), city.costs)

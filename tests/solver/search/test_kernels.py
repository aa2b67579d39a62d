"""The tables of the compiled search against the checker's arithmetic, step by step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from solver.errors import ProblemError
from solver.problem import Problem, Task, Travel, Vehicle
from solver.search.anneal import (
    anneal_routes,
    construct_routes,
    load_routes,
    routes_of,
)
from solver.search.encode import by_opening, encode
from solver.search.layout import (
    BANKED,
    BEST,
    DEAR,
    FLEET_CAP,
    NEXT,
    USED,
    new_state,
)
from solver.start import locked_start
from tests.generators import tiny_problems
from tests.solver.search.judge import assert_true, objective
from tests.solver.worlds import line, town, vehicle


def search_and_judge(problem: Problem) -> None:
    """Construct and anneal in short slices; after each the state is compared with the checker."""
    try:
        start = locked_start(problem)
    except ProblemError:
        return
    data = encode(problem)
    state = new_state(data, seed=1)
    load_routes(data, state, {route.vehicle: route.tasks for route in start.routes})
    construct_routes(data, state, by_opening(problem))
    assert_true(problem, data, state)
    for steps in range(1, 31):
        cap = 15 if steps % 3 == 0 else DEAR
        fleet = int(state.number[USED]) if steps % 5 == 0 else len(problem.vehicles)
        state.number[FLEET_CAP] = fleet
        anneal_routes(data, state, steps, 20.0, 5.0, insist=steps % 2 == 0, price_cap=cap)
        assert_true(problem, data, state)
    assert int(state.number[BEST]) == objective(problem, data, state.best)


@given(tiny_problems(most_tasks=8))
@settings(max_examples=100)
def test_every_step_costs_what_the_checker_says(problem: Problem) -> None:
    """All rules: the running cost is exact, the routes are sound, the best is what was copied."""
    if problem.tasks:
        search_and_judge(problem.weighted())


@pytest.mark.slow
@given(tiny_problems(most_tasks=8))
@settings(max_examples=3000)
def test_every_step_of_thousands_costs_what_the_checker_says(problem: Problem) -> None:
    """The same for 3,000 problems."""
    if problem.tasks:
        search_and_judge(problem.weighted())


def test_a_town_is_searched_without_a_wrong_unit() -> None:
    """120 tasks and thousands of steps; what is taken back leaves nothing behind."""
    problem = town(120, vehicles=15).weighted()
    data = encode(problem)
    state = new_state(data, seed=7)
    load_routes(data, state, {})
    construct_routes(data, state, by_opening(problem))
    before = int(state.number[BEST])
    for _ in range(20):
        anneal_routes(data, state, 200, 1000.0, 10.0)
        assert_true(problem, data, state)
    assert int(state.number[BEST]) < before
    assert int(state.number[BEST]) == objective(problem, data, state.best)


def test_vehicles_with_and_without_a_longest_route() -> None:
    """Of the latter no time on the way is known, so routes of both do not exchange their ends."""
    fleet = town(60, vehicles=20)
    problem = fleet.replace(
        vehicles=tuple(
            replace(owner, max_duration=1500 if k % 2 else None)
            for k, owner in enumerate(fleet.vehicles)
        )
    ).weighted()
    data = encode(problem)
    state = new_state(data, seed=1)
    load_routes(data, state, {})
    construct_routes(data, state, by_opening(problem))
    for _ in range(10):
        anneal_routes(data, state, 200, 1000.0, 10.0)
        assert_true(problem, data, state)


def test_a_price_cap_lets_tasks_go_for_a_while() -> None:
    """While hot, routes are given up for tasks left out; at full prices all of them come back."""
    optional = town(60, vehicles=20)
    problem = replace(
        optional, tasks=tuple(replace(task, penalty=None) for task in optional.tasks)
    ).weighted()
    data = encode(problem)
    state = new_state(data, seed=3)
    load_routes(data, state, {})
    construct_routes(data, state, by_opening(problem))
    assert int(state.number[BANKED]) == 0
    best = anneal_routes(data, state, 500, 100.0, 100.0, price_cap=200)
    assert int(state.number[BANKED]) > 5
    assert_true(problem, data, state)
    assert best == objective(problem, data, state.best)
    assert anneal_routes(data, state, 2000, 50.0, 10.0) < best
    assert int(state.number[BANKED]) == 0
    assert_true(problem, data, state)


def test_no_other_vehicle_is_taken_beyond_the_fleet_cap() -> None:
    """However cheap it would be; without a cap it is."""
    problem = town(60, vehicles=20).weighted()
    data = encode(problem)
    state = new_state(data, seed=3)
    load_routes(data, state, {})
    construct_routes(data, state, by_opening(problem))
    routes = routes_of(data, state.best)
    kept = dict(list(routes.items())[: len(routes) // 2])
    load_routes(data, state, kept)
    state.number[FLEET_CAP] = len(kept)
    anneal_routes(data, state, 1000, 1000.0, 10.0)
    assert int(state.number[USED]) <= len(kept)
    assert_true(problem, data, state)
    state.number[FLEET_CAP] = len(problem.vehicles)
    anneal_routes(data, state, 1000, 1000.0, 10.0)
    assert int(state.number[USED]) > len(kept)
    assert_true(problem, data, state)


def test_pushes_lead_elsewhere_where_vehicles_are_full() -> None:
    """Vehicles have room for all tasks and no more; the same random numbers with and without."""
    problem = town(72, vehicles=6).weighted()
    data = encode(problem)
    found = []
    for pushes in (0, 4):
        state = new_state(data, seed=1)
        load_routes(data, state, {})
        construct_routes(data, state, by_opening(problem))
        anneal_routes(data, state, 500, 1000.0, 100.0, pushes=pushes)
        assert_true(problem, data, state)
        found.append(routes_of(data, state.row[:, NEXT]))
    assert found[0] != found[1]


def test_a_task_in_the_bank_insists_on_a_place() -> None:
    """The full vehicle passes it, and one of its tasks fits elsewhere; by chance if it waits."""
    tasks = tuple(
        Task(place=place, loads=(load,), penalty=penalty)
        for place, load, penalty in ((3, 1, 5000), (4, 2, 5000), (2, 2, 5000), (4, 1, 25))
    )
    fleet = (vehicle(capacity=(3,), fixed_cost=1000),) * 2
    problem = line(tasks, fleet).weighted()
    data = encode(problem)
    back = []
    for insist in (False, True):
        served = 0
        for seed in range(40):
            state = new_state(data, seed)
            load_routes(data, state, {0: (0, 1), 1: (2,)})
            anneal_routes(data, state, 1, 0.1, 0.1, 1.0, 0, 0, insist=insist)
            assert_true(problem, data, state)
            served += int(state.number[BANKED]) == 0
        back.append(served)
    assert back[1] > back[0] + 5


def test_an_end_that_no_list_names_is_found() -> None:
    """Two tasks share a vehicle; each has 45 likelier neighbours on another one that is full."""
    metres = np.array(
        [[0, 500, 500, 500], [500, 0, 10, 900], [500, 10, 0, 900], [500, 900, 900, 0]],
        dtype=np.int32,
    )
    crowd = Task(place=1, loads=(1,), skills=frozenset({1}), penalty=9000)
    alone = Task(place=2, loads=(1,), penalty=9000)
    problem = Problem(
        tasks=(*[crowd] * 45, alone, replace(alone, place=3)),
        vehicles=(
            Vehicle(start=0, end=0, capacity=(45,), skills=frozenset({1})),
            Vehicle(start=0, end=0, capacity=(2,)),
        ),
        travel=(Travel(metres, metres),),
    ).weighted()
    data = encode(problem)
    state = new_state(data, seed=1)
    load_routes(data, state, {0: tuple(range(45)), 1: (46,)})
    anneal_routes(data, state, 30_000, 10.0, 10.0)
    assert int(state.number[BANKED]) == 0
    assert_true(problem, data, state)


def test_routes_that_can_not_be_driven_are_refused() -> None:
    """Loading all tasks on one vehicle that is too small says so."""
    problem = town(40, vehicles=5).weighted()
    data = encode(problem)
    state = new_state(data, seed=1)
    assert load_routes(data, state, {0: tuple(range(40))}) is None
    assert load_routes(data, state, {0: (3,)}) is not None


def test_a_fleet_where_one_vehicle_may_serve_nothing() -> None:
    """All tasks want the same skill, so there is one class; tails never go to who lacks it."""
    nowhere = np.zeros((1, 1), dtype=np.int32)
    able = Vehicle(start=0, end=0, skills=frozenset({1}))
    problem = Problem(
        tasks=tuple(Task(place=0, skills=frozenset({1}), penalty=1) for _ in range(3)),
        vehicles=(able, replace(able, skills=frozenset())),
        travel=(Travel(nowhere, nowhere),),
    )
    search_and_judge(problem.weighted())

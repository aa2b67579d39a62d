"""A task takes another's place in a full vehicle, and that one goes elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from numba import njit

from solver.errors import ProblemError
from solver.problem import Problem, Task
from solver.search.anneal import construct_routes, load_routes, routes_of
from solver.search.compiled import HOW
from solver.search.encode import by_opening, encode
from solver.search.layout import CURRENT, DEAR, DRAWN, NEXT, ROUTE, SKIP, Data, State, new_state
from solver.search.links import begin, take_back, take_out, update_time_cost
from solver.search.push import push_out
from solver.search.table import as_tables
from solver.start import locked_start
from tests.generators import tiny_problems
from tests.solver.search.judge import assert_true
from tests.solver.worlds import line, town, vehicle


@njit(**HOW)  # type: ignore[untyped-decorator]
def _push_out(data: Any, state: Any, x: Any, below_this: Any) -> Any:
    """Take x out if it is served; what serving it by a push changes then, or `DEAR` as before."""
    data, state = as_tables(data), as_tables(state)
    begin(state)
    saved = np.int64(0)
    if state.row[x, ROUTE] >= 0:
        v = state.row[x, ROUTE] + 0
        saved += take_out(data, state, x, x)
        if saved < DEAR:
            saved += update_time_cost(data, state, v)
    delta = push_out(data, state, x, below_this) if saved < DEAR // 2 else np.int64(DEAR)
    if delta >= below_this:
        take_back(data, state)
        return np.int64(DEAR)
    state.number[CURRENT] += saved + delta
    return saved + delta


@pytest.fixture
def two_vehicles() -> tuple[Data, State]:
    """One is full at places 3 and 4, one with room for 1 goes to place 2; place 4 is asked for."""
    tasks = tuple(
        Task(place=place, loads=(load,), penalty=5000)
        for place, load in ((3, 1), (4, 2), (2, 2), (4, 1))
    )
    fleet = (vehicle(capacity=(3,), fixed_cost=1000),) * 2
    data = encode(line(tasks, fleet).weighted())
    state = new_state(data, seed=1)
    load_routes(data, state, {0: (0, 1), 1: (2,)})
    state.number[SKIP] = 1000
    state.scratch[DRAWN] = -1
    return data, state


def test_the_one_in_the_way_goes_elsewhere(two_vehicles: tuple[Data, State]) -> None:
    """To place 4 is no detour for the full vehicle; place 3 is one of 20 metres for the other."""
    data, state = two_vehicles
    assert _push_out(data, state, 3, 40) == 20
    assert routes_of(data, state.row[:, NEXT]) == {0: (3, 1), 1: (2, 0)}


def test_nothing_is_pushed_at_any_price(two_vehicles: tuple[Data, State]) -> None:
    """It would cost 20; a try for less leaves everything as it is."""
    data, state = two_vehicles
    assert _push_out(data, state, 3, 20) == DEAR
    assert routes_of(data, state.row[:, NEXT]) == {0: (0, 1), 1: (2,)}


def push_everywhere(problem: Problem, most: int) -> int:
    """From constructed routes, task by task, judged after each; how many pushes there were."""
    try:
        start = locked_start(problem)
    except ProblemError:
        return 0
    data = encode(problem)
    state = new_state(data, seed=1)
    load_routes(data, state, {route.vehicle: route.tasks for route in start.routes})
    construct_routes(data, state, by_opening(problem))
    pinned = {task for owner in problem.vehicles for task in owner.prefix}
    pushed = 0
    for x in range(len(problem.tasks)):
        absent = state.row[x, ROUTE] < 0
        if x in pinned or absent:
            continue
        pushed += _push_out(data, state, x, most) < DEAR
        assert_true(problem, data, state)
    return pushed


@given(tiny_problems(most_tasks=8))
@settings(max_examples=300)
def test_every_push_costs_what_the_checker_says(problem: Problem) -> None:
    """All rules, at any price; what fails is taken back."""
    if problem.tasks:
        push_everywhere(problem.weighted(), 10**9)


@pytest.mark.parametrize("paid", [0, 3])
def test_a_town_is_full_of_pushes(paid: int) -> None:
    """Where time on the way is free and where it is paid."""
    full = town(60, vehicles=6)
    fleet = tuple(replace(owner, duration_cost=paid) for owner in full.vehicles)
    assert push_everywhere(full.replace(vehicles=fleet).weighted(), 10**9) > 10

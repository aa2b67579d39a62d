"""Where an absent task may go."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

from solver.problem import Task
from solver.search.anneal import load_routes
from solver.search.compiled import HOW
from solver.search.encode import encode
from solver.search.layout import DEAR, DRAWN, FLEET_CAP, SKIP, Data, State, new_state
from solver.search.links import begin, take_out
from solver.search.positions import best_position
from solver.search.table import as_tables
from tests.solver.worlds import line, vehicle

START = 5
"""The first vehicle's sentinel."""


@njit(**HOW)  # type: ignore[untyped-decorator]
def _best_without(data: Any, state: Any, first: Any, last: Any) -> Any:
    """What the stretch saves when it goes out, and the best position of its last task then."""
    data, state = as_tables(data), as_tables(state)
    begin(state)
    saved = take_out(data, state, first, last)
    return saved, best_position(data, state, last, -1, DEAR)


@pytest.fixture
def a_route() -> tuple[Data, State]:
    """One vehicle serves tasks 1, 3, 0, 4, 2 of a line, another none; no list names a neighbour."""
    tasks = tuple(Task(place=k + 1, penalty=5000) for k in range(5))
    data = encode(line(tasks, (vehicle(fixed_cost=1000),) * 2).weighted())
    data.lists[:, :, ::2] = np.arange(5)[:, None]
    state = new_state(data, seed=1)
    load_routes(data, state, {0: (1, 3, 0, 4, 2)})
    state.number[SKIP] = 1000
    state.scratch[DRAWN] = -1
    return data, state


def test_a_task_may_go_back_where_it_was(a_route: tuple[Data, State]) -> None:
    """Though no list says so; that costs what taking it out has saved."""
    saved, (extra, before, v, _, _) = _best_without(*a_route, 0, 0)
    assert saved == -60
    assert (extra, before, v) == (60, 3, 0)


@pytest.mark.parametrize(("first", "before"), [(3, 1), (1, START)])
def test_what_is_left_before_it_tells_where_it_was(
    a_route: tuple[Data, State], first: int, before: int
) -> None:
    """Also where tasks before it are out as well, up to the start of the route."""
    _, (_, found, v, _, _) = _best_without(*a_route, first, 4)
    assert (found, v) == (before, 0)


def test_a_route_left_empty_is_no_place_to_go_back_to(a_route: tuple[Data, State]) -> None:
    """It would not count as one vehicle more; the fleet cap would not be kept."""
    data, state = a_route
    load_routes(data, state, {0: (3,), 1: (4,)})
    state.number[FLEET_CAP] = 1
    _, (extra, before, _, _, _) = _best_without(data, state, 3, 3)
    assert (extra, before) == (DEAR, -1)

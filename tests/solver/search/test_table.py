"""Tables in kernels hold what their arrays hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

from solver.search.compiled import HOW
from solver.search.encode import encode
from solver.search.layout import LINES, Data, State, new_state
from solver.search.table import as_tables
from tests.solver.worlds import town


@pytest.fixture(scope="module")
def tables() -> tuple[Data, State]:
    data = encode(town(30, vehicles=3).weighted())
    return data, new_state(data, seed=1)


def test_lines_are_as_long_as_kernels_take_for_granted(tables: tuple[Data, State]) -> None:
    """A shorter one would be read beyond its end."""
    data, state = tables
    told = {**data._asdict(), **state._asdict()}
    assert LINES.keys() <= told.keys()
    assert {name: told[name].shape[-1] for name in LINES} == LINES


@njit(**HOW)  # type: ignore[untyped-decorator]
def _read(data: Any, state: Any, k: Any, i: Any, j: Any) -> Any:
    data, state = as_tables(data), as_tables(state)
    short, view = data.lists[k, i], data.travel[k]
    state.bank[0, j] = data.node[i, j]
    state.number[j] = state.bank[0, j] + 1
    state.sort[j] = view[i, j]
    return short[j], view[j, i], view[j][i], data.keys[i, 1], state.number[j], len(view[i])


def test_a_kernel_reads_and_writes_what_is_there(tables: tuple[Data, State]) -> None:
    """Of one, two and three dimensions; whole numbers and others; wholly or in views."""
    data, state = tables
    k, i, j = 1, 12, 7
    short, across, again, key, number, length = _read(data, state, k, np.uint32(i), j)
    assert short == data.lists[k, i, j]
    assert across == again == data.travel[k, j, i]
    assert key == data.keys[i, 1]
    assert number == state.number[j] == state.bank[0, j] + 1 == data.node[i, j] + 1
    assert state.sort[j] == data.travel[k, i, j]
    assert length == data.travel.shape[2]


@njit(boundscheck=True, **HOW)  # type: ignore[untyped-decorator]
def _read_watched(data: Any, i: Any, j: Any) -> Any:
    return as_tables(data).vehicle[i, j]


@pytest.mark.parametrize(("i", "j"), [(3, 0), (0, LINES["vehicle"]), (-1, 0), (0, -1)])
def test_indices_can_be_watched(tables: tuple[Data, State], i: int, j: int) -> None:
    """None counts from the end; unwatched, such a kernel would read something else."""
    data, _ = tables
    assert _read_watched(data, 2, 0) == data.vehicle[2, 0]
    with pytest.raises(IndexError):
        _read_watched(data, i, j)

"""Acceptance: the current cost moves, the best solution is copied when it is about to be left.

A best solution is often followed by a better one at once; so it is copied only when a dearer one is
accepted, from the rows as they are and, where they have changed, as they were (`State.undo_row`).
"""

from __future__ import annotations

from typing import Any

from solver.search.compiled import inlined, outlined
from solver.search.layout import BEST, CHANGING, CURRENT, FRESH, NEXT, UNDO_ROWS


@inlined
def accept(state: Any, delta: Any) -> Any:
    """The change since `links.begin` is kept; it has cost `delta`."""
    number = state.number
    if delta > 0 and number[FRESH]:
        copy_best(state)
        for slot in range(number[UNDO_ROWS]):
            state.best[state.undo[slot, CHANGING + 4]] = state.undo[slot, NEXT]
    number[CURRENT] += delta
    if number[CURRENT] < number[BEST]:
        number[BEST] = number[CURRENT]
        number[FRESH] = 1


@outlined
def copy_best(state: Any) -> Any:
    """The current solution is the best; write it down."""
    for i in range(state.row.shape[0]):
        state.best[i] = state.row[i, NEXT]
    state.number[FRESH] = 0

"""Acceptance: the current cost moves, the best solution is copied when it is about to be left.

A best solution is often followed by a better one at once; so it is copied only when a dearer one is
accepted, from the rows as they are and, where they have changed, as they were (`State.undo_row`).
"""

from __future__ import annotations

from typing import Any

from solver.search.compiled import inlined, outlined
from solver.search.layout import AMOUNT, BEST, CHANGING, CURRENT, FRESH, NEXT, UNDO_ROWS
from solver.search.links import surcharge


@inlined
def accept(state: Any, delta: Any) -> Any:
    """The change since `links.begin` is kept; it has cost `delta`, its surcharge included.

    A solution with overload is never the best.
    """
    number = state.number
    delta -= surcharge(state)
    within = True
    for q in range(state.overload.shape[1]):
        within = within and state.overload[AMOUNT, q] == 0
    if (delta > 0 or not within) and number[FRESH]:
        copy_best(state)
        for slot in range(number[UNDO_ROWS]):
            state.best[state.undo[slot, CHANGING + 4]] = state.undo[slot, NEXT]
    number[CURRENT] += delta
    if within and number[CURRENT] < number[BEST]:
        number[BEST] = number[CURRENT]
        number[FRESH] = 1


@outlined
def copy_best(state: Any) -> Any:
    """The current solution is the best; write it down."""
    for i in range(state.row.shape[0]):
        state.best[i] = state.row[i, NEXT]
    state.number[FRESH] = 0

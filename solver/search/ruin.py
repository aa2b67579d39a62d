"""Ruin: strings of tasks that lie next to each other go out of the routes around a random task.

Slack Induction by String Removals, Christiaens & Vanden Berghe 2020, Transportation Science 54(2),
section 5.1: `string` removal and `split string` removal in equal shares.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from solver.search.compiled import inlined
from solver.search.layout import (
    ABSENT,
    BANKED,
    COUNT,
    DEAR,
    ITERATION,
    LOCKED,
    MEMBER,
    NEAR,
    NEXT,
    PINNED,
    PREV,
    REGION,
    REGIONAL,
    ROUTE,
    ROUTED,
    TOUCHED,
    USED,
)
from solver.search.links import take_out, update_time_cost
from solver.search.randomness import below, uniform

LONGEST_STRING = 10.0
LONGER_STRING = 1.5
"""Longest string, in mean numbers of tasks of a route; with 1 no longer route could go whole."""
LONGER_GAP = 0.01
"""Chance that the stretch which a split string keeps grows by one task."""


@inlined
def ruin(data: Any, state: Any, removals: Any) -> Any:
    """Take out about `removals` tasks; `(how many, what that saves)`, saving negative.

    The tasks are in `State.absent`. `DEAR` if what is left can't be driven.
    """
    row, route, number, stream = state.row, state.route, state.number, state.number
    absent, taken = state.scratch[ABSENT], 0
    delta = 0
    mean = number[ROUTED] / max(1, number[USED])
    longest = max(1.0, min(LONGEST_STRING, LONGER_STRING * mean))
    strings = int((4.0 * removals / (1.0 + longest) - 1.0) * uniform(stream) + 1.0)
    seed = state.bank[REGION, below(stream, number[REGIONAL])]
    if number[BANKED] > 0 and uniform(stream) < 0.2:
        seed = state.bank[MEMBER, below(stream, number[BANKED])]
    for k in range(data.lists.shape[2]):
        if strings <= 0:
            break
        c = np.int64(data.lists[NEAR, seed, k])
        v = row[c, ROUTE]
        if v < 0 or route[v, TOUCHED] == number[ITERATION] or state.row[c, PINNED]:
            continue
        strings -= 1
        free = route[v, COUNT] - route[v, LOCKED]
        length = min(free, int(min(longest, free) * uniform(stream)) + 1)
        gap = 0
        if 1 < length < free and uniform(stream) < 0.5:
            gap = 1
            while length + gap < free and uniform(stream) < LONGER_GAP:
                gap += 1
        first = _first_of_window(data, state, c, length + gap)
        kept_from = length if gap == 0 else 1 + below(stream, length - 1)
        last, x = first, first
        for _ in range(kept_from - 1):
            last = row[last, NEXT]
        for _ in range(kept_from):
            absent[taken] = x
            taken += 1
            x = row[x, NEXT]
        saved = take_out(data, state, first, last)
        if saved >= DEAR:
            return taken, DEAR
        delta += saved
        if gap > 0:
            for _ in range(gap):
                x = row[x, NEXT]
            first, last = x, x
            for _ in range(length - kept_from - 1):
                last = row[last, NEXT]
            for _ in range(length - kept_from):
                absent[taken] = x
                taken += 1
                x = row[x, NEXT]
            saved = take_out(data, state, first, last)
            if saved >= DEAR:
                return taken, DEAR
            delta += saved
        saved = update_time_cost(data, state, v)
        if saved >= DEAR:
            return taken, DEAR
        delta += saved
    return taken, delta


@inlined
def _first_of_window(data: Any, state: Any, c: Any, length: Any) -> Any:
    """First task of a random stretch of so many unlocked tasks that contains c."""
    n = data.task.shape[0]
    row = state.row
    ahead, x = 0, row[c, PREV]
    while ahead < length - 1 and x < n and state.row[x, PINNED] == 0:
        ahead += 1
        x = row[x, PREV]
    behind, x = 0, row[c, NEXT]
    while behind < length - 1 and x < n:
        behind += 1
        x = row[x, NEXT]
    fewest = max(0, length - 1 - behind)
    back = fewest + below(state.number, ahead - fewest + 1)
    first = c
    for _ in range(back):
        first = row[first, PREV]
    return first

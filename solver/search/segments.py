"""Cross-exchange: two routes exchange short stretches of up to three tasks, one perhaps empty.

Taillard, Badeau, Gendreau, Guertin & Potvin 1997, Transportation Science 31(2). Relocating a task
and swapping two are its least cases. Only between vehicles of one make; others exchange tails.
"""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np

from solver.search.accept import accept
from solver.search.compiled import inlined, outlined
from solver.search.layout import (
    BEFORE,
    CHAIN,
    CLOSE,
    COUNT,
    DEAR,
    DEPARTS,
    IN,
    LATEST,
    LIKELY,
    LINE,
    MAKE,
    METRES,
    METRES_FROM,
    NEXT,
    OUT,
    PER_METRE,
    PINNED,
    PREV,
    ROUTE,
    SECONDS,
    SECONDS_FROM,
    SERVICE,
    TIME_COST,
    TIMED,
    USE,
    WITH_PRICE,
    WORD,
)
from solver.search.links import (
    begin,
    carry_backward,
    carry_forward,
    change_vehicle,
    mark_free,
    note_arc,
    save_route,
    save_row,
)
from solver.search.randomness import bits, part, rest
from solver.search.swap import draw_task, may_swap, most_accepted, time_cost_with
from solver.search.times import first_start

LONGEST_SEGMENT = 3


@inlined
def try_segments(data: Any, state: Any, tries: Any, temperature: Any) -> Any:
    """So many tries from a random task on; exchange what is accepted.

    First all are weighed without a branch, so that the processor need not guess and waits for
    many numbers at once; few are looked at again.
    """
    x = draw_task(state)
    words, count = state.scratch[WORD], np.int64(0)
    if state.row[x, ROUTE] < 0:
        return
    ahead = _look_ahead(state, data.task.shape[0], x, 0)
    for _ in range(tries):
        word = bits(state.number)
        words[count] = np.int64(word)
        delta = _weigh(data, state, x, word, ahead)[0]
        count += np.int64(delta < most_accepted(word, temperature))
    for k in range(count):
        _try(data, state, x, np.uint64(words[k]), temperature)


@inlined
def _weigh(data: Any, state: Any, x: Any, word: Any, ahead: Any) -> Any:
    """What an exchange costs but for time, and what is exchanged, as `word` draws it.

    The stretch from x to `last_x` against what follows i up to `last_j`, a likely predecessor of x;
    nothing if that is i. `DEAR` if i is not in another route.
    """
    n = data.task.shape[0]
    row = state.row
    i = np.int64(data.lists[BEFORE, x, 2 * part(word, 0, LIKELY)])
    lengths = part(word, 16, LONGEST_SEGMENT * (LONGEST_SEGMENT + 1))
    v, w, h, j = row[x, ROUTE], row[i, ROUTE], row[x, PREV], row[i, NEXT]
    chain = state.scratch[CHAIN]
    steps = min(lengths % LONGEST_SEGMENT, ahead)
    last_x, after_x = chain[steps], chain[steps + 1]
    steps = min(lengths // LONGEST_SEGMENT, _look_ahead(state, n, i, LINE)) + LINE
    last_j, after_j = chain[steps], chain[steps + 1]
    matrix = data.travel[data.vehicle[v, METRES_FROM]]
    nothing = last_j == i
    last = nothing & (h >= n) & (after_x >= n)
    after_h = after_x if nothing else j
    metres = np.int64(matrix[row[i, OUT], row[x, IN]]) - row[i, METRES]
    metres += matrix[row[last_x, OUT], row[after_j, IN]] - row[last_x, METRES]
    closing = np.int64(matrix[row[h, OUT], row[after_h, IN]])
    back = matrix[row[last_j, OUT], row[after_x, IN]] - row[last_j, METRES]
    metres += (0 if last else closing) - row[h, METRES]
    metres += 0 if nothing else back
    use = data.fleet[v, USE] + 0
    delta = data.fleet[v, PER_METRE] * metres - (use if last else 0)
    return (delta if (w >= 0) & (w != v) else DEAR), i, last_x, last_j


@inlined
def _look_ahead(state: Any, n: Any, first: Any, slot: Any) -> Any:
    """Write down what follows `first`, from `slot` on; how many of `LONGEST_SEGMENT` are tasks."""
    row, chain = state.row, state.scratch[CHAIN]
    at, on, count = row[first, NEXT], True, np.int64(0)
    chain[slot] = first
    chain[slot + 1] = at
    for k in range(2, LONGEST_SEGMENT + 2):
        on = on & (at < n)
        count += np.int64(on)
        at = row[at, NEXT]
        chain[slot + k] = at
    return count


@inlined
def _try(data: Any, state: Any, x: Any, word: Any, temperature: Any) -> Any:
    """Weigh an exchange again, since another may have been made, and the rest of it; make it."""
    row = state.row
    ahead = _look_ahead(state, data.task.shape[0], x, 0)
    delta, i, last_x, last_j = _weigh(data, state, x, word, ahead)
    threshold = -temperature * log(rest(word))
    if delta >= threshold:
        return
    v, w, h, j = row[x, ROUTE], row[i, ROUTE], row[x, PREV], row[i, NEXT]
    after_x, after_j = row[last_x, NEXT], row[last_j, NEXT]
    if data.vehicle[v, MAKE] != data.vehicle[w, MAKE] or row[x, PINNED] or row[j, PINNED]:
        return
    if not _in_time(data, state, i, x, last_x, after_j, v):
        return
    if last_j == i:
        if not _in_time(data, state, h, after_x, h, after_x, v):
            return
    elif not _in_time(data, state, h, j, last_j, after_x, v):
        return
    if not may_swap(data, state, x, after_x, j, after_j, v, w):
        return
    then_v, then_w = 0, 0
    timed = data.vehicle[v, TIMED] or data.vehicle[w, TIMED]
    if timed or state.route[v, WITH_PRICE] or state.route[w, WITH_PRICE]:
        then_w = time_cost_with(data, state, i, x, after_x, after_j, w)
        then_v = time_cost_with(data, state, h, j, after_j, after_x, v)
        if then_v >= DEAR or then_w >= DEAR:
            return
        delta += then_v + then_w - state.route[v, TIME_COST] - state.route[w, TIME_COST]
        if delta >= threshold:
            return
    begin(state)
    _exchange(data, state, x, last_x, i, last_j, v, w)
    state.route[v, TIME_COST] = then_v
    state.route[w, TIME_COST] = then_w
    accept(state, delta)


@outlined
def _in_time(data: Any, state: Any, i: Any, x: Any, last: Any, then: Any, v: Any) -> Any:
    """Whether the stretch from x to `last` can be driven between i and `then`.

    `last == i` stands for an empty stretch.
    """
    row = state.row
    durations = data.vehicle[v, SECONDS_FROM]
    time, at, y = row[i, DEPARTS], i, x
    while at != last:
        start = first_start(data, row, y, time + data.travel[durations, row[at, OUT], row[y, IN]])
        time = start + row[y, SERVICE]
        if start > row[y, CLOSE]:
            return False
        at = y
        y = row[y, NEXT]
    return time + data.travel[durations, row[at, OUT], row[then, IN]] <= row[then, LATEST]


@outlined
def _exchange(
    data: Any, state: Any, x: Any, last_x: Any, i: Any, last_j: Any, v: Any, w: Any
) -> Any:
    """Put the stretch from x to `last_x` of v after i, and what follows i up to `last_j` instead.

    `last_j == i` stands for an empty stretch.
    """
    n = data.task.shape[0]
    row, route = state.row, state.route
    h, after_x, j, after_j = row[x, PREV], row[last_x, NEXT], row[i, NEXT], row[last_j, NEXT]
    save_route(state, v)
    save_route(state, w)
    moved, y = 0, x
    while y != after_x:
        change_vehicle(data, state, y, v, w)
        moved += 1
        y = row[y, NEXT]
    y = j
    while y != after_j:
        change_vehicle(data, state, y, w, v)
        moved -= 1
        y = row[y, NEXT]
    route[v, COUNT] -= moved
    route[w, COUNT] += moved
    _link(data, state, i, x, w)
    _link(data, state, last_x, after_j, w)
    if last_j == i:
        _link(data, state, h, after_x, v)
    else:
        _link(data, state, h, j, v)
        _link(data, state, last_j, after_x, v)
    timed = max(data.vehicle[v, TIMED], data.vehicle[w, TIMED])
    carry_forward(data, state, x, timed)
    if after_j < n:
        carry_forward(data, state, after_j, timed)
    carry_backward(data, state, last_x, timed)
    carry_backward(data, state, i, timed)
    if route[v, COUNT] == 0:
        mark_free(data, state, v)
        return
    if last_j != i:
        carry_forward(data, state, j, timed)
        carry_backward(data, state, last_j, timed)
    if after_x < n:
        carry_forward(data, state, after_x, timed)
    carry_backward(data, state, h, timed)


@outlined
def _link(data: Any, state: Any, i: Any, j: Any, v: Any) -> Any:
    """Vehicle v drives from i to j."""
    row = state.row
    save_row(state, i)
    save_row(state, j)
    row[i, NEXT] = j
    row[j, PREV] = i
    if i == j:
        row[i, METRES] = 0
        row[i, SECONDS] = 0
    else:
        row[i, METRES] = data.travel[data.vehicle[v, METRES_FROM], row[i, OUT], row[j, IN]]
        row[i, SECONDS] = data.travel[data.vehicle[v, SECONDS_FROM], row[i, OUT], row[j, IN]]
    note_arc(state, i)

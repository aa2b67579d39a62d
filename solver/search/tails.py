"""2-opt*: two routes exchange what follows a node of each; also splits and joins routes.

Potvin & Rousseau 1995, Journal of the Operational Research Society 46(12). Between vehicles of one
make the exchange is judged at its two ends; between others both routes are driven anew.
"""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np

from solver.search.accept import accept
from solver.search.compiled import inlined, outlined
from solver.search.layout import (
    BEFORE,
    CLOSE,
    COUNT,
    DEAR,
    DEPARTS,
    FLEET_CAP,
    IN,
    KIND,
    KINDS,
    LATEST,
    LIKELY,
    LOCKED,
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
    TIME_COST,
    TIMED,
    USE,
    USED,
    WITH_PRICE,
    WORD,
)
from solver.search.links import (
    begin,
    carry_backward,
    carry_forward,
    change_vehicle,
    mark_free,
    mark_used,
    note_arc,
    rebuild,
    route_cost,
    save_route,
    save_row,
    take_back,
)
from solver.search.randomness import below, bits, part, rest, uniform
from solver.search.swap import (
    draw_task,
    empty_vehicle,
    may_swap,
    most_accepted,
    time_cost_with,
)


@inlined
def try_tails(data: Any, state: Any, tries: Any, temperature: Any) -> Any:
    """So many tries from a random task on; exchange tails where that is accepted.

    First all are weighed without a branch, as in `try_segments`.
    """
    x = draw_task(state)
    words, count = state.scratch[WORD], np.int64(0)
    if state.row[x, ROUTE] < 0:
        return
    for _ in range(tries):
        word = bits(state.number)
        words[count] = np.int64(word)
        delta = _weigh(data, state, x, word)
        count += np.int64(delta < most_accepted(word, temperature))
    for k in range(count):
        _try(data, state, x, np.uint64(words[k]), temperature)


@inlined
def _weigh(data: Any, state: Any, x: Any, word: Any) -> Any:
    """What an exchange costs but for time, x coming after a likely predecessor that `word` draws.

    `DEAR` if that is not in another route; `-DEAR`, not known, where vehicles differ or an empty
    one is drawn.
    """
    n = data.task.shape[0]
    row = state.row
    k = part(word, 0, LIKELY + 1)
    i = np.int64(data.lists[BEFORE, x, 2 * min(k, LIKELY - 1)])
    v, w, h, j = row[x, ROUTE], row[i, ROUTE], row[x, PREV], row[i, NEXT]
    matrix = data.travel[data.vehicle[v, METRES_FROM]]
    metres = np.int64(matrix[row[i, OUT], row[x, IN]]) - row[i, METRES] - row[h, METRES]
    closing = np.int64(matrix[row[h, OUT], row[j, IN]])
    joined = (h >= n) & (j >= n)
    metres += 0 if joined else closing
    use = data.fleet[v, USE] + 0
    delta = data.fleet[v, PER_METRE] * metres - (use if joined else 0)
    delta = delta if (w >= 0) & (w != v) else DEAR
    return -DEAR if (k == LIKELY) | (state.number[KINDS] > 1) else delta


@inlined
def _draw_predecessor(data: Any, state: Any, x: Any, word: Any) -> Any:
    """A likely predecessor of x in another route, or an empty vehicle's start; -1 if that fails."""
    row = state.row
    k = part(word, 0, LIKELY + 1)
    i = np.int64(-1)
    if k < LIKELY:
        i = np.int64(data.lists[BEFORE, x, 2 * k])
    elif state.number[USED] < state.number[FLEET_CAP]:
        i = empty_vehicle(data, state)
    if i < 0 or row[i, ROUTE] < 0 or row[x, ROUTE] < 0 or row[i, ROUTE] == row[x, ROUTE]:
        return np.int64(-1)
    return i


@inlined
def _try(data: Any, state: Any, x: Any, word: Any, temperature: Any) -> Any:
    """Weigh an exchange again, since another may have been made, and the rest of it; make it."""
    n = data.task.shape[0]
    row = state.row
    i = _draw_predecessor(data, state, x, word)
    if i < 0:
        return
    threshold = -temperature * log(rest(word))
    v, w, h, j = row[x, ROUTE], row[i, ROUTE], row[x, PREV], row[i, NEXT]
    if (h >= n and j >= n and i >= n) or row[x, PINNED] or row[j, PINNED]:
        return
    if data.vehicle[v, MAKE] != data.vehicle[w, MAKE]:
        _try_other_make(data, state, x, i, threshold)
        return
    distances, durations = data.vehicle[v, METRES_FROM], data.vehicle[v, SECONDS_FROM]
    metres = data.travel[distances, row[i, OUT], row[x, IN]] - row[i, METRES] - row[h, METRES]
    delta = -data.fleet[v, USE] if h >= n and j >= n else 0
    if h < n or j < n:
        metres += data.travel[distances, row[h, OUT], row[j, IN]]
    if i >= n and j >= n:
        delta += data.fleet[w, USE]
    delta += data.fleet[v, PER_METRE] * metres
    if delta >= threshold:
        return
    to_x = np.int64(data.travel[durations, row[i, OUT], row[x, IN]])
    to_j = np.int64(data.travel[durations, row[h, OUT], row[j, IN]])
    if row[i, DEPARTS] + to_x > row[x, LATEST] or row[h, DEPARTS] + to_j > row[j, LATEST]:
        return
    if not may_swap(data, state, x, n + v, j, n + w, v, w):
        return
    then_v, then_w = 0, 0
    timed = data.vehicle[v, TIMED] or data.vehicle[w, TIMED]
    if timed or state.route[v, WITH_PRICE] or state.route[w, WITH_PRICE]:
        then_w = time_cost_with(data, state, i, x, x, x, w)
        then_v = time_cost_with(data, state, h, j, j, j, v)
        if then_v >= DEAR or then_w >= DEAR:
            return
        delta += then_v + then_w - state.route[v, TIME_COST] - state.route[w, TIME_COST]
        if delta >= threshold:
            return
    begin(state)
    _exchange(data, state, x, i, v, w, to_x, to_j)
    state.route[v, TIME_COST] = then_v
    state.route[w, TIME_COST] = then_w
    accept(state, delta)


@outlined
def _exchange(data: Any, state: Any, x: Any, i: Any, v: Any, w: Any, to_x: Any, to_j: Any) -> Any:
    """Vehicles of one make exchange their tails from x (of v) and from what follows i (of w)."""
    n = data.task.shape[0]
    row, route = state.row, state.route
    h, j = row[x, PREV], row[i, NEXT]
    was_w = route[w, COUNT] + 0
    save_route(state, v)
    save_route(state, w)
    _link_tails(state, n, x, i)
    distances = data.vehicle[v, METRES_FROM]
    moved = 0
    y = x
    while y < n:
        moved += 1
        change_vehicle(data, state, y, v, w)
        y = row[y, NEXT]
    y = row[h, NEXT]
    while y < n:
        moved -= 1
        change_vehicle(data, state, y, w, v)
        y = row[y, NEXT]
    route[v, COUNT] -= moved
    route[w, COUNT] += moved
    row[i, METRES] = data.travel[distances, state.row[i, OUT], state.row[x, IN]]
    row[i, SECONDS] = to_x
    if h >= n and j >= n:
        row[h, METRES] = 0
        row[h, SECONDS] = 0
    else:
        row[h, METRES] = data.travel[distances, state.row[h, OUT], state.row[j, IN]]
        row[h, SECONDS] = to_j
    note_arc(state, i)
    note_arc(state, h)
    note_arc(state, row[n + v, PREV])
    note_arc(state, row[n + w, PREV])
    timed = max(data.vehicle[v, TIMED], data.vehicle[w, TIMED])
    carry_forward(data, state, x, timed)
    carry_backward(data, state, i, timed)
    if was_w == 0:
        mark_used(data, state, w)
    if route[v, COUNT] == 0:
        mark_free(data, state, v)
        return
    if row[h, NEXT] < n:
        carry_forward(data, state, row[h, NEXT], timed)
    carry_backward(data, state, h, timed)


@outlined
def _link_tails(state: Any, n: Any, x: Any, i: Any) -> Any:
    """The pointers alone: x and its tail go after i, and what followed i after x's predecessor."""
    row = state.row
    h, j = row[x, PREV], row[i, NEXT]
    end_v, end_w = n + row[x, ROUTE], n + row[i, ROUTE]
    last_x, last_j = row[end_v, PREV], row[end_w, PREV]
    save_row(state, x)
    save_row(state, h)
    save_row(state, i)
    save_row(state, j)
    save_row(state, end_v)
    save_row(state, end_w)
    save_row(state, last_x)
    save_row(state, last_j)
    row[i, NEXT] = x
    row[x, PREV] = i
    row[last_x, NEXT] = end_w
    row[end_w, PREV] = last_x
    if j < n:
        row[h, NEXT] = j
        row[j, PREV] = h
        row[last_j, NEXT] = end_v
        row[end_v, PREV] = last_j
    else:
        row[h, NEXT] = end_v
        row[end_v, PREV] = h


@outlined
def _try_other_make(data: Any, state: Any, x: Any, i: Any, threshold: Any) -> Any:
    """The exchange between vehicles that drive, cost or end differently."""
    n = data.task.shape[0]
    row = state.row
    v, w = row[x, ROUTE], row[i, ROUTE]
    to_x = np.int64(data.travel[data.vehicle[w, SECONDS_FROM], row[i, OUT], row[x, IN]])
    if row[i, DEPARTS] + to_x > row[x, CLOSE]:
        return
    if not may_swap(data, state, x, n + v, row[i, NEXT], n + w, v, w):
        return
    before = route_cost(data, state, v) + route_cost(data, state, w)
    begin(state)
    _link_tails(state, n, x, i)
    _judge_rebuilt(data, state, v, w, before, threshold)


@outlined
def try_vehicles(data: Any, state: Any, temperature: Any) -> Any:
    """Two vehicles of different kinds, one of them perhaps empty, exchange their whole routes."""
    n = data.task.shape[0]
    row, stream = state.row, state.number
    v = row[below(stream, n), ROUTE]
    if v < 0:
        return
    if uniform(stream) < 0.5:
        i = empty_vehicle(data, state)
        w = i - n
    else:
        w = row[below(stream, n), ROUTE]
    if w < 0 or data.vehicle[v, KIND] == data.vehicle[w, KIND]:
        return
    if state.route[v, LOCKED] or state.route[w, LOCKED]:
        return
    first_v, first_w = row[n + v, NEXT], row[n + w, NEXT]
    if not may_swap(data, state, first_v, n + v, first_w, n + w, v, w):
        return
    threshold = -temperature * log(uniform(stream))
    before = route_cost(data, state, v) + route_cost(data, state, w)
    begin(state)
    _link_tails(state, n, first_v, n + w)
    _judge_rebuilt(data, state, v, w, before, threshold)


@outlined
def _judge_rebuilt(data: Any, state: Any, v: Any, w: Any, before: Any, threshold: Any) -> Any:
    """Keep two routes whose pointers have changed if what they cost now is accepted."""
    _save_stops(state, v, data.task.shape[0])
    _save_stops(state, w, data.task.shape[0])
    after = rebuild(data, state, v)
    if after < DEAR:
        second = rebuild(data, state, w)
        after = after + second if second < DEAR else DEAR
    if after - before < threshold:
        accept(state, after - before)
    else:
        take_back(data, state)


@inlined
def _save_stops(state: Any, v: Any, n: Any) -> Any:
    x = state.row[n + v, NEXT]
    while x < n:
        save_row(state, x)
        x = state.row[x, NEXT]

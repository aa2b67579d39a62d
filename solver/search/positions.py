"""Positions of an absent task: which there are, what each costs, which is the cheapest.

Looked for among likely neighbours only, with blinks (Christiaens & Vanden Berghe 2020,
Transportation Science 54(2), section 5.2).
"""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np

from solver.search.compiled import inlined, outlined
from solver.search.layout import (
    AFTER,
    AHEAD_LATEST,
    AHEAD_S,
    ALIKE,
    BEFORE,
    CLASS,
    CLOSE,
    DEAR,
    DEMAND,
    DEPARTS,
    DETOUR,
    DRAWN,
    EMPTIES,
    EMPTY,
    END,
    ENDS,
    FIRST_SLOT,
    FLEET_CAP,
    IN,
    KINDS,
    LATEST,
    LIKELY,
    METRES,
    METRES_FROM,
    METRES_TO,
    NEXT,
    NEXT_IN,
    NEXT_METRES,
    OPEN,
    OUT,
    PER_METRE,
    PER_SECOND,
    PINNED,
    POSITIONS,
    PREV,
    PREV_METRES,
    PREV_OUT,
    REST_FIRST,
    REST_S,
    ROOM,
    ROUTE,
    SECONDS_FROM,
    SECONDS_TO,
    SERVICE,
    SKIP,
    SPAN_LIMIT,
    STOPS,
    TIME_COST,
    TIMED,
    TIMES,
    UNKNOWN,
    USABLE,
    USE,
    USED,
    WITH_PRICE,
)
from solver.search.randomness import below, uniform
from solver.search.times import cheapest_times, first_start

BLINK = 0.01
"""Chance that a position is overlooked."""

FARTHEST_BACK = 10
"""Of so many nodes before a task one must still be there, or it is not told where the task was."""

MOST_KINDS = 8
"""Of so many kinds of vehicles an empty one is tried for every insertion."""


@inlined
def blinks(state: Any) -> Any:
    """Whether to overlook a position, asked where it matters; seldom needs a logarithm."""
    number = state.number
    number[SKIP] -= 1
    if number[SKIP] > 0:
        return False
    number[SKIP] = 1 + int(log(uniform(state.number)) / log(1.0 - BLINK))
    return True


@inlined
def holds(data: Any, state: Any, x: Any, v: Any) -> Any:
    """Whether vehicle v has room for task x."""
    for q in range(data.task.shape[1] - DEMAND):
        if data.task[x, DEMAND + q] > state.route[v, ROOM + q]:
            return False
    return True


@inlined
def cost_after(data: Any, state: Any, x: Any, i: Any, v: Any, detour: Any, below_this: Any) -> Any:
    """What serving x with vehicle v after i costs, and the route's cost of time with it.

    `detour` are the metres that this adds, or `UNKNOWN`. `DEAR` if it can't be driven or costs at
    least `below_this`; loads are asked of `holds`.
    """
    row, vehicle = state.row, data.vehicle
    j = row[i, NEXT]
    out_i, in_x, out_x, in_j = row[i, OUT], row[x, IN], row[x, OUT], row[j, IN]
    if detour == UNKNOWN:
        detour = (
            data.travel[vehicle[v, METRES_TO], in_x, out_i]
            + data.travel[vehicle[v, METRES_FROM], out_x, in_j]
            - row[i, METRES]
        )
    extra = data.fleet[v, PER_METRE] * detour
    if i == j:
        extra += data.fleet[v, USE]
    if extra >= below_this:
        return DEAR, 0
    to_x = data.travel[vehicle[v, SECONDS_TO], in_x, out_i]
    start = first_start(data, row, x, row[i, DEPARTS] + to_x)
    from_x = data.travel[vehicle[v, SECONDS_FROM], out_x, in_j]
    if start + row[x, SERVICE] + from_x > row[j, LATEST]:
        return DEAR, 0
    if data.able[row[x, CLASS], v] == 0 or row[j, PINNED]:
        return DEAR, 0
    before = state.route[v, TIME_COST]
    if state.route[v, WITH_PRICE] or row[x, TIMES]:
        then = _exact_time_cost(data, state, x, i, v)
        if then >= DEAR:
            return DEAR, 0
    elif vehicle[v, TIMED]:
        segment = state.segment
        ahead = segment[i, AHEAD_S] + to_x
        wait = max(0, row[x, OPEN] - ahead - segment[i, AHEAD_LATEST])
        latest = min(row[x, CLOSE] - ahead, segment[i, AHEAD_LATEST])
        ahead += row[x, SERVICE] + wait + from_x
        wait = max(0, segment[j, REST_FIRST] - ahead - latest)
        span = ahead + segment[j, REST_S] + wait
        if span > vehicle[v, SPAN_LIMIT]:
            return DEAR, 0
        then = data.fleet[v, PER_SECOND] * span
    else:
        return extra, 0
    extra += then - before
    if extra >= below_this:
        return DEAR, 0
    return extra, then


@outlined
def _exact_time_cost(data: Any, state: Any, x: Any, i: Any, v: Any) -> Any:
    """The cost of time and lateness of the route of v with x after i."""
    n = data.task.shape[0]
    row, stops = state.row, state.scratch[STOPS]
    stops[0] = n + v
    count, y = 1, n + v
    while True:
        if y == i:
            stops[count] = x
            count += 1
        y = row[y, NEXT]
        if y >= n:
            break
        stops[count] = y
        count += 1
    stops[count] = n + v
    return cheapest_times(data, v, stops, count + 1)


@inlined
def draw_routes(data: Any, state: Any) -> Any:
    """Random routes of which an end is tried for every task of this iteration."""
    for k in range(ENDS):
        state.scratch[DRAWN, k] = state.row[below(state.number, data.task.shape[0]), ROUTE]


@inlined
def _where_it_was(state: Any, x: Any) -> Any:
    """The last node that is still there of those before x when it went out; absent if too far."""
    row = state.row
    p = row[x, PREV]
    for _ in range(FARTHEST_BACK):
        if row[p, ROUTE] >= 0:
            break
        p = row[p, PREV]
    return p


@inlined
def _list_detours(data: Any, state: Any, x: Any) -> Any:
    """Metres that x adds at each of its positions, to `State.scratch`; a last one that ends them.

    Where it was: seldom far from the best, so that little is cheaper of what follows. After every
    likely predecessor, before every likely successor, at an end of every drawn route: without
    branches, so that the processor waits for many numbers at once. `UNKNOWN` where vehicles'
    metres differ.
    """
    n = data.task.shape[0]
    row, scratch = state.row, state.scratch
    arc, before, after = state.arc, data.lists[BEFORE, x], data.lists[AFTER, x]
    to_x = data.travel[data.vehicle[0, METRES_TO], row[x, IN]]
    from_x = data.travel[data.vehicle[0, METRES_FROM], row[x, OUT]]
    ends, detours = scratch[END], scratch[DETOUR]
    p = _where_it_was(state, x)
    ends[ENDS] = p
    metres = to_x[row[p, OUT]] + from_x[arc[p, NEXT_IN]] - arc[p, NEXT_METRES]
    stays = row[p, ROUTE] >= 0 and (p < n or row[p, NEXT] < n)
    detours[0] = metres if stays else DEAR
    for k in range(LIKELY):
        i = before[2 * k]
        detours[1 + k] = before[2 * k + 1] + from_x[arc[i, NEXT_IN]] - arc[i, NEXT_METRES]
    for k in range(LIKELY):
        j = after[2 * k]
        detours[1 + LIKELY + k] = after[2 * k + 1] + to_x[arc[j, PREV_OUT]] - arc[j, PREV_METRES]
    for k in range(ENDS):
        v = scratch[DRAWN, k]
        end = n + max(0, v)
        if k % 2:
            out_i, in_j, metres = row[end, OUT], arc[end, NEXT_IN], arc[end, NEXT_METRES]
            ends[k] = end
        else:
            out_i, in_j, metres = arc[end, PREV_OUT], row[end, IN], arc[end, PREV_METRES]
            ends[k] = row[end, PREV]
        detours[1 + 2 * LIKELY + k] = to_x[out_i] + from_x[in_j] - metres if v >= 0 else DEAR
    if state.number[ALIKE] == 0:
        for k in range(POSITIONS):
            detours[k] = DEAR if detours[k] == DEAR else UNKNOWN
    detours[POSITIONS] = UNKNOWN


@inlined
def _metres_below(cost: Any, rate: Any) -> Any:
    """Metres that cost at least `cost`, all fewer ones less; above `UNKNOWN`."""
    if cost >= DEAR:
        return np.int64(DEAR)
    if rate == 0:
        return np.int64(DEAR) if cost > 0 else np.int64(UNKNOWN + 1)
    return -(-cost // rate)


@inlined
def best_position(data: Any, state: Any, x: Any, avoid: Any, below_this: Any) -> Any:
    """The cheapest position of x that costs less than `below_this`, not with vehicle `avoid`.

    Returns:
        `(extra cost, node before, vehicle, cost of time then, refused)`, with `below_this` and -1
        if there is none; what the cheapest position would cost that a full vehicle refused, or more
        than that: only those that seem cheaper than the best are looked at. `DEAR` if none did.
    """
    n = data.task.shape[0]
    row, stream = state.row, state.number
    best: Any = np.int64(below_this)
    refused: Any = np.int64(DEAR)
    best_i, best_v, best_then = -1, -1, 0
    only = data.able[state.row[x, CLASS], data.vehicle.shape[0]]
    if only >= 0:
        return _best_on_its_vehicle(data, state, x, only, best)
    _list_detours(data, state, x)
    detours, rate = state.scratch[DETOUR], data.fleet[0, PER_METRE]
    most: Any = _metres_below(best, rate)
    i: Any
    k: Any = np.int64(-1)
    while True:
        k += 1
        while detours[k] >= most:
            k += 1
        if k >= POSITIONS:
            break
        if k == 0:
            i = state.scratch[END, ENDS]
        elif k <= LIKELY:
            i = np.int64(data.lists[BEFORE, x, 2 * (k - 1)])
        elif k <= 2 * LIKELY:
            i = np.int64(data.lists[AFTER, x, 2 * (k - 1 - LIKELY)])
        else:
            i = state.scratch[END, k - 1 - 2 * LIKELY]
        v = row[i, ROUTE]
        if v < 0 or v == avoid:
            continue
        if not holds(data, state, x, v):
            refused = min(refused, detours[k])
            continue
        if LIKELY < k <= 2 * LIKELY:
            i = row[i, PREV]
        extra, then = cost_after(data, state, x, i, v, detours[k], best)
        if extra < best and not blinks(state):
            best, best_i, best_v, best_then = extra, i, v, then
            most = _metres_below(best, rate)
    if UNKNOWN < refused < DEAR:
        refused *= rate
    kinds = state.number[KINDS] if state.number[USED] < state.number[FLEET_CAP] else 0
    for k in range(min(kinds, MOST_KINDS)):
        kind = k if kinds <= MOST_KINDS else below(stream, kinds)
        if state.free[EMPTIES, kind] == 0:
            continue
        v = state.free[EMPTY, state.free[FIRST_SLOT, kind] + state.free[EMPTIES, kind] - 1]
        if not holds(data, state, x, v):
            continue
        extra, then = cost_after(data, state, x, n + v, v, UNKNOWN, best)
        if extra < best:
            best, best_i, best_v, best_then = extra, n + v, v, then
    return best, best_i, best_v, best_then, refused


@outlined
def _best_on_its_vehicle(data: Any, state: Any, x: Any, v: Any, below_this: Any) -> Any:
    """The same for a task that only one vehicle may serve."""
    n = data.task.shape[0]
    row = state.row
    best: Any = np.int64(below_this)
    best_i, best_then = -1, 0
    i = n + v
    while data.vehicle[v, USABLE] and holds(data, state, x, v):
        extra, then = cost_after(data, state, x, i, v, UNKNOWN, best)
        if extra < best:
            best, best_i, best_then = extra, i, then
        i = row[i, NEXT]
        if i >= n:
            break
    return best, best_i, v, best_then, np.int64(DEAR)

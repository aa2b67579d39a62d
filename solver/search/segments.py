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
    AHEAD_LATEST,
    AHEAD_S,
    BEFORE,
    CAPACITY,
    CLASS,
    CLOSE,
    COUNT,
    DEAR,
    DEMAND,
    DEPARTS,
    IN,
    LATEST,
    LOAD,
    MAKE,
    METRES,
    METRES_FROM,
    NEXT,
    OPEN,
    OUT,
    PER_METRE,
    PER_SECOND,
    PICKY,
    PINNED,
    PREV,
    REST_FIRST,
    REST_S,
    ROUTE,
    SECONDS,
    SECONDS_FROM,
    SERVICE,
    SPAN_LIMIT,
    STOPS,
    TIME_COST,
    TIMED,
    USE,
    WITH_PRICE,
)
from solver.search.links import (
    begin,
    carry_backward,
    carry_forward,
    change_vehicle,
    mark_free,
    save_route,
    save_row,
)
from solver.search.neighbours import LIKELY
from solver.search.randomness import below, uniform
from solver.search.tails import HOTTEST
from solver.search.times import cheapest_times, first_start

LONGEST_SEGMENT = 3


@inlined
def try_segments(data: Any, state: Any, temperature: Any) -> Any:
    """Draw a task and a likely predecessor in another route, and lengths; exchange if accepted."""
    n = data.task.shape[0]
    row, stream = state.row, state.number
    x = below(stream, n)
    v = row[x, ROUTE]
    if v < 0 or row[x, PINNED]:
        return
    i = np.int64(data.lists[BEFORE, x, below(stream, LIKELY)])
    if i < 0:
        return
    w = row[i, ROUTE]
    if w < 0 or w == v:
        return
    h, j = row[x, PREV], row[i, NEXT]
    if row[j, PINNED] or data.vehicle[v, MAKE] != data.vehicle[w, MAKE]:
        return
    lengths = below(stream, LONGEST_SEGMENT * (LONGEST_SEGMENT + 1))
    last_x, after_x = x, row[x, NEXT]
    for _ in range(lengths % LONGEST_SEGMENT):
        if after_x >= n:
            break
        last_x = after_x
        after_x = row[after_x, NEXT]
    last_j, after_j = i, j
    for _ in range(lengths // LONGEST_SEGMENT):
        if after_j >= n:
            break
        last_j = after_j
        after_j = row[after_j, NEXT]
    distances = data.vehicle[v, METRES_FROM]
    metres = (
        data.travel[distances, row[i, OUT], row[x, IN]]
        + data.travel[distances, row[last_x, OUT], row[after_j, IN]]
        - row[i, METRES]
        - row[h, METRES]
        - row[last_x, METRES]
    )
    delta = 0
    if last_j != i:
        metres += (
            data.travel[distances, row[h, OUT], row[j, IN]]
            + data.travel[distances, row[last_j, OUT], row[after_x, IN]]
            - row[last_j, METRES]
        )
    elif h < n or after_x < n:
        metres += data.travel[distances, row[h, OUT], row[after_x, IN]]
    else:
        delta -= data.fleet[v, USE]
    delta += data.fleet[v, PER_METRE] * metres
    if delta >= HOTTEST * temperature:
        return
    threshold = -temperature * log(uniform(stream))
    if delta >= threshold:
        return
    if not _in_time(data, state, i, x, last_x, after_j, v):
        return
    if last_j == i:
        if not _in_time(data, state, h, after_x, h, after_x, v):
            return
    elif not _in_time(data, state, h, j, last_j, after_x, v):
        return
    if not _may_swap(data, state, x, after_x, j, after_j, v, w):
        return
    then_v, then_w = 0, 0
    timed = data.vehicle[v, TIMED] or data.vehicle[w, TIMED]
    if timed or state.route[v, WITH_PRICE] or state.route[w, WITH_PRICE]:
        then_w = _time_cost_with(data, state, i, x, after_x, after_j, w)
        then_v = _time_cost_with(data, state, h, j, after_j, after_x, v)
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
def _may_swap(
    data: Any, state: Any, x: Any, after_x: Any, j: Any, after_j: Any, v: Any, w: Any
) -> Any:
    """Whether vehicle w may carry what lies from x up to `after_x`, and v what lies from j."""
    row = state.row
    for q in range(data.task.shape[1] - DEMAND):
        more, y = 0, x
        while y != after_x:
            more += data.task[y, DEMAND + q]
            y = row[y, NEXT]
        y = j
        while y != after_j:
            more -= data.task[y, DEMAND + q]
            y = row[y, NEXT]
        if state.route[w, LOAD + q] + more > data.fleet[w, CAPACITY + q]:
            return False
        if state.route[v, LOAD + q] - more > data.fleet[v, CAPACITY + q]:
            return False
    y = x
    while data.vehicle[w, PICKY] and y != after_x:
        if data.able[row[y, CLASS], w] == 0:
            return False
        y = row[y, NEXT]
    y = j
    while data.vehicle[v, PICKY] and y != after_j:
        if data.able[row[y, CLASS], v] == 0:
            return False
        y = row[y, NEXT]
    return True


@outlined
def _time_cost_with(data: Any, state: Any, i: Any, x: Any, after_x: Any, then: Any, v: Any) -> Any:
    """Cost of time of vehicle v over its route up to i, from x up to `after_x`, from `then` on."""
    n = data.task.shape[0]
    row, segment = state.row, state.segment
    if i >= n and then >= n and x == after_x:
        return 0
    priced = state.route[row[i, ROUTE], WITH_PRICE]
    if x < n:
        priced += state.route[row[x, ROUTE], WITH_PRICE]
    if then < n:
        priced += state.route[row[then, ROUTE], WITH_PRICE]
    if priced:
        stops = state.scratch[STOPS]
        stops[0] = n + v
        count, y = 1, n + v
        while y != i:
            y = row[y, NEXT]
            stops[count] = y
            count += 1
        y = x
        while y != after_x:
            stops[count] = y
            count += 1
            y = row[y, NEXT]
        y = then
        while y < n:
            stops[count] = y
            count += 1
            y = row[y, NEXT]
        stops[count] = n + v
        return cheapest_times(data, v, stops, count + 1)
    durations = data.vehicle[v, SECONDS_FROM]
    ahead, latest, at, y = segment[i, AHEAD_S] + 0, segment[i, AHEAD_LATEST] + 0, i, x
    while y != after_x:
        ahead += data.travel[durations, row[at, OUT], row[y, IN]]
        wait = max(0, row[y, OPEN] - ahead - latest)
        latest = min(row[y, CLOSE] - ahead, latest)
        ahead += row[y, SERVICE] + wait
        at = y
        y = row[y, NEXT]
    ahead += data.travel[durations, row[at, OUT], row[then, IN]]
    span = ahead + segment[then, REST_S] + max(0, segment[then, REST_FIRST] - ahead - latest)
    if span > data.vehicle[v, SPAN_LIMIT]:
        return DEAR
    return data.fleet[v, PER_SECOND] * span


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

"""Two routes exchange stretches: what 2-opt* and cross-exchange have in common."""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
from numba.cpython.unsafe.numbers import leading_zeros

from solver.search.compiled import inlined, outlined
from solver.search.layout import (
    AHEAD_LATEST,
    AHEAD_S,
    CLASS,
    CLOSE,
    DEAR,
    DEMAND,
    EMPTIES,
    EMPTY,
    FIRST_SLOT,
    IN,
    KINDS,
    NEXT,
    OPEN,
    OUT,
    PER_SECOND,
    PICKY,
    REGION,
    REGIONAL,
    REST_FIRST,
    REST_S,
    ROOM,
    ROUTE,
    SECONDS_FROM,
    SERVICE,
    SPAN_LIMIT,
    STOPS,
    WITH_PRICE,
)
from solver.search.randomness import below
from solver.search.times import cheapest_times

LN_2 = log(2.0)


@inlined
def draw_task(state: Any) -> Any:
    """A task at which changes are tried."""
    return state.bank[REGION, below(state.number, state.number[REGIONAL])]


@inlined
def most_accepted(word: Any, temperature: Any) -> Any:
    """At least `-temperature * ln(rest(word))`, by its leading zeros; without a branch."""
    return temperature * LN_2 * (np.int64(leading_zeros(word)) + 1)


@inlined
def empty_vehicle(data: Any, state: Any) -> Any:
    """The sentinel of an empty vehicle of a random kind, -1 if that has none."""
    kind = below(state.number, state.number[KINDS])
    if state.free[EMPTIES, kind] == 0:
        return -1
    last = state.free[FIRST_SLOT, kind] + state.free[EMPTIES, kind] - 1
    return data.task.shape[0] + state.free[EMPTY, last]


@outlined
def may_swap(
    data: Any, state: Any, x: Any, after_x: Any, j: Any, after_j: Any, v: Any, w: Any
) -> Any:
    """Whether vehicle w may carry the tasks from x up to `after_x`, and v those from j."""
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
        if more > state.route[w, ROOM + q]:
            return False
        if -more > state.route[v, ROOM + q]:
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
def time_cost_with(data: Any, state: Any, i: Any, x: Any, after_x: Any, then: Any, v: Any) -> Any:
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

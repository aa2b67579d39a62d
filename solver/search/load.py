"""Beginning with a solution: routes in, every table that follows from them out."""

from __future__ import annotations

from typing import Any

from solver.search.accept import copy_best
from solver.search.compiled import outlined
from solver.search.layout import (
    AHEAD_LATEST,
    AHEAD_S,
    BANKED,
    BEST,
    CAPACITY,
    CLOSE,
    CURRENT,
    DEAR,
    DEMAND,
    DEPART_BY,
    DEPARTS,
    EMPTIES,
    FOCUS,
    FOCUSED,
    IN_FOCUS,
    KINDS,
    LATEST,
    MEMBER,
    METRES,
    NEXT,
    OPEN,
    PLACE,
    PREV,
    REST_FIRST,
    REST_S,
    ROOM,
    ROUTE,
    SLOT,
    STAMP,
    TOUR,
    USABLE,
    USED,
)
from solver.search.links import (
    begin,
    cost_of_state,
    mark_free,
    note_arc,
    note_no_arcs,
    rebuild,
)


@outlined
def load(data: Any, state: Any, stops: Any, route_at: Any) -> Any:
    """Begin with these routes, tasks of vehicle v at `stops[route_at[v]:route_at[v + 1]]`.

    Cost of the state; `DEAR` if a route can't be driven.
    """
    n, vehicles = data.task.shape[0], data.vehicle.shape[0]
    row, segment, number = state.row, state.segment, state.number
    for k in range(8):
        number[k] = 0
    for k in range(state.number[KINDS]):
        state.free[EMPTIES, k] = 0
    for v in range(vehicles):
        for k in range(state.route.shape[1]):
            state.route[v, k] = 0
        for q in range(data.task.shape[1] - DEMAND):
            state.route[v, ROOM + q] = data.fleet[v, CAPACITY + q]
    for i in range(n + vehicles):
        row[i, PREV] = i
        row[i, ROUTE] = -1
        row[i, STAMP] = -1
        note_no_arcs(state, i)
    begin(state)
    sound = True
    for v in range(vehicles):
        s = n + v
        row[s, NEXT] = s
        row[s, PREV] = s
        row[s, METRES] = 0
        note_arc(state, s)
        row[s, ROUTE] = v
        row[s, DEPARTS] = row[s, OPEN]
        row[s, LATEST] = row[s, CLOSE]
        segment[s, AHEAD_S] = 0
        segment[s, AHEAD_LATEST] = min(row[s, CLOSE], data.vehicle[v, DEPART_BY])
        segment[s, REST_S] = 0
        segment[s, REST_FIRST] = 0
        state.free[SLOT, v] = -1
        if data.vehicle[v, USABLE]:
            number[USED] += 1
            mark_free(data, state, v)
    for v in range(vehicles):
        p = n + v
        for k in range(route_at[v], route_at[v + 1]):
            x = stops[k]
            row[p, NEXT] = x
            row[x, PREV] = p
            p = x
        row[p, NEXT] = n + v
        row[n + v, PREV] = p
        sound = sound and rebuild(data, state, v) < DEAR
        begin(state)
    number[FOCUSED] = n
    for x in range(n):
        state.bank[FOCUS, x] = state.bank[TOUR, x]
        state.bank[IN_FOCUS, x] = 1
        state.bank[PLACE, x] = -1
        if row[x, ROUTE] < 0:
            state.bank[MEMBER, number[BANKED]] = x
            state.bank[PLACE, x] = number[BANKED]
            number[BANKED] += 1
    if not sound:
        return DEAR
    state.number[CURRENT] = cost_of_state(data, state)
    state.number[BEST] = state.number[CURRENT]
    copy_best(state)
    return state.number[CURRENT]

"""Routes as circular lists: taking a stretch out, putting a task in, carrying times along.

Whoever changes a row or a route saves it first, so that an iteration can be taken back. Earliest
departures are carried forward and latest starts backward only for as long as they change.
"""

from __future__ import annotations

from typing import Any

from solver.search.compiled import inlined, outlined
from solver.search.layout import (
    AHEAD_LATEST,
    AHEAD_S,
    CAPACITY,
    CHANGING,
    CLASS,
    CLOSE,
    COUNT,
    DEAR,
    DEMAND,
    DEPARTS,
    EMPTIES,
    EMPTY,
    FIRST_SLOT,
    IN,
    ITERATION,
    KIND,
    LATE,
    LATEST,
    LOCKED,
    METRES,
    METRES_FROM,
    NEXT,
    NEXT_IN,
    NEXT_METRES,
    NO_ARC,
    OPEN,
    OUT,
    PENALTY,
    PER_METRE,
    PER_SECOND,
    PINNED,
    PREV,
    PREV_METRES,
    PREV_OUT,
    REST_FIRST,
    REST_S,
    ROOM,
    ROUTE,
    ROUTED,
    SECONDS,
    SECONDS_FROM,
    SERVICE,
    SLOT,
    SPAN_LIMIT,
    SPANS,
    STAMP,
    STOPS,
    TIME_COST,
    TIMED,
    TIMES,
    TOUCHED,
    UNDO_ROUTES,
    UNDO_ROWS,
    USE,
    USED,
    WITH_PRICE,
)
from solver.search.times import cheapest_times, first_start, last_start

# --- taking back ---------------------------------------------------------------------------------


@inlined
def save_row(state: Any, i: Any) -> Any:
    """Remember a row before its first change in this iteration."""
    row, number = state.row, state.number
    if row[i, STAMP] != number[ITERATION]:
        slot = number[UNDO_ROWS]
        for k in range(CHANGING):
            state.undo[slot, k] = row[i, k]
        if number[SPANS]:
            for k in range(4):
                state.undo[slot, CHANGING + k] = state.segment[i, k]
        state.undo[slot, CHANGING + 4] = i
        number[UNDO_ROWS] = slot + 1
        row[i, STAMP] = number[ITERATION]


@inlined
def note_arc(state: Any, i: Any) -> Any:
    """The arc that leaves i has changed."""
    row, arc = state.row, state.arc
    j = row[i, NEXT]
    arc[i, NEXT_IN] = row[j, IN]
    arc[i, NEXT_METRES] = row[i, METRES]
    arc[j, PREV_OUT] = row[i, OUT]
    arc[j, PREV_METRES] = row[i, METRES]


@inlined
def note_no_arcs(state: Any, x: Any) -> Any:
    """Task x has become absent."""
    state.arc[x, NEXT_METRES] = NO_ARC
    state.arc[x, PREV_METRES] = NO_ARC


@inlined
def save_route(state: Any, v: Any) -> Any:
    """Remember what belongs to a route as a whole before its first change in this iteration."""
    route, number = state.route, state.number
    if route[v, TOUCHED] != number[ITERATION]:
        slot = number[UNDO_ROUTES]
        for k in range(route.shape[1]):
            state.undo_route[slot, k] = route[v, k]
        state.undo_route[slot, route.shape[1]] = v
        number[UNDO_ROUTES] = slot + 1
        route[v, TOUCHED] = number[ITERATION]


@outlined
def take_back(data: Any, state: Any) -> Any:
    """Undo everything since the iteration began."""
    number = state.number
    for slot in range(number[UNDO_ROWS]):
        i = state.undo[slot, CHANGING + 4]
        for k in range(CHANGING):
            state.row[i, k] = state.undo[slot, k]
        if number[SPANS]:
            for k in range(4):
                state.segment[i, k] = state.undo[slot, CHANGING + k]
    for slot in range(number[UNDO_ROWS]):
        i = state.undo[slot, CHANGING + 4]
        if state.row[i, ROUTE] >= 0:
            note_arc(state, i)
        else:
            note_no_arcs(state, i)
    for slot in range(number[UNDO_ROUTES]):
        v = state.undo_route[slot, state.route.shape[1]]
        was, now = state.undo_route[slot, COUNT], state.route[v, COUNT]
        number[ROUTED] += was - now
        if was > 0 and now == 0:
            mark_used(data, state, v)
        elif was == 0 and now > 0:
            mark_free(data, state, v)
        for k in range(state.route.shape[1]):
            state.route[v, k] = state.undo_route[slot, k]
    number[UNDO_ROWS] = 0
    number[UNDO_ROUTES] = 0


@inlined
def begin(state: Any) -> Any:
    """A new iteration: what happened so far can't be taken back any more."""
    number = state.number
    number[ITERATION] += 1
    number[UNDO_ROWS] = 0
    number[UNDO_ROUTES] = 0


# --- empty vehicles ------------------------------------------------------------------------------


@inlined
def mark_free(data: Any, state: Any, v: Any) -> Any:
    """The vehicle has lost its last task."""
    kind = data.vehicle[v, KIND]
    slot = state.free[FIRST_SLOT, kind] + state.free[EMPTIES, kind]
    state.free[EMPTY, slot] = v
    state.free[SLOT, v] = slot
    state.free[EMPTIES, kind] += 1
    state.number[USED] -= 1


@inlined
def mark_used(data: Any, state: Any, v: Any) -> Any:
    """The vehicle gets its first task."""
    kind = data.vehicle[v, KIND]
    state.free[EMPTIES, kind] -= 1
    last = state.free[EMPTY, state.free[FIRST_SLOT, kind] + state.free[EMPTIES, kind]]
    slot = state.free[SLOT, v]
    state.free[EMPTY, slot] = last
    state.free[SLOT, last] = slot
    state.free[SLOT, v] = -1
    state.number[USED] += 1


# --- times ---------------------------------------------------------------------------------------


@inlined
def carry_forward(data: Any, state: Any, first: Any, timed: Any) -> Any:
    """Earliest departures from task `first` on, for as long as they change."""
    n = data.task.shape[0]
    row, segment = state.row, state.segment
    p, x = row[first, PREV], first
    while x < n:
        seconds = row[p, SECONDS]
        departs = first_start(data, row, x, row[p, DEPARTS] + seconds) + row[x, SERVICE]
        same = departs == row[x, DEPARTS]
        if timed:
            before = segment[p, AHEAD_S] + seconds
            wait = max(0, row[x, OPEN] - before - segment[p, AHEAD_LATEST])
            duration = before + row[x, SERVICE] + wait
            latest = min(row[x, CLOSE] - before, segment[p, AHEAD_LATEST])
            same = same and duration == segment[x, AHEAD_S] and latest == segment[x, AHEAD_LATEST]
            if same:
                break
            save_row(state, x)
            segment[x, AHEAD_S] = duration
            segment[x, AHEAD_LATEST] = latest
        elif same:
            break
        else:
            save_row(state, x)
        row[x, DEPARTS] = departs
        p = x
        x = row[x, NEXT]


@outlined
def carry_backward(data: Any, state: Any, last: Any, timed: Any) -> Any:
    """Latest starts from task `last` back, for as long as they change."""
    n = data.task.shape[0]
    row, segment = state.row, state.segment
    y, x = row[last, NEXT], last
    while x < n:
        ahead = row[x, SERVICE] + row[x, SECONDS]
        latest = last_start(data, row, x, row[y, LATEST] - ahead)
        same = latest == row[x, LATEST]
        if timed:
            wait = max(0, segment[y, REST_FIRST] - ahead - row[x, CLOSE])
            duration = ahead + segment[y, REST_S] + wait
            first = max(segment[y, REST_FIRST] - ahead, row[x, OPEN]) - wait
            same = same and duration == segment[x, REST_S] and first == segment[x, REST_FIRST]
            if same:
                break
            save_row(state, x)
            segment[x, REST_S] = duration
            segment[x, REST_FIRST] = first
        elif same:
            break
        else:
            save_row(state, x)
        row[x, LATEST] = latest
        y = x
        x = row[x, PREV]


@inlined
def span_of(state: Any, i: Any, j: Any, seconds: Any) -> Any:
    """Least time on the way of everything up to i followed by j and the rest."""
    segment = state.segment
    ahead = segment[i, AHEAD_S] + seconds
    wait = max(0, segment[j, REST_FIRST] - ahead - segment[i, AHEAD_LATEST])
    return ahead + segment[j, REST_S] + wait


@outlined
def write_stops(state: Any, v: Any, n: Any, stops: Any) -> Any:
    """The route as `stops`, sentinel first and last; how many."""
    row = state.row
    stops[0] = n + v
    count, x = 1, row[n + v, NEXT]
    while x < n:
        stops[count] = x
        count += 1
        x = row[x, NEXT]
    stops[count] = n + v
    return count + 1


@inlined
def time_cost(data: Any, state: Any, v: Any) -> Any:
    """Cost of time and lateness of the route as it is, `DEAR` if it has no times."""
    row, vehicle, n = state.row, data.vehicle, data.task.shape[0]
    if state.route[v, COUNT] == 0:
        return 0
    if state.route[v, WITH_PRICE]:
        count = write_stops(state, v, n, state.scratch[STOPS])
        return cheapest_times(data, v, state.scratch[STOPS], count)
    if vehicle[v, TIMED] == 0:
        return 0
    first = row[n + v, NEXT]
    span = span_of(state, n + v, first, row[n + v, SECONDS])
    if span > vehicle[v, SPAN_LIMIT]:
        return DEAR
    return data.fleet[v, PER_SECOND] * span


@inlined
def update_time_cost(data: Any, state: Any, v: Any) -> Any:
    """After `take_out`: by how much the cost of time changes, `DEAR` if there are no times."""
    before = state.route[v, TIME_COST] + 0
    if state.route[v, WITH_PRICE] == 0 and data.vehicle[v, TIMED] == 0 and before == 0:
        return 0
    cost = time_cost(data, state, v)
    if cost >= DEAR:
        return DEAR
    state.route[v, TIME_COST] = cost
    return cost - before


# --- changes -------------------------------------------------------------------------------------


@inlined
def priced(data: Any, x: Any, v: Any) -> Any:
    """1 if times of a route with this task need exact scheduling."""
    times = data.node[x, TIMES]
    if times == 0:
        return 0
    return 1 if times & LATE or data.vehicle[v, TIMED] else 0


@inlined
def take_out(data: Any, state: Any, first: Any, last: Any) -> Any:
    """Make the stretch from `first` to `last` absent; what it saves is negative.

    The cost of time is left for the caller. `DEAR` if the rest can't be driven without it.
    """
    row, vehicle = state.row, data.vehicle
    v = row[first, ROUTE]
    p, y = row[first, PREV], row[last, NEXT]
    save_route(state, v)
    save_row(state, p)
    save_row(state, y)
    metres, count, x = -row[p, METRES], 0, first
    while x != y:
        save_row(state, x)
        row[x, ROUTE] = -1
        note_no_arcs(state, x)
        metres -= row[x, METRES]
        for q in range(data.task.shape[1] - DEMAND):
            state.route[v, ROOM + q] += data.task[x, DEMAND + q]
        state.route[v, WITH_PRICE] -= priced(data, x, v)
        count += 1
        x = row[x, NEXT]
    row[p, NEXT] = y
    row[y, PREV] = p
    state.route[v, COUNT] -= count
    state.number[ROUTED] -= count
    if p == y:
        row[p, METRES] = 0
        row[p, SECONDS] = 0
        note_arc(state, p)
        mark_free(data, state, v)
        return data.fleet[v, PER_METRE] * metres - data.fleet[v, USE]
    row[p, METRES] = data.travel[vehicle[v, METRES_FROM], row[p, OUT], row[y, IN]]
    row[p, SECONDS] = data.travel[vehicle[v, SECONDS_FROM], row[p, OUT], row[y, IN]]
    note_arc(state, p)
    if row[p, DEPARTS] + row[p, SECONDS] > row[y, LATEST]:
        return DEAR
    carry_forward(data, state, y, vehicle[v, TIMED])
    carry_backward(data, state, p, vehicle[v, TIMED])
    return data.fleet[v, PER_METRE] * (metres + row[p, METRES])


@inlined
def put_in(data: Any, state: Any, x: Any, i: Any, v: Any, time_cost_then: Any) -> Any:
    """Serve absent task x with vehicle v after node i; it must fit."""
    row, vehicle = state.row, data.vehicle
    j = row[i, NEXT]
    save_route(state, v)
    save_row(state, i)
    save_row(state, x)
    save_row(state, j)
    if state.route[v, COUNT] == 0:
        mark_used(data, state, v)
    distances, durations = vehicle[v, METRES_FROM], vehicle[v, SECONDS_FROM]
    row[x, ROUTE] = v
    row[x, PREV] = i
    row[x, NEXT] = j
    row[i, NEXT] = x
    row[j, PREV] = x
    row[i, METRES] = data.travel[distances, row[i, OUT], row[x, IN]]
    row[i, SECONDS] = data.travel[durations, row[i, OUT], row[x, IN]]
    row[x, METRES] = data.travel[distances, row[x, OUT], row[j, IN]]
    row[x, SECONDS] = data.travel[durations, row[x, OUT], row[j, IN]]
    note_arc(state, i)
    note_arc(state, x)
    for q in range(data.task.shape[1] - DEMAND):
        state.route[v, ROOM + q] -= data.task[x, DEMAND + q]
    state.route[v, COUNT] += 1
    state.route[v, WITH_PRICE] += priced(data, x, v)
    state.route[v, TIME_COST] = time_cost_then
    state.number[ROUTED] += 1
    row[x, DEPARTS] = -1
    row[x, LATEST] = -1
    carry_forward(data, state, x, vehicle[v, TIMED])
    carry_backward(data, state, x, vehicle[v, TIMED])


@outlined
def change_vehicle(data: Any, state: Any, y: Any, v: Any, w: Any) -> Any:
    """Task y leaves the loads and counts of v and joins those of w."""
    save_row(state, y)
    state.row[y, ROUTE] = w
    for q in range(data.task.shape[1] - DEMAND):
        state.route[v, ROOM + q] += data.task[y, DEMAND + q]
        state.route[w, ROOM + q] -= data.task[y, DEMAND + q]
    state.route[v, WITH_PRICE] -= priced(data, y, v)
    state.route[w, WITH_PRICE] += priced(data, y, w)


@outlined
def rebuild(data: Any, state: Any, v: Any) -> Any:
    """Everything about a route that follows from its sequence; its whole cost.

    `DEAR` if the vehicle can't drive it.
    """
    n = data.task.shape[0]
    row, route = state.row, state.route
    save_route(state, v)
    before = route[v, COUNT]
    sentinel = n + v
    route[v, COUNT], route[v, LOCKED], route[v, WITH_PRICE] = 0, 0, 0
    for q in range(data.task.shape[1] - DEMAND):
        state.route[v, ROOM + q] = data.fleet[v, CAPACITY + q]
    metres, able = 0, True
    p, x = sentinel, row[sentinel, NEXT]
    while True:
        save_row(state, p)
        i, j = row[p, OUT], row[x, IN]
        row[p, METRES] = data.travel[data.vehicle[v, METRES_FROM], i, j] if x != p else 0
        row[p, SECONDS] = data.travel[data.vehicle[v, SECONDS_FROM], i, j] if x != p else 0
        metres += row[p, METRES]
        note_arc(state, p)
        if x == sentinel:
            break
        row[x, ROUTE] = v
        able = able and data.able[row[x, CLASS], v] != 0
        for q in range(data.task.shape[1] - DEMAND):
            state.route[v, ROOM + q] -= data.task[x, DEMAND + q]
        route[v, COUNT] += 1
        route[v, LOCKED] += row[x, PINNED]
        route[v, WITH_PRICE] += priced(data, x, v)
        p = x
        x = row[x, NEXT]
    state.number[ROUTED] += route[v, COUNT] - before
    if before == 0 and route[v, COUNT] > 0:
        mark_used(data, state, v)
    elif before > 0 and route[v, COUNT] == 0:
        mark_free(data, state, v)
    route[v, TIME_COST] = 0
    if route[v, COUNT] == 0:
        return 0
    for q in range(data.task.shape[1] - DEMAND):
        able = able and state.route[v, ROOM + q] >= 0
    if not able or not _rebuild_times(data, state, v):
        return DEAR
    route[v, TIME_COST] = time_cost(data, state, v)
    if route[v, TIME_COST] >= DEAR:
        return DEAR
    return data.fleet[v, PER_METRE] * metres + data.fleet[v, USE] + route[v, TIME_COST]


@outlined
def _rebuild_times(data: Any, state: Any, v: Any) -> Any:
    """Earliest departures and latest starts of a whole route; False where a window is missed."""
    n = data.task.shape[0]
    row = state.row
    time, p, x = row[n + v, OPEN] + 0, n + v, row[n + v, NEXT]
    while x < n:
        start = first_start(data, row, x, time + row[p, SECONDS])
        if start > row[x, CLOSE]:
            return False
        time = start + row[x, SERVICE]
        row[x, DEPARTS] = -1
        row[x, LATEST] = -1
        p = x
        x = row[x, NEXT]
    if time + row[p, SECONDS] > row[n + v, CLOSE]:
        return False
    carry_forward(data, state, row[n + v, NEXT], data.vehicle[v, TIMED])
    carry_backward(data, state, p, data.vehicle[v, TIMED])
    return True


@outlined
def route_cost(data: Any, state: Any, v: Any) -> Any:
    """The whole cost of a route as it is; 0 of an empty one."""
    n = data.task.shape[0]
    row = state.row
    if state.route[v, COUNT] == 0:
        return 0
    metres, x = row[n + v, METRES] + 0, row[n + v, NEXT]
    while x < n:
        metres += row[x, METRES]
        x = row[x, NEXT]
    return data.fleet[v, PER_METRE] * metres + data.fleet[v, USE] + state.route[v, TIME_COST]


@outlined
def cost_of_state(data: Any, state: Any) -> Any:
    """The objective from scratch; required tasks left out at their price in `Data.task`."""
    n = data.task.shape[0]
    row = state.row
    total = 0
    for x in range(n):
        if row[x, ROUTE] < 0:
            total += data.task[x, PENALTY]
    for v in range(data.vehicle.shape[0]):
        count = write_stops(state, v, n, state.scratch[STOPS])
        if count == 2:
            continue
        total += data.fleet[v, USE] + cheapest_times(data, v, state.scratch[STOPS], count)
        for k in range(1, count):
            total += (
                data.fleet[v, PER_METRE]
                * (
                    data.travel[
                        data.vehicle[v, METRES_FROM],
                        row[state.scratch[STOPS, k - 1], OUT],
                        row[state.scratch[STOPS, k], IN],
                    ]
                )
            )
    return total

"""Pushing out: a task that full vehicles refuse takes another's place, and that one goes elsewhere.

An ejection chain (Glover 1996, Discrete Applied Mathematics 65) of two links: what a ruin has taken
out, or was left out before, would fit, were there room, and a task in its way fits elsewhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from solver.search.compiled import inlined, outlined
from solver.search.layout import (
    CLASS,
    DEAR,
    DEMAND,
    DEPARTS,
    IN,
    LATEST,
    METRES,
    METRES_FROM,
    NEAR,
    NEXT,
    OUT,
    PER_METRE,
    PINNED,
    PREV,
    ROOM,
    ROUTE,
    SECONDS_FROM,
    SERVICE,
    UNKNOWN,
)
from solver.search.links import put_in, take_out, update_time_cost
from solver.search.positions import best_position, cost_after
from solver.search.times import first_start

IN_THE_WAY = 20
"""Tasks near one that are tried to be pushed out by it."""


@outlined
def push_out(data: Any, state: Any, x: Any, below_this: Any) -> Any:
    """Serve absent task x where one near it is, and that one elsewhere; what both cost together.

    `below_this` if no pair seems to cost less; then nothing has changed. `DEAR` if one does not
    after all; what has changed must be taken back then.
    """
    row = state.row
    best: Any = np.int64(below_this)
    out, to_i, to_v, to_then, to_extra = np.int64(-1), np.int64(-1), np.int64(-1), 0, np.int64(0)
    for k in range(1, IN_THE_WAY + 1):
        y = np.int64(data.lists[NEAR, x, k])
        v = row[y, ROUTE]
        if v < 0 or row[y, PINNED] or data.able[row[y, CLASS], data.vehicle.shape[0]] >= 0:
            continue
        cost = _instead(data, state, x, y, v, best)
        if cost >= best:
            continue
        extra, i, w, then, _ = best_position(data, state, y, v, best - cost)
        if i >= 0:
            best = cost + extra
            out, to_i, to_v, to_then, to_extra = y, i, w, then, extra
    if out < 0:
        return np.int64(below_this)
    p, v = row[out, PREV], row[out, ROUTE]
    saved = take_out(data, state, out, out)
    if saved >= DEAR:
        return DEAR
    time_saved = update_time_cost(data, state, v)
    if time_saved >= DEAR:
        return DEAR
    extra, then = cost_after(data, state, x, p, v, UNKNOWN, DEAR)
    if extra >= DEAR:
        return DEAR
    put_in(data, state, x, p, v, then)
    put_in(data, state, out, to_i, to_v, to_then)
    together = saved + time_saved + extra + to_extra
    return together if together < below_this else np.int64(DEAR)


@inlined
def _instead(data: Any, state: Any, x: Any, y: Any, v: Any, below_this: Any) -> Any:
    """What x costs in the place of y, less what y costs there; time on the way is left out.

    `DEAR` if x does not fit there or costs at least `below_this` beside what y costs: hardly ever
    does y cost less elsewhere, and that would have been found without x.
    """
    row, vehicle, rate = state.row, data.vehicle, data.fleet[v, PER_METRE]
    p, j = row[y, PREV], row[y, NEXT]
    from_p = data.travel[vehicle[v, METRES_FROM], row[p, OUT]]
    from_x = data.travel[vehicle[v, METRES_FROM], row[x, OUT]]
    metres = from_p[row[x, IN]] + from_x[row[j, IN]]
    if rate * (metres - from_p[row[j, IN]]) >= below_this:
        return DEAR
    for q in range(data.task.shape[1] - DEMAND):
        if data.task[x, DEMAND + q] - data.task[y, DEMAND + q] > state.route[v, ROOM + q]:
            return DEAR
    seconds = data.travel[vehicle[v, SECONDS_FROM]]
    start = first_start(data, row, x, row[p, DEPARTS] + seconds[row[p, OUT], row[x, IN]])
    if start + row[x, SERVICE] + seconds[row[x, OUT], row[j, IN]] > row[j, LATEST]:
        return DEAR
    if data.able[row[x, CLASS], v] == 0:
        return DEAR
    return rate * (metres - row[p, METRES] - row[y, METRES])

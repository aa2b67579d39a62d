"""Who may come before and after whom, and who is near: short lists, row by row.

    proximity(i -> x) = cost of the arc + 0.05 * wait at x that no schedule of the arc avoids

Arcs that no schedule can drive, and pairs that no vehicle may serve both, are left out. Cost of an
arc is that of the cheapest rates in the fleet's first make. No n x n matrix is built.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from solver.search.compiled import compiled, inlined
from solver.search.layout import (
    AFTER,
    BEFORE,
    CLASS,
    CLOSE,
    IN,
    LIKELY,
    LONGEST,
    NEAR,
    OPEN,
    OUT,
    SERVICE,
)

WAIT_WEIGHT = 0.05


@inlined
def _keep(value: Any, x: Any, values: Any, found: Any, count: Any, most: Any) -> Any:
    """Insert into a short sorted list that forgets its worst."""
    if count == most:
        if most == 0 or value >= values[most - 1]:
            return count
        slot = most - 1
    else:
        slot = count
        count += 1
    while slot > 0 and values[slot - 1] > value:
        values[slot] = values[slot - 1]
        found[slot] = found[slot - 1]
        slot -= 1
    values[slot] = value
    found[slot] = x
    return count


@inlined
def proximity(
    seconds: Any,
    metres: Any,
    node: Any,
    i: Any,
    x: Any,
    per_metre: Any,
    per_second: Any,
    per_wait: Any,
) -> Any:
    """Of an arc so long; infinite if it can't be driven in time."""
    ahead = node[i, SERVICE] + seconds
    if node[i, OPEN] + ahead > node[x, CLOSE]:
        return np.inf
    wait = max(0, node[x, OPEN] - node[i, CLOSE] - ahead)
    return per_metre * metres + per_second * seconds + per_wait * wait


@compiled
def write_lists(
    durations: Any,
    distances: Any,
    durations_to: Any,
    distances_to: Any,
    node: Any,
    together: Any,
    rates: Any,
    first: Any,
    last: Any,
    lists: Any,
    values: Any,
    found: Any,
) -> Any:
    """Fill rows `first` to `last - 1`; see `layout.Data` for what they hold.

    `durations` and `distances` are of shape `(p, p)`; those with `_to` are transposed, so that only
    rows are read; `together[a, b]` says whether a vehicle may serve both classes; `rates` are cost
    per metre, second and second of waiting.
    `values`, `found`: float64 and int32 of shape `(3, LONGEST)`, scratch.
    """
    n = lists.shape[1]
    per_metre, per_second, per_wait = rates[0], rates[1], rates[2]
    for x in range(first, last):
        count_b, count_a, count_n = np.int64(0), np.int64(0), np.int64(0)
        seconds_from, metres_from = durations[node[x, OUT]], distances[node[x, OUT]]
        seconds_to, metres_to = durations_to[node[x, IN]], distances_to[node[x, IN]]
        for y in range(n):
            if y == x or not together[node[x, CLASS], node[y, CLASS]]:
                continue
            s_to_x, m_to_x = seconds_to[node[y, OUT]], metres_to[node[y, OUT]]
            s_to_y, m_to_y = seconds_from[node[y, IN]], metres_from[node[y, IN]]
            to_x = proximity(s_to_x, m_to_x, node, y, x, per_metre, per_second, per_wait)
            to_y = proximity(s_to_y, m_to_y, node, x, y, per_metre, per_second, per_wait)
            if to_x < np.inf:
                count_b = _keep(to_x, y, values[0], found[0], count_b, np.int64(LIKELY))
            if to_y < np.inf:
                count_a = _keep(to_y, y, values[1], found[1], count_a, np.int64(LIKELY))
            apart = per_metre * (m_to_x + m_to_y) + per_second * (s_to_x + s_to_y)
            count_n = _keep(apart, y, values[2], found[2], count_n, np.int64(LONGEST - 1))
        for k in range(LIKELY):
            y = found[0, k] if k < count_b else x
            lists[BEFORE, x, 2 * k] = y
            lists[BEFORE, x, 2 * k + 1] = distances[node[y, OUT], node[x, IN]]
            y = found[1, k] if k < count_a else x
            lists[AFTER, x, 2 * k] = y
            lists[AFTER, x, 2 * k + 1] = distances[node[x, OUT], node[y, IN]]
        for k in range(LONGEST):
            lists[NEAR, x, k] = found[2, k - 1] if 0 < k <= count_n else x

"""Times in the compiled search: windows, joined segments, and the exact schedule of a sequence.

A segment of stops is summed up by its duration without needless waiting and the range of starts
that reach it (Vidal et al. 2013, Computers & Operations Research 40(1), equations 1-4, without time
warp). With several windows or a price on lateness that is not exact; such sequences are scheduled
as `solver.schedule` does it.
"""

from __future__ import annotations

from typing import Any

from solver.search.compiled import inlined, outlined
from solver.search.layout import (
    CLOSE,
    DEAR,
    DEPART_BY,
    DUE,
    IN,
    LATE,
    LATE_COST,
    NEVER,
    OPEN,
    OUT,
    PER_SECOND,
    SECONDS_FROM,
    SERVICE,
    SEVERAL,
    SPAN_LIMIT,
    TIMES,
)


@inlined
def first_start(data: Any, node: Any, x: Any, arrival: Any) -> Any:
    """First start of service at task x for an arrival, `NEVER` if there is none."""
    if arrival > node[x, CLOSE]:
        return NEVER
    if node[x, TIMES] & SEVERAL:
        return _first_of_several(data.windows, x, arrival)
    return max(arrival, node[x, OPEN])


@inlined
def last_start(data: Any, node: Any, x: Any, leave_by: Any) -> Any:
    """Last start of service at task x that is not after `leave_by`, -1 if there is none."""
    if node[x, TIMES] & SEVERAL:
        return _last_of_several(data.windows, x, leave_by)
    return min(leave_by, node[x, CLOSE])


@outlined
def _first_of_several(windows: Any, x: Any, arrival: Any) -> Any:
    for k in range(windows[x], windows[x + 1], 2):
        if arrival <= windows[k + 1]:
            return max(arrival, windows[k])
    return NEVER


@outlined
def _last_of_several(windows: Any, x: Any, leave_by: Any) -> Any:
    for k in range(windows[x + 1] - 2, windows[x] - 1, -2):
        if leave_by >= windows[k]:
            return min(leave_by, windows[k + 1])
    return -1


@outlined
def cheapest_times(data: Any, v: Any, stops: Any, count: Any) -> Any:
    """Least cost of time and lateness of vehicle v over these stops, `DEAR` if there are no times.

    `stops[0]` and `stops[count - 1]` are the vehicle's sentinel.
    """
    node, vehicle, fleet = data.node, data.vehicle, data.fleet
    sentinel = stops[0]
    earliest, latest = node[sentinel, OPEN], min(node[sentinel, CLOSE], vehicle[v, DEPART_BY])
    best = _cost_from(data, v, stops, count, earliest)[0]
    limit = vehicle[v, SPAN_LIMIT]
    if fleet[v, PER_SECOND] == 0 and limit == NEVER_LIMITED:
        return best
    matrix = data.travel[vehicle[v, SECONDS_FROM]]
    if _cost_from(data, v, stops, count, earliest)[1] >= NEVER:
        return DEAR
    best = min(best, _cost_shortened(data, v, stops, count, latest))
    elapsed = 0
    for stop in range(1, count):
        x = stops[stop]
        elapsed += matrix[node[stops[stop - 1], OUT], node[x, IN]]
        if stop == count - 1:
            best = min(best, _cost_shortened(data, v, stops, count, node[x, CLOSE] - elapsed))
            break
        if node[x, TIMES] & SEVERAL:
            for k in range(data.windows[x], data.windows[x + 1]):
                departure = data.windows[k] - elapsed
                best = min(best, _cost_shortened(data, v, stops, count, departure))
        else:
            departure = node[x, OPEN] - elapsed
            best = min(best, _cost_shortened(data, v, stops, count, departure))
            departure = node[x, CLOSE] - elapsed
            best = min(best, _cost_shortened(data, v, stops, count, departure))
        if node[x, TIMES] & LATE:
            departure = data.task[x, DUE] - elapsed
            best = min(best, _cost_shortened(data, v, stops, count, departure))
        elapsed += node[x, SERVICE]
    return best


NEVER_LIMITED = 2**31 - 1
"""`SPAN_LIMIT` of a vehicle that has none."""


@inlined
def _cost_shortened(data: Any, v: Any, stops: Any, count: Any, departure: Any) -> Any:
    """The cost of this departure, or of the later one at which the route is just short enough."""
    node, vehicle = data.node, data.vehicle
    earliest = node[stops[0], OPEN]
    latest = min(node[stops[0], CLOSE], vehicle[v, DEPART_BY])
    if departure < earliest or departure > latest:
        return DEAR
    cost, arrival = _cost_from(data, v, stops, count, departure)
    limit = vehicle[v, SPAN_LIMIT]
    if limit != NEVER_LIMITED and arrival < NEVER and arrival - departure > limit:
        later = arrival - limit
        if later <= latest:
            cost = _cost_from(data, v, stops, count, later)[0]
    return cost


@outlined
def _cost_from(data: Any, v: Any, stops: Any, count: Any, departure: Any) -> Any:
    """Cost and arrival at the end of one departure; `DEAR` if too long, `NEVER` if not at all."""
    node, task, vehicle = data.node, data.task, data.vehicle
    matrix = data.travel[vehicle[v, SECONDS_FROM]]
    time, lateness = departure + 0, 0
    for k in range(1, count - 1):
        x = stops[k]
        time = first_start(data, node, x, time + matrix[node[stops[k - 1], OUT], node[x, IN]])
        if time >= NEVER:
            return DEAR, NEVER
        if node[x, TIMES] & LATE and time > task[x, DUE]:
            lateness += task[x, LATE_COST] * (time - task[x, DUE])
        time += node[x, SERVICE]
    end = stops[count - 1]
    time += matrix[node[stops[count - 2], OUT], node[end, IN]]
    if time > node[end, CLOSE]:
        return DEAR, NEVER
    if vehicle[v, SPAN_LIMIT] != NEVER_LIMITED and time - departure > vehicle[v, SPAN_LIMIT]:
        return DEAR, time
    return data.fleet[v, PER_SECOND] * (time - departure) + lateness, time

"""Simulated annealing: the one kernel that Python calls, so that all parts are compiled once.

Every iteration is one ruin and recreate, some 2-opt* and some cross-exchange tries, each accepted
if it costs less than `-temperature * ln(u)`, u uniform in (0, 1] (Metropolis' rule with the draw
first). First routes are an iteration without a ruin: all absent tasks go in, at any price.
"""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np

from solver.problem import Problem, Task, Travel, Vehicle
from solver.search.accept import accept, copy_best
from solver.search.compiled import compiled, inlined
from solver.search.encode import encode
from solver.search.layout import (
    ABSENT,
    BEST,
    CURRENT,
    DEAR,
    FRESH,
    KINDS,
    METRES,
    PER_METRE,
    PER_SECOND,
    PRICE_CAP,
    ROUTE,
    SECONDS,
    TIME_COST,
    USE,
    Data,
    Int64s,
    State,
    new_state,
)
from solver.search.links import begin, cost_of_state, take_back
from solver.search.load import load
from solver.search.randomness import uniform
from solver.search.recreate import add_from_bank, recreate, sort_absent, update_bank
from solver.search.region import BURST, move_on
from solver.search.ruin import ruin
from solver.search.segments import try_segments
from solver.search.table import as_scratch, as_tables
from solver.search.tails import try_tails, try_vehicles

_LOAD, _CONSTRUCT, _ANNEAL, _COST = range(4)
_NOTHING = np.zeros(1, dtype=np.int64)

REMOVALS = 10.0
"""Mean number of tasks that a ruin takes out."""

TAILS = 20
"""2-opt* tries in an iteration."""

SEGMENTS = 40
"""Cross-exchange tries in an iteration."""

PUSHES = 4
"""Tasks of an iteration that may push another one out, at most."""

AT_A_TASK = 4
"""Tries that begin at the same task: its rows have just been read, none waits for another."""


@compiled
def _run(
    data: Any,
    state: Any,
    what: Any,
    stops: Any,
    route_at: Any,
    iterations: Any,
    hot: Any,
    cold: Any,
    removals: Any,
    tails: Any,
    segments: Any,
    pushes: Any,
    insist: Any,
    price_cap: Any,
) -> Any:
    data, state = as_tables(data), as_tables(state)
    stops, route_at = as_scratch(stops), as_scratch(route_at)
    if what == _LOAD:
        return load(data, state, stops, route_at)
    if what == _COST:
        return cost_of_state(data, state)
    number, kinds = state.number, state.number[KINDS]
    temperature = hot
    number[PRICE_CAP] = price_cap
    factor = (cold / hot) ** (1.0 / max(1, iterations))
    for turn in range(iterations):
        if turn % BURST == 0:
            move_on(data, state)
        begin(state)
        threshold = float(DEAR)
        if what == _CONSTRUCT:
            count, delta = _take_absent(state, stops), np.int64(0)
        else:
            count, delta = ruin(data, state, removals)
            if delta < DEAR:
                count = add_from_bank(state, count, int(removals))
                sort_absent(data, state, count)
                threshold = -temperature * log(uniform(state.number))
        if delta < DEAR:
            delta = recreate(data, state, count, delta, threshold, pushes, insist)
        if delta < threshold:
            delta += update_bank(data, state, count)
            accept(state, delta)
        else:
            take_back(data, state)
        for k in range(0, tails, AT_A_TASK):
            try_tails(data, state, min(AT_A_TASK, tails - k), temperature)
        for k in range(0, segments, AT_A_TASK):
            try_segments(data, state, min(AT_A_TASK, segments - k), temperature)
        if kinds > 1 and what == _ANNEAL:
            try_vehicles(data, state, temperature)
        temperature *= factor
    if number[FRESH]:
        copy_best(state)
    return state.number[CURRENT if what == _CONSTRUCT else BEST]


@inlined
def _take_absent(state: Any, order: Any) -> Any:
    """All absent tasks, in this order, to `State.absent`; how many."""
    count = np.int64(0)
    for k in range(len(order)):
        if state.row[order[k], ROUTE] < 0:
            state.scratch[ABSENT, count] = order[k]
            count += 1
    return count


def compile_kernels() -> None:
    """Compile everything that is not in the cache, or load it: half a minute, or half a second."""
    nowhere = np.zeros((1, 1), dtype=np.int32)
    alone = Problem(
        tasks=(Task(place=0, penalty=1),),
        vehicles=(Vehicle(start=0, end=0),),
        travel=(Travel(nowhere, nowhere),),
    )
    data = encode(alone)
    load_routes(data, new_state(data, 0), {})


def load_routes(data: Data, state: State, routes: dict[int, tuple[int, ...]]) -> int | None:
    """Begin with these tasks by vehicle; the cost, None if a route can't be driven."""
    vehicles = range(len(data.vehicle))
    stops = [task for v in vehicles for task in routes.get(v, ())]
    at = np.cumsum([0, *(len(routes.get(v, ())) for v in vehicles)])
    cost = _call(data, state, _LOAD, np.array(stops or [0], dtype=np.int64), at.astype(np.int64))
    return None if cost >= DEAR else cost


def construct_routes(data: Data, state: State, order: Int64s) -> int:
    """Insert absent tasks in this order, each where it is cheapest; the cost then."""
    return _call(data, state, _CONSTRUCT, order)


def anneal_routes(
    data: Data,
    state: State,
    iterations: int,
    hot: float,
    cold: float,
    removals: float = REMOVALS,
    tails: int = TAILS,
    segments: int = SEGMENTS,
    pushes: int = PUSHES,
    insist: bool = False,
    price_cap: int = DEAR,
) -> int:
    """Anneal, the temperature falling geometrically from `hot` to `cold`; the best cost so far.

    Args:
        data: the problem.
        state: begun by `load_routes`.
        iterations: >= 0.
        hot: first temperature, > 0, in the unit of cost.
        cold: last temperature, > 0.
        removals: mean number of tasks that a ruin takes out, >= 1.
        tails: 2-opt* tries in an iteration.
        segments: cross-exchange tries in an iteration.
        pushes: tasks of an iteration that may push another one out of a full vehicle, at most.
        insist: whether tasks in the bank do that, too, not only those just taken out.
        price_cap: most that leaving a task out counts for where a change is accepted or not; the
            best solution is judged by full prices.
    """
    return int(
        _run(
            data,
            state,
            _ANNEAL,
            _NOTHING,
            _NOTHING,
            iterations,
            hot,
            cold,
            removals,
            tails,
            segments,
            pushes,
            insist,
            price_cap,
        )
    )


def cost_from_scratch(data: Data, state: State) -> int:
    """The cost of the current solution, recomputed."""
    return _call(data, state, _COST)


def mean_arc_cost(data: Data, state: State) -> float:
    """What an arc of the current solution costs on average, waiting and service left out."""
    row = state.row[state.row[:, ROUTE] >= 0]
    row = row[(row[:, METRES] > 0) | (row[:, SECONDS] > 0)]
    fleet = data.fleet[row[:, ROUTE]]
    costs = fleet[:, PER_METRE] * row[:, METRES] + fleet[:, PER_SECOND] * row[:, SECONDS]
    return float(costs.mean()) if len(costs) else 0.0


def route_costs(data: Data, state: State) -> Int64s:
    """Cost of every vehicle's current route; only those of used vehicles mean something."""
    row = state.row[state.row[:, ROUTE] >= 0]
    metres = np.zeros(len(data.vehicle), dtype=np.int64)
    np.add.at(metres, row[:, ROUTE], row[:, METRES])
    fleet = data.fleet
    costs: Int64s = fleet[:, PER_METRE] * metres + fleet[:, USE] + state.route[:, TIME_COST]
    return costs


def routes_of(data: Data, successors: Int64s) -> dict[int, tuple[int, ...]]:
    """Tasks by vehicle of `State.best`, or of column `NEXT` of `State.row`."""
    n, following = len(data.task), successors.tolist()
    routes = {}
    for v in range(len(data.vehicle)):
        tasks, x = [], following[n + v]
        while x < n:
            tasks.append(x)
            x = following[x]
        if tasks:
            routes[v] = tuple(tasks)
    return routes


def _call(
    data: Data, state: State, what: int, stops: Int64s = _NOTHING, route_at: Int64s = _NOTHING
) -> int:
    run = _run(data, state, what, stops, route_at, 1, 1.0, 1.0, REMOVALS, 0, 0, 0, False, DEAR)
    return int(run)

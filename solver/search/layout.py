"""What the compiled search reads and writes: tables of integers, one line of columns each.

Nodes: tasks are `0 ... n-1`; `n + v` is the sentinel of vehicle v, its start as a predecessor and
its end as a successor. Routes are circular lists through their sentinel, so that nothing is ever
shifted. `Data` is shared by all threads and never written to; every thread has its own `State`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
UInt32s = NDArray[np.uint32]
Doubles = NDArray[np.float64]

LINE = 8
"""Integers in a cache line."""

NEVER = 2**40
"""Later than any time."""

DEAR = 2**62
"""Dearer than anything."""

# Data.node and State.row: what the search looks at most often shares a cache line.
NEXT, PREV, ROUTE, DEPARTS, LATEST, METRES, OUT, IN = range(8)
SECONDS, STAMP, SERVICE, OPEN, CLOSE, CLASS, TIMES, PINNED = range(8, 16)
"""Neighbours, vehicle (-1 if absent), earliest departure, latest start that keeps the rest of the
route in time, metres to the next, place when leaving and when coming; seconds to the next, last
iteration that changed the row, seconds of service, first and last start, class of eligibility, kind
of times, whether the node belongs to a locked start. A sentinel's are those of its vehicle."""

CHANGING = 10
"""Columns up to here may change; `OUT` and `IN` among them don't."""

# Bits of TIMES
LATE, SEVERAL = 1, 2
"""The task has a price for being late; the task has several windows."""

# Data.task
PENALTY, LATE_COST, DUE, DEMAND = range(4)
"""Cost of leaving the task out, per second late, from when on; its first load."""

# Data.vehicle
SECONDS_FROM, SECONDS_TO, METRES_FROM, METRES_TO = range(4)
KIND, MAKE, SPAN_LIMIT, TIMED, DEPART_BY, USABLE, PICKY = range(4, 11)
"""Which matrices, by row and by column; identical vehicles share a kind, those whose routes may
swap ends at no change a make; longest time on the way; whether that time is limited or paid; latest
departure; 0 if its hours leave nothing; 1 if there are tasks that it may not serve."""

# Data.fleet
PER_METRE, PER_SECOND, USE, CAPACITY = range(4)
"""Cost per metre, per second, for using the vehicle at all; its first capacity."""

# Data.lists
BEFORE, AFTER, NEAR = range(3)

LIKELY = 40
"""Of the likely predecessors and successors of a task."""

LONGEST = 100
"""Of the tasks near a task, itself among them; at least `2 * LIKELY`, which share its rows."""

# State.arc
NEXT_IN, NEXT_METRES, PREV_OUT, PREV_METRES = range(4)
"""Place of the next and metres to it, place of the previous and metres from it: all that it takes
to tell the metres of a task in between. `State.row` has them too, but in the rows of two nodes, and
rows are eight times as large: these stay in the cache."""

NO_ARC = -(2**30)
"""Metres of the arcs of an absent task, so that nothing seems cheap beside it."""

# State.segment: minimal duration and its range of starts, up to and from each node.
AHEAD_S, AHEAD_LATEST, REST_S, REST_FIRST = range(4)

# State.route
COUNT, LOCKED, WITH_PRICE, TIME_COST, TOUCHED, ROOM = range(6)
"""Tasks; of them pinned; of them with times that need exact scheduling; cost of time and lateness;
last iteration that changed the route; room that is left in its first dimension."""

# State.free
EMPTY, SLOT, FIRST_SLOT, EMPTIES = range(4)
"""Empty vehicles by kind; slot of a vehicle there or -1; first slot of a kind; how many it has."""

# State.bank
MEMBER, PLACE, FOCUS, IN_FOCUS, REGION, TOUR = range(6)
"""Absent tasks; where each is among them, or -1; tasks around which changes are tried, along a
tour; for every task 1 if it is one of them, else 0; those of them around which they are tried now;
all tasks along a tour."""

# State.scratch
ABSENT, STOPS, DRAWN, END, DETOUR, WORD, CHAIN = range(7)
"""Absent tasks; stops of a route; some random routes; the node before an end of each of them, then
the one after which a task was; metres that a task adds at each of its positions; random bits of
tries that seem cheap; two nodes, a cache line apart, each with what follows it."""

UNKNOWN = -DEAR
"""A detour, where metres are not the same or don't cost the same for all vehicles."""

ENDS = 6
"""Of so many random routes one end is tried for every task."""

POSITIONS = 1 + 2 * LIKELY + ENDS
"""That are tried for every task, beside empty vehicles: where it was, then the others."""

# State.number
ITERATION, ROUTED, USED, BANKED, UNDO_ROWS, UNDO_ROUTES, FRESH, SKIP, KINDS = range(9)
CURRENT, BEST, RANDOM, ALIKE, PRICE_CAP, FLEET_CAP, SPANS = range(9, 16)
FOCUSED, REGIONAL, CENTRE = range(16, 19)
"""From `CURRENT` on: cost of the current and of the best solution, state of the random numbers, 1
if a metre is the same and costs the same for all vehicles, most that leaving a task out counts for
where a change is accepted or not, used vehicles from which on no other one is taken, whether there
are vehicles whose time on the way is limited or paid; how many tasks are in `FOCUS` and in
`REGION`, which of `FOCUS` the region lies around."""


LINES: Mapping[str, int] = {
    "node": 2 * LINE,
    "vehicle": 11,
    "lists": LONGEST,
    "row": 2 * LINE,
    "arc": 4,
    "segment": 4,
    "undo": 2 * LINE,
}
"""Integers in a line of those tables of `Data` and `State` where it is no matter of the problem."""


class Data(NamedTuple):
    """A problem as the kernels read it.

    Few tables, because a call between kernels passes every one of them.

    Attributes:
        travel: int32 `(m, p, p)`, the different matrices of seconds and metres, also transposed.
        node: int64 `(n + v, 16)`; `State.row` begins as its copy.
        task: int64 `(n, 3 + dimensions)`.
        vehicle: int64 `(v, 11)`.
        fleet: int64 `(v, 3 + dimensions)`.
        windows: int64; those of task x are the pairs from `windows[x]` up to `windows[x + 1]`.
        able: int64 `(classes, v + 1)`; whether v may serve the class; last column: the vehicle if
            it is the only one, else -1.
        lists: uint32 `(3, n, LONGEST)`; likely predecessors, best first, each followed by the first
            vehicle's metres from it, then likely successors with the metres to them, and the
            closest tasks, the task itself first. What is left of a list is the task itself.
        keys: float64 `(n + 1, 8)`; what absent tasks are sorted by; last row: cumulated
            probabilities of random order and of every key.
    """

    travel: Int32s
    node: Int64s
    task: Int64s
    vehicle: Int64s
    fleet: Int64s
    windows: Int64s
    able: Int64s
    lists: UInt32s
    keys: Doubles


class State(NamedTuple):
    """One thread's solution, its best one, and what it needs to take a change back.

    Attributes:
        row: int64 `(n + v, 16)`. arc: int32 `(n + v, 4)`. segment: int64 `(n + v, 4)`.
        route: int64 `(v, 5 + dimensions)`. free: int64 `(4, v + 1)`. bank: int64 `(6, n)`.
        undo: int64 `(n + v, 16)`; row, segment and node as they were before this iteration.
        undo_route: int64 `(v, 6 + dimensions)`; route and vehicle.
        scratch: int64 `(7, n + v + 2)`, or longer. sort: float64 `(n,)`, scratch.
        best: int64 `(n + v,)`; column `NEXT` of the best solution.
        number: int64 `(19,)`.
    """

    row: Int64s
    arc: Int32s
    segment: Int64s
    route: Int64s
    free: Int64s
    bank: Int64s
    undo: Int64s
    undo_route: Int64s
    scratch: Int64s
    sort: Doubles
    best: Int64s
    number: Int64s


def new_state(data: Data, seed: int) -> State:
    """Memory for one thread; `kernels.load` gives it a solution. `seed` >= 0."""
    nodes, n, vehicles = len(data.node), len(data.task), len(data.vehicle)
    columns = ROOM + data.task.shape[1] - DEMAND

    def integers(*shape: int) -> Int64s:
        """Zeros that begin with a cache line and share none with anything else."""
        size = int(np.prod(shape))
        memory = np.zeros((size // LINE + 2) * LINE, dtype=np.int64)
        skipped = -memory.ctypes.data // 8 % LINE
        return memory[skipped : skipped + size].reshape(shape)

    state = State(
        row=integers(nodes, LINES["row"]),
        arc=np.zeros((nodes, LINES["arc"]), dtype=np.int32),
        segment=integers(nodes, LINES["segment"]),
        route=integers(vehicles, columns),
        free=integers(4, vehicles + 1),
        bank=integers(6, n),
        undo=integers(nodes, LINES["undo"]),
        undo_route=integers(vehicles, columns + 1),
        scratch=integers(7, max(nodes + 2, POSITIONS + 1)),
        sort=np.zeros(n),
        best=integers(nodes),
        number=integers(19),
    )
    state.row[:] = data.node
    state.bank[TOUR] = np.argsort(data.node[:n, IN], kind="stable")
    counts = np.bincount(data.vehicle[:, KIND])
    state.number[KINDS] = len(counts)
    state.free[FIRST_SLOT, : len(counts)] = np.cumsum(counts) - counts
    state.number[RANDOM] = seed
    state.number[PRICE_CAP] = DEAR
    state.number[FLEET_CAP] = vehicles
    metres = np.column_stack([data.vehicle[:, METRES_FROM], data.fleet[:, PER_METRE]])
    state.number[SPANS] = int(data.vehicle[:, TIMED].any())
    state.number[ALIKE] = int((metres == metres[0]).all())
    return state

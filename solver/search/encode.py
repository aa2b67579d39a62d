"""From a `Problem` to the tables of the compiled search."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import reduce

import numpy as np

from solver.problem import Problem, Task, Vehicle
from solver.search.layout import (
    CLASS,
    CLOSE,
    DEPART_BY,
    IN,
    KIND,
    LATE,
    LINES,
    LONGEST,
    MAKE,
    METRES_FROM,
    METRES_TO,
    NEVER,
    OPEN,
    OUT,
    PENALTY,
    PER_METRE,
    PER_SECOND,
    PICKY,
    PINNED,
    SECONDS_FROM,
    SECONDS_TO,
    SERVICE,
    SEVERAL,
    SPAN_LIMIT,
    TIMED,
    TIMES,
    USABLE,
    Data,
    Doubles,
    Int32s,
    Int64s,
    UInt32s,
)
from solver.search.neighbours import WAIT_WEIGHT, write_lists
from solver.search.times import NEVER_LIMITED

KEY_WEIGHTS = (4, 4, 2, 1, 2, 1, 1)
"""Of random order, demand, far, close, short window, early, late; then penalty if that varies."""

MOST_SORTED = 2000
"""Places are sorted where there are no more; larger waves are searched in parts (`City`)."""

ROWS = 500
"""Of neighbour lists that a thread writes at a time."""

BLOCK = 256
"""Rows and columns of a matrix that are turned at a time."""

MOST_REQUIRED = 2**61
"""The prices of all required tasks left out together stay below."""


def encode(problem: Problem, threads: int = 1) -> Data:
    """The tables; those of a part of the problem follow from them (`solver.search.excerpt`).

    Args:
        problem: all weights 1 (`Problem.weighted`), at least one task and one vehicle.
        threads: that write neighbour lists.
    """
    places, place = _places(problem)
    matrices = _Matrices(problem, places)
    classes, able = _classes(problem)
    vehicle = _vehicles(problem, matrices, able)
    node = _nodes(problem, place, classes)
    fleet = np.array([_rates(owner) for owner in problem.vehicles], dtype=np.int64)
    task = np.array(_prices(problem), dtype=np.int64)
    travel = matrices.stacked()
    seconds = _quickest(travel, vehicle[:, SECONDS_FROM])
    return Data(
        travel=travel,
        node=node,
        task=np.hstack([task, _amounts([t.loads for t in problem.tasks], problem)]),
        vehicle=vehicle,
        fleet=np.hstack([fleet, _amounts([o.capacity for o in problem.vehicles], problem)]),
        windows=_windows(problem),
        able=able,
        lists=_lists(travel, seconds, vehicle, node, able, fleet, len(problem.tasks), threads),
        keys=_keys(problem, node, task, seconds),
    )


def _places(problem: Problem) -> tuple[Int64s, dict[int, int]]:
    """The places that are used, and the row of each in the tables: near ones lie together.

    A search looks at one place's row in the columns of places that are near, which are then in few
    cache lines.
    """
    used = {task.place for task in problem.tasks}
    used |= {owner.start for owner in problem.vehicles} | {owner.end for owner in problem.vehicles}
    places = np.array(sorted(used), dtype=np.int64)
    if len(places) <= MOST_SORTED:
        travel = problem.travel[problem.vehicles[0].travel]
        places = places[along_a_tour(travel.durations[np.ix_(places, places)])]
    return places, {place: k for k, place in enumerate(places.tolist())}


def along_a_tour(seconds: Int32s) -> Int64s:
    """All places, from the first on each followed by the nearest that is left."""
    gone = np.zeros(len(seconds), dtype=np.int64)
    tour = np.zeros(len(seconds), dtype=np.int64)
    for k in range(1, len(seconds)):
        gone[tour[k - 1]] = NEVER
        tour[k] = np.argmin(seconds[tour[k - 1]] + gone)
    return tour


class _Matrices:
    """The different matrices that vehicles drive by, and their transposes, each kept once."""

    def __init__(self, problem: Problem, places: Int64s) -> None:
        self.problem, self.places = problem, places
        self.kept: list[tuple[Int32s, bool]] = []
        self.known: dict[int, tuple[int, int]] = {}

    def of(self, travel: int, name: str) -> tuple[int, int]:
        """Where this matrix of a travel is kept, and where its transpose."""
        whole: Int32s = getattr(self.problem.travel[travel], name)
        if id(whole) not in self.known:
            same = np.array_equal(self.places, np.arange(len(whole)))
            matrix = whole if same else whole[np.ix_(self.places, self.places)]
            straight = self._keep(matrix, turned=False)
            self.known[id(whole)] = (
                straight,
                straight if _symmetric(matrix) else self._keep(matrix, turned=True),
            )
        return self.known[id(whole)]

    def _keep(self, matrix: Int32s, *, turned: bool) -> int:
        for index, (other, other_turned) in enumerate(self.kept):
            if turned == other_turned and np.array_equal(other, matrix):
                return index
        self.kept.append((matrix, turned))
        return len(self.kept) - 1

    def stacked(self) -> Int32s:
        """All that are kept, `(m, p, p)`."""
        places = len(self.places)
        tables = np.empty((len(self.kept), places, places), dtype=np.int32)
        for table, (matrix, turned) in zip(tables, self.kept, strict=True):
            if turned:
                _turn(matrix, table)
            else:
                table[:] = matrix
        return tables


def _symmetric(matrix: Int32s) -> bool:
    """Whether it is its own transpose; soon known if it is not."""
    return all(
        np.array_equal(matrix[k : k + BLOCK], matrix[:, k : k + BLOCK].T)
        for k in range(0, len(matrix), BLOCK)
    )


def _turn(matrix: Int32s, table: Int32s) -> None:
    """Write the transpose, block by block, so that what is read and written stays in the cache."""
    for i in range(0, len(matrix), BLOCK):
        for j in range(0, len(matrix), BLOCK):
            table[j : j + BLOCK, i : i + BLOCK] = matrix[i : i + BLOCK, j : j + BLOCK].T


def _classes(problem: Problem) -> tuple[list[int], Int64s]:
    """The class of every task, and which vehicles may serve which class (`Data.able`)."""
    numbers: dict[Hashable, int] = {}
    members = [
        numbers.setdefault((task.skills, task.vehicle), len(numbers)) for task in problem.tasks
    ]
    firsts = [members.index(number) for number in range(len(numbers))]
    vehicles = range(len(problem.vehicles))
    able = [[int(problem.eligible(task, v)) for v in vehicles] for task in firsts]
    only = [row.index(1) if sum(row) == 1 else -1 for row in able]
    return members, np.column_stack([np.array(able, dtype=np.int64), np.array(only)]).astype(
        np.int64
    )


def _numbers(values: Sequence[Hashable]) -> list[int]:
    """Equal values get equal numbers, from 0 on in order of appearance."""
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(value, len(numbers)) for value in values]


def _vehicles(problem: Problem, matrices: _Matrices, able: Int64s) -> Int64s:
    kinds = _numbers([replace(owner, prefix=()) for owner in problem.vehicles])
    makes = _numbers(
        [
            (o.travel, o.end, o.latest, o.distance_cost, o.duration_cost, o.span_limit is None)
            for o in problem.vehicles
        ]
    )
    table = np.zeros((len(problem.vehicles), LINES["vehicle"]), dtype=np.int64)
    table[:, PICKY] = (able[:, :-1] == 0).any(axis=0)
    for v, owner in enumerate(problem.vehicles):
        limit = owner.span_limit
        table[v, [SECONDS_FROM, SECONDS_TO]] = matrices.of(owner.travel, "durations")
        table[v, [METRES_FROM, METRES_TO]] = matrices.of(owner.travel, "distances")
        table[v, KIND] = kinds[v]
        table[v, MAKE] = makes[v]
        table[v, SPAN_LIMIT] = NEVER_LIMITED if limit is None else min(limit, NEVER_LIMITED - 1)
        table[v, TIMED] = limit is not None or owner.duration_cost > 0
        table[v, DEPART_BY] = owner.latest_departure
        hours = owner.earliest <= min(owner.latest_departure, owner.latest)
        table[v, USABLE] = hours and (limit is None or limit >= 0)
    return table


def _rates(owner: Vehicle) -> tuple[int, int, int]:
    """Per metre, per second, for using it at all."""
    use = owner.fixed_cost + owner.distance_cost * owner.setup_distance
    return (
        owner.distance_cost,
        owner.duration_cost,
        use + owner.duration_cost * owner.setup_duration,
    )


def _nodes(problem: Problem, place: dict[int, int], classes: Sequence[int]) -> Int64s:
    n = len(problem.tasks)
    table = np.zeros((n + len(problem.vehicles), LINES["node"]), dtype=np.int64)
    for x, task in enumerate(problem.tasks):
        late = task.late_cost > 0 and task.due_time < task.closing
        several = len(task.windows) > 1
        table[x, [SERVICE, OPEN, CLOSE]] = task.service, task.opening, task.closing
        table[x, [OUT, IN]] = place[task.place]
        table[x, CLASS] = classes[x]
        table[x, TIMES] = (LATE if late else 0) | (SEVERAL if several else 0)
    for v, owner in enumerate(problem.vehicles):
        table[n + v, [OPEN, CLOSE]] = owner.earliest, owner.latest
        table[n + v, [OUT, IN]] = place[owner.start], place[owner.end]
        table[list(owner.prefix), PINNED] = 1
    return table


def _prices(problem: Problem) -> list[tuple[int, int, int]]:
    """Penalty, cost per second late, due; to leave out a required task is dearer than all else."""
    most = MOST_REQUIRED // (len(problem.tasks) + 1)
    required = min(problem.cost_bound + 1, most)
    return [
        (
            required if task.penalty is None else min(task.penalty, most),
            task.late_cost,
            task.due_time,
        )
        for task in problem.tasks
    ]


def _windows(problem: Problem) -> Int64s:
    """Where the windows of every task begin, then all windows."""
    n = len(problem.tasks)
    counts = [2 * len(task.windows) for task in problem.tasks]
    edges = [
        edge for task in problem.tasks for w in task.windows for edge in (w.opening, w.closing)
    ]
    return np.concatenate([n + 1 + np.cumsum([0, *counts]), edges]).astype(np.int64)


def _amounts(rows: Sequence[Sequence[int]], problem: Problem) -> Int64s:
    return np.array(rows, dtype=np.int64).reshape(len(rows), problem.dimensions)


def _quickest(travel: Int32s, used: Int64s) -> Int32s:
    """The least of the matrices that are used, pair by pair."""
    quickest: Int32s = reduce(np.minimum, [travel[k] for k in np.unique(used).tolist()])
    return quickest


def _lists(
    travel: Int32s,
    seconds: Int32s,
    vehicle: Int64s,
    node: Int64s,
    able: Int64s,
    fleet: Int64s,
    n: int,
    threads: int,
) -> UInt32s:
    seconds_to = _quickest(travel, vehicle[:, SECONDS_TO])
    metres, metres_to = travel[vehicle[0, METRES_FROM]], travel[vehicle[0, METRES_TO]]
    matrices = seconds, metres, seconds_to, metres_to
    per_metre, per_second = fleet[:, PER_METRE].mean(), fleet[:, PER_SECOND].mean()
    if per_metre == 0 and per_second == 0:
        per_metre = 1.0
    speed = float(metres.mean()) / max(1.0, float(seconds.mean()))
    rates = np.array([per_metre, per_second, WAIT_WEIGHT * (per_metre * speed + per_second)])
    skilled = able[:, :-1].astype(np.int64)
    together = skilled @ skilled.T > 0
    lists = np.empty((3, n, LONGEST), dtype=np.uint32)

    def write(first: int) -> None:
        values, found = np.empty((3, LONGEST)), np.empty((3, LONGEST), dtype=np.int32)
        last = min(n, first + ROWS)
        write_lists(*matrices, node, together, rates, first, last, lists, values, found)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(write, range(0, n, ROWS)))
    return lists


def _keys(problem: Problem, node: Int64s, task: Int64s, seconds: Int32s) -> Doubles:
    """What absent tasks are sorted by, ascending; the last row says how often by what."""
    n = len(problem.tasks)
    work = node[:n].astype(np.int64)
    amounts = _amounts([t.loads for t in problem.tasks], problem)
    shares = amounts / np.maximum(1, amounts.max(axis=0, initial=0))
    depots = np.unique(node[n:, OUT])
    far = seconds[np.ix_(depots, work[:, IN])].min(axis=0)
    penalties = task[:, PENALTY]
    columns = [
        np.zeros(n),
        -shares.sum(axis=1),
        -far.astype(np.int64),
        far,
        work[:, CLOSE] - work[:, OPEN],
        work[:, OPEN],
        -work[:, CLOSE],
        -penalties,
    ]
    weights = [*KEY_WEIGHTS, 2 if penalties.min() < penalties.max() else 0]
    return np.vstack([np.column_stack(columns), np.cumsum(weights) / sum(weights)])


def by_opening(problem: Problem) -> Int64s:
    """Tasks by first start of service: the order in which the first routes are made."""
    tasks: Sequence[Task] = problem.tasks
    order = sorted(range(len(tasks)), key=lambda x: (tasks[x].opening, tasks[x].closing, x))
    return np.array(order, dtype=np.int64)

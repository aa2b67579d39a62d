"""The tables of a part of a problem, taken from those of the whole.

A part has some tasks and some vehicles. To encode it as a problem of its own takes long for every
round of a city's search: its neighbours, vehicles and the order of its places are in the whole's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solver.search.encode import MOST_SORTED, along_a_tour
from solver.search.layout import (
    AFTER,
    BEFORE,
    CLASS,
    IN,
    KIND,
    LIKELY,
    LONGEST,
    METRES_FROM,
    NEAR,
    OUT,
    PICKY,
    SECONDS_FROM,
    Data,
    Int32s,
    Int64s,
    UInt32s,
)


def excerpt(whole: Data, tasks: Sequence[int], vehicles: Sequence[int]) -> Data:
    """The tables of a part: its tasks, vehicles, kinds, classes and places count from 0.

    Costs and times are the whole's to the unit. Neighbours are those of the whole that the part
    has, so there may be fewer of them.

    Args:
        whole: the tables of all.
        tasks: of the part, in the whole's numbers, at least one, ascending.
        vehicles: the same for vehicles; every locked start's tasks are among `tasks`.
    """
    n, x, v = len(whole.task), np.array(tasks, dtype=np.int64), np.array(vehicles, dtype=np.int64)
    node = whole.node[np.concatenate([x, n + v])]
    vehicle = whole.vehicle[v]
    used, ends = np.unique(node[:, [OUT, IN]], return_inverse=True)
    if whole.travel.shape[1] > MOST_SORTED:
        tour = along_a_tour(whole.travel[vehicle[0, SECONDS_FROM]][np.ix_(used, used)])
        used, ends = used[tour], np.argsort(tour)[ends]
    node[:, [OUT, IN]] = ends.reshape(-1, 2)
    travel = np.stack([matrix[np.ix_(used, used)] for matrix in whole.travel])
    classes, node[: len(x), CLASS] = np.unique(node[: len(x), CLASS], return_inverse=True)
    vehicle[:, KIND] = np.unique(vehicle[:, KIND], return_inverse=True)[1]
    able = whole.able.take(classes, axis=0).take(v, axis=1)
    vehicle[:, PICKY] = (able == 0).any(axis=0)
    only = np.where(able.sum(axis=1) == 1, able.argmax(axis=1), -1)
    return Data(
        travel=travel,
        node=node,
        task=whole.task[x],
        vehicle=vehicle,
        fleet=whole.fleet[v],
        windows=_windows(whole, x),
        able=np.column_stack([able, only]),
        lists=_lists(whole, x, travel[vehicle[0, METRES_FROM]], node),
        keys=whole.keys[np.append(x, n)],
    )


def _windows(whole: Data, tasks: Int64s) -> Int64s:
    """Where the windows of every task begin, then these."""
    first, last = whole.windows[tasks], whole.windows[tasks + 1]
    begins = len(tasks) + 1 + np.cumsum([0, *(last - first)])
    edges = [whole.windows[i:j] for i, j in zip(first.tolist(), last.tolist(), strict=True)]
    return np.concatenate([begins, *edges])


def _lists(whole: Data, tasks: Int64s, metres: Int32s, node: Int64s) -> UInt32s:
    """The whole's, of these tasks and without all others."""
    own = np.arange(len(tasks))[:, None]
    index = np.full(len(whole.task), -1, dtype=np.int64)
    index[tasks] = own[:, 0]

    def kept(named: UInt32s) -> Int64s:
        found = index[named]
        gone = (found < 0) | (found == own)
        order = np.argsort(gone, axis=1, kind="stable")
        return np.take_along_axis(np.where(gone, own, found), order, axis=1)

    lists = np.empty((3, len(tasks), LONGEST), dtype=np.uint32)
    before, after, near = whole.lists[:, tasks]
    lists[BEFORE, :, : 2 * LIKELY : 2] = others = kept(before[:, : 2 * LIKELY : 2])
    lists[BEFORE, :, 1 : 2 * LIKELY : 2] = metres[node[others, OUT], node[own, IN]]
    lists[AFTER, :, : 2 * LIKELY : 2] = others = kept(after[:, : 2 * LIKELY : 2])
    lists[AFTER, :, 1 : 2 * LIKELY : 2] = metres[node[own, OUT], node[others, IN]]
    lists[NEAR, :, :1] = own
    lists[NEAR, :, 1:] = kept(near[:, 1:])
    return lists

"""Recreate: absent tasks go back one by one, each to its cheapest position.

Greedy insertion (Christiaens & Vanden Berghe 2020, section 5.2). A task that costs more than its
penalty stays in the bank of absent tasks. As soon as what is inserted is dearer than what would
still be accepted, the iteration is given up.
"""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np

from solver.search.compiled import inlined
from solver.search.layout import (
    ABSENT,
    BANKED,
    DEAR,
    MEMBER,
    PENALTY,
    PLACE,
    PRICE_CAP,
    ROUTE,
)
from solver.search.links import put_in
from solver.search.positions import best_position, draw_routes
from solver.search.push import push_out
from solver.search.randomness import below, uniform


@inlined
def sort_absent(data: Any, state: Any, count: Any) -> Any:
    """Absent tasks in random order or by one of the keys, drawn by their shares."""
    absent, sort, stream = state.scratch[ABSENT], state.sort, state.number
    n, drawn, chosen = data.task.shape[0], uniform(stream), 0
    while drawn > data.keys[n, chosen]:
        chosen += 1
    for k in range(count):
        if chosen == 0:
            sort[k] = uniform(stream)
        else:
            sort[k] = data.keys[absent[k], chosen]
    for k in range(1, count):
        x, value, slot = absent[k], sort[k], k
        while slot > 0 and sort[slot - 1] > value:
            absent[slot] = absent[slot - 1]
            sort[slot] = sort[slot - 1]
            slot -= 1
        absent[slot] = x
        sort[slot] = value


@inlined
def recreate(
    data: Any, state: Any, count: Any, delta: Any, dearest: Any, pushes: Any, insist: Any
) -> Any:
    """Put the first `count` of `State.absent` back; what ruin and recreate cost together.

    A task left out counts for its penalty, but for no more than `PRICE_CAP`. Up to `pushes` tasks
    that would not be too dear, did not full vehicles refuse them, push another one out; those that
    are in the bank already do only if they `insist`. `DEAR` as soon as the whole is at least
    `dearest`.
    """
    absent, task = state.scratch[ABSENT], data.task
    hope, cap = 0, state.number[PRICE_CAP] + 0
    draw_routes(data, state)
    for k in range(count):
        if state.bank[PLACE, absent[k]] >= 0:
            hope += min(cap, task[absent[k], PENALTY])
    for k in range(count):
        x = absent[k]
        banked = state.bank[PLACE, x] >= 0
        price = min(cap, task[x, PENALTY])
        if banked:
            hope -= price
        extra, i, v, then, refused = best_position(data, state, x, -1, DEAR)
        left: Any = np.int64(-DEAR)
        if pushes > 0 and (insist or not banked):
            left = np.int64(ceil(dearest - delta + hope))
            if banked:
                left = price + min(left, 0)
        cost: Any = np.int64(left)
        if refused < left <= min(extra, price):
            pushes -= 1
            cost = push_out(data, state, x, left)
            if cost >= DEAR:
                return DEAR
        if cost >= left:
            cost = min(extra, price)
            if extra < price:
                put_in(data, state, x, i, v, then)
        delta += cost - price if banked else cost
        if delta - hope >= dearest:
            return DEAR
    return delta


@inlined
def update_bank(data: Any, state: Any, count: Any) -> Any:
    """After an accepted iteration: absent tasks are in the bank, the others are not.

    What `recreate` did not count: by how much penalties of tasks that have left are above the cap,
    less those of tasks that have come back.
    """
    number, bank = state.number, state.bank
    hidden = 0
    for k in range(count):
        x = state.scratch[ABSENT, k]
        served = state.row[x, ROUTE] >= 0
        slot = bank[PLACE, x]
        if served and slot >= 0:
            number[BANKED] -= 1
            last = bank[MEMBER, number[BANKED]]
            bank[MEMBER, slot] = last
            bank[PLACE, last] = slot
            bank[PLACE, x] = -1
            hidden -= max(0, data.task[x, PENALTY] - number[PRICE_CAP])
        elif not served and slot < 0:
            bank[MEMBER, number[BANKED]] = x
            bank[PLACE, x] = number[BANKED]
            number[BANKED] += 1
            hidden += max(0, data.task[x, PENALTY] - number[PRICE_CAP])
    return hidden


@inlined
def add_from_bank(state: Any, count: Any, most: Any) -> Any:
    """A random stretch of the bank joins the absent tasks; how many there are then."""
    number = state.number
    drawn = min(most, number[BANKED])
    if drawn > 0:
        slot = below(state.number, number[BANKED])
        for _ in range(drawn):
            state.scratch[ABSENT, count] = state.bank[MEMBER, slot]
            count += 1
            slot += 1
            if slot == number[BANKED]:
                slot = 0
    return count

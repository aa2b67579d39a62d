"""Where changes are tried: around tasks that lie near each other, for a while, then further on.

What iterations read of 1,000 tasks does not fit into a core's own caches; what they read of 100
does. So the tasks in question are visited along a tour, region by region, and an annealing goes
around many times.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from solver.search.compiled import inlined
from solver.search.layout import CENTRE, FOCUS, FOCUSED, IN_FOCUS, LONGEST, NEAR, REGION, REGIONAL
from solver.search.randomness import below

BURST = 400
"""Iterations in a region."""

STRIDE = 80
"""Most tasks along the tour from one region's centre to the next one's."""

WHOLE = 500
"""Tasks up to which all are one region."""


@inlined
def move_on(data: Any, state: Any) -> Any:
    """Try changes around other tasks of `FOCUS` from now on.

    Those near the next centre, and the next ones along the tour, which may be the same: so a task
    that is near to nobody has its turn, too.
    """
    number, bank = state.number, state.bank
    count, focused = 0, number[FOCUSED]
    if focused <= WHOLE:
        for k in range(focused):
            bank[REGION, k] = bank[FOCUS, k]
        number[REGIONAL] = focused
        return
    at = (number[CENTRE] + 1 + below(number, STRIDE)) % focused
    number[CENTRE] = at
    centre = bank[FOCUS, at]
    for k in range(1, LONGEST):
        x = np.int64(data.lists[NEAR, centre, k])
        if bank[IN_FOCUS, x] and x != centre:
            bank[REGION, count] = x
            count += 1
    for _ in range(STRIDE // 2):
        bank[REGION, count] = bank[FOCUS, at]
        count += 1
        at = at + 1 if at + 1 < focused else 0
    number[REGIONAL] = count

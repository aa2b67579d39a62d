"""A kernel's tables against the checker's arithmetic."""

from __future__ import annotations

import numpy as np

from solver.check import find_violations
from solver.problem import Problem
from solver.schedule import schedule
from solver.search.anneal import cost_from_scratch, routes_of
from solver.search.layout import (
    CURRENT,
    IN,
    METRES,
    NEXT,
    NEXT_IN,
    NEXT_METRES,
    NO_ARC,
    OUT,
    PENALTY,
    PREV_METRES,
    PREV_OUT,
    ROUTE,
    Data,
    Int64s,
    State,
)
from solver.solution import Solution


def objective(problem: Problem, data: Data, successors: Int64s) -> int:
    """What these routes cost by the checker; required tasks left out at the kernel's price."""
    routes = [schedule(problem, v, tasks) for v, tasks in routes_of(data, successors).items()]
    solution = Solution.of(problem, (route for route in routes if route))
    assert len(solution.routes) == len(routes), "a route without times"
    broken = {v.code for v in find_violations(problem, solution)} - {"required_unserved"}
    assert not broken
    missing = solution.missing(problem)
    return solution.objective(problem) + sum(int(data.task[x, PENALTY]) for x in missing)


def assert_true(problem: Problem, data: Data, state: State) -> None:
    """What the state says about itself is what it costs, and it knows its arcs twice."""
    served = np.flatnonzero(state.row[:, ROUTE] >= 0)
    row, arc, following = state.row[served], state.arc[served], state.row[served, NEXT]
    assert (arc[:, [NEXT_IN, NEXT_METRES]] == np.c_[state.row[following, IN], row[:, METRES]]).all()
    before = state.arc[following][:, [PREV_OUT, PREV_METRES]]
    assert (before == row[:, [OUT, METRES]]).all()
    absent = state.arc[state.row[:, ROUTE] < 0]
    assert (absent[:, [NEXT_METRES, PREV_METRES]] == NO_ARC).all()
    assert int(state.number[CURRENT]) == cost_from_scratch(data, state)
    assert int(state.number[CURRENT]) == objective(problem, data, state.row[:, NEXT])

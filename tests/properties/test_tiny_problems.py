"""Tiny problems with every rule, against their optimum by full enumeration."""

from __future__ import annotations

import pytest
from hypothesis import event, given, settings

from solver.check import find_violations
from solver.errors import ProblemError
from solver.params import SolveParams
from solver.problem import Problem
from solver.schedule import schedule
from solver.solve import solve
from tests.generators import tiny_problems
from tests.oracle import cheapest_times, optimum

PARAMS = {
    "hybrid": SolveParams(step_limit=400, threads=2, engine="hybrid"),
    "ortools": SolveParams(step_limit=1000, engine="ortools"),
}


def judge(problem: Problem, engine: str) -> None:
    """No plan beats the optimum, breaks a rule, or forgets a task."""
    best = optimum(problem)
    if best is None:
        with pytest.raises(ProblemError, match="Vehicle"):
            solve(problem, PARAMS[engine])
        return
    result = solve(problem, PARAMS[engine])
    solution = result.solution
    broken = {violation.code for violation in find_violations(problem, solution, result.cost)}
    assert broken <= {"required_unserved"}
    served = [task for route in solution.routes for task in route.tasks]
    assert sorted([*served, *solution.unserved]) == list(range(len(problem.tasks)))
    found = (len(solution.missing(problem)), result.objective)
    assert found >= best
    event("optimal" if found == best else "not optimal")


@pytest.mark.parametrize("engine", PARAMS)
@given(problem=tiny_problems())
@settings(max_examples=150)
def test_no_plan_is_better_than_the_optimum(engine: str, problem: Problem) -> None:
    """Every engine's result is feasible, complete, and never better than full enumeration."""
    judge(problem, engine)


@pytest.mark.slow
@pytest.mark.parametrize("engine", PARAMS)
@given(problem=tiny_problems())
@settings(max_examples=10_000)
def test_no_plan_of_ten_thousand_is_better_than_the_optimum(engine: str, problem: Problem) -> None:
    """The same for 10,000 problems."""
    judge(problem, engine)


@given(tiny_problems())
@settings(max_examples=300)
def test_schedules_are_the_cheapest_of_all_departures(problem: Problem) -> None:
    """The breakpoint schedule costs what trying every second costs, or both find none."""
    sequence = tuple(range(len(problem.tasks)))
    for vehicle in range(len(problem.vehicles)):
        route = schedule(problem, vehicle, sequence)
        cheapest = cheapest_times(problem, vehicle, sequence)
        if sequence and route is not None:
            assert route.cost(problem).objective(problem.weights) == cheapest
        elif sequence:
            assert cheapest is None

"""Set partitioning over routes seen, against the optimum over all routes there are."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings

from solver.check import find_violations
from solver.errors import ProblemError
from solver.problem import Problem
from solver.recombine import Column, Recombination
from solver.schedule import schedule
from solver.solution import Solution
from solver.start import locked_start
from tests.generators import tiny_problems
from tests.oracle import optimum
from tests.solver.worlds import town


def every_column(problem: Problem) -> list[Column]:
    """All routes that break no rule, by all vehicles."""
    found = []
    for vehicle, owner in enumerate(problem.vehicles):
        able = [task for task in range(len(problem.tasks)) if problem.eligible(task, vehicle)]
        for count in range(1, len(able) + 1):
            for tasks in permutations(able, count):
                route = schedule(problem, vehicle, tasks)
                if tasks[: len(owner.prefix)] != owner.prefix or route is None:
                    continue
                if all(
                    sum(problem.tasks[task].loads[k] for task in tasks) <= most
                    for k, most in enumerate(owner.capacity)
                ):
                    cost = route.cost(problem).objective(problem.weights)
                    found.append(Column(vehicle, tasks, cost))
    return found


@given(tiny_problems())
@settings(max_examples=150)
def test_all_routes_recombine_to_the_optimum(given_problem: Problem) -> None:
    """Every rule: vehicles of a kind, own vehicles, locked starts, what must and need not be."""
    problem = given_problem.weighted()
    try:
        start = locked_start(problem)
    except ProblemError:
        return
    best = [
        Column(r.vehicle, r.tasks, r.cost(problem).objective(problem.weights)) for r in start.routes
    ]
    chosen = Recombination(problem, every_column(problem), best).solve(None)
    solution = start
    if chosen is not None:
        routes = [schedule(problem, vehicle, tasks) for vehicle, tasks in chosen.items()]
        solution = Solution.of(problem, (route for route in routes if route is not None))
        assert len(solution.routes) == len(chosen)
    broken = {violation.code for violation in find_violations(problem, solution)}
    assert broken <= {"required_unserved"}
    assert (len(solution.missing(problem)), solution.objective(problem)) == optimum(problem)


def test_nothing_but_the_best_is_no_choice() -> None:
    """Without another column there is nothing to be found, nor with dearer ones alone."""
    problem = town(4, vehicles=2).weighted()
    best = [Column(0, (0, 1), 10), Column(1, (2, 3), 10)]
    assert Recombination(problem, best, best).solve(None) is None
    dearer = [Column(0, (0, 2), 15), Column(1, (1, 3), 6)]
    assert Recombination(problem, dearer, best).solve(1.0) is None


def test_good_halves_of_two_solutions_join() -> None:
    """The better half of each; vehicles of one kind are interchangeable."""
    problem = town(4, vehicles=2).weighted()
    best = [Column(0, (0, 1), 10), Column(1, (2, 3), 20)]
    other = [Column(0, (3, 2), 12), Column(1, (1, 0), 15)]
    chosen = Recombination(problem, other, best).solve(None)
    assert chosen is not None
    assert sorted(chosen.values()) == [(0, 1), (3, 2)]

"""One task in or out, found by bounds, against trying every position of every route."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solver.errors import ProblemError
from solver.insertion import Insertions, drop_unprofitable
from solver.problem import Problem
from solver.schedule import schedule
from solver.solution import Route, Solution
from solver.start import locked_start
from tests.generators import tiny_problems


def filled(problem: Problem) -> Solution:
    """Locked starts, and every task that fits, one after another, whether it pays or not."""
    try:
        into = Insertions(problem, locked_start(problem))
    except ProblemError:
        assume(False)
        raise
    for task in into.solution.unserved:
        best = into.cheapest(task)
        if best is not None:
            into.insert(best)
    return into.solution


def objective(problem: Problem, route: Route | None) -> int:
    return route.cost(problem).objective(problem.weights) if route else 0


def without(problem: Problem, solution: Solution, task: int) -> Solution | None:
    """The solution with the task left out; None where that can't be."""
    routes: list[Route | None] = []
    for route in solution.routes:
        rest = tuple(other for other in route.tasks if other != task)
        if task in problem.vehicles[route.vehicle].prefix:
            return None
        if rest:
            routes.append(
                route if task not in route.tasks else schedule(problem, route.vehicle, rest)
            )
    return None if None in routes else Solution.of(problem, [route for route in routes if route])


def tried(problem: Problem, solution: Solution, task: int) -> list[tuple[int, int, int]]:
    """Extra cost, vehicle and position of the best insertion into every vehicle's route."""
    routes = {route.vehicle: route for route in solution.routes}
    best = []
    for vehicle, owner in enumerate(problem.vehicles):
        route = routes.get(vehicle)
        tasks = route.tasks if route else ()
        loads = zip(*(problem.tasks[one].loads for one in (*tasks, task)), strict=True)
        full = any(sum(load) > room for load, room in zip(loads, owner.capacity, strict=True))
        if full or not problem.eligible(task, vehicle):
            continue
        found = []
        for position in range(len(owner.prefix), len(tasks) + 1):
            longer = schedule(problem, vehicle, (*tasks[:position], task, *tasks[position:]))
            if longer is not None:
                extra = objective(problem, longer) - objective(problem, route)
                found.append((extra, vehicle, position))
        best += [min(found)] if found else []
    return sorted(best)


@given(problem=tiny_problems(most_tasks=6), data=st.data())
@settings(max_examples=300)
def test_the_cheapest_insertion_is_found(problem: Problem, data: st.DataObject) -> None:
    """For every vehicle and of all; also of a task that was served a moment ago."""
    assume(problem.tasks)
    solution = filled(problem)
    task = data.draw(st.integers(0, len(problem.tasks) - 1))
    if task not in solution.unserved:
        shorter = without(problem, solution, task)
        assume(shorter is not None)
        assert shorter is not None
        solution = shorter
    into, wanted = Insertions(problem, solution), tried(problem, solution, task)
    assert [(one.extra_cost, one.vehicle, one.position) for one in into.of(task)] == wanted
    best = into.cheapest(task)
    assert (best and (best.extra_cost, best.vehicle, best.position)) == (
        wanted[0] if wanted else None
    )


@given(problem=tiny_problems(most_tasks=6))
@settings(max_examples=300)
def test_what_is_left_pays(problem: Problem) -> None:
    """No optional task costs more where it is than leaving it out."""
    before = filled(problem)
    after = drop_unprofitable(problem, before)
    assert set(before.unserved) <= set(after.unserved)
    assert after.objective(problem) <= before.objective(problem)
    for kept in after.routes:
        for task in kept.tasks:
            shorter = without(problem, after, task)
            if shorter is not None and not problem.tasks[task].required:
                assert shorter.objective(problem) >= after.objective(problem)

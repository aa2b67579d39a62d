"""One task in, one task out."""

from __future__ import annotations

from time import monotonic

from solver.insertion import Insertions, drop_unprofitable, insert_worthwhile
from solver.problem import Problem, Task, Window
from solver.schedule import schedule
from solver.solution import Solution
from tests.solver.worlds import line, vehicle


def of(problem: Problem, *sequences: tuple[int, ...]) -> Solution:
    routes = [schedule(problem, j, tasks) for j, tasks in enumerate(sequences) if tasks]
    return Solution.of(problem, [route for route in routes if route])


def test_insertions_are_exact_and_the_cheapest_comes_first() -> None:
    """Place 2 on the way to 4 costs nothing; the idle vehicle drives 40 m and is paid 5."""
    problem = line((Task(place=4), Task(place=2)), (vehicle(), vehicle(fixed_cost=5)))
    first, second = Insertions(problem, of(problem, (0,))).of(1)
    assert (first.vehicle, first.extra_cost, first.route.tasks) == (0, 0, (1, 0))
    assert (second.vehicle, second.extra_cost) == (1, 45)


def test_full_ineligible_and_locked_places_are_not_offered() -> None:
    """A full vehicle, one without the skill, and a position inside a locked start."""
    tasks = (Task(place=4, loads=(1,)), Task(place=2, loads=(1,), skills=frozenset({1})))
    fleet = (vehicle(capacity=(1,), skills=frozenset({1})), vehicle(capacity=(9,)))
    problem = line(tasks, fleet)
    assert Insertions(problem, of(problem, (0,))).of(1) == []
    locked = line((Task(place=4), Task(place=2)), (vehicle(prefix=(0,)),))
    (after,) = Insertions(locked, of(locked, (0,))).of(1)
    assert after.route.tasks == (0, 1)


def test_of_idle_vehicles_that_are_alike_the_one_that_has_the_lock_is_offered() -> None:
    """Both stay at home; only the second may serve the task."""
    problem = line((Task(place=4, vehicle=1),), (vehicle(), vehicle()))
    best = Insertions(problem, of(problem)).cheapest(0)
    assert best is not None
    assert best.vehicle == 1


def test_what_pays_is_inserted_required_tasks_first() -> None:
    """Place 5 pays (100 m for 101), place 1 does not (20 m for 10), place 3 must be served."""
    problem = line(
        (Task(place=5, penalty=101), Task(place=1, penalty=10), Task(place=3)),
        (vehicle(latest=6),),
    )
    solution = insert_worthwhile(problem, of(problem))
    assert solution.unserved == (0,)
    assert solution.routes[0].tasks in ((1, 2), (2, 1))


def test_a_deadline_ends_inserting() -> None:
    """A deadline in the past leaves everything as it is."""
    problem = line((Task(place=5, penalty=1000),))
    assert insert_worthwhile(problem, of(problem), monotonic() - 1).unserved == (0,)


def test_what_does_not_pay_is_dropped() -> None:
    """20 m more for a penalty of 19, next to one that shares its way; a locked start stays."""
    tasks = (Task(place=4, penalty=1000), Task(place=5, penalty=19), Task(place=1, penalty=0))
    problem = line(tasks, (vehicle(), vehicle(prefix=(2,))))
    solution = drop_unprofitable(problem, of(problem, (0, 1), (2,)))
    assert [route.tasks for route in solution.routes] == [(0,), (2,)]
    assert solution.unserved == (1,)


def test_a_route_that_does_not_pay_is_dropped_as_a_whole() -> None:
    """100 m for a penalty of 50."""
    problem = line((Task(place=5, penalty=50, windows=(Window(0, 99),)),))
    assert drop_unprofitable(problem, of(problem, (0,))).routes == ()

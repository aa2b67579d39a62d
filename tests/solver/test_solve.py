"""The solve as a whole: limits, log, determinism, starting points, errors."""

from __future__ import annotations

import multiprocessing
import threading
from time import monotonic

import pytest

from solver.check import find_violations
from solver.errors import EngineError, ProblemError
from solver.params import SolveParams
from solver.problem import Problem, Task, Window
from solver.process import solve_in_child
from solver.result import Incumbent, StopReason
from solver.schedule import schedule
from solver.solution import Solution
from solver.solve import solve
from tests.solver.worlds import line, town, vehicle

EMPTY = line(())


def test_the_same_seed_and_steps_give_the_same_result() -> None:
    """Twice the same, and in a child process as well; another seed searches elsewhere."""
    problem, params = town(40), SolveParams(step_limit=4000, seed=3)
    first, again = solve(problem, params), solve(problem, params)
    assert first.solution == again.solution
    assert [(i.objective, i.unserved) for i in first.log] == [
        (i.objective, i.unserved) for i in again.log
    ]
    assert solve_in_child(problem, params).solution == first.solution
    assert first.stop_reason == StopReason.STEP_LIMIT


def test_the_log_tells_every_improvement() -> None:
    """Falling objectives at rising seconds, the last one is the result's."""
    seen: list[tuple[Incumbent, Solution]] = []
    problem = town(40)
    result = solve(
        problem,
        SolveParams(step_limit=4000),
        on_incumbent=lambda incumbent, solution: seen.append((incumbent, solution)),
    )
    assert tuple(incumbent for incumbent, _ in seen) == result.log
    objectives = [incumbent.objective for incumbent in result.log]
    assert objectives == sorted(objectives, reverse=True)
    assert objectives[-1] == result.objective < objectives[0]
    for incumbent, solution in seen:
        assert solution.objective(problem) == incumbent.objective
        assert find_violations(problem, solution) == []


@pytest.mark.parametrize("seconds", [0.01, 0.3, 1.0])
def test_a_result_comes_in_time_however_short_it_is(seconds: float) -> None:
    """The result is sound even if it is poor; five seconds of grace only find what hangs."""
    problem = town(150, vehicles=20)
    began = monotonic()
    result = solve(problem, SolveParams(time_limit=seconds))
    assert monotonic() - began < seconds + 5
    assert find_violations(problem, result.solution, result.cost) == []
    assert result.stop_reason == StopReason.TIME_LIMIT


@pytest.mark.slow
def test_five_hundred_tasks_keep_the_time_limit() -> None:
    """2 seconds in a child process, its start included, and grace for a slow machine."""
    problem = town(500, vehicles=60)
    began = monotonic()
    result = solve_in_child(problem, SolveParams(time_limit=2.0))
    assert monotonic() - began < 10
    assert len(result.solution.unserved) < 50


@pytest.mark.parametrize(
    "problem",
    [
        EMPTY,
        EMPTY.replace(vehicles=()),
        line((Task(place=1, penalty=5),), ()).replace(vehicles=()),
        line((Task(place=1, penalty=500),), (vehicle(earliest=9, latest_departure=3),)),
        line((Task(place=1, penalty=500, skills=frozenset({1})),)),
    ],
)
def test_nothing_to_do_is_a_result(problem: Problem) -> None:
    """No tasks, no vehicles, none that can leave, none that is able."""
    result = solve(problem, SolveParams(time_limit=5.0))
    assert result.solution.routes == ()
    assert len(result.solution.unserved) == len(problem.tasks)
    assert result.stop_reason == StopReason.EXHAUSTED


def test_a_required_task_that_fits_nowhere_does_not_cost_the_others() -> None:
    """Place 5 closes before anyone can be there; place 1 is served all the same."""
    problem = line((Task(place=5, windows=(Window(0, 1),)), Task(place=1)))
    result = solve(problem, SolveParams(step_limit=500))
    assert not result.complete
    assert result.solution.missing(problem) == (0,)
    assert result.solution.routes[0].tasks == (1,)


def test_a_start_is_never_made_worse() -> None:
    """A given solution is the start of the search; one that breaks rules is refused."""
    problem = town(30)
    good = solve(problem, SolveParams(step_limit=6000))
    better = solve(problem, SolveParams(step_limit=100, seed=9), initial=good.solution)
    assert better.objective <= good.objective
    wrong = Solution(good.solution.routes, ())
    if good.solution.unserved == ():
        wrong = Solution(good.solution.routes[1:], ())
    with pytest.raises(ProblemError, match="initial solution breaks rules"):
        solve(problem, SolveParams(step_limit=1), initial=wrong)


def test_locks_hold_from_the_start() -> None:
    """A fixed start against the shorter way, and one that can't be driven."""
    tasks = (Task(place=1, penalty=1), Task(place=4, penalty=1), Task(place=2, penalty=999))
    problem = line(tasks, (vehicle(prefix=(1, 0)),))
    result = solve(problem, SolveParams(step_limit=500))
    assert result.solution.routes[0].tasks[:2] == (1, 0)
    undrivable = line(tasks, (vehicle(prefix=(1, 0), latest=3),))
    with pytest.raises(ProblemError, match="no feasible times for its prefix"):
        solve(undrivable, SolveParams(step_limit=1))


def test_an_unknown_engine_is_refused() -> None:
    """The message names the engines that there are."""
    with pytest.raises(ProblemError, match="ortools"):
        solve(EMPTY, SolveParams(step_limit=1, engine="magic"))


def test_a_request_to_stop_keeps_the_best_and_ends_the_child() -> None:
    """Stopped at the first improvement: back within a second of a minute's search."""
    stop = threading.Event()
    problem = town(120, vehicles=15)
    began = monotonic()
    result = solve_in_child(
        problem,
        SolveParams(time_limit=60.0),
        on_incumbent=lambda *_: stop.set(),
        stop=stop,
    )
    assert monotonic() - began < 10
    assert result.stop_reason == StopReason.FINISHED
    assert result.log
    assert find_violations(problem, result.solution, result.cost) == []


def test_errors_of_the_child_are_ours() -> None:
    """What the child refuses is raised here, by its own type."""
    with pytest.raises(ProblemError, match="engine"):
        solve_in_child(EMPTY, SolveParams(step_limit=1, engine="magic"))


def test_a_child_that_dies_is_an_engine_error() -> None:
    """Killed from outside while it searches."""

    def kill(*_: object) -> None:
        for child in multiprocessing.active_children():
            child.kill()
            child.join()

    with pytest.raises(EngineError, match="died with exit code -9"):
        solve_in_child(town(120, vehicles=15), SolveParams(time_limit=60.0), on_incumbent=kill)


def test_a_start_from_schedules_is_accepted() -> None:
    """The cheapest times of any feasible sequence make a sound start."""
    problem = line((Task(place=3), Task(place=1)))
    route = schedule(problem, 0, (0, 1))
    assert route is not None
    result = solve(problem, SolveParams(step_limit=300), Solution.of(problem, [route]))
    assert result.objective == 60

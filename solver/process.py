"""A solve in a child process of its own.

    parent: problem, params -> spawn     ... <- incumbents, then the result or an error
    stop:   keep the last incumbent, kill the child, insert what pays, check

OR-Tools holds Python's lock for as long as it searches, so nothing else can run beside it, and
nothing in the child could hear a request to stop.
"""

from __future__ import annotations

import multiprocessing
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from time import monotonic

from solver.engine import StopSignal
from solver.errors import EngineError, SolverError
from solver.finish import finish
from solver.log import Log, OnIncumbent
from solver.params import SolveParams
from solver.problem import Problem
from solver.result import Result, StopReason
from solver.solution import Solution
from solver.solve import engine_of, is_ready, solve, starting_point

POLL = 0.05
"""Seconds between two looks at the stop signal."""

LEAST_SEARCH = 0.2
"""Seconds that a search gets however long its process took to start."""

LAST_TOUCH = 0.2
"""Seconds for inserting what pays after a request to stop."""


def solve_in_child(
    problem: Problem,
    params: SolveParams,
    initial: Solution | None = None,
    on_incumbent: OnIncumbent | None = None,
    stop: StopSignal | None = None,
) -> Result:
    """Solve in a spawned process; otherwise as `solver.solve.solve`.

    The time limit includes the start of the process, but not the compiling of an engine, which
    happens once (`solver.solve.is_ready`). A program that calls this needs the usual
    `if __name__ == "__main__":`.

    Args:
        problem: to be solved.
        params: how long and how.
        initial: a solution to start from; its times are not kept.
        on_incumbent: called from this thread with every better solution.
        stop: may be set by any thread; the best solution so far comes back at once.

    Raises:
        ProblemError: a locked start can't be driven, or `initial` breaks a rule.
        EngineError: the child died; with its exit code, or the exception that it ended with.
    """
    log = Log(problem, starting_point(problem, initial), monotonic(), on_incumbent)
    with _spawned(problem, params, initial, log.began) as (child, receiver):
        while True:
            stopped = stop is not None and stop.is_set()
            if receiver.poll(0 if stopped else POLL):
                message = _receive(receiver, child)
                if isinstance(message, Result):
                    return message
                log.add(message)
            elif stopped:
                break
    return finish(log, params.engine, StopReason.FINISHED, monotonic() + LAST_TOUCH)


def _receive(receiver: Connection, child: BaseProcess) -> Solution | Result:
    try:
        message: Solution | Result | SolverError = receiver.recv()
    except (EOFError, OSError):
        child.join()
        raise EngineError(f"The solve's process died with exit code {child.exitcode}.") from None
    if isinstance(message, SolverError):
        raise message
    return message


@contextmanager
def _spawned(
    problem: Problem, params: SolveParams, initial: Solution | None, began: float
) -> Iterator[tuple[BaseProcess, Connection]]:
    """A running child and the end of the pipe it talks into; killed and buried on the way out."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(
        target=_run, args=(sender, problem, params, initial, began), name="solve", daemon=True
    )
    try:
        with _interrupts_held_back():
            child.start()
        sender.close()
        yield child, receiver
    finally:
        if child.pid is not None:
            child.kill()
            child.join()
        child.close()
        receiver.close()


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """A process started in here inherits that Ctrl-C does not reach it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _run(
    sender: Connection,
    problem: Problem,
    params: SolveParams,
    initial: Solution | None,
    began: float,
) -> None:
    """The child's whole life: solve, tell the parent what comes up, tell it the end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        ready = is_ready(params.engine)
        engine = engine_of(params.engine)
        if not ready:
            began = monotonic()
        elif params.time_limit is not None:
            began = max(began, monotonic() + LEAST_SEARCH - params.time_limit)
        end: Result | SolverError = solve(
            problem,
            params,
            initial,
            on_incumbent=lambda _, solution: sender.send(solution),
            began=began,
            engine=engine,
        )
    except SolverError as error:
        end = error
    except Exception:
        end = EngineError(f"The solve's process failed:\n{traceback.format_exc()}")
    sender.send(end)

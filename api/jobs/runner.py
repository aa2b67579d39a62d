"""The embedded runner: a server plans what is queued in its store, each plan in a child process.

claim -> spawn -> [ progress | wish ] ... -> plan, failure or death -> end

A plan that was running when its server died is queued again by the next one.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from api.jobs.child import FINISH, run
from api.jobs.queue import Attempt, claim, end, requeue_running, unpacked, write
from api.jobs.states import State, Wish
from api.store.tables import PlanJob

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.process import BaseProcess

LOOK = 0.1
"""Seconds between two looks at the queue, and at the wishes for a running plan."""

GRACE = 120.0
"""Seconds that encoding, explaining and checking may take beside the search, before it is ended."""

log = logging.getLogger("citywave.jobs")


class Runner:
    """Plans what is queued, so many at once, until it is stopped."""

    def __init__(
        self,
        store: Engine,
        at_once: int,
        on_end: Callable[[PlanJob], None] = lambda _: None,
    ) -> None:
        """Not yet running; 0 at once leaves the queue alone; `on_end` is told of each plan."""
        self.store, self.at_once, self.on_end = store, at_once, on_end
        self.stopping = threading.Event()
        self.threads: list[threading.Thread] = []

    def start(self) -> None:
        """Take up what an earlier server left, and begin."""
        if self.at_once == 0:
            return
        with Session(self.store) as session:
            requeue_running(session)
        for number in range(self.at_once):
            thread = threading.Thread(target=self._work, name=f"plans-{number}", daemon=True)
            thread.start()
            self.threads.append(thread)

    def stop(self) -> None:
        """End at once; plans that run are queued again."""
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        if self.threads:
            with Session(self.store) as session:
                requeue_running(session)

    def _work(self) -> None:
        while not self.stopping.is_set():
            try:
                with Session(self.store) as session:
                    attempt = claim(session)
                if attempt is not None:
                    self._plan(attempt)
                    continue
            except Exception:
                log.exception("The queue can't be worked on now.")
            self.stopping.wait(LOOK)

    def _plan(self, attempt: Attempt) -> None:
        with Session(self.store) as session:
            job = session.get_one(PlanJob, attempt.plan_id)
            snapshot, config = unpacked(job.snapshot), job.config
        limit = config["time_limit_s"]
        deadline = None if limit is None else monotonic() + limit + GRACE
        with _spawned(snapshot, config) as (child, connection):
            finishing = False
            while not self.stopping.is_set():
                if connection.poll(LOOK):
                    try:
                        kind, told = connection.recv()
                    except (EOFError, OSError):
                        child.join()
                        failure = f"The planning process died with exit code {child.exitcode}."
                        self._end(attempt, State.FAILED, failure=failure)
                        return
                    if kind == "progress":
                        state = State.FINISHING if finishing else State.SOLVING
                        if not self._write(attempt, state, told):
                            return
                    elif kind == "plan":
                        plan, reason = told
                        self._end(attempt, State.SUCCEEDED, plan=plan, stop_reason=reason)
                        return
                    else:
                        self._end(attempt, State.FAILED, failure=told[:1000])
                        return
                match self._wish(attempt):
                    case Wish.CANCEL:
                        self._end(attempt, State.CANCELLED)
                        return
                    case Wish.FINISH if not finishing:
                        finishing = True
                        connection.send(FINISH)
                        self._write(attempt, State.FINISHING)
                if deadline is not None and monotonic() > deadline:
                    self._end(attempt, State.FAILED, failure="It did not end in time.")
                    return

    def _wish(self, attempt: Attempt) -> str | None:
        with Session(self.store) as session:
            return session.scalar(select(PlanJob.wish).where(PlanJob.id == attempt.plan_id))

    def _write(
        self, attempt: Attempt, state: State, progress: dict[str, Any] | None = None
    ) -> bool:
        with Session(self.store) as session:
            return write(session, attempt, state, progress)

    def _end(self, attempt: Attempt, state: State, **values: Any) -> None:
        with Session(self.store) as session:
            if end(session, attempt, state, **values):
                self.on_end(session.get_one(PlanJob, attempt.plan_id))


@contextmanager
def _spawned(snapshot: str, config: dict[str, Any]) -> Iterator[tuple[BaseProcess, Connection]]:
    """A child that plans, and the pipe to it; it and its solver are killed on the way out."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=run, args=(theirs, snapshot, config), name="plan")
    try:
        child.start()
        theirs.close()
        yield child, ours
    finally:
        if child.pid is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.kill()
            child.join()
            child.close()
        ours.close()

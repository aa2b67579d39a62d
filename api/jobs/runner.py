"""The runner: plans what is queued in the store, each plan in a child process.

    claim -> spawn -> [ progress | wish | lease ] ... -> plan, failure or death -> end

Any number of servers and workers do this on one store. One that dies loses its leases, and the
others begin its plans anew (`api.jobs.leases`); one that is stopped gives them back.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Collection, Sequence
from math import inf
from time import monotonic
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from api.jobs.hold import Hold, Lost
from api.jobs.leases import rescue
from api.jobs.process import Died, PlanProcess, planning
from api.jobs.queue import claim, unpacked
from api.jobs.retention import forget
from api.jobs.schedules import plan_due
from api.jobs.states import State, Wish
from api.logs import get_logger
from api.problems import issue_documents
from api.settings import Settings
from api.store.tables import PlanJob
from dispatch.errors import Issue

LOOK = 0.1
"""Seconds between two looks at the queue, and at the wishes for a running plan."""

WEIGH = 0.5
"""Seconds between two looks at a plan's memory."""

ROUND = 1.0
"""Seconds between two looks at what nobody works on any more, and at what is due."""

TIDY = 600.0
"""Seconds between two looks at what is old enough to be erased."""

AWAY = 2.0
"""Seconds until a store that does not answer is asked again."""

GRACE = 120.0
"""Seconds that encoding, explaining and checking may take beside the search, before it is ended."""

End = tuple[State, dict[str, Any]]
"""Of a plan: the last state, and what else is kept of it."""

log = get_logger("citywave.jobs")


class Runner:
    """Plans what is queued, so many at once, until it is stopped."""

    def __init__(
        self,
        store: Engine,
        settings: Settings,
        cities: Collection[str] = (),
        on_end: Callable[[PlanJob], None] = lambda _: None,
    ) -> None:
        """Not yet running; with `solves_at_once` 0 it leaves the store alone.

        Args:
            store: with the tables of this version.
            settings: how many at once, and limits.
            cities: whose plans it takes; empty is of any.
            on_end: is told of each plan that ended here.
        """
        self.store, self.settings, self.cities, self.on_end = store, settings, cities, on_end
        self.holder = f"{socket.gethostname()[:40]}-{os.getpid()}-{uuid4().hex[:8]}"
        self.stopping = threading.Event()
        self._forgets = 0.0
        self.threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin."""
        if self.settings.solves_at_once == 0:
            return
        tasks = [("house", self._keep_house, ROUND)]
        tasks += [(f"plans-{n}", self._work, LOOK) for n in range(self.settings.solves_at_once)]
        for name, task, pause in tasks:
            thread = threading.Thread(
                target=self._repeat, args=(task, pause), name=name, daemon=True
            )
            thread.start()
            self.threads.append(thread)

    def stop(self) -> None:
        """End at once; plans that run are given back."""
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def _repeat(self, task: Callable[[], bool], pause: float) -> None:
        """Do the task until we are stopped, with a pause whenever it finds nothing to do."""
        while not self.stopping.is_set():
            try:
                if not task():
                    self.stopping.wait(pause)
            except Exception:
                log.exception("the store can't be worked on now")
                self.stopping.wait(AWAY)

    def _keep_house(self) -> bool:
        with Session(self.store) as session:
            rescue(session, self.settings.max_lost_attempts)
            plan_due(session)
            if monotonic() > self._forgets:
                forget(session, self.settings.retention_days)
                self._forgets = monotonic() + TIDY
        return False

    def _work(self) -> bool:
        """Plan the next one; False if there is none."""
        claimed = monotonic()
        with Session(self.store) as session:
            attempt = claim(session, self.holder, self.cities)
        if attempt is None:
            return False
        hold = Hold(self.store, attempt, claimed)
        with bound_contextvars(plan=attempt.plan_id, attempt=attempt.number):
            log.info("a plan begins")
            try:
                self._plan(hold)
            except Lost as why:
                log.warning("a plan is lost", why=str(why))
            if self.stopping.is_set():
                hold.give_back()
        return True

    def _plan(self, hold: Hold) -> None:
        """The process is gone before the store hears how it ended, so no two of a city overlap."""
        with Session(self.store) as session:
            job = session.get_one(PlanJob, hold.attempt.plan_id)
            snapshot, config = unpacked(job.snapshot), job.config
        limit = config["time_limit_s"]
        deadline = inf if limit is None else monotonic() + limit + GRACE
        with planning(snapshot, config) as process:
            ended = self._watch(hold, process, deadline)
        if ended is not None:
            state, values = ended
            last = hold.end(state, self.stopping, **values)
            if last is not None:
                log.info("a plan ends", state=last.state, stop_reason=last.stop_reason)
                self.on_end(last)

    def _watch(self, hold: Hold, process: PlanProcess, deadline: float) -> End | None:
        """How it ended; None if we were stopped before that."""
        state, weighed = State.SOLVING, 0.0
        limit = self.settings.child_memory_bytes
        while not self.stopping.is_set():
            try:
                news = dict(process.told(LOOK))
            except Died as death:
                return State.FAILED, {"failure": str(death)}
            if "draft" in news:
                hold.tell(state, plan=news["draft"])
            if "progress" in news:
                hold.tell(state, progress=news["progress"])
            if "plan" in news:
                plan, reason = news["plan"]
                return State.SUCCEEDED, {"plan": plan, "stop_reason": reason}
            if "invalid" in news:
                return State.INVALID, _told(news["invalid"])
            if "failure" in news:
                return State.FAILED, {"failure": news["failure"][:1000]}
            match hold.wish():
                case Wish.CANCEL:
                    return State.CANCELLED, {}
                case Wish.FINISH if state != State.FINISHING:
                    state = State.FINISHING
                    process.finish()
                    hold.tell(state)
            now = monotonic()
            if now > deadline:
                return State.FAILED, {"failure": "It did not end in time."}
            if limit is not None and now > weighed + WEIGH:
                weighed = now
                if process.memory() > limit:
                    return State.FAILED, {
                        "failure": f"It needed more than {limit:,} bytes of memory."
                    }
        return None


def _told(issues: Sequence[Issue]) -> dict[str, Any]:
    """What is kept of a plan whose day broke rules after all."""
    rules = f"{len(issues)} rules" if len(issues) > 1 else "a rule"
    return {"failure": f"The day breaks {rules} by now.", "issues": issue_documents(issues)}

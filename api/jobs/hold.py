"""A runner's hold on a plan: what its owner wishes, what it is told, and for how long it is ours.

A store that does not answer is borne for as long as the lease runs. After that somebody else may
have begun the plan, so the work on it must end; a plan that has ended by then may still be told,
since the store takes it only from the current attempt.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api.jobs.leases import LEASE, RENEW, Attempt, give_back, renew
from api.jobs.queue import end, write
from api.jobs.states import State
from api.logs import get_logger
from api.store.tables import PlanJob

PAUSE = 1.0
"""Seconds between two tries to tell an end to a store that does not answer."""

T = TypeVar("T")

log = get_logger("citywave.jobs")


class Lost(Exception):  # noqa: N818 - reads as what it is
    """Somebody else has the plan, or may have it."""


class Hold:
    """On an attempt that was claimed just now."""

    def __init__(self, store: Engine, attempt: Attempt, claimed: float) -> None:
        """`claimed` is the `time.monotonic()` from before the claim."""
        self.store, self.attempt = store, attempt
        self._renewed = claimed

    def wish(self) -> str | None:
        """What the owner asks for; renews the lease when it is time.

        Raises:
            Lost: the plan is not ours any more.
        """
        now = monotonic()
        if now - self._renewed > RENEW and self._ask(lambda session: renew(session, self.attempt)):
            self._renewed = now
        wish = select(PlanJob.wish).where(*self.attempt.held)
        row = self._ask(lambda session: session.execute(wish).first())
        return None if row is None else row.wish

    def tell(self, state: State, **values: Any) -> None:
        """How far it is.

        Raises:
            Lost: the plan is not ours any more.
        """
        self._ask(lambda session: write(session, self.attempt, state, **values))

    def end(self, state: State, stopping: threading.Event, **values: Any) -> PlanJob | None:
        """It has ended; said until the store has heard it, or until we are stopped.

        The plan as it is then; None if it is not our end that the store has.
        """
        while not stopping.is_set():
            try:
                with Session(self.store, expire_on_commit=False) as session:
                    ours = end(session, self.attempt, state, **values)
                    return session.get(PlanJob, self.attempt.plan_id) if ours else None
            except DBAPIError:
                log.exception("the store does not hear that a plan ended")
            stopping.wait(PAUSE)
        return None

    def give_back(self) -> None:
        """Another runner may begin it at once; later, if the store does not answer."""
        try:
            with Session(self.store) as session:
                give_back(session, self.attempt)
        except DBAPIError:
            log.exception("a plan could not be given back")

    def _ask(self, question: Callable[[Session], T]) -> T | None:
        """What the store says of our plan; None if it does not answer now.

        Raises:
            Lost: it says nothing, since our attempt is not the current one.
        """
        try:
            with Session(self.store) as session:
                answer = question(session)
        except DBAPIError as error:
            if monotonic() - self._renewed > LEASE.total_seconds():
                raise Lost("The store has not answered for longer than the lease.") from error
            log.warning("the store does not answer", exc_info=error)
            return None
        if not answer:
            raise Lost("Another attempt has begun.")
        return answer

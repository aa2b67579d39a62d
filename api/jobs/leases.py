"""Who may work on a plan, and for how long: no attempt outlives its runner by more than a lease.

    claim, renew:  lease_until = now + LEASE
    rescue:        lease_until < now -> queued again, or failed after so many attempts

`now` is the store's (`api.store.clock`). A runner counts its own lease from before it asked, on its
monotonic clock, so that it thinks that the lease ends before the store does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.jobs.events import note_state
from api.jobs.states import RUNNING, State, Wish
from api.store.clock import store_now
from api.store.tables import PlanJob

LEASE = timedelta(seconds=8)
"""Longer than SQLite lets a writer wait (5 s) and than a busy host keeps a thread waiting."""

RENEW = 2.0
"""Seconds between two renewals."""

FREE: dict[str, Any] = {"holder": None, "lease_until": None}
"""Values of a plan that nobody works on."""

ANEW: dict[str, Any] = {**FREE, "started_at": None, "progress": None, "plan": None}
"""Values of a plan that an attempt has left nothing behind in."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The right to write to a plan, until somebody else begins it anew."""

    plan_id: str
    number: int

    @property
    def held(self) -> tuple[Any, ...]:
        """Conditions on a plan: it runs, and this is its current attempt."""
        return (
            PlanJob.id == self.plan_id,
            PlanJob.attempt == self.number,
            PlanJob.state.in_(RUNNING),
        )


def renew(session: Session, attempt: Attempt) -> bool:
    """The lease begins anew; False if somebody else has the plan, or it has ended."""
    until = store_now(session) + LEASE
    done = session.execute(update(PlanJob).where(*attempt.held).values(lease_until=until))
    session.commit()
    return bool(done.rowcount)  # type: ignore[attr-defined]


def give_back(session: Session, attempt: Attempt) -> bool:
    """The plan is queued again, at once; False if it was not held any more."""
    again = update(PlanJob).where(*attempt.held).values(state=State.QUEUED, **ANEW)
    done = bool(session.execute(again).rowcount)  # type: ignore[attr-defined]
    if done:
        note_state(session, attempt.plan_id, State.QUEUED, attempt.number)
    session.commit()
    return done


def rescue(session: Session, most_lost: int) -> int:
    """Plans whose lease ran out are queued again; how many there were.

    One that its owner has cancelled is cancelled. One that has lost so many attempts has failed: it
    may be what kills its runners.
    """
    now = store_now(session)
    over = session.execute(
        select(PlanJob.id, PlanJob.attempt, PlanJob.lost, PlanJob.wish, PlanJob.holder).where(
            PlanJob.state.in_(RUNNING), PlanJob.lease_until < now
        )
    ).all()
    rescued = 0
    for plan_id, number, lost, wish, holder in over:
        values: dict[str, Any] = {**FREE, "plan": None, "wish": None, "ended_at": now}
        if wish == Wish.CANCEL:
            state = State.CANCELLED
        elif lost + 1 >= most_lost:
            state = State.FAILED
            told = f"{lost + 1} attempts died with their runners, the last one with {holder}."
            values["failure"] = told
        else:
            state, values = State.QUEUED, ANEW
        attempt = Attempt(plan_id, number)
        here = update(PlanJob).where(*attempt.held, PlanJob.lease_until < now)
        done = session.execute(here.values(state=state, lost=lost + 1, **values))
        if done.rowcount:  # type: ignore[attr-defined]
            note_state(session, plan_id, state, number)
            rescued += 1
        session.commit()
    return rescued

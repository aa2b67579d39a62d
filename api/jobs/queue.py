"""Plans in the store: sent, claimed, written to by the attempt that holds them, erased."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from api.jobs.states import ACTIVE, ENDED, RUNNING, State, Wish
from api.store.tables import PlanEvent, PlanJob


@dataclass(frozen=True, slots=True)
class Attempt:
    """The right to write to a plan, until somebody else begins it anew."""

    plan_id: str
    number: int


def add_plan(
    session: Session, api_key_id: str, wave: str, snapshot: str, config: Mapping[str, Any]
) -> PlanJob:
    """A new plan in the queue; the caller commits."""
    job = PlanJob(
        id=uuid4().hex,
        api_key_id=api_key_id,
        wave=wave[:200],
        state=State.QUEUED,
        attempt=0,
        snapshot=gzip.compress(snapshot.encode(), 5),
        config=dict(config),
        created_at=datetime.now(UTC),
    )
    session.add(job)
    session.flush()
    _note(session, job.id, "status", state=State.QUEUED, attempt=0)
    return job


def active_plans(session: Session, api_key_id: str) -> int:
    """How many of this key's are queued or running."""
    mine = PlanJob.api_key_id == api_key_id, PlanJob.state.in_(ACTIVE)
    return session.scalar(select(func.count()).select_from(PlanJob).where(*mine)) or 0


def claim(session: Session) -> Attempt | None:
    """Begin the next plan: the oldest of the key that has the fewest running ones."""
    counts = session.execute(
        select(PlanJob.api_key_id, func.count())
        .where(PlanJob.state.in_(RUNNING))
        .group_by(PlanJob.api_key_id)
    )
    running = {owner: int(count) for owner, count in counts}
    waiting = session.execute(
        select(PlanJob.id, PlanJob.api_key_id, PlanJob.attempt)
        .where(PlanJob.state == State.QUEUED)
        .order_by(PlanJob.created_at, PlanJob.id)
    ).all()
    for plan_id, _, attempt in sorted(waiting, key=lambda row: running.get(row[1], 0)):
        begun = session.execute(
            update(PlanJob)
            .where(PlanJob.id == plan_id, PlanJob.state == State.QUEUED, PlanJob.attempt == attempt)
            .values(
                state=State.PREPARING,
                attempt=attempt + 1,
                started_at=datetime.now(UTC),
                progress=None,
            )
        )
        if begun.rowcount == 1:  # type: ignore[attr-defined]
            _note(session, plan_id, "status", state=State.PREPARING, attempt=attempt + 1)
        session.commit()
        if begun.rowcount == 1:  # type: ignore[attr-defined]
            return Attempt(plan_id, attempt + 1)
    return None


def write(
    session: Session,
    attempt: Attempt,
    state: State,
    progress: Mapping[str, Any] | None = None,
    **values: Any,
) -> bool:
    """Change the plan of a running attempt; False, and nothing, if it is not that any more."""
    held = (
        PlanJob.id == attempt.plan_id,
        PlanJob.attempt == attempt.number,
        PlanJob.state.in_(RUNNING),
    )
    before = session.scalar(select(PlanJob.state).where(*held))
    if progress is not None:
        values["progress"] = dict(progress)
    done = session.execute(update(PlanJob).where(*held).values(state=state, **values))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        session.rollback()
        return False
    if state != before:
        kind = "end" if state in ENDED else "status"
        _note(session, attempt.plan_id, kind, state=state, attempt=attempt.number)
    if progress is not None:
        _note(session, attempt.plan_id, "incumbent", **progress)
    session.commit()
    return True


def end(session: Session, attempt: Attempt, state: State, **values: Any) -> bool:
    """As `write`; the plan has ended."""
    return write(session, attempt, state, ended_at=datetime.now(UTC), wish=None, **values)


def requeue_running(session: Session) -> int:
    """What an earlier server left running begins anew; how many."""
    left = session.execute(
        select(PlanJob.id, PlanJob.attempt).where(PlanJob.state.in_(RUNNING))
    ).all()
    for plan_id, attempt in left:
        session.execute(
            update(PlanJob).where(PlanJob.id == plan_id).values(state=State.QUEUED, started_at=None)
        )
        _note(session, plan_id, "status", state=State.QUEUED, attempt=attempt)
    session.commit()
    return len(left)


def ask(session: Session, job: PlanJob, wish: Wish) -> bool:
    """Ask a plan to finish or to be cancelled; False if it has ended. A queued one ends at once."""
    this = update(PlanJob).where(PlanJob.id == job.id)
    ended = 0
    if wish == Wish.CANCEL:
        waiting = this.where(PlanJob.state == State.QUEUED)
        now = datetime.now(UTC)
        ended = session.execute(waiting.values(state=State.CANCELLED, ended_at=now)).rowcount  # type: ignore[attr-defined]
        if ended:
            _note(session, job.id, "end", state=State.CANCELLED, attempt=job.attempt)
    asked = session.execute(this.where(PlanJob.state.in_(ACTIVE)).values(wish=wish))
    session.commit()
    return bool(ended or asked.rowcount)  # type: ignore[attr-defined]


def events_after(session: Session, plan_id: str, number: int) -> list[PlanEvent]:
    """What happened to a plan since this event."""
    later = PlanEvent.plan_id == plan_id, PlanEvent.number > number
    return list(session.scalars(select(PlanEvent).where(*later).order_by(PlanEvent.number)))


def _note(session: Session, plan_id: str, kind: str, **data: Any) -> None:
    """An event, after those there are; whoever changes a plan has its row locked."""
    last = session.scalar(select(func.max(PlanEvent.number)).where(PlanEvent.plan_id == plan_id))
    number, now = (last or 0) + 1, datetime.now(UTC)
    session.add(PlanEvent(plan_id=plan_id, number=number, kind=kind, data=data, created_at=now))
    session.flush()


def has_ended(job: PlanJob) -> bool:
    """Whether nothing will change any more."""
    return job.state in ENDED


def unpacked(text: bytes) -> str:
    """The JSON text of `PlanJob.snapshot` or `PlanJob.plan`."""
    return gzip.decompress(text).decode()

"""Plans in the store: sent, claimed, written to by the attempt that holds them, erased."""

from __future__ import annotations

import gzip
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.jobs.events import note, note_state
from api.jobs.leases import FREE, LEASE, Attempt
from api.jobs.states import ACTIVE, ENDED, RUNNING, State, Wish
from api.problems import issue_documents
from api.store.clock import store_now
from api.store.tables import PlanJob
from dispatch.errors import Issue


def add_plan(
    session: Session,
    api_key_id: str,
    wave: str,
    snapshot: str,
    config: Mapping[str, Any],
    *,
    city: str,
    warnings: Sequence[Issue] = (),
) -> PlanJob:
    """A new plan in the queue, whose followers are told the warnings; the caller commits."""
    job = PlanJob(
        id=uuid4().hex,
        api_key_id=api_key_id,
        wave=wave[:200],
        city=city[:200],
        state=State.QUEUED,
        attempt=0,
        lost=0,
        snapshot=gzip.compress(snapshot.encode(), 5),
        config=dict(config),
        issues=issue_documents(warnings),
        created_at=datetime.now(UTC),
    )
    session.add(job)
    session.flush()
    note_state(session, job.id, State.QUEUED, 0)
    for warning in job.issues:
        note(session, job.id, "warning", **warning)
    return job


def active_plans(session: Session, api_key_id: str) -> int:
    """How many of this key's are queued or running."""
    mine = PlanJob.api_key_id == api_key_id, PlanJob.state.in_(ACTIVE)
    return session.scalar(select(func.count()).select_from(PlanJob).where(*mine)) or 0


def claim(session: Session, holder: str, cities: Collection[str] = ()) -> Attempt | None:
    """Begin the next plan: the oldest of the key that has the fewest running ones.

    A plan waits for as long as another one of its key and city runs, or is older and queued.
    Whoever comes second for the same plan gets none of this city this time; the store sees to that.

    Args:
        session: of the store.
        holder: who begins it, for people.
        cities: only plans of these; empty is of any.
    """
    runs = PlanJob.state.in_(RUNNING)
    running = (
        select(PlanJob.api_key_id, func.count().label("plans"))
        .where(runs)
        .group_by(PlanJob.api_key_id)
        .subquery()
    )
    busy = tuple_(PlanJob.api_key_id, PlanJob.city).in_(
        select(PlanJob.api_key_id, PlanJob.city).where(runs)
    )
    by_age = PlanJob.created_at, PlanJob.id
    place = func.row_number().over(partition_by=(PlanJob.api_key_id, PlanJob.city), order_by=by_age)
    line = select(PlanJob.id, place.label("place")).where(PlanJob.state == State.QUEUED).subquery()
    waiting = (
        select(PlanJob.id, PlanJob.attempt)
        .outerjoin(running, running.c.api_key_id == PlanJob.api_key_id)
        .where(PlanJob.state == State.QUEUED, ~busy)
        .where(PlanJob.id.in_(select(line.c.id).where(line.c.place == 1)))
        .order_by(func.coalesce(running.c.plans, 0), *by_age)
        .limit(1)
        .with_for_update(skip_locked=True, of=PlanJob)
    )
    if cities:
        waiting = waiting.where(PlanJob.city.in_(cities))
    found = session.execute(waiting).first()
    if found is None:
        session.rollback()
        return None
    now, attempt = store_now(session), Attempt(found.id, found.attempt + 1)
    this = update(PlanJob).where(
        PlanJob.id == found.id, PlanJob.state == State.QUEUED, PlanJob.attempt == found.attempt
    )
    begun = this.values(
        state=State.PREPARING,
        attempt=attempt.number,
        holder=holder,
        lease_until=now + LEASE,
        started_at=now,
    )
    try:
        if not session.execute(begun).rowcount:  # type: ignore[attr-defined]
            session.rollback()
            return None
    except IntegrityError:
        session.rollback()
        return None
    note_state(session, found.id, State.PREPARING, attempt.number)
    session.commit()
    return attempt


def write(
    session: Session,
    attempt: Attempt,
    state: State,
    progress: Mapping[str, Any] | None = None,
    **values: Any,
) -> bool:
    """Change the plan of a running attempt; False, and nothing, if it is not that any more."""
    before = session.scalar(select(PlanJob.state).where(*attempt.held))
    if progress is not None:
        values["progress"] = dict(progress)
    done = session.execute(update(PlanJob).where(*attempt.held).values(state=state, **values))
    if not done.rowcount:  # type: ignore[attr-defined]
        session.rollback()
        return False
    if state != before:
        note_state(session, attempt.plan_id, state, attempt.number)
    if progress is not None:
        note(session, attempt.plan_id, "incumbent", **progress)
    session.commit()
    return True


def end(session: Session, attempt: Attempt, state: State, **values: Any) -> bool:
    """As `write`; the plan has ended, and only one that is given is kept."""
    last = {**FREE, "wish": None, "plan": None, "ended_at": store_now(session)}
    return write(session, attempt, state, **{**last, **values})


def ask(session: Session, job: PlanJob, wish: Wish) -> bool:
    """Ask a plan to finish or to be cancelled; False if it has ended. A queued one ends at once."""
    this = update(PlanJob).where(PlanJob.id == job.id)
    ended = 0
    if wish == Wish.CANCEL:
        waiting = this.where(PlanJob.state == State.QUEUED)
        now = store_now(session)
        ended = session.execute(waiting.values(state=State.CANCELLED, ended_at=now)).rowcount  # type: ignore[attr-defined]
        if ended:
            note_state(session, job.id, State.CANCELLED, job.attempt)
    asked = session.execute(this.where(PlanJob.state.in_(ACTIVE)).values(wish=wish))
    session.commit()
    return bool(ended or asked.rowcount)  # type: ignore[attr-defined]


def has_ended(job: PlanJob) -> bool:
    """Whether nothing will change any more."""
    return job.state in ENDED


def unpacked(text: bytes) -> str:
    """The JSON text of `PlanJob.snapshot` or `PlanJob.plan`."""
    return gzip.decompress(text).decode()

"""What happens to a plan, numbered from 1 on, for whoever follows it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.jobs.states import ENDED, State
from api.store.tables import PlanEvent


def note(session: Session, plan_id: str, kind: str, **data: Any) -> None:
    """An event, after those there are; whoever changes a plan has its row locked."""
    last = session.scalar(select(func.max(PlanEvent.number)).where(PlanEvent.plan_id == plan_id))
    number, now = (last or 0) + 1, datetime.now(UTC)
    session.add(PlanEvent(plan_id=plan_id, number=number, kind=kind, data=data, created_at=now))
    session.flush()


def note_state(session: Session, plan_id: str, state: State, attempt: int) -> None:
    """That a plan is in this state now."""
    note(session, plan_id, "end" if state in ENDED else "status", state=state, attempt=attempt)


def events_after(session: Session, plan_id: str, number: int) -> list[PlanEvent]:
    """What happened to a plan since this event."""
    later = PlanEvent.plan_id == plan_id, PlanEvent.number > number
    return list(session.scalars(select(PlanEvent).where(*later).order_by(PlanEvent.number)))

"""What is erased in time: plans that ended long ago, `Idempotency-Key`s of yesterday.

Any number of hosts do this; what another one has erased is gone, and what something else refers to
stays.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.store.clock import store_now
from api.store.tables import IdempotencyKey, PlanJob

KEYS_FOR = timedelta(hours=24)
"""How long the same request gives the same plan."""


def forget(session: Session, days: float) -> int:
    """Erase plans that ended so many days ago, with their days and events; how many. 0 is never."""
    now = store_now(session)
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEYS_FOR))
    session.commit()
    if days == 0:
        return 0
    old = PlanJob.ended_at < now - timedelta(days=days)
    erased = 0
    for plan_id in session.scalars(select(PlanJob.id).where(old)).all():
        try:
            done = session.execute(delete(PlanJob).where(PlanJob.id == plan_id, old))
            session.commit()
            erased += done.rowcount  # type: ignore[attr-defined]
        except IntegrityError:
            session.rollback()
    return erased

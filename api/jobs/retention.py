"""What is erased in time: plans that ended long ago, `Idempotency-Key`s of yesterday.

What is left of a plan is that there was one, and that for as long again.

Any number of hosts do this; what another one has erased is gone, and what something else refers to
stays.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.store.clock import store_now
from api.store.tables import ErasedPlan, IdempotencyKey, PlanJob

KEYS_FOR = timedelta(hours=24)
"""How long the same request gives the same plan."""


def forget(session: Session, days: float) -> int:
    """Erase plans that ended so many days ago, with their days and events; how many. 0 is never."""
    now = store_now(session)
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEYS_FOR))
    session.commit()
    if days == 0:
        return 0
    then, erased = now - timedelta(days=days), 0
    session.execute(delete(ErasedPlan).where(ErasedPlan.erased_at < then))
    session.commit()
    old = PlanJob.ended_at < then
    for plan_id, owner in session.execute(select(PlanJob.id, PlanJob.api_key_id).where(old)).all():
        try:
            done = session.execute(delete(PlanJob).where(PlanJob.id == plan_id, old)).rowcount  # type: ignore[attr-defined]
            if done:
                session.add(ErasedPlan(id=plan_id, api_key_id=owner, erased_at=now))
            session.commit()
            erased += done
        except IntegrityError:
            session.rollback()
    return erased

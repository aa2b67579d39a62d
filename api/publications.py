"""*The* plan of a wave: one at most, and nobody replaces one that they have not seen."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.store.clock import store_now
from api.store.tables import PlanJob, Publication


def published(session: Session, job: PlanJob) -> Publication | None:
    """The publication of the wave that a plan is for, of this plan or another one."""
    return session.get(Publication, (job.api_key_id, job.city, job.wave), populate_existing=True)


def tag_of(publication: Publication) -> str:
    """Its ETag: of the plan and the moment."""
    told = f"{publication.plan_id} {publication.published_at.isoformat()}"
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


def publish(session: Session, job: PlanJob, seen: Publication | None) -> bool:
    """This plan takes the place of the publication that was seen; False if another one has."""
    values = {"plan_id": job.id, "published_at": store_now(session)}
    if seen is None:
        session.add(Publication(api_key_id=job.api_key_id, city=job.city, wave=job.wave, **values))
    else:
        done = session.execute(update(Publication).where(*_still(seen)).values(**values))
        if not done.rowcount:  # type: ignore[attr-defined]
            session.rollback()
            return False
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        return False
    return True


def withdraw(session: Session, seen: Publication) -> bool:
    """The wave has no published plan any more; False if another one was published meanwhile."""
    done = session.execute(delete(Publication).where(*_still(seen)))
    session.commit()
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _still(seen: Publication) -> tuple[Any, ...]:
    return (
        Publication.api_key_id == seen.api_key_id,
        Publication.city == seen.city,
        Publication.wave == seen.wave,
        Publication.plan_id == seen.plan_id,
        Publication.published_at == seen.published_at,
    )

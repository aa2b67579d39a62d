"""What an owner asks of a plan: finish, cancel, erase."""

from __future__ import annotations

from http import HTTPStatus

from sqlalchemy import delete
from sqlalchemy.orm import Session

from api.auth import OpenSession, Writer
from api.jobs.queue import ask, has_ended
from api.jobs.states import Wish
from api.problems import Problem, problems
from api.routes.plans.common import find_plan, new_router
from api.routes.plans.models import Metadata, metadata_of
from api.store.clock import store_now
from api.store.tables import ApiKey, ErasedPlan, IdempotencyKey

router = new_router()


@router.post(
    "/{plan_id}/finish", status_code=HTTPStatus.ACCEPTED, responses=problems(404, 409, 410)
)
def finish(plan_id: str, session: OpenSession, key: Writer) -> Metadata:
    """End the search and keep the best plan so far."""
    return _asked(session, key, plan_id, Wish.FINISH)


@router.post(
    "/{plan_id}/cancel", status_code=HTTPStatus.ACCEPTED, responses=problems(404, 409, 410)
)
def cancel(plan_id: str, session: OpenSession, key: Writer) -> Metadata:
    """End the search and drop what it found."""
    return _asked(session, key, plan_id, Wish.CANCEL)


@router.delete("/{plan_id}", status_code=HTTPStatus.NO_CONTENT, responses=problems(404, 409, 410))
def erase(plan_id: str, session: OpenSession, key: Writer) -> None:
    """Erase a plan that has ended, its day with it."""
    job = find_plan(session, key, plan_id)
    if not has_ended(job):
        raise Problem(HTTPStatus.CONFLICT, f"The plan is {job.state}; cancel it first.")
    if job.publication is not None:
        raise Problem(HTTPStatus.CONFLICT, "The plan is published; withdraw it first.")
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.plan_id == job.id))
    session.delete(job)
    session.add(ErasedPlan(id=job.id, api_key_id=job.api_key_id, erased_at=store_now(session)))
    session.commit()


def _asked(session: Session, key: ApiKey, plan_id: str, wish: Wish) -> Metadata:
    job = find_plan(session, key, plan_id)
    if not ask(session, job, wish):
        session.refresh(job)
        raise Problem(HTTPStatus.CONFLICT, f"The plan has already ended as {job.state}.")
    session.refresh(job)
    return metadata_of(job)

"""What all of them share: where they are, and whose plan is found."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import InstrumentedAttribute, Session, undefer

from api.jobs.queue import unpacked
from api.keys import Scope
from api.problems import Problem, problems
from api.store.tables import ApiKey, ErasedPlan, PlanJob
from dispatch.plan import Plan
from dispatch.snapshot import Snapshot
from dispatch.wire import read_plan, read_snapshot

LOOK = 0.1
"""Seconds between two looks at a plan that somebody waits for."""


def new_router() -> APIRouter:
    """A router of endpoints on plans."""
    return APIRouter(prefix="/v1/plans", tags=["plans"], responses=problems(401, 403))


def find_plan(
    session: Session, key: ApiKey, plan_id: str, *large: InstrumentedAttribute[Any]
) -> PlanJob:
    """A plan of this key, with these of its large columns; an administrator's finds all.

    Raises:
        Problem: 410 if it had one of this id, 404 if it never had.
    """
    with_large = [undefer(column) for column in large]
    job = session.get(PlanJob, plan_id, options=with_large) or session.get(ErasedPlan, plan_id)
    if job is None or (job.api_key_id != key.id and Scope.ADMIN not in key.scopes):
        raise Problem(HTTPStatus.NOT_FOUND, "No plan of this key has this id.")
    if isinstance(job, ErasedPlan):
        raise Problem(HTTPStatus.GONE, f"The plan was erased on {job.erased_at:%Y-%m-%d}.")
    return job


def find_made(session: Session, key: ApiKey, plan_id: str) -> tuple[Snapshot, Plan]:
    """A plan of this key, perhaps the best so far, and the day that it is for.

    Raises:
        Problem: as `find_plan`; 409 while there is none.
    """
    job = find_plan(session, key, plan_id, PlanJob.snapshot, PlanJob.plan)
    if job.plan is None:
        raise Problem(HTTPStatus.CONFLICT, f"There is no plan: it is {job.state}.")
    return read_snapshot(unpacked(job.snapshot)), read_plan(unpacked(job.plan))

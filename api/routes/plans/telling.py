"""Lists, states and plans, with their ETags."""

from __future__ import annotations

import hashlib
import json
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Header, Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy import select, tuple_

from api.auth import OpenSession, Reader
from api.jobs.queue import unpacked
from api.keys import Scope
from api.problems import problems
from api.routes.plans.common import find_plan, new_router
from api.routes.plans.models import Metadata, PlanAnswer, PlanList, answer_of, metadata_of
from api.store.tables import PlanJob

router = new_router()


@router.get("", responses=problems(422))
def tell_plans(
    session: OpenSession,
    key: Reader,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9a-f]{32}$")] = None,
) -> PlanList:
    """The caller's plans, newest first."""
    chosen = select(PlanJob).order_by(PlanJob.created_at.desc(), PlanJob.id.desc())
    if Scope.ADMIN not in key.scopes:
        chosen = chosen.where(PlanJob.api_key_id == key.id)
    last = session.get(PlanJob, cursor) if cursor else None
    if last is not None:
        chosen = chosen.where(
            tuple_(PlanJob.created_at, PlanJob.id) < tuple_(last.created_at, last.id)
        )
    jobs = list(session.scalars(chosen.limit(limit + 1)))
    following = jobs[limit - 1].id if len(jobs) > limit else None
    return PlanList(plans=[metadata_of(job) for job in jobs[:limit]], next_cursor=following)


@router.get("/{plan_id}", response_model=PlanAnswer, responses={304: {}, **problems(404)})
def tell_plan(
    plan_id: str,
    session: OpenSession,
    key: Reader,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """A plan: its state, and once it has succeeded the document that the command line writes."""
    return tagged(answer_of(find_plan(session, key, plan_id)), if_none_match)


@router.get("/{plan_id}/metadata", response_model=Metadata, responses={304: {}, **problems(404)})
def tell_metadata(
    plan_id: str,
    session: OpenSession,
    key: Reader,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Its state alone: a light poll."""
    job = find_plan(session, key, plan_id)
    return tagged(metadata_of(job).model_dump(mode="json"), if_none_match)


@router.get("/{plan_id}/input", responses=problems(404))
def tell_input(plan_id: str, session: OpenSession, key: Reader) -> dict[str, Any]:
    """What was sent: the body that makes the plan again."""
    job = find_plan(session, key, plan_id)
    return {"snapshot": json.loads(unpacked(job.snapshot)), "config": job.config}


def tagged(document: dict[str, Any], known: str | None) -> Response:
    """With its ETag; 304 if the caller has it."""
    answer = JSONResponse(document)
    tag = f'"{hashlib.sha256(bytes(answer.body)).hexdigest()[:32]}"'
    if known is not None and tag in [part.strip() for part in known.split(",")]:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
    answer.headers["ETag"] = tag
    return answer

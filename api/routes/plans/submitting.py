"""A wave comes in: read, all its issues told at once, queued once however often it is sent."""

from __future__ import annotations

import asyncio
import hashlib
import re
from http import HTTPStatus
from time import monotonic
from typing import Annotated, Any

from fastapi import Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.auth import OpenSession, Sender
from api.bodies import parts_of, read_body
from api.jobs.queue import active_plans, add_plan, has_ended
from api.jobs.states import ENDED
from api.problems import Problem, issue_documents, problems
from api.routes.plans.common import LOOK, find_plan, new_router
from api.routes.plans.models import PlanAnswer, Validation, answer_of
from api.settings import Settings
from api.store.tables import ApiKey, IdempotencyKey, PlanJob
from api.submissions import Config, Submission, submission_of
from dispatch.errors import InvalidInput, Issue
from dispatch.wire import dump_snapshot

LONGEST_WAIT = 60
"""Seconds of `Prefer: wait=N`."""

router = new_router()


BODY = {
    "type": "object",
    "required": ["snapshot"],
    "additionalProperties": False,
    "properties": {
        "snapshot": {"$ref": "#/components/schemas/DayModel"},
        "config": Config.model_json_schema(),
    },
}


@router.post(
    "",
    status_code=HTTPStatus.ACCEPTED,
    response_model=PlanAnswer,
    responses={
        200: {"model": PlanAnswer | Validation},
        **problems(400, 409, 410, 413, 415, 422, 429),
    },
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": BODY}}}
    },
)
async def submit(
    request: Request,
    session: OpenSession,
    key: Sender,
    idempotency_key: Annotated[str | None, Header(pattern=r"^[\x21-\x7e]{1,200}$")] = None,
    prefer: Annotated[str | None, Header()] = None,
    validate_only: Annotated[bool, Query()] = False,
) -> Response:
    """Plan a wave, `{"snapshot": ..., "config": {...}}`; answers at once or after `Prefer: wait=N`.

    The same `Idempotency-Key` with the same body gives the same plan, however often it is sent.
    """
    settings: Settings = request.app.state.settings
    body = await read_body(request, settings)
    if validate_only:
        issues = (await run_in_threadpool(_read, session, settings, key, body)).warnings
        return JSONResponse({"issues": issue_documents(issues)})
    plan_id, replayed = await run_in_threadpool(
        _submit, session, settings, key, body, idempotency_key
    )
    seconds = _seconds_to_wait(prefer)
    ends = monotonic() + seconds
    while not await run_in_threadpool(_over, session, plan_id) and monotonic() < ends:
        await asyncio.sleep(LOOK)
    ended, told = await run_in_threadpool(_told, session, key, plan_id)
    headers = {"Location": f"/v1/plans/{plan_id}"}
    if seconds:
        headers["Preference-Applied"] = f"wait={seconds}"
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    if not ended:
        headers["Retry-After"] = "1"
        return JSONResponse(told, HTTPStatus.ACCEPTED, headers)
    return JSONResponse(told, HTTPStatus.OK, headers)


def _read(session: Session, settings: Settings, key: ApiKey, body: bytes) -> Submission:
    parts = parts_of(body, "snapshot", optional=("config",))
    return submission_of(session, settings, key, parts)


def _submit(
    session: Session, settings: Settings, key: ApiKey, body: bytes, again: str | None
) -> tuple[str, bool]:
    """The id of the plan that the body makes, and whether an earlier request made it."""
    body_hash = hashlib.sha256(body).digest()
    known = _known(session, key, body_hash, again)
    if known is not None:
        return known, True
    submission = _read(session, settings, key, body)
    if active_plans(session, key.id) >= settings.max_active_plans:
        raise Problem(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"This key has {settings.max_active_plans} active plans, the most that it may have.",
            headers={"Retry-After": "10"},
        )
    job = add_plan(
        session,
        key.id,
        submission.snapshot.wave,
        dump_snapshot(submission.snapshot),
        submission.kept_config,
        city=submission.snapshot.city.name,
        warnings=submission.warnings,
    )
    if again is not None:
        session.flush()
        session.add(
            IdempotencyKey(
                api_key_id=key.id,
                key=again,
                body_hash=body_hash,
                plan_id=job.id,
                created_at=job.created_at,
            )
        )
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        first = _known(session, session.merge(key), body_hash, again)
        if first is None:
            raise
        return first, True
    return job.id, False


def _known(session: Session, key: ApiKey, body_hash: bytes, again: str | None) -> str | None:
    """The id of the plan of an earlier request with this `Idempotency-Key`."""
    known = session.get(IdempotencyKey, (key.id, again)) if again else None
    if known is None:
        return None
    if known.body_hash != body_hash:
        issue = Issue(
            "idempotency_key_reused",
            "header Idempotency-Key",
            "The key came with another body before.",
            "Use a new key for a new request.",
        )
        raise InvalidInput([issue])
    return known.plan_id


def _seconds_to_wait(prefer: str | None) -> int:
    """Of `Prefer: wait=N` (RFC 7240), at most `LONGEST_WAIT`; what else it says is ignored."""
    found = re.search(r"(?:^|[,;\s])wait\s*=\s*(\d{1,9})", prefer or "")
    return min(LONGEST_WAIT, int(found[1])) if found else 0


def _over(session: Session, plan_id: str) -> bool:
    """Whether nothing of the plan will change any more; holds no connection afterwards."""
    state = session.scalar(select(PlanJob.state).where(PlanJob.id == plan_id))
    session.commit()
    return state is None or state in ENDED


def _told(session: Session, key: ApiKey, plan_id: str) -> tuple[bool, dict[str, Any]]:
    """Whether it has ended, and what is told of it."""
    job = find_plan(session, key, plan_id, PlanJob.plan, PlanJob.issues)
    return has_ended(job), answer_of(job)

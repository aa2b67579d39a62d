"""Waves sent to be planned: submit, look, finish, cancel, erase."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from time import monotonic
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy import Engine, delete, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.auth import OpenSession, Reader, Sender, Writer
from api.bodies import parts_of, read_body, within
from api.jobs.events import events_after
from api.jobs.queue import active_plans, add_plan, ask, has_ended, unpacked
from api.jobs.states import State, Wish
from api.keys import Scope
from api.problems import IssueModel, Problem, issue_model, problems
from api.settings import Settings
from api.store.tables import ApiKey, IdempotencyKey, PlanEvent, PlanJob
from dispatch.errors import InvalidInput, Issue, Severity
from dispatch.planner import PlanConfig
from dispatch.snapshot import Snapshot
from dispatch.validate import find_issues
from dispatch.wire import dump_snapshot, snapshot_of
from dispatch.wire.issues import issues_of

LOOK = 0.1
"""Seconds between two looks at a plan that somebody waits for."""

HEARTBEAT = 15.0
"""Seconds of silence after which a stream of events says that it is there."""

LONGEST_WAIT = 60
"""Seconds of `Prefer: wait=N`."""

router = APIRouter(prefix="/v1/plans", tags=["plans"], responses=problems(401, 403))


class Config(BaseModel):
    """How long and how to search; the command line's options."""

    model_config = ConfigDict(extra="forbid", strict=True)

    time_limit_s: Annotated[float, Field(ge=0.01, le=86400, allow_inf_nan=False)] | None = None
    step_limit: Annotated[int, Field(ge=1, le=2**53)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1
    engine: Literal["hybrid", "ortools"] = "hybrid"
    threads: Annotated[int, Field(ge=1, le=256)] | None = None

    @model_validator(mode="after")
    def _some_limit(self) -> Config:
        if self.time_limit_s is None and self.step_limit is None:
            self.time_limit_s = PlanConfig().time_limit_s
        return self


class Progress(BaseModel):
    """The best plan so far: after how many seconds, cost in minor units, orders unserved."""

    seconds: float
    cost: int
    unserved: int


class Metadata(BaseModel):
    """A plan's state, without the plan."""

    id: str
    wave: str
    state: State
    attempt: int
    config: dict[str, Any]
    progress: Progress | None
    stop_reason: str | None
    failure: str | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class PlanAnswer(BaseModel):
    """A plan; `plan` is null until it has succeeded."""

    metadata: Metadata
    plan: dict[str, Any] | None


class PlanList(BaseModel):
    """Newest first; `next_cursor` leads on."""

    plans: list[Metadata]
    next_cursor: str | None


class Validation(BaseModel):
    """A day that could be planned, with its warnings."""

    issues: list[IssueModel]


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
        **problems(400, 409, 413, 415, 422, 429),
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
        issues = (await run_in_threadpool(_read, body))[1]
        return JSONResponse({"issues": [issue_model(i).model_dump(mode="json") for i in issues]})
    job, replayed = await run_in_threadpool(_submit, session, settings, key, body, idempotency_key)
    seconds = _seconds_to_wait(prefer)
    ends = monotonic() + seconds
    while not has_ended(job) and monotonic() < ends:
        await asyncio.sleep(LOOK)
        await run_in_threadpool(_refresh, session, job)
    headers = {"Location": f"/v1/plans/{job.id}"}
    if seconds:
        headers["Preference-Applied"] = f"wait={seconds}"
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    if not has_ended(job):
        headers["Retry-After"] = "1"
        return JSONResponse(_answer(job), HTTPStatus.ACCEPTED, headers)
    return JSONResponse(_answer(job), HTTPStatus.OK, headers)


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
    return PlanList(plans=[_metadata(job) for job in jobs[:limit]], next_cursor=following)


@router.get("/{plan_id}", response_model=PlanAnswer, responses={304: {}, **problems(404)})
def tell_plan(
    plan_id: str,
    session: OpenSession,
    key: Reader,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """A plan: its state, and once it has succeeded the document that the command line writes."""
    return _tagged(_answer(_find(session, key, plan_id)), if_none_match)


@router.get("/{plan_id}/metadata", response_model=Metadata, responses={304: {}, **problems(404)})
def tell_metadata(
    plan_id: str,
    session: OpenSession,
    key: Reader,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Its state alone: a light poll."""
    job = _find(session, key, plan_id)
    return _tagged(_metadata(job).model_dump(mode="json"), if_none_match)


@router.get(
    "/{plan_id}/events",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
        204: {},
        **problems(404, 422),
    },
)
def follow(
    plan_id: str,
    request: Request,
    session: OpenSession,
    key: Reader,
    last_event_id: Annotated[str | None, Header(pattern=r"^\d{1,9}$")] = None,
) -> Response:
    """What happens to the plan as server-sent events: `status`, `incumbent`, and one `end`.

    They come from the store, so that a stream goes on after `Last-Event-ID` whatever has been
    restarted in between; 204 where there is nothing more to come.
    """
    job = _find(session, key, plan_id)
    last = int(last_event_id or 0)
    if has_ended(job) and not events_after(session, plan_id, last):
        return Response(status_code=HTTPStatus.NO_CONTENT)
    session.commit()
    return StreamingResponse(
        _events(request, plan_id, last),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@router.get("/{plan_id}/input", responses=problems(404))
def tell_input(plan_id: str, session: OpenSession, key: Reader) -> dict[str, Any]:
    """What was sent: the body that makes the plan again."""
    job = _find(session, key, plan_id)
    return {"snapshot": json.loads(unpacked(job.snapshot)), "config": job.config}


@router.post("/{plan_id}/finish", status_code=HTTPStatus.ACCEPTED, responses=problems(404, 409))
def finish(plan_id: str, session: OpenSession, key: Writer) -> Metadata:
    """End the search and keep the best plan so far."""
    return _asked(session, key, plan_id, Wish.FINISH)


@router.post("/{plan_id}/cancel", status_code=HTTPStatus.ACCEPTED, responses=problems(404, 409))
def cancel(plan_id: str, session: OpenSession, key: Writer) -> Metadata:
    """End the search and drop what it found."""
    return _asked(session, key, plan_id, Wish.CANCEL)


@router.delete("/{plan_id}", status_code=HTTPStatus.NO_CONTENT, responses=problems(404, 409))
def erase(plan_id: str, session: OpenSession, key: Writer) -> None:
    """Erase a plan that has ended, its day with it."""
    job = _find(session, key, plan_id)
    if not has_ended(job):
        raise Problem(HTTPStatus.CONFLICT, f"The plan is {job.state}; cancel it first.")
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.plan_id == job.id))
    session.delete(job)
    session.commit()


# --- in ------------------------------------------------------------------------------------------


def _read(body: bytes) -> tuple[Snapshot, list[Issue], Config]:
    """Snapshot, warnings, config; all issues of both parts at once."""
    parts = {"config": {}, **parts_of(body, "snapshot", optional=("config",))}
    found: list[Issue] = []
    snapshot, config, warnings = None, Config(), list[Issue]()
    try:
        with within("snapshot"):
            snapshot = snapshot_of(parts["snapshot"])
            warnings = find_issues(snapshot)
            if any(issue.severity == Severity.ERROR for issue in warnings):
                raise InvalidInput(warnings)
    except InvalidInput as error:
        found += error.issues
    try:
        with within("config"):
            config = _config(parts["config"])
    except InvalidInput as error:
        found += error.issues
    if found or snapshot is None:
        raise InvalidInput(found)
    return snapshot, warnings, config


def _config(document: Any) -> Config:
    try:
        return Config.model_validate(document)
    except ValidationError as error:
        raise InvalidInput(issues_of(error, document, Config)) from None


def _submit(
    session: Session, settings: Settings, key: ApiKey, body: bytes, again: str | None
) -> tuple[PlanJob, bool]:
    """The plan that the body makes, and whether an earlier request made it."""
    body_hash = hashlib.sha256(body).digest()
    known = _known(session, key, body_hash, again)
    if known is not None:
        return known, True
    snapshot, _, config = _read(body)
    if active_plans(session, key.id) >= settings.max_active_plans:
        raise Problem(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"This key has {settings.max_active_plans} active plans, the most that it may have.",
            headers={"Retry-After": "10"},
        )
    job = add_plan(
        session,
        key.id,
        snapshot.wave,
        dump_snapshot(snapshot),
        asdict(_planned(config)),
        city=snapshot.city.name,
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
    return job, False


def _known(session: Session, key: ApiKey, body_hash: bytes, again: str | None) -> PlanJob | None:
    """The plan of an earlier request with this `Idempotency-Key`."""
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
    return session.get(PlanJob, known.plan_id)


def _planned(config: Config) -> PlanConfig:
    return PlanConfig(**config.model_dump())


def _seconds_to_wait(prefer: str | None) -> int:
    """Of `Prefer: wait=N` (RFC 7240), at most `LONGEST_WAIT`; what else it says is ignored."""
    found = re.search(r"(?:^|[,;\s])wait\s*=\s*(\d{1,9})", prefer or "")
    return min(LONGEST_WAIT, int(found[1])) if found else 0


def _refresh(session: Session, job: PlanJob) -> None:
    """Look at the store, and hold no connection to it afterwards."""
    session.refresh(job)
    session.commit()


# --- out -----------------------------------------------------------------------------------------


def _find(session: Session, key: ApiKey, plan_id: str) -> PlanJob:
    job = session.get(PlanJob, plan_id)
    if job is None or (job.api_key_id != key.id and Scope.ADMIN not in key.scopes):
        raise Problem(HTTPStatus.NOT_FOUND, "No plan of this key has this id.")
    return job


def _asked(session: Session, key: ApiKey, plan_id: str, wish: Wish) -> Metadata:
    job = _find(session, key, plan_id)
    if not ask(session, job, wish):
        session.refresh(job)
        raise Problem(HTTPStatus.CONFLICT, f"The plan has already {job.state}.")
    session.refresh(job)
    return _metadata(job)


def _metadata(job: PlanJob) -> Metadata:
    return Metadata(
        id=job.id,
        wave=job.wave,
        state=State(job.state),
        attempt=job.attempt,
        config=job.config,
        progress=None if job.progress is None else Progress.model_validate(job.progress),
        stop_reason=job.stop_reason,
        failure=job.failure,
        created_at=job.created_at,
        started_at=job.started_at,
        ended_at=job.ended_at,
    )


def _answer(job: PlanJob) -> dict[str, Any]:
    return {
        "metadata": _metadata(job).model_dump(mode="json"),
        "plan": None if job.plan is None else json.loads(unpacked(job.plan)),
    }


async def _events(request: Request, plan_id: str, last: int) -> AsyncIterator[str]:
    """Until the plan has ended or the caller is gone; comments keep the line open."""
    store, silent_since = request.app.state.store, monotonic()
    while not await request.is_disconnected():
        events = await run_in_threadpool(_look, store, plan_id, last)
        for event in events:
            last = event.number
            data = json.dumps({**event.data, "at": event.created_at.isoformat()})
            yield f"id: {event.number}\nevent: {event.kind}\ndata: {data}\n\n"
            if event.kind == "end":
                return
        if events:
            silent_since = monotonic()
        elif monotonic() - silent_since > HEARTBEAT:
            silent_since = monotonic()
            yield ": still here\n\n"
        await asyncio.sleep(LOOK)


def _look(store: Engine, plan_id: str, last: int) -> list[PlanEvent]:
    with Session(store, expire_on_commit=False) as session:
        return events_after(session, plan_id, last)


def _tagged(document: dict[str, Any], known: str | None) -> Response:
    """With its ETag; 304 if the caller has it."""
    answer = JSONResponse(document)
    tag = f'"{hashlib.sha256(bytes(answer.body)).hexdigest()[:32]}"'
    if known is not None and tag in [part.strip() for part in known.split(",")]:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
    answer.headers["ETag"] = tag
    return answer

"""Waves that are planned again and again."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.auth import OpenSession, Reader, Writer
from api.bodies import parts_of, read_body
from api.jobs.schedules import find_schedule, next_due, put_schedule
from api.problems import Problem, problems
from api.settings import Settings
from api.store.tables import ApiKey, Schedule, ScheduledPlan
from api.submissions import Config, Submission, submission_of
from dispatch.errors import InvalidInput, Issue

router = APIRouter(prefix="/v1/schedules", tags=["schedules"], responses=problems(401, 403))

Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,100}$")]


class ScheduleModel(BaseModel):
    """A schedule without its day; `last_plan` is the plan of the last due time that was planned."""

    name: str
    cron: str
    time_zone: str
    wave: str
    config: dict[str, Any]
    next_due: datetime
    last_due: datetime | None
    last_plan: str | None
    created_at: datetime


class ScheduleList(BaseModel):
    """All schedules of a key, by name."""

    schedules: list[ScheduleModel]


BODY = {
    "type": "object",
    "required": ["cron", "snapshot"],
    "additionalProperties": False,
    "properties": {
        "cron": {
            "type": "string",
            "description": "Minute, hour, day of month, month, day of week: `0 3 * * *`.",
        },
        "time_zone": {"type": "string", "description": "IANA name; the city's unless given."},
        "snapshot": {"$ref": "#/components/schemas/DayModel"},
        "config": Config.model_json_schema(),
    },
}


@router.put(
    "/{name}",
    response_model=ScheduleModel,
    responses={201: {"model": ScheduleModel}, **problems(400, 413, 415, 422, 429)},
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": BODY}}}
    },
)
async def put(name: Name, request: Request, session: OpenSession, key: Writer) -> Response:
    """Plan this day whenever it is due, from now on; 201 if there was no such schedule.

    Sent again with another day, that one is planned from the next due time on. What is due while a
    plan of the same city runs waits for its end; due times that nobody was there for give one plan.
    """
    settings: Settings = request.app.state.settings
    body = await read_body(request, settings)
    return await run_in_threadpool(_put, session, settings, key, name, body)


@router.get("")
def tell_schedules(session: OpenSession, key: Reader) -> ScheduleList:
    """The caller's schedules, by name."""
    mine = select(Schedule).where(Schedule.api_key_id == key.id).order_by(Schedule.name)
    return ScheduleList(schedules=[_model(session, one) for one in session.scalars(mine)])


@router.get("/{name}", responses=problems(404, 422))
def tell_schedule(name: Name, session: OpenSession, key: Reader) -> ScheduleModel:
    """One of the caller's schedules."""
    return _model(session, _find(session, key, name))


@router.delete("/{name}", status_code=HTTPStatus.NO_CONTENT, responses=problems(404, 422))
def drop(name: Name, session: OpenSession, key: Writer) -> None:
    """Plan it no more; the plans that it made stay."""
    session.delete(_find(session, key, name))
    session.commit()


def _put(session: Session, settings: Settings, key: ApiKey, name: str, body: bytes) -> Response:
    cron, zone, submission = _read(session, settings, key, body)
    known = find_schedule(session, key.id, name) is not None
    mine = select(func.count()).select_from(Schedule).where(Schedule.api_key_id == key.id)
    if not known and session.scalars(mine).one() >= settings.max_schedules:
        detail = f"This key has {settings.max_schedules} schedules, the most that it may have."
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, detail)
    try:
        schedule = put_schedule(session, key.id, name, cron, zone, submission)
        session.commit()
    except IntegrityError:
        session.rollback()
        schedule = put_schedule(session, key.id, name, cron, zone, submission)
        session.commit()
    model = _model(session, schedule).model_dump(mode="json")
    return JSONResponse(model, HTTPStatus.OK if known else HTTPStatus.CREATED)


def _read(
    session: Session, settings: Settings, key: ApiKey, body: bytes
) -> tuple[str, ZoneInfo, Submission]:
    """All issues of all parts at once."""
    parts = parts_of(body, "cron", "snapshot", optional=("time_zone", "config"))
    found: list[Issue] = []
    submission, zone, cron = None, None, parts["cron"]
    try:
        submission = submission_of(session, settings, key, parts)
    except InvalidInput as error:
        found += error.issues
    wanted = parts.get("time_zone", submission and submission.snapshot.city.time_zone)
    for place, value in (("/cron", cron), ("/time_zone", wanted)):
        if value is not None and not isinstance(value, str):
            found.append(Issue("wrong_type", place, "Expected a text.", "Give a text."))
    if isinstance(wanted, str):
        try:
            zone = ZoneInfo(wanted)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            issue = f"No time zone is named {wanted[:64]!r}."
            found.append(Issue("unknown_time_zone", "/time_zone", issue, "Use an IANA name."))
    if isinstance(cron, str):
        try:
            next_due(cron, zone or ZoneInfo("UTC"), datetime.now(ZoneInfo("UTC")))
        except ValueError as error:
            told = f"No cron expression: {error}."
            action = "Give five fields: minute, hour, day of month, month, day of week."
            found.append(Issue("malformed_cron", "/cron", told, action))
    if found or submission is None or zone is None:
        raise InvalidInput(found)
    return cron, zone, submission


def _find(session: Session, key: ApiKey, name: str) -> Schedule:
    schedule = find_schedule(session, key.id, name)
    if schedule is None:
        raise Problem(HTTPStatus.NOT_FOUND, "No schedule of this key has this name.")
    return schedule


def _model(session: Session, schedule: Schedule) -> ScheduleModel:
    last = session.scalars(
        select(ScheduledPlan)
        .where(ScheduledPlan.schedule_id == schedule.id)
        .order_by(ScheduledPlan.due_at.desc())
        .limit(1)
    ).one_or_none()
    return ScheduleModel(
        name=schedule.name,
        cron=schedule.cron,
        time_zone=schedule.time_zone,
        wave=schedule.wave,
        config=schedule.config,
        next_due=schedule.next_due,
        last_due=None if last is None else last.due_at,
        last_plan=None if last is None else last.plan_id,
        created_at=schedule.created_at,
    )

"""Judging a plan against its day, by rules that the planner does not share."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.auth import OpenSession, Reader
from api.bodies import parts_of, read_body, within
from api.days import read_day
from api.problems import problems
from api.settings import Settings
from api.store.tables import ApiKey
from dispatch.check import find_violations
from dispatch.travel import travel_times
from dispatch.wire import plan_of

router = APIRouter(prefix="/v1/checks", tags=["checks"])

BODY = {
    "type": "object",
    "required": ["snapshot", "plan"],
    "additionalProperties": False,
    "properties": {
        "snapshot": {"$ref": "#/components/schemas/DayModel"},
        "plan": {"$ref": "#/components/schemas/PlanModel"},
    },
}


class ViolationModel(BaseModel):
    """A rule that the plan breaks."""

    code: str
    message: str


class Check(BaseModel):
    """What the checker found; `ok` if it is nothing."""

    ok: bool
    violations: list[ViolationModel]


@router.post(
    "",
    responses=problems(400, 401, 403, 413, 415, 422),
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": BODY}}}
    },
)
async def check(request: Request, session: OpenSession, key: Reader) -> Check:
    """Check a plan, perhaps one made by hand: `{"snapshot": ..., "plan": ...}`."""
    body = await read_body(request, request.app.state.settings)
    return await run_in_threadpool(_check, session, request.app.state.settings, key, body)


def _check(session: Session, settings: Settings, key: ApiKey, body: bytes) -> Check:
    parts = parts_of(body, "snapshot", "plan")
    with within("snapshot"):
        snapshot, _ = read_day(session, settings, key, parts["snapshot"])
    with within("plan"):
        plan = plan_of(parts["plan"])
    violations = find_violations(snapshot, plan, travel_times(snapshot.travel))
    found = [ViolationModel(code=v.code, message=v.message) for v in violations]
    return Check(ok=not found, violations=found)

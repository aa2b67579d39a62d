"""What happens to a plan, as it happens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from http import HTTPStatus
from time import monotonic
from typing import Annotated

from fastapi import Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.auth import OpenSession, Reader
from api.jobs.events import events_after
from api.jobs.queue import has_ended
from api.problems import problems
from api.routes.plans.common import LOOK, find_plan, new_router
from api.store.tables import PlanEvent

HEARTBEAT = 15.0
"""Seconds of silence after which a stream of events says that it is there."""

EVENT = {
    "description": "Of each event.",
    "type": "object",
    "required": ["id", "event", "data"],
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9]+$"},
        "event": {"enum": ["status", "warning", "incumbent", "end"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}

router = new_router()


@router.get(
    "/{plan_id}/events",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {"schema": EVENT}}},
        204: {},
        **problems(404, 410, 422),
    },
)
def follow(
    plan_id: str,
    request: Request,
    session: OpenSession,
    key: Reader,
    last_event_id: Annotated[str | None, Header(pattern=r"^\d{1,9}$")] = None,
) -> Response:
    """What happens to the plan as server-sent events: `status`, `warning`, `incumbent`, one `end`.

    They come from the store, so that a stream goes on after `Last-Event-ID` whatever has been
    restarted in between; 204 where there is nothing more to come.
    """
    job = find_plan(session, key, plan_id)
    last = int(last_event_id or 0)
    if has_ended(job) and not events_after(session, plan_id, last):
        return Response(status_code=HTTPStatus.NO_CONTENT)
    session.commit()
    return StreamingResponse(
        _events(request, plan_id, last),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


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

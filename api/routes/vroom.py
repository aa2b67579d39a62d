"""A drop-in for vroom-express: VROOM's JSON in and out, its codes, its statuses.

Whatever is refused is `{"code": ..., "error": ...}`, with our issues beside it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from time import monotonic
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from api.auth import OpenSession, Writer
from api.bodies import read_body
from api.errors import ApiError
from api.logs import get_logger
from api.problems import MOST_ISSUES, IssueModel, Problem, issue_model
from api.settings import Settings
from api.store.schema import check_schema
from dispatch.errors import InvalidInput
from dispatch.vroom.planner import answer
from dispatch.wire.text import parse_json

LOOK = 0.1
"""Seconds between two looks at whether the caller is still there."""

LONGEST = 120.0
"""Seconds after which a search ends with the best it has; no exploration level takes longer."""

MOST_TOLD = 20
"""Issues in the text of an error; `issues` has more."""

INTERNAL, INPUT, TOO_LARGE = 1, 2, 4
"""VROOM's codes, and vroom-express's own; 3 is a routing engine's error, and there is none."""

log = get_logger("citywave.vroom")


class VroomError(BaseModel):
    """1 is internal, 2 input, 4 too large."""

    code: Literal[1, 2, 4]
    error: str
    issues: list[IssueModel] = []


class VroomAnswer(BaseModel):
    """VROOM's output; its API document has all keys."""

    code: Literal[0]
    summary: dict[str, Any]
    unassigned: list[dict[str, Any]]
    routes: list[dict[str, Any]]


class InVroomsWords(APIRoute):
    """Failures in VROOM's shape."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As any route, but for what it raises."""
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except InvalidInput as error:
                return _of_input(error)
            except Problem as problem:
                return _of_problem(problem)
            except ClientDisconnect:
                return _refused(HTTPStatus.BAD_REQUEST, INPUT, "The body ends too early.")
            except Exception as error:
                log.error("a bug of ours", request_id=request.state.request_id, exc_info=error)
                return _refused(HTTPStatus.INTERNAL_SERVER_ERROR, INTERNAL, "Internal error")

        return answered


def _of_input(error: InvalidInput) -> Response:
    lines = [f"{i.where or '/'}: {i.message} {i.action}" for i in error.issues[:MOST_TOLD]]
    if len(error.issues) > MOST_TOLD:
        lines.append(f"... and {len(error.issues) - MOST_TOLD} more")
    issues = [issue_model(issue) for issue in error.issues[:MOST_ISSUES]]
    return _refused(HTTPStatus.BAD_REQUEST, INPUT, "\n".join(lines), issues)


def _of_problem(problem: Problem) -> Response:
    """vroom-express has 400 for whatever is no JSON, so 415 becomes that too."""
    status, code = problem.status, INPUT
    if status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
        status = HTTPStatus.BAD_REQUEST
    elif status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        code = TOO_LARGE
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        code = INTERNAL
    return _refused(status, code, problem.detail, headers=problem.headers)


def _refused(
    status: HTTPStatus,
    code: int,
    error: str,
    issues: list[IssueModel] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    told: dict[str, Any] = {"code": code, "error": error}
    if issues:
        told["issues"] = [issue.model_dump(mode="json") for issue in issues]
    return JSONResponse(told, status, headers)


router = APIRouter(prefix="/compat/vroom", tags=["compat"], route_class=InVroomsWords)


@router.post(
    "",
    response_model=VroomAnswer,
    responses={status: {"model": VroomError} for status in (400, 401, 403, 413, 429, 500, 503)},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/VroomModel"}}
            },
        }
    },
)
async def solve(request: Request, session: OpenSession, _: Writer) -> Response:
    """Solve a problem in VROOM's JSON; docs/vroom.md has the keys that are refused.

    A caller that goes away ends the search; 503 where the server already has as many as it may.
    """
    settings: Settings = request.app.state.settings
    body = await read_body(request, settings)
    await run_in_threadpool(session.close)
    slots: threading.Semaphore = request.app.state.vroom_slots
    if not slots.acquire(blocking=False):
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            f"The server is at {settings.vroom_at_once} searches, the most that it may run.",
            headers={"Retry-After": "1"},
        )
    stop = threading.Event()
    solving = asyncio.ensure_future(run_in_threadpool(_answer, body, settings, stop, slots))
    ends = monotonic() + LONGEST
    try:
        while not (await asyncio.wait({solving}, timeout=LOOK))[0]:
            if monotonic() > ends or await request.is_disconnected():
                stop.set()
        return JSONResponse(solving.result())
    finally:
        stop.set()


def _answer(
    body: bytes, settings: Settings, stop: threading.Event, slots: threading.Semaphore
) -> dict[str, Any]:
    """In a thread; whatever happens, the slot is free when the search has ended."""
    try:
        document = parse_json(body)
        _limit(document, "jobs", settings.vroom_max_jobs)
        _limit(document, "vehicles", settings.vroom_max_vehicles)
        return answer(document, stop=stop)
    finally:
        slots.release()


def _limit(document: Any, name: str, most: int) -> None:
    given = document.get(name) if isinstance(document, dict) else None
    if isinstance(given, list) and len(given) > most:
        detail = f"Too many {name} ({len(given)}) in query, maximum is set to {most}"
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)


@router.get("/health", response_class=Response, responses={500: {"model": VroomError}})
def health(request: Request) -> Response:
    """Whether problems can be solved here; an empty body, and no key, as with vroom-express."""
    try:
        check_schema(request.app.state.store)
    except ApiError as error:
        raise Problem(HTTPStatus.INTERNAL_SERVER_ERROR, f"{error}") from None
    return Response()

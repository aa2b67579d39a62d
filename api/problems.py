"""Every answer that is not a success is a problem document (RFC 9457), perhaps with issues.

{"type": "about:blank", "title": "HTTP's phrase", "status": 422, "detail": "...",
 "issues": [{"code", "severity", "pointer", "message", "action"}, ...]}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from api.headers import SAFE
from api.logs import get_logger
from dispatch.errors import InvalidInput, Issue, Severity
from dispatch.wire.issues import ACTIONS, CODES
from dispatch.wire.text import pointer

MOST_ISSUES = 1000
"""In one answer."""

MALFORMED = frozenset({"not_json", "not_utf8"})
"""Codes of issues that leave no document to speak about."""

log = get_logger("citywave.api")


class IssueModel(BaseModel):
    """One thing that is wrong with a request; see docs/errors.md for its codes."""

    code: str
    severity: Severity
    pointer: str
    message: str
    action: str


class ProblemModel(BaseModel):
    """A problem document."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    issues: list[IssueModel] = []


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """An endpoint's `responses`: it may answer with problems of these statuses."""
    return {status: {"model": ProblemModel} for status in statuses}


class Problem(Exception):  # noqa: N818 - reads as what it is
    """Ends a request with this answer."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        issues: Sequence[Issue] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.detail, self.issues = status, detail, issues
        self.headers = dict(headers or {})
        super().__init__(detail)


def answer(problem: Problem) -> JSONResponse:
    """The response; issues beyond `MOST_ISSUES` are only counted."""
    model = ProblemModel(
        title=problem.status.phrase,
        status=problem.status,
        detail=problem.detail,
        issues=[issue_model(issue) for issue in problem.issues[:MOST_ISSUES]],
    )
    return JSONResponse(
        model.model_dump(mode="json", exclude_defaults=False),
        problem.status,
        problem.headers,
        "application/problem+json",
    )


def issue_model(issue: Issue) -> IssueModel:
    """An issue in HTTP's words."""
    return IssueModel(
        code=issue.code,
        severity=issue.severity,
        pointer=issue.where,
        message=issue.message,
        action=issue.action,
    )


def issue_documents(issues: Sequence[Issue]) -> list[dict[str, Any]]:
    """Issues as JSON, `MOST_ISSUES` of them at most."""
    return [issue_model(issue).model_dump(mode="json") for issue in issues[:MOST_ISSUES]]


def of_input(error: InvalidInput) -> Problem:
    """400 where there is no document, 422 where it breaks rules."""
    malformed = any(issue.code in MALFORMED for issue in error.issues)
    status = HTTPStatus.BAD_REQUEST if malformed else HTTPStatus.UNPROCESSABLE_ENTITY
    count = len(error.issues)
    told = f"; the first {MOST_ISSUES} are told" if count > MOST_ISSUES else ""
    return Problem(status, f"{count} issue{'s' * (count != 1)}{told}.", error.issues)


def _issue(detail: Mapping[str, Any]) -> Issue:
    """What the framework found in a small body, a path or a query."""
    source, *place = detail["loc"]
    if detail["type"] == "json_invalid":
        return Issue("not_json", f"character {place[0]}", "Not JSON.", "Correct the text there.")
    code = CODES.get(detail["type"], "wrong_type")
    where = pointer(*place) if source == "body" else f"{source} {'.'.join(map(str, place))}"
    return Issue(code, where, f"{detail['msg']}.", ACTIONS.get(code, "Correct the value."))


def add_handlers(app: FastAPI) -> None:
    """Problems, broken input, what the framework refuses, and our own bugs."""

    @app.exception_handler(Problem)
    async def _(_: Request, error: Problem) -> JSONResponse:
        return answer(error)

    @app.exception_handler(InvalidInput)
    async def _(_: Request, error: InvalidInput) -> JSONResponse:
        return answer(of_input(error))

    @app.exception_handler(RequestValidationError)
    async def _(_: Request, error: RequestValidationError) -> JSONResponse:
        return answer(of_input(InvalidInput([_issue(detail) for detail in error.errors()])))

    @app.exception_handler(HTTPException)
    async def _(_: Request, error: HTTPException) -> JSONResponse:
        status = HTTPStatus(error.status_code)
        return answer(Problem(status, f"{error.detail}.", headers=error.headers))

    @app.exception_handler(Exception)
    async def _(request: Request, error: Exception) -> JSONResponse:
        request_id = request.state.request_id
        log.error("a bug of ours", request_id=request_id, exc_info=error)
        detail = "This is a bug of ours; the Request-Id finds it in the server's log."
        headers = {"Request-Id": request_id, **SAFE}
        return answer(Problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail, headers=headers))

"""Tables of orders and couriers made into a day."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.auth import OpenSession, Reader
from api.bodies import placed, read_body, within
from api.days import read_day
from api.forms import FORM, Part, parts_of_form
from api.problems import IssueModel, issue_model, problems
from api.settings import Settings
from api.store.tables import ApiKey
from dispatch.report import XLSX
from dispatch.wire.days import document_of
from dispatch.wire.tables import Table, with_tables
from dispatch.wire.text import named, parse_json

router = APIRouter(prefix="/v1/imports", tags=["imports"])

FILE = {"type": "string", "format": "binary"}
BODY = {
    "schema": {
        "type": "object",
        "required": ["day"],
        "additionalProperties": False,
        "properties": {
            "day": {
                "type": "object",
                "description": "As `DayModel`; what a file brings may be missing.",
            },
            "orders": FILE,
            "couriers": FILE,
        },
    },
    "encoding": {
        "day": {"contentType": "application/json"},
        "orders": {"contentType": f"text/csv, {XLSX}"},
        "couriers": {"contentType": f"text/csv, {XLSX}"},
    },
}


class Import(BaseModel):
    """A day that can be planned, and its warnings by row and column of the files."""

    snapshot: dict[str, Any]
    issues: list[IssueModel]


@router.post(
    "",
    response_model=Import,
    responses=problems(400, 401, 403, 413, 415, 422),
    openapi_extra={"requestBody": {"required": True, "content": {FORM: BODY}}},
)
async def import_day(request: Request, session: OpenSession, key: Reader) -> Response:
    """Make a day of a form: `day` (JSON, the rest of it), `orders` and `couriers` (CSV or xlsx).

    docs/format.md tells the columns; issues name file, row and column.
    """
    settings: Settings = request.app.state.settings
    body = await read_body(request, settings, FORM)
    kind = request.headers["content-type"]
    return await run_in_threadpool(_import, session, settings, key, body, kind)


def _import(session: Session, settings: Settings, key: ApiKey, body: bytes, kind: str) -> Response:
    parts = parts_of_form(body, kind, "day", optional=("orders", "couriers"))
    with within("day"), named(parts["day"].name):
        document = parse_json(parts["day"].content)
    tables = (_table(parts.get(name), settings) for name in ("orders", "couriers"))
    with within("day"):
        day = with_tables(document, *tables)
        with day.told_by_row():
            snapshot, warnings = read_day(session, settings, key, day.document)
    issues = [issue_model(placed("day", day.by_row(warning))) for warning in warnings]
    told = [issue.model_dump(mode="json") for issue in issues]
    return JSONResponse({"snapshot": document_of(snapshot), "issues": told})


def _table(part: Part | None, settings: Settings) -> Table | None:
    if part is None:
        return None
    return Table(part.name, part.content, settings.max_inflated_bytes)

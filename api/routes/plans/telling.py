"""Lists, states and plans, with their ETags."""

from __future__ import annotations

import hashlib
import json
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Header, Request, Response
from fastapi.responses import JSONResponse

from api.auth import OpenSession, Reader
from api.jobs.queue import unpacked
from api.negotiation import chosen
from api.paging import Cursor, Limit, newest_first
from api.problems import problems
from api.routes.plans.common import find_made, find_plan, new_router
from api.routes.plans.models import Metadata, PlanAnswer, PlanList, answer_of, metadata_of
from api.store.tables import PlanJob
from dispatch.plan import Plan
from dispatch.report import XLSX, geojson, stops_csv, workbook
from dispatch.snapshot import Snapshot

FORMS = {
    "application/json": {"$ref": "#/components/schemas/PlanAnswer"},
    "application/geo+json": {"type": "object"},
    "text/csv": {"type": "string"},
    XLSX: {"type": "string", "format": "binary"},
}
"""What a plan can be told as, and the schema of each form; the first unless a caller asks."""

ENDINGS = {"text/csv": "csv", XLSX: "xlsx"}
"""Of forms that people keep as files."""

router = new_router()


@router.get("", responses=problems(422))
def tell_plans(
    session: OpenSession, key: Reader, limit: Limit = 50, cursor: Cursor = None
) -> PlanList:
    """The caller's plans, newest first."""
    jobs, following = newest_first(session, key, PlanJob, limit, cursor)
    return PlanList(plans=[metadata_of(job) for job in jobs], next_cursor=following)


@router.get(
    "/{plan_id}",
    response_model=PlanAnswer,
    responses={
        200: {"content": {form: {"schema": schema} for form, schema in FORMS.items()}},
        304: {},
        **problems(404, 406, 409, 410),
    },
)
def tell_plan(
    plan_id: str,
    request: Request,
    session: OpenSession,
    key: Reader,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """A plan: its state, and the document that the command line writes.

    While it runs that is the best so far, with `running` for `plan.search.stop_reason`; `progress`
    may be some seconds ahead of it. `Accept` may ask for GeoJSON, CSV or a workbook instead.
    """
    form = chosen(", ".join(request.headers.getlist("accept")), list(FORMS))
    if form == "application/json":
        job = find_plan(session, key, plan_id, PlanJob.plan, PlanJob.issues)
        answer: Response = JSONResponse(answer_of(job))
    else:
        answer = Response(_as(form, *find_made(session, key, plan_id)), media_type=form)
        if form in ENDINGS:
            name = f"{plan_id}.{ENDINGS[form]}"
            answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Vary"] = "Accept"
    return tagged(answer, if_none_match)


def _as(form: str, snapshot: Snapshot, plan: Plan) -> str | bytes:
    match form:
        case "application/geo+json":
            return json.dumps(geojson(snapshot, plan), ensure_ascii=False)
        case "text/csv":
            return stops_csv(snapshot, plan)
        case _:
            return workbook(snapshot, plan)


@router.get(
    "/{plan_id}/metadata", response_model=Metadata, responses={304: {}, **problems(404, 410)}
)
def tell_metadata(
    plan_id: str,
    session: OpenSession,
    key: Reader,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Its state alone: a light poll."""
    job = find_plan(session, key, plan_id)
    return tagged(JSONResponse(metadata_of(job).model_dump(mode="json")), if_none_match)


@router.get("/{plan_id}/input", responses=problems(404, 410))
def tell_input(plan_id: str, session: OpenSession, key: Reader) -> dict[str, Any]:
    """What was sent: the body that makes the plan again."""
    job = find_plan(session, key, plan_id, PlanJob.snapshot)
    return {"snapshot": json.loads(unpacked(job.snapshot)), "config": job.config}


def tagged(answer: Response, known: str | None) -> Response:
    """The answer with its ETag; 304 if the caller has it."""
    tag = f'"{hashlib.sha256(bytes(answer.body)).hexdigest()[:32]}"'
    if known is not None and tag in [part.strip() for part in known.split(",")]:
        kept = {name: answer.headers[name] for name in ("Vary",) if name in answer.headers}
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag, **kept})
    answer.headers["ETag"] = tag
    return answer

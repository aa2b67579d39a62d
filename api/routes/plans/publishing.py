"""*The* plan of a wave: published, replaced by who has seen it, withdrawn."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Header, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from api.auth import OpenSession, Reader, Writer
from api.jobs.states import State
from api.problems import Problem, problems
from api.publications import publish, published, tag_of, withdraw
from api.routes.plans.common import find_plan, new_router
from api.store.tables import Publication

router = new_router()

IfMatch = Annotated[str | None, Header(description="ETag of the publication to replace, or *.")]


class PublicationModel(BaseModel):
    """Which plan of a wave holds."""

    plan_id: str
    city: str
    wave: str
    published_at: datetime


@router.get("/{plan_id}/publication", response_model=PublicationModel, responses=problems(404, 410))
def tell_publication(plan_id: str, session: OpenSession, key: Reader) -> Response:
    """The published plan of this plan's wave, which may be another one."""
    publication = published(session, find_plan(session, key, plan_id))
    if publication is None:
        raise Problem(HTTPStatus.NOT_FOUND, "No plan of this wave is published.")
    return _answer(publication)


@router.put(
    "/{plan_id}/publication",
    response_model=PublicationModel,
    responses=problems(404, 409, 410, 412),
)
def put_publication(
    plan_id: str, session: OpenSession, key: Writer, if_match: IfMatch = None
) -> Response:
    """Make this *the* plan of its wave.

    Where another plan is published, `If-Match` must name it by its ETag (or `*`), so that nobody
    replaces what they have not seen. It stays until it is withdrawn or erased by age.
    """
    job = find_plan(session, key, plan_id)
    if job.state != State.SUCCEEDED:
        raise Problem(HTTPStatus.CONFLICT, f"The plan is {job.state}; only one that succeeded can.")
    seen = published(session, job)
    if seen is not None and seen.plan_id == job.id and _meets(if_match, seen):
        return _answer(seen)
    if not _meets(if_match, seen) or (seen is not None and if_match is None):
        raise _other(seen)
    if not publish(session, job, seen):
        raise _other(published(session, job))
    now = published(session, job)
    if now is None or now.plan_id != job.id:
        raise _other(now)
    return _answer(now)


@router.delete(
    "/{plan_id}/publication",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problems(404, 410, 412),
)
def drop_publication(
    plan_id: str, session: OpenSession, key: Writer, if_match: IfMatch = None
) -> None:
    """Withdraw this plan: its wave has no published one any more."""
    job = find_plan(session, key, plan_id)
    seen = published(session, job)
    if seen is None or seen.plan_id != job.id:
        raise Problem(HTTPStatus.NOT_FOUND, "This plan is not published.")
    if not _meets(if_match, seen) or not withdraw(session, seen):
        raise _other(published(session, job))


def _meets(if_match: str | None, seen: Publication | None) -> bool:
    """Whether `If-Match` (RFC 9110, section 13.1.1) holds; it does where there is none."""
    if if_match is None:
        return True
    tags = [tag.strip() for tag in if_match.split(",")]
    return seen is not None and (tags == ["*"] or tag_of(seen) in tags)


def _other(now: Publication | None) -> Problem:
    """Somebody else has published, or nobody has."""
    if now is None:
        return Problem(HTTPStatus.PRECONDITION_FAILED, "No plan of this wave is published.")
    return Problem(
        HTTPStatus.PRECONDITION_FAILED,
        f"Plan {now.plan_id} is published for this wave; look at it, then send its ETag.",
        headers={"ETag": tag_of(now)},
    )


def _answer(publication: Publication) -> Response:
    told = PublicationModel(
        plan_id=publication.plan_id,
        city=publication.city,
        wave=publication.wave,
        published_at=publication.published_at,
    )
    return JSONResponse(told.model_dump(mode="json"), headers={"ETag": tag_of(publication)})

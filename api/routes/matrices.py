"""Travel between places, sent once and named by days: `{"kind": "stored_matrix", "id": ID}`."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.auth import OpenSession, Reader, Writer
from api.bodies import read_body
from api.days import too_many_places
from api.matrices import add_matrix, find_matrix
from api.paging import Cursor, Limit, newest_first
from api.problems import Problem, problems
from api.settings import Settings
from api.store.tables import ApiKey, Matrix
from dispatch.errors import InvalidInput
from dispatch.wire.days import matrix_of
from dispatch.wire.text import parse_json

router = APIRouter(prefix="/v1/matrices", tags=["matrices"], responses=problems(401, 403))

BODY = {"schema": {"$ref": "#/components/schemas/MatrixModel"}}
LOCATION = {"Location": {"schema": {"type": "string"}, "description": "Of the matrix."}}


class MatrixAnswer(BaseModel):
    """A matrix without its numbers; `places` is its rows and columns."""

    id: str
    places: int
    created_at: datetime


class MatrixList(BaseModel):
    """Newest first; `next_cursor` leads on."""

    matrices: list[MatrixAnswer]
    next_cursor: str | None


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    response_model=MatrixAnswer,
    responses={
        200: {"model": MatrixAnswer, "headers": LOCATION, "description": "It was there already."},
        201: {"headers": LOCATION},
        **problems(400, 409, 413, 415, 422),
    },
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": BODY}}},
)
async def keep(request: Request, session: OpenSession, key: Writer) -> Response:
    """Keep a matrix, written as the `travel` of a day; the same content has the same id."""
    settings: Settings = request.app.state.settings
    body = await read_body(request, settings)
    matrix, new = await run_in_threadpool(_keep, session, settings, key, body)
    return JSONResponse(
        _answer(matrix).model_dump(mode="json"),
        HTTPStatus.CREATED if new else HTTPStatus.OK,
        {"Location": f"/v1/matrices/{matrix.id}"},
    )


@router.get("", responses=problems(422))
def tell_matrices(
    session: OpenSession, key: Reader, limit: Limit = 50, cursor: Cursor = None
) -> MatrixList:
    """The caller's matrices, newest first."""
    found, following = newest_first(session, key, Matrix, limit, cursor)
    return MatrixList(matrices=[_answer(matrix) for matrix in found], next_cursor=following)


@router.get("/{matrix_id}", responses=problems(404))
def tell_matrix(matrix_id: str, session: OpenSession, key: Reader) -> MatrixAnswer:
    """What is known of a matrix."""
    return _answer(_find(session, key, matrix_id))


@router.delete("/{matrix_id}", status_code=HTTPStatus.NO_CONTENT, responses=problems(404))
def drop(matrix_id: str, session: OpenSession, key: Writer) -> None:
    """Forget a matrix; plans of days that named it keep what they need."""
    session.delete(_find(session, key, matrix_id))
    session.commit()


def _keep(session: Session, settings: Settings, key: ApiKey, body: bytes) -> tuple[Matrix, bool]:
    document = parse_json(body)
    too_many = too_many_places(document, settings, "/positions")
    if too_many:
        raise InvalidInput(too_many)
    return add_matrix(session, key, matrix_of(document), settings.max_matrices)


def _find(session: Session, key: ApiKey, matrix_id: str) -> Matrix:
    found = find_matrix(session, key, matrix_id)
    if found is None:
        raise Problem(HTTPStatus.NOT_FOUND, "No matrix of this key has this id.")
    return found


def _answer(matrix: Matrix) -> MatrixAnswer:
    return MatrixAnswer.model_validate(matrix, from_attributes=True)

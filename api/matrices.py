"""Matrices in the store, and days that name one.

{"kind": "stored_matrix", "id": ID} -> {"kind": "matrix", "positions": ..., ...}
"""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.bodies import within
from api.keys import Scope
from api.problems import Problem
from api.store.tables import ApiKey, Matrix
from dispatch.errors import InvalidInput, Issue
from dispatch.snapshot import MatrixTravel
from dispatch.wire.days import dump_travel
from dispatch.wire.issues import issues_of


class StoredMatrixModel(BaseModel):
    """Travel by a matrix that was sent to `/v1/matrices` before; only over HTTP."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["stored_matrix"]
    id: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


def add_matrix(
    session: Session, key: ApiKey, travel: MatrixTravel, most: int
) -> tuple[Matrix, bool]:
    """It, and whether it is new; one that is there already stays as it is. Commits.

    Raises:
        Problem: 409, the key has as many as it may.
    """
    text = dump_travel(travel)
    wanted = hashlib.sha256(f"{key.id}\n{text}".encode()).hexdigest()[:32]
    found = session.get(Matrix, wanted)
    if found is not None:
        return found, False
    if count_matrices(session, key) >= most:
        detail = f"This key has {most} matrices, the most that it may have; delete one."
        raise Problem(HTTPStatus.CONFLICT, detail)
    made = Matrix(
        id=wanted,
        api_key_id=key.id,
        places=len(travel.positions),
        travel=gzip.compress(text.encode(), 5),
        created_at=datetime.now(UTC),
    )
    session.add(made)
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        return session.get_one(Matrix, wanted), False
    return made, True


def find_matrix(session: Session, key: ApiKey, wanted: str) -> Matrix | None:
    """The key's own of this id; an administrator's are all."""
    found = session.get(Matrix, wanted)
    owned = found is not None and (found.api_key_id == key.id or Scope.ADMIN in key.scopes)
    return found if owned else None


def count_matrices(session: Session, key: ApiKey) -> int:
    """How many the key has."""
    mine = select(func.count()).select_from(Matrix).where(Matrix.api_key_id == key.id)
    return session.scalar(mine) or 0


def with_stored_matrix(session: Session, key: ApiKey, document: Any) -> tuple[Any, list[Issue]]:
    """The day with the matrix that it names in its place; without travel where that is an issue."""
    travel = document.get("travel") if isinstance(document, dict) else None
    if not isinstance(travel, dict) or travel.get("kind") != "stored_matrix":
        return document, []
    try:
        with within("travel"):
            found = _named(session, key, travel)
    except InvalidInput as error:
        return {k: v for k, v in document.items() if k != "travel"}, list(error.issues)
    return {**document, "travel": json.loads(gzip.decompress(found.travel))}, []


def _named(session: Session, key: ApiKey, travel: dict[str, Any]) -> Matrix:
    try:
        wanted = StoredMatrixModel.model_validate(travel).id
    except ValidationError as error:
        raise InvalidInput(issues_of(error, travel, StoredMatrixModel)) from None
    found = find_matrix(session, key, wanted)
    if found is None:
        message, action = f"No matrix of this key is {wanted}.", "Send it to /v1/matrices again."
        raise InvalidInput([Issue("unknown_matrix", "/id", message, action)])
    return found

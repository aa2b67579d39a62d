"""API keys, for administrators."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.auth import Administrator, OpenSession
from api.errors import UnknownKey
from api.keys import Scope, create_key, is_valid, list_keys, revoke_key
from api.problems import Problem, problems
from api.store.tables import ApiKey

router = APIRouter(prefix="/v1/api-keys", tags=["api-keys"], responses=problems(401, 403))


class KeyModel(BaseModel):
    """A key without its secret."""

    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    valid: bool


class KeyList(BaseModel):
    """All keys, oldest first."""

    api_keys: list[KeyModel]


class NewKey(BaseModel):
    """What a new key is for."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"
        ),
    ]
    scopes: list[Scope] = Field([Scope.READ, Scope.WRITE], min_length=1)
    valid_days: int | None = Field(None, ge=1, le=36500, strict=True)


class CreatedKey(BaseModel):
    """The key itself, this once."""

    api_key: KeyModel
    secret: str


@router.get("")
def tell_keys(session: OpenSession, _: Administrator) -> KeyList:
    """All keys."""
    return KeyList(api_keys=[_model(key) for key in list_keys(session)])


@router.post("", status_code=HTTPStatus.CREATED, responses=problems(400, 422))
def make_key(new: NewKey, session: OpenSession, _: Administrator, response: Response) -> CreatedKey:
    """Make a key; `secret` is what its caller sends and can't be had again."""
    valid_for = None if new.valid_days is None else timedelta(days=new.valid_days)
    key, secret = create_key(session, new.name, new.scopes, valid_for)
    session.commit()
    response.headers["Location"] = f"/v1/api-keys/{key.id}"
    response.headers["Cache-Control"] = "no-store"
    return CreatedKey(api_key=_model(key), secret=secret)


@router.delete("/{key_id}", status_code=HTTPStatus.NO_CONTENT, responses=problems(404))
def drop_key(key_id: str, session: OpenSession, _: Administrator) -> None:
    """Revoke a key at once and for good."""
    try:
        revoke_key(session, key_id)
    except UnknownKey as error:
        raise Problem(HTTPStatus.NOT_FOUND, str(error)) from None
    session.commit()


def _model(key: ApiKey) -> KeyModel:
    return KeyModel(
        id=key.id,
        name=key.name,
        scopes=[Scope(scope) for scope in key.scopes],
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        valid=is_valid(key, datetime.now(UTC)),
    )

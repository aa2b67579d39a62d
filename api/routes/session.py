"""A browser shows its key once and is known by a cookie from then on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Cookie, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from api.auth import Caller, OpenSession, require_our_page, show_key
from api.keys import Scope
from api.problems import problems
from api.sessions import COOKIE, begin_session, end_session
from api.store.tables import ApiKey

router = APIRouter(prefix="/v1/session", tags=["session"])


class ShownKey(BaseModel):
    """An API key."""

    model_config = ConfigDict(extra="forbid")

    key: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class SessionModel(BaseModel):
    """Who calls; `expires_at` is null where there is a key instead of a session."""

    api_key_id: str
    name: str
    scopes: list[Scope]
    expires_at: datetime | None


@router.post("", status_code=HTTPStatus.CREATED, responses=problems(400, 401, 403, 422, 429))
def log_in(
    shown: ShownKey, request: Request, session: OpenSession, response: Response
) -> SessionModel:
    """Begin a session: the answer sets a cookie that does for the key, for this browser only."""
    require_our_page(request)
    key = show_key(request, session, shown.key)
    valid_for = timedelta(hours=request.app.state.settings.session_hours)
    begun, token = begin_session(session, key, valid_for, datetime.now(UTC))
    session.commit()
    response.set_cookie(
        COOKIE,
        token,
        max_age=int((begun.expires_at - begun.created_at).total_seconds()),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    response.headers["Cache-Control"] = "no-store"
    return _model(key, begun.expires_at)


@router.get("", responses=problems(401))
def tell_session(request: Request, key: Caller) -> SessionModel:
    """Who calls, and until when."""
    return _model(key, request.state.session_expires_at)


@router.delete("", status_code=HTTPStatus.NO_CONTENT, responses=problems(403))
def log_out(
    request: Request,
    session: OpenSession,
    response: Response,
    token: Annotated[str | None, Cookie(alias=COOKIE)] = None,
) -> None:
    """End this browser's session, if it has one."""
    if token is not None:
        require_our_page(request)
        end_session(session, token)
        session.commit()
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")


def _model(key: ApiKey, expires_at: datetime | None) -> SessionModel:
    return SessionModel(
        api_key_id=key.id,
        name=key.name,
        scopes=[Scope(scope) for scope in key.scopes],
        expires_at=expires_at,
    )

"""Who calls: `Authorization: Bearer cw_...` or a browser's cookie, and what that key may do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from api.keys import Scope, find_key
from api.problems import Problem
from api.rates import Rates, neighbourhood
from api.sessions import COOKIE, SAFE_METHODS, comes_from_our_page, find_session
from api.store.tables import ApiKey

bearer = HTTPBearer(auto_error=False, description="An API key; `citywave keys create` makes one.")
cookie = APIKeyCookie(
    name=COOKIE, auto_error=False, description="A browser's session; `POST /v1/session` begins it."
)


def open_session(request: Request) -> Iterator[Session]:
    """A session on the store, for one request."""
    with Session(request.app.state.store, expire_on_commit=False) as session:
        yield session


OpenSession = Annotated[Session, Depends(open_session)]
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
SessionToken = Annotated[str | None, Depends(cookie)]


def find_caller(
    request: Request, session: OpenSession, credentials: Credentials, token: SessionToken
) -> ApiKey:
    """Dependency: the caller's key; one that is shown counts, not the cookie beside it.

    Raises:
        Problem: 401 without a valid key, 403 where another's page uses the cookie, 429 where they
            are too many.
    """
    key, request.state.session_expires_at = None, None
    if credentials is not None:
        key = show_key(request, session, credentials.credentials)
    elif token is not None:
        found = find_session(session, token, datetime.now(UTC))
        if found is not None:
            key, request.state.session_expires_at = found[0], found[1].expires_at
            if request.method not in SAFE_METHODS:
                require_our_page(request)
    if key is None:
        raise _unknown()
    request.state.key_id = key.id
    rates: Rates = request.app.state.rates
    rates.requests.take(key.id)
    return key


def show_key(request: Request, session: Session, text: str) -> ApiKey:
    """The valid key that this is.

    Raises:
        Problem: 401 if it is none, 429 where too many were none.
    """
    rates: Rates = request.app.state.rates
    address = neighbourhood(request.client.host) if request.client else ""
    rates.failures.require(address)
    key = find_key(session, text, datetime.now(UTC))
    if key is None:
        rates.failures.take(address)
        raise _unknown()
    return key


def require_our_page(request: Request) -> None:
    """Nothing if a browser sends this from a page of ours.

    Raises:
        Problem: 403.
    """
    if not comes_from_our_page(request):
        raise Problem(HTTPStatus.FORBIDDEN, "A page of another host may not use a session here.")


def _unknown() -> Problem:
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        "Send a valid API key: Authorization: Bearer cw_...",
        headers={"WWW-Authenticate": "Bearer"},
    )


Caller = Annotated[ApiKey, Depends(find_caller)]


def caller(scope: Scope) -> Callable[..., ApiKey]:
    """Dependency: the caller's key, if it has this scope; an administrator's has all.

    Raises:
        Problem: as `find_caller`, 403 without the scope.
    """

    def find(key: Caller) -> ApiKey:
        if not {scope, Scope.ADMIN} & set(key.scopes):
            raise Problem(HTTPStatus.FORBIDDEN, f"The key lacks the scope {scope}.")
        return key

    return find


Reader = Annotated[ApiKey, Depends(caller(Scope.READ))]
Writer = Annotated[ApiKey, Depends(caller(Scope.WRITE))]
Administrator = Annotated[ApiKey, Depends(caller(Scope.ADMIN))]


def sender(request: Request, key: Writer) -> ApiKey:
    """Dependency: a writer who may send one more wave.

    Raises:
        Problem: as `caller`.
    """
    rates: Rates = request.app.state.rates
    rates.waves.take(key.id)
    return key


Sender = Annotated[ApiKey, Depends(sender)]

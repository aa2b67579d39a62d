"""Who calls: `Authorization: Bearer cw_...`, and what that key may do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from api.keys import Scope, find_key
from api.problems import Problem
from api.rates import Rates, neighbourhood
from api.store.tables import ApiKey

bearer = HTTPBearer(auto_error=False, description="An API key; `citywave keys create` makes one.")


def open_session(request: Request) -> Iterator[Session]:
    """A session on the store, for one request."""
    with Session(request.app.state.store, expire_on_commit=False) as session:
        yield session


OpenSession = Annotated[Session, Depends(open_session)]
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


def caller(scope: Scope) -> Callable[..., ApiKey]:
    """Dependency: the caller's key, if it has this scope; an administrator's has all.

    Raises:
        Problem: 401 without a valid key, 403 without the scope, 429 where they are too many.
    """

    def find(request: Request, session: OpenSession, credentials: Credentials) -> ApiKey:
        rates: Rates = request.app.state.rates
        address = neighbourhood(request.client.host) if request.client else ""
        rates.failures.require(address)
        now = datetime.now(UTC)
        key = find_key(session, credentials.credentials, now) if credentials else None
        if key is None:
            rates.failures.take(address)
            raise Problem(
                HTTPStatus.UNAUTHORIZED,
                "Send a valid API key: Authorization: Bearer cw_...",
                headers={"WWW-Authenticate": "Bearer"},
            )
        request.state.key_id = key.id
        rates.requests.take(key.id)
        if not {scope, Scope.ADMIN} & set(key.scopes):
            raise Problem(HTTPStatus.FORBIDDEN, f"The key lacks the scope {scope}.")
        return key

    return find


Reader = Annotated[ApiKey, Depends(caller(Scope.READ))]
Writer = Annotated[ApiKey, Depends(caller(Scope.WRITE))]


def sender(request: Request, key: Writer) -> ApiKey:
    """Dependency: a writer who may send one more wave.

    Raises:
        Problem: as `caller`.
    """
    request.app.state.rates.waves.take(key.id)
    return key


Sender = Annotated[ApiKey, Depends(sender)]
Administrator = Annotated[ApiKey, Depends(caller(Scope.ADMIN))]

"""A caller of the service, in this process."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta

from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from api.app import create_app
from api.keys import Scope, create_key
from api.settings import Settings


def serving(url: str, **settings: int) -> AbstractContextManager[TestClient]:
    """The service on this store, without a key; it plans only if `solves_at_once` is given."""
    app = create_app(Settings(database_url=url, **{"solves_at_once": 0, **settings}))
    return TestClient(app, raise_server_exceptions=False)


def with_key(
    client: TestClient, *scopes: Scope, valid_for: timedelta | None = None
) -> dict[str, str]:
    """Headers of a caller with a new key."""
    with Session(client.app.state.store) as session:  # type: ignore[attr-defined]
        _, secret = create_key(session, "test", scopes or (Scope.READ, Scope.WRITE), valid_for)
        session.commit()
    return {"Authorization": f"Bearer {secret}"}

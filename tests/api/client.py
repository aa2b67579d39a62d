"""A caller of the service, in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import uvicorn
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from api.app import create_app
from api.keys import Scope, create_key
from api.settings import Settings

UNLIMITED = dict.fromkeys(
    (
        "max_active_plans",
        "requests_per_minute",
        "request_burst",
        "waves_per_minute",
        "failures_per_minute",
    ),
    10**6,
)
"""Settings for callers that send whatever they can think of."""


def serving(url: str, **settings: int) -> AbstractContextManager[TestClient]:
    """The service on this store, without a key; it plans only if `solves_at_once` is given."""
    app = create_app(Settings(database_url=url, **{"solves_at_once": 0, **settings}))
    return TestClient(app, raise_server_exceptions=False)


@contextmanager
def listening(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """Its address while it is served on a port of this machine; 0 is any that is free."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def with_key(
    client: TestClient, *scopes: Scope, valid_for: timedelta | None = None
) -> dict[str, str]:
    """Headers of a caller with a new key."""
    with Session(client.app.state.store) as session:  # type: ignore[attr-defined]
        _, secret = create_key(session, "test", scopes or (Scope.READ, Scope.WRITE), valid_for)
        session.commit()
    return {"Authorization": f"Bearer {secret}"}

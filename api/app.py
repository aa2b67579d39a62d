"""The planning service: one application over one store.

request -> Request-Id -> counted -> key -> body -> the floors below -> answer, or a problem document
"""

from __future__ import annotations

import re
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from uuid import uuid4

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.headers import SafeHeaders
from api.jobs.runner import Runner
from api.metrics import Metrics
from api.observe import Observed
from api.openapi import describe
from api.problems import add_handlers
from api.rates import Rates
from api.routes import (
    api_keys,
    checks,
    demo_data,
    docs,
    imports,
    limits,
    matrices,
    plans,
    probes,
    schedules,
    session,
    vroom,
)
from api.settings import Settings, read_settings
from api.store.engine import open_store
from api.store.schema import prepare

ROUTERS = (
    probes.router,
    plans.router,
    schedules.router,
    checks.router,
    imports.router,
    matrices.router,
    demo_data.router,
    limits.router,
    session.router,
    api_keys.router,
    vroom.router,
    docs.router,
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; its store is opened when it starts.

    Args:
        settings: those of this process, unless given.

    Raises:
        BadSettings: they can't be read.

    Raises, at the start:
        BadDatabase: the store can't be reached.
        OldSchema: a store that hosts share has not been upgraded.
    """
    settings, metrics = settings or read_settings(), Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.store = open_store(settings.database_url)
        try:
            prepare(app.state.store)
            metrics.plans.store = app.state.store
            runner = Runner(app.state.store, settings, on_end=metrics.plan_ended)
            runner.start()
            try:
                yield
            finally:
                runner.stop()
        finally:
            app.state.store.dispose()

    app = FastAPI(
        title="citywave",
        version=version("citywave"),
        description="Plans same-city deliveries: orders in, checked courier routes out.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.metrics = metrics
    app.state.rates = Rates(settings)
    app.state.vroom_slots = threading.BoundedSemaphore(settings.vroom_at_once)
    for router in ROUTERS:
        app.include_router(router)
    add_handlers(app)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Observed, metrics=metrics)
    app.add_middleware(RequestIds)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    return app


class RequestIds:
    """Every answer carries `Request-Id`: the caller's, if it is a plain one, or a new one."""

    PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on; the answer's headers get the id on their way."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("request-id", "")
        request_id = given if self.PLAIN.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Request-Id"] = request_id
            await send(message)

        await self.app(scope, receive, tell)

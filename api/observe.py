"""Watches every request go by: how long it took and how it ended, for the monitor and the log."""

from __future__ import annotations

from http import HTTPStatus
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from api.logs import get_logger
from api.metrics import Metrics

UNMATCHED = "unmatched"
"""Route of a path that there is not: what a caller makes up is no label."""

log = get_logger("citywave.http")


class Observed:
    """Tells requests by the template of their route, never by their path."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on; a request that no answer came to has failed."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status, answered = perf_counter(), int(HTTPStatus.INTERNAL_SERVER_ERROR), 0.0

        async def tell(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], perf_counter()
            await send(message)

        told = scope.setdefault("state", {})
        with bound_contextvars(request_id=told["request_id"]):
            try:
                await self.app(scope, receive, tell)
            finally:
                method, route = scope["method"], getattr(scope.get("route"), "path", UNMATCHED)
                ended = perf_counter()
                self.metrics.answered(method, route, status, (answered or ended) - began)
                log.info(
                    "answered",
                    method=method,
                    route=route,
                    status=status,
                    ms=round(1000 * (ended - began)),
                    key=told.get("key_id"),
                )

"""Watches every request go by: how long it took and how it ended."""

from __future__ import annotations

from http import HTTPStatus
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics

UNMATCHED = "unmatched"
"""Route of a path that there is not: what a caller makes up is no label."""


class Observed:
    """Counts requests by the template of their route, never by their path."""

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

        try:
            await self.app(scope, receive, tell)
        finally:
            route = getattr(scope.get("route"), "path", UNMATCHED)
            seconds = (answered or perf_counter()) - began
            self.metrics.answered(scope["method"], route, status, seconds)

"""Headers that every answer carries, so that a browser does nothing with it that we did not mean.

Answers are data: no page may frame them, nothing in them may run. A page says what it needs.
Plans are for their caller only; whoever keeps one must ask (`If-None-Match`) before using it.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

SAFE = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": NOTHING,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page_policy(images: str = "") -> str:
    """Of a page whose scripts, styles and requests are our own; images may come from here too."""
    ours = "script-src 'self'; style-src 'self'; connect-src 'self'"
    return f"{NOTHING}; {ours}; img-src 'self' {images}".rstrip()


class SafeHeaders:
    """Adds what an answer does not say itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on; the answer's headers are completed on their way."""

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, tell)

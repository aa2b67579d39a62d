"""A request's body as a document: counted as it comes, unpacked as it is counted, read strictly."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from fastapi import Request

from api.problems import Problem
from api.settings import Settings
from dispatch.errors import InvalidInput, Issue
from dispatch.wire.text import parse_json, pointer, require_object

GZIP = 16 + zlib.MAX_WBITS
JSON = "application/json"


async def read_body(request: Request, settings: Settings, expected: str = JSON) -> bytes:
    """All of it, unpacked where it is packed; what says no media type is taken for JSON.

    Raises:
        Problem: 413 where it is too large, 415 where it is neither what is expected nor gzip of it,
            400 where it is broken gzip.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if (kind or JSON) != expected:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send {expected}, not {kind or JSON}.")
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip"):
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send gzip or plain, not {coding}.")
    unpack = zlib.decompressobj(GZIP) if coding == "gzip" else None
    sent, limit, parts, held = 0, settings.max_inflated_bytes, [], 0
    async for chunk in request.stream():
        sent += len(chunk)
        _limit(sent, settings.max_body_bytes, "sent")
        try:
            part = chunk if unpack is None else unpack.decompress(chunk, limit + 1 - held)
        except zlib.error as error:
            raise Problem(HTTPStatus.BAD_REQUEST, f"The body is no gzip: {error}.") from None
        held += len(part)
        _limit(held, limit, "unpacked")
        parts.append(part)
    if unpack is not None and not unpack.eof:
        raise Problem(HTTPStatus.BAD_REQUEST, "The gzip ends too early.")
    return b"".join(parts)


def _limit(size: int, limit: int, what: str) -> None:
    if size > limit:
        detail = f"The body has over {limit} bytes {what}; `GET /v1/limits` tells the limits."
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)


def parts_of(body: bytes, *names: str, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """The parts of a body that is an object with these keys, and perhaps the optional ones.

    Raises:
        InvalidInput: it is something else.
    """
    document, known = require_object(parse_json(body)), names + optional
    issues = [
        Issue("missing_key", pointer(name), "Expected a value, got none.", "Add it.")
        for name in names
        if name not in document
    ]
    issues += [
        Issue("unknown_key", pointer(key), f"Unknown key {key!r}.", f"Use only {', '.join(known)}.")
        for key in document
        if key not in known
    ]
    if issues:
        raise InvalidInput(issues)
    return document


def placed(name: str, issue: Issue) -> Issue:
    """An issue of a part by its place in the whole; rows and lines are told as they are."""
    is_pointer = not issue.where or issue.where.startswith("/")
    return replace(issue, where=pointer(name) + issue.where) if is_pointer else issue


@contextmanager
def within(name: str) -> Iterator[None]:
    """Issues found in a part are told by their place in the whole."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput([placed(name, issue) for issue in error.issues]) from None

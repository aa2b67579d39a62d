"""Browsers' sessions: begun by a key, known by a cookie, because EventSource sends no headers.

    cookie = 256 random bits        HttpOnly, SameSite=Strict, Secure over https

Only SHA-256 of it is kept. A session may do what its key may, and not longer.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from fastapi import Request
from sqlalchemy import delete
from sqlalchemy.orm import Session

from api.keys import is_valid
from api.store.tables import ApiKey, BrowserSession

COOKIE = "citywave_session"

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""That change nothing."""


def begin_session(
    session: Session, key: ApiKey, valid_for: timedelta, now: datetime
) -> tuple[BrowserSession, str]:
    """A new session, and what its cookie holds; those that have expired are forgotten."""
    session.execute(delete(BrowserSession).where(BrowserSession.expires_at <= now))
    token, expires_at = secrets.token_urlsafe(32), now + valid_for
    if key.expires_at is not None:
        expires_at = min(expires_at, key.expires_at)
    begun = BrowserSession(
        token_hash=_hash(token), api_key_id=key.id, created_at=now, expires_at=expires_at
    )
    session.add(begun)
    return begun, token


def find_session(
    session: Session, token: str, now: datetime
) -> tuple[ApiKey, BrowserSession] | None:
    """The session of a cookie and its key, if both are valid now."""
    found = session.get(BrowserSession, _hash(token))
    if found is None or now >= found.expires_at:
        return None
    key = session.get_one(ApiKey, found.api_key_id)
    return (key, found) if is_valid(key, now) else None


def end_session(session: Session, token: str) -> None:
    """Its cookie opens nothing any more."""
    session.execute(delete(BrowserSession).where(BrowserSession.token_hash == _hash(token)))


def comes_from_our_page(request: Request) -> bool:
    """Whether the page that sends a request is of this host: another's may not use the cookie.

    Browsers say so themselves where the connection is safe, else they say which page it is.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    _, _, host = request.headers.get("origin", "").partition("://")
    return host != "" and host == request.headers.get("host")


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()

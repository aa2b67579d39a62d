"""API keys: made, found by what a caller sends, revoked.

    key = cw_<id>_<secret>        id: 12 hex digits, public; secret: 256 random bits, shown once

Only SHA-256 of the secret is kept: random secrets need no slow hash.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.errors import UnknownKey
from api.store.tables import ApiKey

_FORM = re.compile(r"cw_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NOBODY = bytes(32)
"""What a secret is compared with where there is no such key: no secret has this hash."""


class Scope(StrEnum):
    """What a key may do."""

    READ = "plans:read"
    WRITE = "plans:write"
    ADMIN = "admin"


def create_key(
    session: Session,
    name: str,
    scopes: Iterable[Scope] = (Scope.READ, Scope.WRITE),
    valid_for: timedelta | None = None,
) -> tuple[ApiKey, str]:
    """A new key, and the text that its caller sends, which can't be had again.

    Args:
        session: of the store; the caller commits.
        name: for people, 1 to 200 characters.
        scopes: what it may do.
        valid_for: from now on; None is for ever.
    """
    now, secret = datetime.now(UTC), secrets.token_urlsafe(32)
    key = ApiKey(
        id=secrets.token_hex(6),
        name=name,
        secret_hash=_hash(secret),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=None if valid_for is None else now + valid_for,
        revoked_at=None,
    )
    session.add(key)
    return key, f"cw_{key.id}_{secret}"


def find_key(session: Session, text: str, now: datetime) -> ApiKey | None:
    """The key that this text is, if it is valid now.

    Takes as long for a wrong secret as for a right one.
    """
    parts = _FORM.fullmatch(text)
    if parts is None:
        return None
    key = session.get(ApiKey, parts[1])
    same = hmac.compare_digest(_hash(parts[2]), _NOBODY if key is None else key.secret_hash)
    return key if key is not None and same and is_valid(key, now) else None


def is_valid(key: ApiKey, now: datetime) -> bool:
    """Whether it is neither revoked nor expired."""
    return key.revoked_at is None and (key.expires_at is None or now < key.expires_at)


def list_keys(session: Session) -> list[ApiKey]:
    """All of them, oldest first."""
    return list(session.scalars(select(ApiKey).order_by(ApiKey.created_at, ApiKey.id)))


def revoke_key(session: Session, key_id: str) -> ApiKey:
    """The key is not valid any more; revoking it again changes nothing.

    Raises:
        UnknownKey: no key has this id.
    """
    key = session.get(ApiKey, key_id)
    if key is None:
        raise UnknownKey(f"No API key has the id {key_id!r}; `citywave keys list` tells them.")
    if key.revoked_at is None:
        key.revoked_at = datetime.now(UTC)
    return key


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()

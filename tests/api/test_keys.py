"""A key lets its caller in until it expires or is revoked, and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from api.errors import UnknownKey
from api.keys import Scope, create_key, find_key, list_keys, revoke_key

NOW = datetime.now(UTC)


def test_a_key_is_found_by_its_text(session: Session) -> None:
    """And only by the whole of it."""
    key, text = create_key(session, "shop")
    session.flush()
    assert find_key(session, text, NOW) is key
    assert key.scopes == [Scope.READ, Scope.WRITE]
    for wrong in (text[:-1], f"{text}A", text.upper(), text[3:], "", f"cw_{'0' * 12}_{text[-43:]}"):
        assert find_key(session, wrong, NOW) is None


def test_the_secret_of_another_key_does_not_do(session: Session) -> None:
    """Id and secret belong together."""
    _, one = create_key(session, "one")
    _, two = create_key(session, "two")
    session.flush()
    assert find_key(session, one[:16] + two[16:], NOW) is None


def test_the_secret_is_not_kept(session: Session) -> None:
    """Only its hash is."""
    key, text = create_key(session, "shop")
    session.flush()
    secret = text[16:]
    assert len(secret) == 43
    assert not any(secret in str(value) for value in vars(key).values())


def test_a_key_expires(session: Session) -> None:
    """At its moment, not before."""
    key, text = create_key(session, "shop", valid_for=timedelta(days=1))
    session.flush()
    assert key.expires_at is not None
    assert find_key(session, text, key.expires_at - timedelta(microseconds=1)) is key
    assert find_key(session, text, key.expires_at) is None


def test_a_revoked_key_stays_revoked(session: Session) -> None:
    """Since the first time."""
    key, text = create_key(session, "shop")
    session.flush()
    revoke_key(session, key.id)
    since = key.revoked_at
    revoke_key(session, key.id)
    assert key.revoked_at == since
    assert find_key(session, text, NOW) is None
    assert list_keys(session) == [key]


def test_revoking_what_is_not_there(session: Session) -> None:
    """Says how to find out what is."""
    with pytest.raises(UnknownKey, match="citywave keys list"):
        revoke_key(session, "nothing")

"""A browser shows its key once; its cookie then does for it, on our pages only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from api.keys import Scope, revoke_key
from api.sessions import COOKIE
from api.store.tables import BrowserSession
from tests.api.client import serving, with_key

OURS = {"Origin": "http://testserver"}


def log_in(client: TestClient, *scopes: Scope, **valid: timedelta) -> str:
    """Id of a new key that the client's browser has shown."""
    secret = with_key(client, *scopes, **valid)["Authorization"].removeprefix("Bearer ")
    told = client.post("/v1/session", json={"key": secret}, headers=OURS)
    assert told.status_code == 201, told.text
    assert told.headers["cache-control"] == "no-store"
    assert secret not in told.text
    api_key_id: str = told.json()["api_key_id"]
    return api_key_id


def store(client: TestClient) -> Session:
    return Session(client.app.state.store)  # type: ignore[attr-defined]


def test_a_cookie_does_for_a_key(client: TestClient) -> None:
    """Until it is given up; whoever calls is told who that is."""
    assert client.get("/v1/session").status_code == 401
    api_key_id = log_in(client, Scope.READ)
    assert client.get("/v1/plans").status_code == 200
    told = client.get("/v1/session").json()
    assert (told["api_key_id"], told["name"], told["scopes"]) == (
        api_key_id,
        "test",
        ["plans:read"],
    )
    left = datetime.fromisoformat(told["expires_at"]) - datetime.now(UTC)
    assert timedelta(hours=13) < left <= timedelta(hours=14)
    kept = client.cookies[COOKIE]
    assert client.delete("/v1/session", headers=OURS).status_code == 204
    assert COOKIE not in client.cookies
    assert client.get("/v1/plans", headers={"Cookie": f"{COOKIE}={kept}"}).status_code == 401
    assert client.delete("/v1/session").status_code == 204


def test_a_key_in_the_header_is_told_too(client: TestClient) -> None:
    """It counts, not the cookie beside it; it has no session that could end."""
    log_in(client)
    headers = with_key(client, Scope.READ)
    told = client.get("/v1/session", headers=headers).json()
    assert (told["scopes"], told["expires_at"]) == (["plans:read"], None)
    assert client.get("/v1/session", headers={"Authorization": "Bearer cw_x"}).status_code == 401


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_no_script_and_no_other_page_gets_the_cookie(
    client: TestClient, scheme: str, secure: bool
) -> None:
    """The browser keeps it to itself, and over https to such connections."""
    secret = with_key(client)["Authorization"].removeprefix("Bearer ")
    client.base_url = f"{scheme}://testserver"
    headers = {"Origin": f"{scheme}://testserver"}
    told = client.post("/v1/session", json={"key": secret}, headers=headers)
    said = told.headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=strict" in said
    assert "path=/" in said
    assert ("secure" in said) == secure


def test_the_token_is_not_kept(client: TestClient) -> None:
    """Only its hash is."""
    log_in(client)
    with store(client) as session:
        (kept,) = session.scalars(select(BrowserSession))
        assert client.cookies[COOKIE].encode() not in kept.token_hash
        assert len(kept.token_hash) == 32


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Origin": "http://testserver"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://behind.a.proxy"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "http://testserver.evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://["}, False),
        ({}, False),
    ],
)
def test_another_page_can_not_use_the_cookie(
    client: TestClient, headers: dict[str, str], allowed: bool
) -> None:
    """What changes something must come from our own pages; a key needs no page."""
    log_in(client, Scope.ADMIN)
    body = {"name": "made by a page"}
    told = client.post("/v1/api-keys", json=body, headers=headers)
    assert told.status_code == (201 if allowed else 403)
    assert client.get("/v1/api-keys", headers=headers).status_code == 200
    with_header = {**headers, **with_key(client, Scope.ADMIN)}
    assert client.post("/v1/api-keys", json=body, headers=with_header).status_code == 201
    assert client.delete("/v1/session", headers=headers).status_code == (204 if allowed else 403)
    secret = with_key(client)["Authorization"].removeprefix("Bearer ")
    again = client.post("/v1/session", json={"key": secret}, headers=headers)
    assert again.status_code == (201 if allowed else 403)


def test_a_session_ends_with_its_key(client: TestClient) -> None:
    """Revoked, it opens nothing; a key that expires earlier ends it earlier."""
    api_key_id = log_in(client)
    with store(client) as session:
        revoke_key(session, api_key_id)
        session.commit()
    assert client.get("/v1/plans").status_code == 401
    log_in(client, valid_for=timedelta(minutes=5))
    left = datetime.fromisoformat(client.get("/v1/session").json()["expires_at"])
    assert left - datetime.now(UTC) <= timedelta(minutes=5)


def test_a_session_expires_and_is_forgotten(client: TestClient) -> None:
    """The next one that begins takes it away."""
    log_in(client)
    with store(client) as session:
        session.execute(update(BrowserSession).values(expires_at=datetime.now(UTC)))
        session.commit()
        assert client.get("/v1/plans").status_code == 401
        log_in(client)
        assert len(session.scalars(select(BrowserSession)).all()) == 1


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[TestClient]:
    """Two wrong keys and no more."""
    with serving(f"sqlite:///{tmp_path / 'store.db'}", failures_per_minute=2) as client:
        yield client


def test_keys_are_not_guessed_here_either(strict: TestClient) -> None:
    """Wrong ones count; cookies that are old do not, so an office is not locked out by a tab."""
    client = strict
    for _ in range(5):
        assert client.get("/v1/plans", headers={"Cookie": f"{COOKIE}=old"}).status_code == 401
    told = [client.post("/v1/session", json={"key": "cw_x"}, headers=OURS) for _ in range(3)]
    assert [answer.status_code for answer in told] == [401, 401, 429]
    assert "cw_x" not in told[0].text


def test_a_key_that_is_none_is_not_echoed(client: TestClient) -> None:
    """Neither where it is too long, nor where the body has something else."""
    for body in ({"key": "cw_secret" * 100}, {"key": "cw_secret", "name": "cw_secret"}):
        told = client.post("/v1/session", json=body, headers=OURS)
        assert told.status_code == 422
        assert "cw_secret" not in told.text

"""Administrators make, list and revoke keys over HTTP."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api.keys import Scope
from tests.api.client import with_key


def test_a_key_lives_until_it_is_revoked(client: TestClient) -> None:
    """Its secret is told once."""
    admin = with_key(client, Scope.ADMIN)
    made = client.post("/v1/api-keys", headers=admin, json={"name": " shop ", "valid_days": 3})
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    key, secret = made.json()["api_key"], made.json()["secret"]
    assert (key["name"], key["scopes"], key["valid"]) == (
        "shop",
        ["plans:read", "plans:write"],
        True,
    )
    own = {"Authorization": f"Bearer {secret}"}
    assert client.get("/v1/limits", headers=own).status_code == 200
    listed = client.get("/v1/api-keys", headers=admin)
    assert key in listed.json()["api_keys"]
    assert secret[16:] not in listed.text
    assert client.delete(made.headers["location"], headers=admin).status_code == 204
    assert client.get("/v1/limits", headers=own).status_code == 401


def test_only_administrators_may(client: TestClient) -> None:
    """Others' keys are none of a caller's business."""
    headers = with_key(client)
    for told in (
        client.get("/v1/api-keys", headers=headers),
        client.post("/v1/api-keys", headers=headers, json={"name": "a"}),
        client.delete("/v1/api-keys/0", headers=headers),
    ):
        assert told.status_code == 403


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "missing_key", "/name"),
        ({"name": " "}, "malformed_name", "/name"),
        ({"name": "a\x00"}, "malformed_name", "/name"),
        ({"name": "a", "scopes": ["all"]}, "unknown_value", "/scopes/0"),
        ({"name": "a", "scopes": []}, "empty_list", "/scopes"),
        ({"name": "a", "valid_days": 0}, "out_of_range", "/valid_days"),
        ({"name": "a", "valid_days": True}, "wrong_type", "/valid_days"),
        ({"name": "a", "colour": 1}, "unknown_key", "/colour"),
    ],
)
def test_mistakes_are_told(
    client: TestClient, body: dict[str, object], code: str, pointer: str
) -> None:
    """With code and place."""
    told = client.post("/v1/api-keys", headers=with_key(client, Scope.ADMIN), json=body)
    assert told.status_code == 422
    (issue,) = told.json()["issues"]
    assert (issue["code"], issue["pointer"]) == (code, pointer)


def test_what_is_no_json(client: TestClient) -> None:
    """400, and where."""
    headers = with_key(client, Scope.ADMIN) | {"Content-Type": "application/json"}
    told = client.post("/v1/api-keys", headers=headers, content=b"{nothing")
    assert told.status_code == 400
    assert told.json()["issues"][0]["code"] == "not_json"


def test_revoking_what_is_not_there(client: TestClient) -> None:
    """404."""
    told = client.delete("/v1/api-keys/nothing", headers=with_key(client, Scope.ADMIN))
    assert told.status_code == 404

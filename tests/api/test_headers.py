"""Every answer tells a browser what it may not do with it."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api.keys import Scope
from tests.api.client import with_key


@pytest.mark.parametrize("path", ["/livez", "/docs", "/docs/docs.js", "/nowhere", "/v1/plans"])
def test_answers_are_not_sniffed_framed_or_kept(client: TestClient, path: str) -> None:
    """Successes, problems, pages and files alike; a plan is used again only after asking."""
    headers = client.get(path, headers=with_key(client)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    kept = "public, max-age=3600" if path == "/docs/docs.js" else "private, no-cache"
    assert headers["cache-control"] == kept


def test_a_bug_of_ours_has_them_too(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answer is made outside of everything else."""
    monkeypatch.setattr("api.routes.probes.check_schema", lambda _: 1 / 0)
    told = client.get("/readyz")
    assert (told.status_code, told.headers["x-content-type-options"]) == (500, "nosniff")


def test_a_secret_is_not_kept(client: TestClient) -> None:
    """What says more than the default stays as it is."""
    told = client.post("/v1/api-keys", json={"name": "a"}, headers=with_key(client, Scope.ADMIN))
    assert told.headers["cache-control"] == "no-store"

"""What holds for every endpoint: ids, problems, keys, the OpenAPI document."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from openapi_spec_validator import validate
from sqlalchemy import text
from starlette.testclient import TestClient

from api.errors import OldSchema
from api.keys import Scope
from tests.api.client import serving, with_key


def test_probes_need_no_key(client: TestClient) -> None:
    """The process lives, the store is there."""
    assert client.get("/livez").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}
    assert client.get("/version").json()["version"]


def test_a_store_that_has_changed_is_not_ready(client: TestClient) -> None:
    """Alive, but not ready, and why."""
    with client.app.state.store.begin() as connection:  # type: ignore[attr-defined]
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    told = client.get("/readyz")
    assert told.status_code == 503
    assert "citywave db upgrade" in told.json()["detail"]
    assert client.get("/livez").status_code == 200


def test_a_shared_store_is_not_upgraded_by_a_server(url: str) -> None:
    """An embedded one is."""
    if url.startswith("sqlite"):
        with serving(url) as client:
            assert client.get("/readyz").status_code == 200
        return
    with pytest.raises(OldSchema), serving(url):
        pass


def test_without_a_valid_key_nothing_is_told(client: TestClient) -> None:
    """401 for no key, a wrong one, an expired one; 403 for one that may not."""
    expired = with_key(client, valid_for=timedelta(seconds=-1))
    for headers in ({}, {"Authorization": "Bearer cw_0_0"}, {"Authorization": "Basic a"}, expired):
        told = client.get("/v1/limits", headers=headers)
        assert told.status_code == 401
        assert told.headers["www-authenticate"] == "Bearer"
        assert told.headers["content-type"] == "application/problem+json"
    told = client.get("/v1/limits", headers=with_key(client, Scope.WRITE))
    assert (told.status_code, told.json()["detail"]) == (403, "The key lacks the scope plans:read.")
    assert client.get("/v1/limits", headers=with_key(client, Scope.ADMIN)).status_code == 200


def test_what_the_framework_refuses_is_a_problem_too(client: TestClient) -> None:
    """No path, no method."""
    for told, status in ((client.get("/nowhere"), 404), (client.put("/livez"), 405)):
        assert told.status_code == status
        assert told.headers["content-type"] == "application/problem+json"
        assert told.json()["status"] == status
    assert client.put("/livez").headers["allow"] == "GET"


def test_every_answer_carries_a_request_id(client: TestClient) -> None:
    """The caller's, unless it could break a log."""
    assert client.get("/livez", headers={"Request-Id": "a-1"}).headers["request-id"] == "a-1"
    for odd in ("a b", "a" * 65, ""):
        made = client.get("/nowhere", headers={"Request-Id": odd}).headers["request-id"]
        assert len(made) == 32


def test_a_bug_of_ours_tells_no_secrets(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The traceback goes to the log, not to the caller."""
    monkeypatch.setattr("api.routes.probes.check_schema", lambda _: 1 / 0)
    told = client.get("/readyz")
    assert told.status_code == 500
    assert "ZeroDivisionError" not in told.text
    assert told.headers["request-id"] in caplog.text


def test_the_openapi_document_is_valid(tmp_path: Path) -> None:
    """And tells every endpoint's problems by their media type."""
    with serving(f"sqlite:///{tmp_path / 'store.db'}") as client:
        document = client.get("/openapi.json").json()
    validate(document)
    for path, operations in document["paths"].items():
        for operation in operations.values():
            own = "application/json" if path.startswith("/compat/") else "application/problem+json"
            for status, told in operation["responses"].items():
                if int(status) >= 400:
                    assert list(told["content"]) == [own], (path, status)

"""VROOM's JSON over HTTP: its answers, its codes, and who is sent away."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from api.keys import Scope
from tests.api.client import serving, with_key
from tests.dispatch.vroom.problems import documented

PATH = "/compat/vroom"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """The service on SQLite, one search at a time, of 5 jobs and 3 vehicles."""
    limits = {"vroom_at_once": 1, "vroom_max_jobs": 5, "vroom_max_vehicles": 3}
    with serving(f"sqlite:///{tmp_path / 'store.db'}", max_body_bytes=50_000, **limits) as opened:
        opened.headers.update(with_key(opened))
        yield opened


def free_slots(client: TestClient) -> int:
    count: int = client.app.state.vroom_slots._value  # type: ignore[attr-defined]
    return count


def test_a_problem_is_solved(client: TestClient) -> None:
    """As by vroom-express: its health check's problem."""
    told = client.post(PATH, json=documented(options={"x": 2, "t": 1}))
    assert told.status_code == 200
    assert (told.json()["code"], told.json()["summary"]["cost"]) == (0, 5461)
    steps = told.json()["routes"][0]["steps"]
    assert [step["arrival"] for step in steps] == [0, 2104, 4359, 5461]
    assert free_slots(client) == 1


def test_issues_are_told_in_vrooms_words(client: TestClient) -> None:
    """All of them: a line of the error each, and as issues."""
    broken = documented(shipments=[{}], jobs=[{"id": 1, "location_index": 1, "colour": "red"}])
    told = client.post(PATH, json=broken)
    assert told.status_code == 400
    assert told.json()["code"] == 2
    lines = told.json()["error"].splitlines()
    assert [line.split(": ")[0] for line in lines] == ["/shipments", "/jobs/0/colour"]
    assert [i["code"] for i in told.json()["issues"]] == ["unsupported_key", "unknown_key"]
    assert free_slots(client) == 1


def test_statuses_and_codes_are_those_of_vroom_express(client: TestClient) -> None:
    """Too large is 4, no JSON is 2, and a key is what it does not have."""
    job = {"id": 1, "location_index": 1}
    vehicle = {"id": 0, "start_index": 0}
    cases: list[tuple[bytes, int, int]] = [
        (json.dumps(documented(jobs=6 * [job])).encode(), 413, 4),
        (json.dumps(documented(vehicles=4 * [vehicle])).encode(), 413, 4),
        (b" " * 50_001, 413, 4),
        (b"{nothing", 400, 2),
        (b"[]", 400, 2),
    ]
    for body, status, code in cases:
        told = client.post(PATH, content=body)
        assert (told.status_code, told.json()["code"]) == (status, code)
        assert told.headers["content-type"] == "application/json"
        assert told.json()["error"]
    assert client.post(PATH, content=b"a", headers={"Content-Type": "text/csv"}).status_code == 400
    assert client.post(PATH, json={}, headers={"Authorization": ""}).status_code == 401
    reader = client.post(PATH, json={}, headers=with_key(client, Scope.READ))
    assert (reader.status_code, reader.json()["code"]) == (403, 2)


def test_a_caller_too_many_is_sent_away(client: TestClient) -> None:
    """At once, and told when to come back."""
    slots: threading.Semaphore = client.app.state.vroom_slots  # type: ignore[attr-defined]
    with slots:
        told = client.post(PATH, json=documented())
    assert (told.status_code, told.json()["code"], told.headers["retry-after"]) == (503, 1, "1")
    assert client.post(PATH, json=documented(options={"x": 0})).status_code == 200


def test_a_bug_of_ours_is_told_in_vrooms_words(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Code 1; the log has the rest, and the slot is free again."""
    monkeypatch.setattr("api.routes.vroom.answer", lambda *_, **__: 1 / 0)
    told = client.post(PATH, json=documented())
    assert (told.status_code, told.json()) == (500, {"code": 1, "error": "Internal error"})
    assert told.headers["request-id"] in caplog.text
    assert free_slots(client) == 1


def test_health_needs_no_key(client: TestClient) -> None:
    """200 and an empty body, or 500 in VROOM's words."""
    told = client.get(f"{PATH}/health", headers={"Authorization": ""})
    assert (told.status_code, told.content) == (200, b"")
    with client.app.state.store.begin() as connection:  # type: ignore[attr-defined]
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    broken = client.get(f"{PATH}/health")
    assert (broken.status_code, broken.json()["code"]) == (500, 1)


def test_a_caller_that_goes_away_ends_the_search(client: TestClient) -> None:
    """Its stop signal is set; without it this search would go on for two hours."""
    seen: list[Any] = []
    began = threading.Event()

    def patient(_: Any, *, stop: threading.Event) -> dict[str, Any]:
        began.set()
        seen.append(stop.wait(7200))
        return {}

    async def leave() -> None:
        body = json.dumps(documented()).encode()
        messages = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            if messages:
                return messages.pop()
            while not began.is_set():
                await asyncio.sleep(0.01)
            return {"type": "http.disconnect"}

        async def send(_: Any) -> None:
            pass

        scope = {
            "type": "http",
            "method": "POST",
            "path": PATH,
            "raw_path": PATH.encode(),
            "query_string": b"",
            "http_version": "1.1",
            "scheme": "http",
            "headers": [(b"authorization", client.headers["authorization"].encode())],
        }
        await client.app(scope, receive, send)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.routes.vroom.answer", patient)
        asyncio.run(leave())
    assert seen == [True]
    until = time.monotonic() + 30
    while free_slots(client) == 0 and time.monotonic() < until:
        time.sleep(0.01)
    assert free_slots(client) == 1

"""The log finds a request and a plan, and tells nothing of what was sent."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.app import create_app
from api.logs import OURS, log_to
from api.settings import Settings
from dispatch.demo import changchun_wave
from dispatch.wire import dump_snapshot
from tests.api.client import listening, serving, with_key

Line = dict[str, Any]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the process writes."""
    stream = io.StringIO()
    handler = log_to(stream)
    yield stream
    logging.getLogger().removeHandler(handler)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.NOTSET)


def lines(log: io.StringIO) -> list[Line]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_request_is_a_line(log: io.StringIO, tmp_path: Path) -> None:
    """With its id, its key's id, and the template of its path."""
    with serving(f"sqlite:///{tmp_path / 'store.db'}") as client:
        headers = {**with_key(client), "Request-Id": "r-1"}
        client.get("/v1/plans/secret-plan?cursor=secret", headers=headers)
        (line,) = (line for line in lines(log) if line["logger"] == "citywave.http")
    assert line.pop("ms") >= 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "answered",
        "logger": "citywave.http",
        "level": "info",
        "request_id": "r-1",
        "key": headers["Authorization"][len("Bearer cw_") :].split("_")[0],
        "method": "GET",
        "route": "/v1/plans/{plan_id}",
        "status": 404,
    }


def test_a_plan_has_its_lines(log: io.StringIO, tmp_path: Path) -> None:
    """Its beginning and its end, by id and attempt."""
    body = {"snapshot": _day(), "config": {"step_limit": 100, "threads": 1}}
    with serving(f"sqlite:///{tmp_path / 'store.db'}", solves_at_once=1) as client:
        headers = {**with_key(client), "Prefer": "wait=60"}
        plan_id = client.post("/v1/plans", json=body, headers=headers).json()["metadata"]["id"]
    told = [line for line in lines(log) if line["logger"] == "citywave.jobs"]
    assert [(line["event"], line["plan"], line["attempt"]) for line in told] == [
        ("a plan begins", plan_id, 1),
        ("a plan ends", plan_id, 1),
    ]
    assert (told[1]["state"], told[1]["stop_reason"]) == ("succeeded", "step_limit")


def test_nothing_that_was_sent_is_in_the_log(
    log: io.StringIO, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wave, a broken one, a wrong key, a query, a path, and a bug that quotes its input."""
    address, name = "长春市朝阳区湖西路 1 号 SECRET", "RECIPIENT"
    day = _day()
    day["orders"][0] |= {"id": name, "address": address}
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'store.db'}", solves_at_once=0))

    def bug(*_: object) -> None:
        raise ValueError(f"can't read {name} at {address}")

    with listening(app) as url, httpx2.Client(base_url=url) as caller:
        with serving(f"sqlite:///{tmp_path / 'store.db'}") as client:
            headers = with_key(client)
        sent = caller.post("/v1/plans", json={"snapshot": day}, headers=headers)
        assert sent.status_code == 202, sent.text
        broken = {"snapshot": {**day, address: name}}
        assert caller.post("/v1/plans", json=broken, headers=headers).status_code == 422
        wrong = {"Authorization": f"Bearer cw_{'0' * 12}_{'S' * 43}"}
        assert caller.get(f"/v1/plans?q={name}", headers=wrong).status_code == 401
        assert caller.get(f"/{name}", headers=headers).status_code == 404
        monkeypatch.setattr("api.days.snapshot_of", bug)
        failed = caller.post("/v1/plans", json={"snapshot": day}, headers=headers)
        assert failed.status_code == 500
    text = log.getvalue()
    told = lines(log)
    assert len([line for line in told if line["event"] == "answered"]) == 5
    (found,) = (line for line in told if line["event"] == "a bug of ours")
    assert found["request_id"] == failed.headers["request-id"]
    assert "builtins.ValueError" in found["error"]
    assert "test_logs.py" in found["error"]
    secret = headers["Authorization"].split("_", 2)[2]
    escaped = json.dumps(address)[1:-1]
    for hidden in (address, escaped, name, "SECRET", secret, "S" * 43, "湖西路", "127.0.0.1:"):
        assert hidden not in text.replace(url, "")


def _day() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(dump_snapshot(changchun_wave(orders=5)))
    return document

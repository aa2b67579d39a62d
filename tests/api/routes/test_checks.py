"""A plan is judged over HTTP as on the command line; a body is counted before it is believed."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from dispatch.demo import changchun_wave
from dispatch.planner import PlanConfig, plan
from dispatch.wire import dump_plan, dump_snapshot
from tests.api.client import serving, with_key


@pytest.fixture(scope="module")
def body() -> dict[str, Any]:
    """A wave of 12 orders and a plan of it."""
    snapshot = changchun_wave(seed=1, orders=12)
    made = plan(snapshot, PlanConfig(time_limit_s=None, step_limit=500, threads=1))
    return {
        "snapshot": json.loads(dump_snapshot(snapshot)),
        "plan": json.loads(dump_plan(made)),
    }


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """The service with small limits, on SQLite: a check asks nothing of the store but the key."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with serving(url, max_body_bytes=50_000, max_inflated_bytes=200_000) as opened:
        opened.headers.update(with_key(opened))
        yield opened


def test_a_sound_plan(client: TestClient, body: dict[str, Any]) -> None:
    """Breaks no rule."""
    told = client.post("/v1/checks", json=body)
    assert told.status_code == 200, told.text
    assert told.json() == {"ok": True, "violations": []}


def test_a_plan_that_breaks_rules(client: TestClient, body: dict[str, Any]) -> None:
    """Is an answer, not a problem."""
    broken = json.loads(json.dumps(body))
    broken["plan"]["routes"][0]["stops"][0]["order"] = "nobody"
    told = client.post("/v1/checks", json=broken)
    assert told.status_code == 200
    assert not told.json()["ok"]
    assert "unknown_order" in {v["code"] for v in told.json()["violations"]}


def test_issues_name_their_place_in_the_whole_body(
    client: TestClient, body: dict[str, Any]
) -> None:
    """Of the snapshot, of the plan, of the body itself."""
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"plan": body["plan"]}, "missing_key", "/snapshot"),
        ({**body, "config": {}}, "unknown_key", "/config"),
        (
            {**body, "snapshot": {**body["snapshot"], "orders": []}},
            "empty_wave",
            "/snapshot/orders",
        ),
        ({**body, "plan": {**body["plan"], "wave": 1}}, "wrong_type", "/plan/wave"),
    ]
    for sent, code, pointer in cases:
        told = client.post("/v1/checks", json=sent)
        assert told.status_code == 422
        found = [(issue["code"], issue["pointer"]) for issue in told.json()["issues"]]
        assert (code, pointer) in found


def test_a_packed_body(client: TestClient, body: dict[str, Any]) -> None:
    """Is unpacked, unless that is too large or broken."""
    packed = gzip.compress(json.dumps(body).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert client.post("/v1/checks", content=packed, headers=headers).json()["ok"]
    bomb = gzip.compress(b" " * 10_000_000)
    assert len(bomb) < 50_000
    for content, status in ((bomb, 413), (packed[:-9], 400), (b"no gzip", 400)):
        assert client.post("/v1/checks", content=content, headers=headers).status_code == status


def test_bodies_that_are_refused(client: TestClient) -> None:
    """Too large, of another type, no JSON."""
    cases: list[tuple[bytes, dict[str, str], int]] = [
        (b" " * 50_001, {"Content-Type": "application/json"}, 413),
        (b"a,b", {"Content-Type": "text/csv"}, 415),
        (b"{}", {"Content-Type": "application/json", "Content-Encoding": "br"}, 415),
        (b"{nothing", {"Content-Type": "application/json"}, 400),
        (b"\xff", {"Content-Type": "application/json"}, 400),
        (b"[]", {"Content-Type": "application/json"}, 422),
    ]
    for content, headers, status in cases:
        told = client.post("/v1/checks", content=content, headers=headers)
        assert told.status_code == status, told.text
        assert told.headers["content-type"] == "application/problem+json"

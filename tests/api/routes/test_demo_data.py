"""Made-up waves can be sent as they come; the limits tell what may be sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dispatch.demo import changchun_wave
from dispatch.wire import snapshot_digest, snapshot_of
from tests.api.client import serving, with_key


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """A service that takes waves of 30 orders and plans none of them."""
    with serving(f"sqlite:///{tmp_path / 'store.db'}", max_orders=30) as opened:
        opened.headers.update(with_key(opened))
        yield opened


def test_every_made_up_wave_can_be_sent(client: TestClient) -> None:
    """As it is told."""
    (told,) = client.get("/v1/demo-data").json()["demo_data"]
    assert set(told) == {"name", "description"}
    body = client.get(f"/v1/demo-data/{told['name']}?orders=30")
    sent = client.post(
        "/v1/plans", content=body.content, headers={"Content-Type": "application/json"}
    )
    assert sent.status_code == 202, sent.text


def test_a_seed_gives_the_same_wave_as_the_library(client: TestClient) -> None:
    """Another seed another one."""
    told = client.get("/v1/demo-data/changchun-morning?orders=9&seed=4").json()
    made = snapshot_of(told["snapshot"])
    assert snapshot_digest(made) == snapshot_digest(changchun_wave(seed=4, orders=9))
    assert snapshot_digest(made) != snapshot_digest(changchun_wave(seed=5, orders=9))


@pytest.mark.parametrize("query", ["orders=0", "orders=10001", "orders=many", "seed=-1"])
def test_waves_have_bounds(client: TestClient, query: str) -> None:
    """Told as issues."""
    told = client.get(f"/v1/demo-data/changchun-morning?{query}")
    assert told.status_code == 422
    (issue,) = told.json()["issues"]
    assert issue["pointer"] == f"query {query.partition('=')[0]}"


def test_no_such_wave(client: TestClient) -> None:
    """404, with what there is."""
    told = client.get("/v1/demo-data/atlantis")
    assert told.status_code == 404
    assert "changchun-morning" in told.json()["detail"]


def test_a_wave_may_have_too_many_orders(client: TestClient) -> None:
    """For this server: sent to be planned, judged or checked."""
    body = client.get("/v1/demo-data/changchun-morning?orders=31").json()
    for path, sent in (
        ("plans", body),
        ("plans?validate_only=true", body),
        ("checks", {"snapshot": body["snapshot"], "plan": {}}),
    ):
        told = client.post(f"/v1/{path}", json=sent)
        assert told.status_code == 422
        issue = told.json()["issues"][0]
        assert (issue["code"], issue["pointer"]) == ("too_many_orders", "/snapshot/orders")


def test_the_limits_tell_what_is_used(client: TestClient) -> None:
    """Of the caller's own plans."""
    body = client.get("/v1/demo-data/changchun-morning?orders=5").json()
    before = client.get("/v1/limits").json()
    assert client.post("/v1/plans", json=body).status_code == 202
    after = client.get("/v1/limits").json()
    assert (before["active_plans"], after["active_plans"]) == (0, 1)
    assert (after["max_orders"], after["max_active_plans"]) == (30, 10)
    other = client.get("/v1/limits", headers=with_key(client)).json()
    assert other["active_plans"] == 0

"""A monitor is told what goes on, and nothing about whom or where."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from api.jobs.queue import add_plan
from api.store.tables import ApiKey, PlanJob
from dispatch.demo import changchun_wave
from dispatch.wire import dump_snapshot
from tests.api.client import serving, with_key

Labels = frozenset[tuple[str, str]]


def told(client: TestClient) -> dict[tuple[str, Labels], float]:
    """Value of every sample by name and labels."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def labels(**named: str) -> Labels:
    return frozenset(named.items())


def test_requests_are_counted_by_route(client: TestClient) -> None:
    """Never by path: what callers make up would fill the monitor."""
    for path in ("/v1/plans/1", "/v1/plans/2", "/nowhere", "/elsewhere"):
        client.get(path, headers=with_key(client))
    client.request("BREW", "/livez")
    counts = told(client)
    name = "citywave_http_requests_total"
    route = "/v1/plans/{plan_id}"
    assert counts[name, labels(method="GET", route=route, status="404")] == 2
    assert counts[name, labels(method="GET", route="unmatched", status="404")] == 2
    assert counts[name, labels(method="other", route="/livez", status="405")] == 1
    seconds = "citywave_http_request_seconds_count"
    assert counts[seconds, labels(method="GET", route=route)] == 2


def test_a_bug_is_counted(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """As what its caller sees."""
    monkeypatch.setattr("api.routes.probes.check_schema", lambda _: 1 / 0)
    assert client.get("/readyz").status_code == 500
    counts = told(client)
    name = "citywave_http_requests_total"
    assert counts[name, labels(method="GET", route="/readyz", status="500")] == 1


def test_plans_are_counted_by_state(client: TestClient) -> None:
    """On either store; the age is that of the one that waits longest."""
    with_key(client)
    with Session(client.app.state.store) as session:  # type: ignore[attr-defined]
        owner = session.query(ApiKey).one().id
        old, _, done = (add_plan(session, owner, "w", "{}", {}, city="c") for _ in range(3))
        ago = datetime.now(UTC) - timedelta(minutes=10)
        session.execute(update(PlanJob).where(PlanJob.id == old.id).values(created_at=ago))
        session.execute(update(PlanJob).where(PlanJob.id == done.id).values(state="succeeded"))
        session.commit()
    counts = told(client)
    assert counts["citywave_plans", labels(state="queued")] == 2
    assert counts["citywave_plans", labels(state="succeeded")] == 1
    assert counts["citywave_plans", labels(state="failed")] == 0
    assert 600 <= counts["citywave_queue_age_seconds", labels()] < 700
    assert counts["citywave_store_up", labels()] == 1


@pytest.fixture
def planner(tmp_path: Path) -> Iterator[TestClient]:
    with serving(f"sqlite:///{tmp_path / 'store.db'}", solves_at_once=1) as opened:
        yield opened


def test_a_plan_that_ends_is_counted(planner: TestClient) -> None:
    """With its reason, and how long it took."""
    day = json.loads(dump_snapshot(changchun_wave(orders=5)))
    body = {"snapshot": day, "config": {"step_limit": 100, "threads": 1}}
    headers = {**with_key(planner), "Prefer": "wait=60"}
    assert planner.post("/v1/plans", json=body, headers=headers).status_code == 200
    ended = "citywave_plans_ended_total", labels(state="succeeded", stop_reason="step_limit")
    for _ in range(600):
        counts = told(planner)
        if ended in counts:
            break
        time.sleep(0.05)
    assert counts[ended] == 1
    assert counts["citywave_solve_seconds_sum", labels(state="succeeded")] > 0


def test_a_store_that_is_away_is_told(tmp_path: Path) -> None:
    """The rest is there still."""
    folder = tmp_path / "away"
    folder.mkdir()
    with serving(f"sqlite:///{folder / 'store.db'}") as client:
        client.app.state.store.dispose()  # type: ignore[attr-defined]
        folder.rename(tmp_path / "gone")
        counts = told(client)
        assert counts["citywave_store_up", labels()] == 0
        assert ("citywave_plans", labels(state="queued")) not in counts
        (tmp_path / "gone").rename(folder)


def test_applications_do_not_share_numbers(tmp_path: Path) -> None:
    """Each has a registry of its own."""
    for name in ("one", "two"):
        with serving(f"sqlite:///{tmp_path / name}.db") as client:
            client.get("/livez")
            found = labels(method="GET", route="/livez", status="200")
            assert told(client)["citywave_http_requests_total", found] == 1

"""Schedules over HTTP: put, looked at, dropped; each key has its own."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from api.jobs.schedules import plan_due
from api.store.clock import store_now
from api.store.tables import Schedule
from dispatch.demo import changchun_wave
from dispatch.wire import dump_snapshot
from tests.api.client import serving, with_key

PATH = "/v1/schedules/nightly"


@pytest.fixture(scope="module")
def body() -> dict[str, Any]:
    """Every night at three, where the city is."""
    return {
        "cron": "0 3 * * *",
        "snapshot": json.loads(dump_snapshot(changchun_wave(seed=1, orders=3))),
    }


@pytest.fixture
def caller(client: TestClient) -> TestClient:
    """The service on either store, and a key."""
    client.headers.update(with_key(client))
    return client


def test_a_schedule_is_put_and_put_again(caller: TestClient, body: dict[str, Any]) -> None:
    """Made, then changed; one that is due has a plan; dropped, its plans stay."""
    made = caller.put(PATH, json=body)
    assert made.status_code == 201, made.text
    assert (made.json()["time_zone"], made.json()["last_plan"]) == ("Asia/Shanghai", None)
    assert made.json()["next_due"].endswith("T19:00:00Z")
    again = caller.put(PATH, json={**body, "time_zone": "UTC", "config": {"seed": 7}})
    assert again.status_code == 200
    assert again.json()["next_due"].endswith("T03:00:00Z")
    assert caller.get(PATH).json() == again.json()
    assert caller.get("/v1/schedules").json() == {"schedules": [again.json()]}
    with Session(caller.app.state.store) as session:  # type: ignore[attr-defined]
        over = store_now(session) - timedelta(days=1)
        session.execute(update(Schedule).values(next_due=over))
        session.commit()
        assert plan_due(session) == 1
    plan_id = caller.get(PATH).json()["last_plan"]
    assert caller.get(f"/v1/plans/{plan_id}/metadata").json()["config"]["seed"] == 7
    assert caller.delete(PATH).status_code == 204
    assert caller.get(PATH).status_code == 404
    assert caller.delete(PATH).status_code == 404
    assert caller.get(f"/v1/plans/{plan_id}").status_code == 200


def test_all_issues_of_a_schedule_are_told_at_once(
    caller: TestClient, body: dict[str, Any]
) -> None:
    """Of the times, the zone, the day and the config."""
    broken = {
        "cron": "0 3 * *",
        "time_zone": "Mars/Olympus",
        "snapshot": {**body["snapshot"], "orders": []},
        "config": {"seed": -1},
    }
    told = caller.put(PATH, json=broken)
    assert told.status_code == 422
    assert {issue["code"]: issue["pointer"] for issue in told.json()["issues"]} == {
        "malformed_cron": "/cron",
        "unknown_time_zone": "/time_zone",
        "empty_wave": "/snapshot/orders",
        "out_of_range": "/config/seed",
    }
    wrong = caller.put(PATH, json={**body, "cron": 3, "time_zone": ["UTC"]})
    assert [issue["code"] for issue in wrong.json()["issues"]] == ["wrong_type", "wrong_type"]


def test_a_key_has_schedules_of_its_own(caller: TestClient, body: dict[str, Any]) -> None:
    """Of the same name, too."""
    assert caller.put(PATH, json=body).status_code == 201
    other = with_key(caller)
    assert caller.get(PATH, headers=other).status_code == 404
    assert caller.put(PATH, json=body, headers=other).status_code == 201
    assert len(caller.get("/v1/schedules", headers=other).json()["schedules"]) == 1


def test_a_key_has_so_many_schedules(url: str, client: TestClient, body: dict[str, Any]) -> None:
    """One more is refused; one that is there may be changed."""
    with serving(url, max_schedules=1) as limited:
        limited.headers.update(with_key(limited))
        assert limited.put(PATH, json=body).status_code == 201
        assert limited.put(PATH, json=body).status_code == 200
        assert limited.put("/v1/schedules/hourly", json=body).status_code == 429

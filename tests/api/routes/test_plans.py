"""A wave is sent, planned in the background, finished, cancelled, erased; nothing is lost."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from starlette.testclient import TestClient

from api.keys import Scope
from dispatch.check import find_violations
from dispatch.demo import changchun_wave
from dispatch.report import XLSX, geojson, stops_csv, workbook
from dispatch.travel import travel_times
from dispatch.wire import dump_snapshot, plan_of, snapshot_of
from tests.api.client import serving, with_key

ENDED = {"succeeded", "failed", "cancelled"}


@pytest.fixture(scope="module")
def day() -> dict[str, Any]:
    """A wave of 12 orders."""
    document: dict[str, Any] = json.loads(dump_snapshot(changchun_wave(seed=1, orders=12)))
    return document


@pytest.fixture
def planner(tmp_path: Path) -> Iterator[TestClient]:
    """A service that plans, and a caller with a key."""
    with serving(f"sqlite:///{tmp_path / 'store.db'}", solves_at_once=1) as opened:
        opened.headers.update(with_key(opened))
        yield opened


@pytest.fixture
def idle(client: TestClient) -> TestClient:
    """A service on either store whose queue nobody works on."""
    client.headers.update(with_key(client))
    return client


def until(
    client: TestClient, plan_id: str, true: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """The metadata once that is true of them."""
    for _ in range(600):
        told: dict[str, Any] = client.get(f"/v1/plans/{plan_id}/metadata").json()
        if true(told):
            return told
        time.sleep(0.05)
    raise AssertionError(told)


def has_ended(told: dict[str, Any]) -> bool:
    return told["state"] in ENDED


def test_a_wave_is_planned(planner: TestClient, day: dict[str, Any]) -> None:
    """The answer is the checked document that the command line writes."""
    body = {"snapshot": day, "config": {"step_limit": 500, "threads": 1}}
    told = planner.post("/v1/plans", json=body, headers={"Prefer": "wait=60"})
    assert told.status_code == 200, told.text
    assert told.headers["preference-applied"] == "wait=60"
    answer = told.json()
    assert answer["metadata"]["state"] == "succeeded"
    assert answer["metadata"]["stop_reason"] == "step_limit"
    snapshot = snapshot_of(day)
    assert find_violations(snapshot, plan_of(answer["plan"]), travel_times(snapshot.travel)) == []
    again = planner.get(told.headers["location"])
    assert again.json() == answer
    tag = {"If-None-Match": again.headers["etag"]}
    assert planner.get(told.headers["location"], headers=tag).status_code == 304
    sent = planner.get(f"{told.headers['location']}/input").json()
    assert sent["snapshot"] == day
    assert sent["config"]["step_limit"] == 500


@pytest.mark.slow
def test_finish_keeps_the_best_plan(planner: TestClient, day: dict[str, Any]) -> None:
    """Long before its time limit."""
    told = planner.post("/v1/plans", json={"snapshot": day, "config": {"time_limit_s": 600}})
    assert told.status_code == 202
    assert told.headers["retry-after"] == "1"
    plan_id = told.json()["metadata"]["id"]
    until(planner, plan_id, lambda m: m["progress"] is not None and m["progress"]["unserved"] < 12)
    until(
        planner, plan_id, lambda _: planner.get(f"/v1/plans/{plan_id}").json()["plan"] is not None
    )
    draft = planner.get(f"/v1/plans/{plan_id}").json()["plan"]
    assert draft["search"]["stop_reason"] == "running"
    snapshot = snapshot_of(day)
    assert find_violations(snapshot, plan_of(draft), travel_times(snapshot.travel)) == []
    assert planner.delete(f"/v1/plans/{plan_id}").status_code == 409
    assert planner.post(f"/v1/plans/{plan_id}/finish").status_code == 202
    ended = until(planner, plan_id, has_ended)
    assert (ended["state"], ended["stop_reason"]) == ("succeeded", "finished")
    assert planner.get(f"/v1/plans/{plan_id}").json()["plan"]["routes"]
    assert planner.post(f"/v1/plans/{plan_id}/cancel").status_code == 409
    assert planner.delete(f"/v1/plans/{plan_id}").status_code == 204
    assert planner.get(f"/v1/plans/{plan_id}").status_code == 410


@pytest.mark.slow
def test_cancel_and_death(planner: TestClient, day: dict[str, Any]) -> None:
    """Neither leaves a process behind; a plan whose process dies has failed, with a reason."""
    body = {"snapshot": day, "config": {"time_limit_s": 600}}
    for act, state in (("cancel", "cancelled"), ("kill", "failed")):
        plan_id = planner.post("/v1/plans", json=body).json()["metadata"]["id"]
        until(planner, plan_id, lambda m: m["progress"] is not None)
        children = psutil.Process().children(recursive=True)
        assert len(children) >= 2
        if act == "cancel":
            assert planner.post(f"/v1/plans/{plan_id}/cancel").status_code == 202
        else:
            for child in psutil.Process().children():
                if "resource_tracker" not in " ".join(child.cmdline()):
                    child.kill()
        ended = until(planner, plan_id, has_ended)
        assert ended["state"] == state
        assert ("died with exit code -9" in (ended["failure"] or "")) == (act == "kill")
        assert planner.get(f"/v1/plans/{plan_id}").json()["plan"] is None
        _, alive = psutil.wait_procs(
            [c for c in children if "resource_tracker" not in " ".join(_command(c))], timeout=10
        )
        assert alive == []


def _command(process: psutil.Process) -> list[str]:
    try:
        command: list[str] = process.cmdline()
    except psutil.NoSuchProcess:
        return []
    return command


@pytest.mark.slow
def test_a_plan_outlives_its_server(tmp_path: Path, day: dict[str, Any]) -> None:
    """What a server leaves running, the next one begins anew."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with serving(url, solves_at_once=1) as first:
        headers = with_key(first)
        first.headers.update(headers)
        body = {"snapshot": day, "config": {"time_limit_s": 2}}
        plan_id = first.post("/v1/plans", json=body).json()["metadata"]["id"]
        until(first, plan_id, lambda m: m["state"] != "queued")
    with serving(url, solves_at_once=1) as second:
        second.headers.update(headers)
        ended = until(second, plan_id, has_ended)
    assert (ended["state"], ended["attempt"]) == ("succeeded", 2)


def test_events_tell_the_whole_story(planner: TestClient, day: dict[str, Any]) -> None:
    """In order, resumable, and over when the plan has ended."""
    body = {"snapshot": day, "config": {"step_limit": 500, "threads": 1}}
    where = planner.post("/v1/plans", json=body).headers["location"]
    story = planner.get(f"{where}/events")
    assert story.headers["content-type"].startswith("text/event-stream")
    events = parsed(story.text)
    assert [number for number, _, _ in events] == list(range(1, len(events) + 1))
    states = [data["state"] for _, kind, data in events if kind != "incumbent"]
    assert states == ["queued", "preparing", "solving", "succeeded"]
    costs = [data["cost"] for _, kind, data in events if kind == "incumbent"]
    assert costs
    assert events[-1][1] == "end"
    rest = planner.get(f"{where}/events", headers={"Last-Event-ID": "2"})
    assert parsed(rest.text) == events[2:]
    over = planner.get(f"{where}/events", headers={"Last-Event-ID": str(len(events))})
    assert over.status_code == 204


def parsed(stream: str) -> list[tuple[int, str, dict[str, Any]]]:
    """Number, kind and data of every event."""
    events = []
    for block in stream.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        events.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return events


def test_the_same_request_again(idle: TestClient, day: dict[str, Any]) -> None:
    """Gives the same plan; another body with it is refused, another caller has keys of its own."""
    body, key = {"snapshot": day}, {"Idempotency-Key": "wave-7"}
    first = idle.post("/v1/plans", json=body, headers=key)
    assert first.status_code == 202
    assert "idempotent-replayed" not in first.headers
    second = idle.post("/v1/plans", json=body, headers=key)
    assert second.headers["idempotent-replayed"] == "true"
    assert second.json() == first.json()
    changed = idle.post("/v1/plans", json={**body, "config": {"seed": 2}}, headers=key)
    assert changed.status_code == 422
    assert changed.json()["issues"][0]["code"] == "idempotency_key_reused"
    other = idle.post("/v1/plans", json=body, headers={**key, **with_key(idle)})
    assert other.json()["metadata"]["id"] != first.json()["metadata"]["id"]


def test_validation_alone(idle: TestClient, day: dict[str, Any]) -> None:
    """Makes no plan."""
    told = idle.post("/v1/plans?validate_only=true", json={"snapshot": day})
    assert (told.status_code, told.json()) == (200, {"issues": []})
    assert idle.get("/v1/plans").json() == {"plans": [], "next_cursor": None}


def test_warnings_are_told(idle: TestClient, day: dict[str, Any]) -> None:
    """In the answer, and to whoever follows the plan."""
    nobody_has = {**day["orders"][0], "skills": ["juggling"]}
    body = {"snapshot": {**day, "orders": [nobody_has, *day["orders"][1:]]}}
    answer = idle.post("/v1/plans", json=body).json()
    (warning,) = answer["issues"]
    assert (warning["code"], warning["severity"]) == ("skill_nobody_has", "warning")
    where = f"/v1/plans/{answer['metadata']['id']}"
    assert idle.get(where).json()["issues"] == [warning]
    idle.post(f"{where}/cancel")
    story = idle.get(f"{where}/events").text
    assert [line for line in story.splitlines() if line.startswith("event")] == [
        "event: status",
        "event: warning",
        "event: end",
    ]
    assert '"code": "skill_nobody_has"' in story


def test_an_erased_plan_is_gone(idle: TestClient, day: dict[str, Any]) -> None:
    """Not unknown; but to others it is that."""
    where = f"/v1/plans/{idle.post('/v1/plans', json={'snapshot': day}).json()['metadata']['id']}"
    idle.post(f"{where}/cancel")
    assert idle.delete(where).status_code == 204
    for path in ("", "/metadata", "/input", "/analysis", "/events", "/publication"):
        assert idle.get(f"{where}{path}").status_code == 410
    assert idle.delete(where).status_code == 410
    assert idle.get(where, headers=with_key(idle)).status_code == 404


def test_all_issues_are_told_at_once(idle: TestClient, day: dict[str, Any]) -> None:
    """Those of the day and those of the config."""
    order = {**day["orders"][0], "colour": "red"}
    body = {
        "snapshot": {**day, "orders": [order, *day["orders"][1:]]},
        "config": {"engine": "fast", "seed": -1},
    }
    told = idle.post("/v1/plans", json=body)
    assert told.status_code == 422
    found = {(issue["code"], issue["pointer"]) for issue in told.json()["issues"]}
    assert found == {
        ("unknown_key", "/snapshot/orders/0/colour"),
        ("unknown_value", "/config/engine"),
        ("out_of_range", "/config/seed"),
    }


def test_a_key_has_so_many_active_plans(tmp_path: Path, day: dict[str, Any]) -> None:
    """One more is refused until one has ended; another key has its own."""
    with serving(f"sqlite:///{tmp_path / 'store.db'}", max_active_plans=2) as client:
        client.headers.update(with_key(client))
        ids = [
            client.post("/v1/plans", json={"snapshot": day}).json()["metadata"]["id"]
            for _ in range(2)
        ]
        told = client.post("/v1/plans", json={"snapshot": day})
        assert (told.status_code, told.headers["retry-after"]) == (429, "10")
        own = client.post("/v1/plans", json={"snapshot": day}, headers=with_key(client))
        assert own.status_code == 202
        assert client.post(f"/v1/plans/{ids[0]}/cancel").json()["state"] == "cancelled"
        assert client.post("/v1/plans", json={"snapshot": day}).status_code == 202


def test_plans_are_listed_newest_first(idle: TestClient, day: dict[str, Any]) -> None:
    """In pages, and only one's own."""
    made = [
        idle.post("/v1/plans", json={"snapshot": day}).json()["metadata"]["id"] for _ in range(3)
    ]
    first = idle.get("/v1/plans?limit=2").json()
    assert [plan["id"] for plan in first["plans"]] == made[:0:-1]
    rest = idle.get(f"/v1/plans?limit=2&cursor={first['next_cursor']}").json()
    assert ([plan["id"] for plan in rest["plans"]], rest["next_cursor"]) == ([made[0]], None)
    stranger, admin = with_key(idle), with_key(idle, Scope.ADMIN)
    assert idle.get("/v1/plans", headers=stranger).json()["plans"] == []
    assert idle.get(f"/v1/plans/{made[0]}", headers=stranger).status_code == 404
    assert len(idle.get("/v1/plans", headers=admin).json()["plans"]) == 3


def test_reading_and_writing_are_two_scopes(idle: TestClient, day: dict[str, Any]) -> None:
    """A reader may not send waves."""
    reader = with_key(idle, Scope.READ)
    assert idle.post("/v1/plans", json={"snapshot": day}, headers=reader).status_code == 403
    assert idle.get("/v1/plans", headers=reader).status_code == 200


def test_a_plan_in_the_form_that_is_asked_for(planner: TestClient, day: dict[str, Any]) -> None:
    """GeoJSON, CSV and a workbook are those of the command line; each form has its own ETag."""
    body = {"snapshot": day, "config": {"step_limit": 500, "threads": 1}}
    told = planner.post("/v1/plans", json=body, headers={"Prefer": "wait=60"})
    snapshot, plan = snapshot_of(day), plan_of(told.json()["plan"])
    tags = set()
    for form, content in (
        ("application/geo+json", json.dumps(geojson(snapshot, plan), ensure_ascii=False).encode()),
        ("text/csv", stops_csv(snapshot, plan).encode()),
        (XLSX, workbook(snapshot, plan)),
    ):
        answer = planner.get(told.headers["location"], headers={"Accept": form})
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == form
        assert answer.headers["vary"] == "Accept"
        assert answer.content == content
        tags.add(answer.headers["etag"])
        known = {"Accept": form, "If-None-Match": answer.headers["etag"]}
        assert planner.get(told.headers["location"], headers=known).status_code == 304
    tags.add(planner.get(told.headers["location"]).headers["etag"])
    assert len(tags) == 4
    none = planner.get(told.headers["location"], headers={"Accept": "image/png"})
    assert none.status_code == 406
    assert XLSX in none.json()["detail"]


def test_no_form_of_a_plan_that_there_is_not(idle: TestClient, day: dict[str, Any]) -> None:
    """Only JSON can say that there is none yet."""
    where = idle.post("/v1/plans", json={"snapshot": day}).headers["location"]
    assert idle.get(where).json()["plan"] is None
    assert idle.get(where, headers={"Accept": "text/csv"}).status_code == 409


def test_what_is_behind_a_plan(planner: TestClient, day: dict[str, Any]) -> None:
    """Where the money goes, why an order is where it is, what is different from another plan."""
    body = {"snapshot": day, "config": {"step_limit": 500, "threads": 1}}
    told = planner.post("/v1/plans", json=body, headers={"Prefer": "wait=60"})
    where, plan = told.headers["location"], plan_of(told.json()["plan"])
    analysis = planner.get(f"{where}/analysis").json()
    assert analysis["total_cost"] == plan.cost.total
    assert sum(route["orders"] for route in analysis["routes"]) == plan.served
    route = plan.routes[0]
    order = route.stops[0].order
    why = planner.get(f"{where}/orders/{order}/explanation").json()
    assert (why["status"], why["courier"], why["number"]) == ("served", route.courier, 1)
    assert len(why["alternatives"]) == len(day["couriers"]) - 1
    assert why["text"].startswith(f"Order {order} is stop 1 of")
    assert planner.get(f"{where}/orders/nobody/explanation").status_code == 404
    told = planner.post(
        "/v1/plans",
        json={"snapshot": {**day, "orders": day["orders"][1:]}, "config": body["config"]},
        headers={"Prefer": "wait=60"},
    )
    against = {"against": where.rpartition("/")[2]}
    diff = planner.get(f"{told.headers['location']}/diff", params=against).json()
    assert diff["removed"] == [day["orders"][0]["id"]]
    assert diff["cost"]["total"] == told.json()["plan"]["cost"]["total"] - plan.cost.total


def test_nothing_is_behind_a_plan_that_there_is_not(idle: TestClient, day: dict[str, Any]) -> None:
    """It is queued; what is asked of it is in conflict with that."""
    where = idle.post("/v1/plans", json={"snapshot": day}).headers["location"]
    order = day["orders"][0]["id"]
    for path in ("analysis", f"orders/{order}/explanation", f"diff?against={where[-32:]}"):
        answer = idle.get(f"{where}/{path}")
        assert answer.status_code == 409, path
        assert "queued" in answer.json()["detail"]

"""A travel matrix is sent once and named by days; what is made of them needs it no more."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.keys import Scope
from dispatch.planner import PlanConfig, plan
from dispatch.wire import dump_plan, dump_snapshot
from tests.api.client import serving, with_key
from tests.worlds import village

DAY: dict[str, Any] = json.loads(dump_snapshot(village()))
TRAVEL = DAY["travel"]


def named(matrix_id: str) -> dict[str, Any]:
    """The village, its travel in the store."""
    return {**DAY, "travel": {"kind": "stored_matrix", "id": matrix_id}}


@pytest.fixture
def caller(client: TestClient) -> TestClient:
    """A caller with a key, on either store."""
    client.headers.update(with_key(client))
    return client


@pytest.fixture
def small(tmp_path: Path) -> Iterator[TestClient]:
    """A service that takes two matrices of four places, and plans."""
    limits = {"max_matrices": 2, "max_matrix_places": 4, "solves_at_once": 1}
    with serving(f"sqlite:///{tmp_path / 'store.db'}", **limits) as opened:
        opened.headers.update(with_key(opened))
        yield opened


def other(minutes: int) -> dict[str, Any]:
    """Another matrix of two places."""
    steps = [[0, 60 * minutes], [None, 0]]
    positions = TRAVEL["positions"][:2]
    return {"kind": "matrix", "positions": positions, "durations_s": steps, "distances_m": steps}


def test_the_same_content_has_the_same_id(caller: TestClient) -> None:
    """However it is written; another key has its own."""
    first = caller.post("/v1/matrices", json=TRAVEL)
    assert first.status_code == 201, first.text
    assert first.json()["places"] == 4
    assert first.headers["location"] == f"/v1/matrices/{first.json()['id']}"
    written = json.dumps(dict(reversed(TRAVEL.items())), indent=1)
    again = caller.post(
        "/v1/matrices", content=written, headers={"Content-Type": "application/json"}
    )
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["location"] == first.headers["location"]
    theirs = caller.post("/v1/matrices", json=TRAVEL, headers=with_key(caller))
    assert theirs.status_code == 201
    assert theirs.json()["id"] != first.json()["id"]


def test_a_matrix_lives_until_it_is_deleted(caller: TestClient) -> None:
    """It is told to its owner, and to administrators."""
    made = caller.post("/v1/matrices", json=TRAVEL)
    where = made.headers["location"]
    assert caller.get(where).json() == made.json()
    assert caller.get(where, headers=with_key(caller)).status_code == 404
    assert caller.delete(where, headers=with_key(caller)).status_code == 404
    assert caller.get(where, headers=with_key(caller, Scope.ADMIN)).json() == made.json()
    assert caller.delete(where, headers=with_key(caller, Scope.READ)).status_code == 403
    assert caller.delete(where).status_code == 204
    assert caller.get(where).status_code == 404
    assert caller.delete(where).status_code == 404


def test_matrices_are_listed_in_pages(caller: TestClient) -> None:
    """Newest first, the caller's own."""
    made = [caller.post("/v1/matrices", json=other(n)).json() for n in range(3)]
    caller.post("/v1/matrices", json=TRAVEL, headers=with_key(caller))
    told = caller.get("/v1/matrices?limit=2").json()
    rest = caller.get(f"/v1/matrices?limit=2&cursor={told['next_cursor']}").json()
    assert told["matrices"] + rest["matrices"] == made[::-1]
    assert rest["next_cursor"] is None
    every = caller.get("/v1/matrices", headers=with_key(caller, Scope.ADMIN)).json()
    assert len(every["matrices"]) == 4
    assert caller.get("/v1/limits").json()["matrices"] == 3


def test_a_plan_keeps_the_matrix_that_its_day_names(small: TestClient) -> None:
    """So that it can be made again after the matrix is gone."""
    made = small.post("/v1/matrices", json=TRAVEL)
    sent = small.post(
        "/v1/plans",
        json={"snapshot": named(made.json()["id"]), "config": {"step_limit": 50, "threads": 1}},
        headers={"Prefer": "wait=60"},
    )
    assert small.delete(made.headers["location"]).status_code == 204
    where = sent.headers["location"]
    for _ in range(600):
        told = small.get(where).json()
        if told["metadata"]["state"] in ("succeeded", "failed"):
            break
        time.sleep(0.05)
    assert told["metadata"]["state"] == "succeeded", told
    kept = small.get(f"{where}/input").json()
    assert kept["snapshot"] == DAY
    assert small.post("/v1/plans", json=kept).status_code == 202


def test_a_check_may_name_a_matrix(caller: TestClient) -> None:
    """As a plan may, and a day in `/v1/imports`."""
    made = json.loads(dump_plan(plan(village(), PlanConfig(time_limit_s=None, step_limit=50))))
    day = named(caller.post("/v1/matrices", json=TRAVEL).json()["id"])
    told = caller.post("/v1/checks", json={"snapshot": day, "plan": made})
    assert told.json() == {"ok": True, "violations": []}
    imported = caller.post("/v1/imports", files={"day": json.dumps(day)})
    assert imported.json()["snapshot"] == DAY


@pytest.mark.parametrize(
    ("travel", "code", "pointer"),
    [
        ({"id": "0" * 32}, "unknown_matrix", "/snapshot/travel/id"),
        ({"id": "nothing"}, "malformed_name", "/snapshot/travel/id"),
        ({"id": 7}, "wrong_type", "/snapshot/travel/id"),
        ({}, "missing_key", "/snapshot/travel/id"),
        ({"id": "0" * 32, "speed": 1}, "unknown_key", "/snapshot/travel/speed"),
    ],
)
def test_a_matrix_that_is_not_there_is_told_with_all_else(
    caller: TestClient, travel: dict[str, Any], code: str, pointer: str
) -> None:
    """The rest of the day is read all the same."""
    day = {**DAY, "travel": {"kind": "stored_matrix", **travel}, "wave": {"id": "w"}}
    told = caller.post("/v1/plans?validate_only=true", json={"snapshot": day})
    assert told.status_code == 422
    found = {(issue["code"], issue["pointer"]) for issue in told.json()["issues"]}
    assert found == {(code, pointer), ("missing_key", "/snapshot/wave/release")}


def test_a_matrix_of_another_key_is_not_there(caller: TestClient) -> None:
    """Nor one that lacks a place of the day, which is told as ever."""
    theirs = caller.post("/v1/matrices", json=TRAVEL, headers=with_key(caller)).json()["id"]
    mine = caller.post("/v1/matrices", json=other(1)).json()["id"]
    for matrix_id, code in ((theirs, "unknown_matrix"), (mine, "missing_position")):
        told = caller.post("/v1/plans", json={"snapshot": named(matrix_id)})
        assert told.status_code == 422
        assert code in {issue["code"] for issue in told.json()["issues"]}


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"kind": "haversine"}, "unknown_value", "/kind"),
        ({"positions": []}, "empty_list", "/positions"),
        ({"positions": TRAVEL["positions"] * 2}, "too_many_places", "/positions"),
        ({"positions": [[200.0, 1.0]] * 4}, "out_of_range", "/positions/0"),
        ({"durations_s": [[0]]}, "wrong_shape", ""),
        ({"distances_m": [[-1] * 4] * 4}, "out_of_range", "/distances_m/0/0"),
        ({"speed": 1}, "unknown_key", "/speed"),
    ],
)
def test_mistakes_in_a_matrix(
    small: TestClient, change: dict[str, Any], code: str, pointer: str
) -> None:
    """Are told by their place in it."""
    told = small.post("/v1/matrices", json=TRAVEL | change)
    assert told.status_code == 422
    issues = told.json()["issues"]
    assert (code, pointer) in {(issue["code"], issue["pointer"]) for issue in issues}


def test_limits_of_matrices(small: TestClient) -> None:
    """How many a key keeps, and how large one in a day may be."""
    made = [small.post("/v1/matrices", json=other(n)) for n in range(3)]
    assert [told.status_code for told in made] == [201, 201, 409]
    assert small.post("/v1/matrices", json=other(1)).status_code == 200
    assert small.delete(made[0].headers["location"]).status_code == 204
    assert small.post("/v1/matrices", json=other(2)).status_code == 201
    large = {**TRAVEL, "positions": TRAVEL["positions"] * 2}
    told = small.post("/v1/plans", json={"snapshot": {**DAY, "travel": large}})
    assert told.status_code == 422
    (issue,) = told.json()["issues"]
    assert (issue["code"], issue["pointer"]) == (
        "too_many_places",
        "/snapshot/travel/positions",
    )


def test_what_is_no_matrix_at_all(caller: TestClient) -> None:
    """400 where there is no document, 415 where it is of another type."""
    for kind, content, status in (
        ("application/json", b"{", 400),
        ("application/json", b"[]", 422),
        ("text/csv", b"1,2", 415),
    ):
        told = caller.post("/v1/matrices", content=content, headers={"Content-Type": kind})
        assert told.status_code == status

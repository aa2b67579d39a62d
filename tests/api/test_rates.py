"""Who calls too often is told when to come back, and takes nothing from others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.problems import Problem
from api.rates import Allowance, neighbourhood
from dispatch.demo import changchun_wave
from dispatch.wire import dump_snapshot
from tests.api.client import serving, with_key


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[TestClient]:
    """Three requests at once, then one a minute; two waves; two failures."""
    with serving(
        f"sqlite:///{tmp_path / 'store.db'}",
        requests_per_minute=1,
        request_burst=3,
        waves_per_minute=2,
        failures_per_minute=2,
    ) as client:
        yield client


def test_an_allowance_is_used_up_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A burst at once, then one every `60 / per_minute` seconds; each name for itself."""
    allowance, now = Allowance("things", per_minute=6, burst=2), 1_000_000
    monkeypatch.setattr(allowance.clock, "now", lambda: now)
    for _ in range(2):
        allowance.require("one")
        allowance.take("one")
    for refused in (allowance.take, allowance.require):
        with pytest.raises(Problem, match="At most 2 things at once and 6 a minute") as told:
            refused("one")
        assert told.value.headers == {"Retry-After": "10"}
    allowance.take("other")
    now += 9_999
    with pytest.raises(Problem):
        allowance.take("one")
    now += 1
    allowance.take("one")


def test_a_key_has_so_many_requests(strict: TestClient) -> None:
    """Another key has its own; probes have none to count."""
    headers = with_key(strict)
    told = [strict.get("/v1/limits", headers=headers) for _ in range(4)]
    assert [answer.status_code for answer in told] == [200, 200, 200, 429]
    assert told[3].headers["content-type"] == "application/problem+json"
    assert 50 < int(told[3].headers["retry-after"]) <= 60
    assert strict.get("/v1/limits", headers=with_key(strict)).status_code == 200
    assert {strict.get("/livez").status_code for _ in range(10)} == {200}


def test_a_key_has_so_many_waves(strict: TestClient) -> None:
    """Whatever it sends; other requests go on."""
    headers = with_key(strict)
    body = {"snapshot": json.loads(dump_snapshot(changchun_wave(orders=1)))}
    sent = [strict.post("/v1/plans", json=body, headers=headers).status_code for _ in range(2)]
    assert sent == [202, 202]
    third = strict.post("/v1/plans", json=body, headers=headers)
    assert (third.status_code, third.json()["detail"][:17]) == (429, "At most 2 waves o")


def test_keys_are_not_guessed_quickly(strict: TestClient) -> None:
    """An address that failed too often is refused unheard, even with the right key."""
    right = with_key(strict)
    wrong = {"Authorization": right["Authorization"][:-1] + "~"}
    assert [strict.get("/v1/limits", headers=wrong).status_code for _ in range(3)] == [
        401,
        401,
        429,
    ]
    told = strict.get("/v1/limits", headers=right)
    assert (told.status_code, 0 < int(told.headers["retry-after"]) <= 30) == (429, True)


def test_neighbours_count_as_one() -> None:
    """Of IPv6 addresses one's network is the first half."""
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff:1") == "2001:db8::/64"
    assert neighbourhood("2001:db8:0:1::1") == "2001:db8:0:1::/64"
    assert neighbourhood("192.0.2.1") == "192.0.2.1"
    assert neighbourhood("testclient") == "testclient"


def test_the_limits_are_told(strict: TestClient) -> None:
    """All that a caller can run into."""
    told = strict.get("/v1/limits", headers=with_key(strict)).json()
    assert told == {
        "max_body_bytes": 25_000_000,
        "max_inflated_bytes": 100_000_000,
        "max_orders": 10_000,
        "max_matrix_places": 5000,
        "max_matrices": 100,
        "matrices": 0,
        "max_active_plans": 10,
        "active_plans": 0,
        "requests_per_minute": 1,
        "request_burst": 3,
        "waves_per_minute": 2,
    }

"""A client gets its plan whatever happens on the way, and says what it can't mend."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.types import Receive, Scope, Send
from tenacity.wait import wait_none

from api.app import create_app
from api.client import Client
from api.errors import NoPlan, Refused, Unreachable
from api.settings import Settings
from dispatch.demo import changchun_wave
from dispatch.snapshot import Snapshot
from dispatch.wire import dump_snapshot, snapshot_of
from tests.api.client import listening, serving, with_key

ROOT = Path(__file__).parents[2]
QUEUED = {
    "id": "a" * 32,
    "wave": "w",
    "state": "queued",
    "stop_reason": None,
    "failure": None,
    "created_at": "2026-11-24T00:00:00Z",
    "ended_at": None,
    "what a later version adds": 1,
}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.client.PAUSE_S", 0)
    monkeypatch.setattr("api.client.random_pause", wait_none())


@pytest.fixture(scope="module")
def day() -> Snapshot:
    """A wave of 12 orders."""
    return changchun_wave(seed=1, orders=12)


class Script:
    """Answers one request after the other as it is told to, and remembers them."""

    def __init__(self, *answers: httpx2.Response | type[httpx2.TransportError]) -> None:
        self.answers, self.requests = list(answers), list[httpx2.Request]()

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, type):
            raise answer("gone")
        return answer


def scripted(*answers: httpx2.Response | type[httpx2.TransportError]) -> tuple[Client, Script]:
    """A client of a server that answers so."""
    script = Script(*answers)
    return Client("http://far", "cw_x", transport=httpx2.MockTransport(script)), script


def test_a_wave_is_planned_and_judged(tmp_path: Path, day: Snapshot) -> None:
    """Over a socket, with every better plan on the way."""
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'store.db'}"))
    with listening(app) as url, Client(url, _key(tmp_path)) as client:
        sent = client.submit(day, {"step_limit": 500, "threads": 1})
        costs: list[int] = []
        plan = client.result(sent.id, lambda better: costs.append(better.cost))
        assert min(costs) == pytest.approx(plan.cost.total, abs=3), "terms are rounded one by one"
        assert client.metadata(sent.id).state == "succeeded"
        assert client.get(sent.id).plan == plan
        assert dump_snapshot(client.day(sent.id)) == dump_snapshot(day)
        assert client.check(day, plan) == ()
        again = client.submit(json.loads(dump_snapshot(day)), {"step_limit": 1}, wait_s=60)
        assert again.ended_at is not None
        client.delete(sent.id)
        with pytest.raises(Refused) as refused:
            client.get(sent.id)
        assert (refused.value.status, refused.value.issues) == (410, ())
        assert refused.value.request_id


def _key(folder: Path) -> str:
    with serving(f"sqlite:///{folder / 'store.db'}") as client:
        return with_key(client)["Authorization"].removeprefix("Bearer ")


def test_a_plan_that_was_cancelled_is_no_plan(tmp_path: Path, day: Snapshot) -> None:
    """To wait for it says so."""
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'store.db'}", solves_at_once=0))
    with listening(app) as url, Client(url, _key(tmp_path)) as client:
        sent = client.submit(day)
        assert client.cancel(sent.id).state == "cancelled"
        with pytest.raises(NoPlan, match=f"Plan {sent.id} ended as cancelled"):
            client.result(sent.id)
        with pytest.raises(Refused) as refused:
            client.finish(sent.id)
        assert refused.value.status == 409


def test_all_issues_come_with_the_refusal(tmp_path: Path, day: Snapshot) -> None:
    """As values, with their places."""
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'store.db'}", solves_at_once=0))
    document = {**json.loads(dump_snapshot(day)), "colour": "red"}
    with listening(app) as url, Client(url, _key(tmp_path)) as client:
        with pytest.raises(Refused) as refused:
            client.submit(document, {"seed": -1})
        found = {(issue.code, issue.where) for issue in refused.value.issues}
        assert found == {("unknown_key", "/snapshot/colour"), ("out_of_range", "/config/seed")}


def test_a_busy_server_is_asked_again(day: Snapshot) -> None:
    """When it says; the wave carries the same key, so that it is planned once."""
    client, script = scripted(
        httpx2.Response(429, headers={"Retry-After": "0"}),
        httpx2.Response(503),
        httpx2.ReadError,
        httpx2.ConnectError,
        httpx2.Response(502, text="<h1>proxy</h1>"),
        httpx2.Response(202, json={"metadata": QUEUED, "plan": None}),
    )
    assert client.submit(day, {"time_limit_s": 5}).state == "queued"
    assert len({request.headers["idempotency-key"] for request in script.requests}) == 1
    body = json.loads(gzip.decompress(script.requests[-1].content))
    assert body["config"] == {"time_limit_s": 5}
    assert dump_snapshot(snapshot_of(body["snapshot"])) == dump_snapshot(day)


def test_a_later_time_than_the_client_waits_for(day: Snapshot) -> None:
    """Is told at once."""
    client, _ = scripted(httpx2.Response(503, headers={"Retry-After": "3600"}))
    with pytest.raises(Refused) as refused:
        client.submit(day)
    assert (refused.value.status, refused.value.retry_after_s) == (503, 3600)


@pytest.mark.parametrize("act", [Client.finish, Client.cancel, Client.delete])
def test_what_may_have_been_done_is_not_done_again(act: Callable[[Client, str], Any]) -> None:
    """Only what never arrived, or was refused for now, is."""
    ok = httpx2.Response(202, json=QUEUED)
    client, script = scripted(httpx2.ConnectError, httpx2.Response(503), ok)
    act(client, "a")
    assert len(script.requests) == 3
    for trouble in (httpx2.ReadError, httpx2.Response(502)):
        client, script = scripted(trouble, ok)
        with pytest.raises((Unreachable, Refused)):
            act(client, "a")
        assert len(script.requests) == 1


def test_nobody_there_is_said() -> None:
    """With the address; a wrong one is not tried again."""
    with (
        Client("http://127.0.0.1:1", "cw_x", patience_s=0) as client,
        pytest.raises(Unreachable, match=r"http://127\.0\.0\.1:1 does not answer"),
    ):
        client.get("a")
    said: list[BaseException | None] = []
    with (
        Client("ftp://far", "cw_x", on_trouble=said.append) as client,
        pytest.raises(Unreachable, match="unsupported protocol"),
    ):
        client.get("a")
    assert said == []


class Breaking(httpx2.SyncByteStream):
    """A stream of events that is cut off in the middle of one."""

    def __iter__(self) -> Iterator[bytes]:
        yield b'id: 1\nevent: status\ndata: {"state": "queued"}\n\n: still here\n\n'
        yield b'id: 2\nevent: status\ndata: {"state": "sol'
        raise httpx2.ReadError("gone")


def test_a_stream_goes_on_where_it_broke() -> None:
    """Each event comes once, whole, whatever happens in between."""
    kind = {"Content-Type": "text/event-stream"}
    rest = b'id: 2\nevent: status\ndata: {"state": "solving"}\n\n'
    client, script = scripted(
        httpx2.Response(200, headers=kind, stream=Breaking()),
        httpx2.ConnectError,
        httpx2.Response(200, headers=kind, content=rest),
        httpx2.Response(204),
    )
    told = [(event.number, event.data["state"]) for event in client.events("a")]
    assert told == [(1, "queued"), (2, "solving")]
    asked = [request.headers.get("last-event-id") for request in script.requests]
    assert asked == [None, "1", "1", "2"]


@pytest.mark.slow
def test_the_command_line(tmp_path: Path, day: Snapshot) -> None:
    """Submit and wait, submit and leave, watch, fetch, end; mistakes have the exit codes."""
    (tmp_path / "day.json").write_text(dump_snapshot(day), encoding="utf-8")
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'store.db'}"))
    followed = threading.Event()

    async def noticing(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/events"):
            followed.set()
        await app(scope, receive, send)

    with listening(noticing) as url:
        at = {"CITYWAVE_URL": url, "CITYWAVE_KEY": _key(tmp_path)}
        done = citywave(at, "submit", tmp_path / "day.json", "-o", tmp_path / "plan.json",
                        "--step-limit", "500")  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        assert "orders served" in done.stdout
        checked = citywave(at, "check", tmp_path / "day.json", tmp_path / "plan.json")
        assert checked.returncode == 0, checked.stdout
        (tmp_path / "long.json").write_text(dump_snapshot(changchun_wave(orders=240)), "utf-8")
        sent = citywave(at, "submit", tmp_path / "long.json", "--time-limit", "600")
        plan_id = sent.stdout.strip()
        followed.clear()
        watching = start(at, "watch", plan_id)
        assert followed.wait(60)
        watching.send_signal(signal.SIGINT)
        _, said = watching.communicate(timeout=30)
        assert (watching.returncode, f"citywave finish {plan_id}" in said) == (130, True)
        assert citywave(at, "finish", plan_id).returncode == 0
        (tmp_path / "key").write_text(at["CITYWAVE_KEY"] + "\n")
        keyless = {**at, "CITYWAVE_KEY": ""}
        got = citywave(keyless, "get", plan_id, "--format", "csv", "--key-file", tmp_path / "key")
        assert got.stdout.startswith("order,")
        assert citywave(at, "watch", plan_id).returncode == 0
        cases: list[tuple[dict[str, str], tuple[str | Path, ...], int, str]] = [
            (at, ("cancel", plan_id), 5, "already ended as succeeded"),
            (at, ("submit", tmp_path / "plan.json"), 3, "[missing_key]"),
            (at, ("submit", tmp_path / "day.json", "--engine", "x"), 3, "/config/engine"),
            (at, ("get", plan_id, "--format", "sol"), 2, "VRPLIB"),
            (keyless, ("watch", plan_id), 2, "CITYWAVE_KEY"),
            ({**at, "CITYWAVE_KEY": "clé"}, ("watch", plan_id), 2, "CITYWAVE_KEY"),
            ({**at, "CITYWAVE_KEY": "cw_1"}, ("watch", plan_id), 5, "401"),
            ({**at, "CITYWAVE_URL": "http://127.0.0.1:1"},
             ("watch", plan_id, "--patience", "0"), 5, "does not answer"),
        ]  # fmt: skip
        for environment, arguments, code, message in cases:
            done = citywave(environment, *arguments)
            assert (done.returncode, message in done.stderr) == (code, True), done
            assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_example_runs(tmp_path: Path) -> None:
    """It prints better and better plans, and what the checker says."""
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'store.db'}"))
    with listening(app) as url:
        done = subprocess.run(
            [sys.executable, str(ROOT / "examples" / "plan_on_a_server.py")],
            env={**os.environ, "PYTHONPATH": str(ROOT), "CITYWAVE_URL": url,
                 "CITYWAVE_KEY": _key(tmp_path)},
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
    assert "Improvement(seconds=" in done.stdout
    assert done.stdout.endswith("served, 6 unserved, ()\n")


def citywave(
    environment: dict[str, str], *arguments: str | Path
) -> subprocess.CompletedProcess[str]:
    process = start(environment, *arguments)
    stdout, stderr = process.communicate(timeout=120)
    return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)


def start(environment: dict[str, str], *arguments: str | Path) -> subprocess.Popen[str]:
    """Hears Ctrl-C, also where these tests run in the background of a shell, which does not."""
    return subprocess.Popen(
        [sys.executable, "-m", "api.cli", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        text=True,
        encoding="utf-8",
    )

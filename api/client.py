"""A caller's side of the service: waves in, plans out, over connections that may fail.

    client = Client("http://127.0.0.1:8080", key)
    sent = client.submit(day, {"time_limit_s": 60})
    plan = client.result(sent.id)

What fails on the way is tried again, after the server's `Retry-After` or a growing, random pause,
for as long as the client is patient: reading always, sending a wave too (every one carries an
`Idempotency-Key`), anything else only if the server can't have acted on it. A stream of events goes
on after the last one that came. Nothing of the server is imported here.
"""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Self, TypedDict
from uuid import uuid4

import httpx2
from pydantic import BaseModel, ConfigDict
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_before_delay
from tenacity.wait import wait_random_exponential

from api.errors import NoPlan, Refused, Unreachable
from dispatch.check import Code, Violation
from dispatch.errors import Issue, Severity
from dispatch.plan import Improvement, Plan
from dispatch.snapshot import Snapshot
from dispatch.wire import dump_plan, dump_snapshot, plan_of, snapshot_of

BUSY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
"""The server has not acted on the request, and may later."""

LOST = {HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT}
"""A proxy does not know whether the server has."""

CONNECT_S, ANSWER_S = 10.0, 60.0
"""Seconds until a connection stands, and between two signs of life: events pause for 15 at most."""

PAUSE_S = 0.5
"""Before a stream that broke off is taken up again, and scale of the random pauses."""

random_pause = wait_random_exponential(multiplier=PAUSE_S, max=10)


class Config(TypedDict, total=False):
    """How long and how to search; what is left out is the server's choice."""

    time_limit_s: float
    step_limit: int
    seed: int
    engine: str
    threads: int


class Metadata(BaseModel):
    """A plan's state, as far as this version knows it."""

    model_config = ConfigDict(frozen=True)

    id: str
    wave: str
    state: str
    stop_reason: str | None
    failure: str | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A plan's state, and the plan; the best so far while it runs, None until there is one."""

    metadata: Metadata
    plan: Plan | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a plan: `status`, `warning`, `incumbent`, `end`."""

    number: int
    kind: str
    data: Mapping[str, Any]


class Client:
    """Calls one service with one key; may be used by several threads.

    Args:
        url: of the service, without `/v1`.
        key: `cw_...`.
        patience_s: for how long one call is tried again.
        on_trouble: is told what failed before each further try.
        transport: httpx2's own, unless a test has another.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        patience_s: float = 60.0,
        on_trouble: Callable[[BaseException | None], None] = lambda _: None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.patience_s, self.on_trouble = patience_s, on_trouble
        self.http = httpx2.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=httpx2.Timeout(ANSWER_S, connect=CONNECT_S),
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def submit(
        self,
        day: Snapshot | Mapping[str, Any],
        config: Config | None = None,
        *,
        wait_s: int = 0,
        idempotency_key: str | None = None,
    ) -> Metadata:
        """Send a wave; answers at once, or after so many seconds at most if it ends by then.

        The same `idempotency_key` with the same wave gives the same plan, also to another client.
        """
        text = dump_snapshot(day) if isinstance(day, Snapshot) else json.dumps(day)
        headers = {"Idempotency-Key": idempotency_key or uuid4().hex, "Prefer": f"wait={wait_s}"}
        body = f'{{"snapshot": {text}, "config": {json.dumps(config or {})}}}'
        sent = self._post("plans", body, headers=headers, timeout=ANSWER_S + wait_s)
        return Metadata.model_validate(sent["metadata"])

    def get(self, plan_id: str) -> Answer:
        """Its state and the plan, which is the best so far while it runs."""
        told = self._send("GET", f"plans/{plan_id}").json()
        plan = None if told["plan"] is None else plan_of(told["plan"])
        return Answer(Metadata.model_validate(told["metadata"]), plan)

    def metadata(self, plan_id: str) -> Metadata:
        """Its state alone."""
        return Metadata.model_validate(self._send("GET", f"plans/{plan_id}/metadata").json())

    def day(self, plan_id: str) -> Snapshot:
        """The wave that it was made for."""
        return snapshot_of(self._send("GET", f"plans/{plan_id}/input").json()["snapshot"])

    def events(self, plan_id: str, after: int = 0) -> Iterator[Event]:
        """What happens to it, as it happens, each event once, until it has ended."""
        last = after
        while True:
            headers = {"Last-Event-ID": str(last)} if last else {}
            response = self._send("GET", f"plans/{plan_id}/events", headers=headers, stream=True)
            with closing(response), suppress(httpx2.TransportError):
                if response.status_code == HTTPStatus.NO_CONTENT:
                    return
                for sent in httpx2.EventSource(response):
                    last = int(sent.id)
                    yield Event(last, sent.event, json.loads(sent.data))
                    if sent.event == "end":
                        return
            time.sleep(PAUSE_S)

    def result(
        self, plan_id: str, on_improvement: Callable[[Improvement], None] | None = None
    ) -> Plan:
        """Wait until it has ended.

        Raises:
            NoPlan: it has failed, was cancelled, or its day is invalid by now.
        """
        for event in self.events(plan_id):
            if on_improvement is not None and event.kind == "incumbent":
                told = {name: event.data[name] for name in ("seconds", "cost", "unserved")}
                on_improvement(Improvement(**told))
        answer = self.get(plan_id)
        if answer.plan is None:
            failure = answer.metadata.failure
            told_why = f": {failure}" if failure else "."
            raise NoPlan(f"Plan {plan_id} ended as {answer.metadata.state}{told_why}")
        return answer.plan

    def finish(self, plan_id: str) -> Metadata:
        """End its search now and keep the best."""
        return self._ask(plan_id, "finish")

    def cancel(self, plan_id: str) -> Metadata:
        """End its search and drop what it found."""
        return self._ask(plan_id, "cancel")

    def delete(self, plan_id: str) -> None:
        """Erase it; it must have ended."""
        self._send("DELETE", f"plans/{plan_id}", repeatable=False)

    def check(self, day: Snapshot, plan: Plan) -> tuple[Violation, ...]:
        """What the server's checker finds wrong with a plan."""
        body = f'{{"snapshot": {dump_snapshot(day)}, "plan": {dump_plan(plan)}}}'
        found = self._post("checks", body)["violations"]
        return tuple(Violation(Code(one["code"]), one["message"]) for one in found)

    # --- on the way ------------------------------------------------------------------------------

    def _ask(self, plan_id: str, wish: str) -> Metadata:
        told = self._send("POST", f"plans/{plan_id}/{wish}", repeatable=False)
        return Metadata.model_validate(told.json())

    def _post(
        self, path: str, body: str, *, headers: Mapping[str, str] | None = None, **how: Any
    ) -> dict[str, Any]:
        told = {"Content-Type": "application/json", "Content-Encoding": "gzip", **(headers or {})}
        packed = gzip.compress(body.encode(), 5)
        document: dict[str, Any] = self._send(
            "POST", path, content=packed, headers=told, **how
        ).json()
        return document

    def _send(
        self, method: str, path: str, *, repeatable: bool = True, **request: Any
    ) -> httpx2.Response:
        again = Retrying(
            retry=retry_if_exception(partial(_passes, repeatable=repeatable)),
            wait=_pause,
            stop=stop_before_delay(self.patience_s),
            before_sleep=lambda state: self.on_trouble(_error(state)),
            reraise=True,
        )
        return again(self._once, method, f"/v1/{path}", **request)

    def _once(
        self, method: str, path: str, *, stream: bool = False, **request: Any
    ) -> httpx2.Response:
        try:
            response = self.http.send(
                self.http.build_request(method, path, **request), stream=stream
            )
            if response.is_success:
                return response
            with closing(response):
                response.read()
        except httpx2.TransportError as error:
            why = str(error) or type(error).__name__
            raise Unreachable(f"{self.http.base_url} does not answer: {why}") from error
        raise _refused(response)


def _passes(error: BaseException, repeatable: bool) -> bool:
    """Whether it is safe, and of use, to send the request again."""
    if isinstance(error, Refused):
        return error.status in BUSY or (repeatable and error.status in LOST)
    if isinstance(error.__cause__, httpx2.UnsupportedProtocol):
        return False
    never_arrived = isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout)
    return isinstance(error, Unreachable) and (repeatable or never_arrived)


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _pause(state: RetryCallState) -> float:
    """`Retry-After` and a little, or a random time that grows."""
    error = _error(state)
    told = error.retry_after_s if isinstance(error, Refused) else None
    pause = random_pause(state)
    return pause if told is None else told + min(pause, PAUSE_S)


def _refused(response: httpx2.Response) -> Refused:
    """What a problem document says, or a proxy in its place."""
    problem: Any = {}
    with suppress(ValueError):
        problem = response.json()
    if not isinstance(problem, dict):
        problem = {}
    after = response.headers.get("retry-after", "")
    return Refused(
        response.status_code,
        problem.get("detail") or response.reason_phrase,
        [
            Issue(
                code=issue["code"],
                where=issue["pointer"],
                message=issue["message"],
                action=issue["action"],
                severity=Severity(issue["severity"]),
            )
            for issue in problem.get("issues", [])
        ],
        int(after) if after.isdecimal() else None,
        response.headers.get("request-id"),
    )

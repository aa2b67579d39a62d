"""Is anything lost, or done twice, while processes are killed?

    python -m benchmarks.service.faults --store sqlite|postgresql [--submits 1000] [--json F]

Clients submit tiny waves of several keys and cities, each with an `Idempotency-Key` that they send
until they are answered, and cancel some; meanwhile the server and the workers are killed (SIGKILL)
at random and started again. Afterwards the store must hold

    submitted = succeeded + failed, with a reason + cancelled,    and one `end` event of each

The exit code is 1 if it does not, or if the plans have not ended in time.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

import httpx2
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.jobs.states import ENDED, State
from api.store.tables import PlanEvent, PlanJob
from benchmarks.arguments import count
from benchmarks.machine import provenance, write_document
from benchmarks.service.stand import Stand, body, standing

CLIENTS = 8
KEYS = 5
CITIES = 8
CANCELS = 0.2
"""Share of the plans that their clients cancel at once."""

PAUSE_S = (5.0, 15.0)
"""Between two kills."""

DOWN_S = (0.0, 2.0)
"""Until a killed process is started again."""

TINY = {"engine": "ortools", "step_limit": 1, "threads": 1}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the store holds in the end.

    Attributes:
        submits: that a client was answered for.
        plans: in the store.
        succeeded, failed, cancelled: of these.
        without_reason: failed, and it is not said why.
        ends: plans with exactly one `end` event.
        again: plans that were begun more than once.
        kills: of servers and workers.
        rescued_s: longest time from the last kill before a plan was queued again until then.
        seconds: from the first submit to the last end.
    """

    submits: int
    plans: int
    succeeded: int
    failed: int
    cancelled: int
    without_reason: int
    ends: int
    again: int
    kills: int
    rescued_s: float
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether nothing is lost and nothing was done twice."""
        ended = self.succeeded + self.failed + self.cancelled
        return self.submits == self.plans == ended == self.ends and not self.without_reason


def main(arguments: Sequence[str] | None = None) -> int:
    """Submit, kill, count, print, write."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(arguments)
    outcome = torment(options.store, options.submits, options.workers, options.seconds)
    for name, value in asdict(outcome).items():
        print(f"{name:>15}  {value:,.1f}" if isinstance(value, float) else f"{name:>15}  {value:,}")
    print("nothing lost, nothing twice" if outcome.holds else "BROKEN")
    if options.json is not None:
        told = provenance("benchmarks.service.faults", list(arguments))
        write_document(options.json, {**told, "outcome": asdict(outcome)})
    return 0 if outcome.holds else 1


def torment(kind: str, submits: int, workers: int, seconds: float) -> Outcome:
    """So many submits to a service whose processes are killed, for at most so many seconds."""
    with standing(kind, workers, max_active_plans=submits) as stand:
        began, kills, over = monotonic(), list[datetime](), threading.Event()
        killer = threading.Thread(target=_kill, args=(stand, kills, over))
        killer.start()
        try:
            with ThreadPoolExecutor(CLIENTS) as pool:
                headers = stand.keys(KEYS)
                answers = pool.map(
                    lambda number: _submit(stand, headers, number, began + seconds), range(submits)
                )
                answered = sum(answers)
            while _active(stand) and monotonic() < began + seconds:
                sleep(0.5)
        finally:
            over.set()
            killer.join()
        return _count(stand, answered, kills, monotonic() - began)


def _kill(stand: Stand, kills: list[datetime], over: threading.Event) -> None:
    random = Random(1)
    while not over.wait(random.uniform(*PAUSE_S)):
        number = random.randrange(len(stand.commands))
        stand.kill(number)
        kills.append(datetime.now(UTC))
        over.wait(random.uniform(*DOWN_S))
        stand.start(number)


def _submit(stand: Stand, headers: Sequence[Mapping[str, str]], number: int, ends: float) -> bool:
    """Whether the wave was taken; some are cancelled then."""
    key = {**headers[number % KEYS], "Idempotency-Key": f"wave-{number}"}
    wave = body(3, f"city {number // KEYS % CITIES}", TINY)
    told = _post(f"{stand.base}/v1/plans", key, wave, ends)
    if told is not None and Random(number).random() < CANCELS:
        _post(f"{stand.base}{told.headers['location']}/cancel", key, None, ends)
    return told is not None


def _post(url: str, headers: Mapping[str, str], sent: Any, ends: float) -> httpx2.Response | None:
    """The first answer that is no failure of the server; None if there is none in time."""
    while monotonic() < ends:
        try:
            told = httpx2.post(url, headers=headers, json=sent, timeout=30)
        except httpx2.TransportError:
            sleep(0.2)
            continue
        if told.status_code < 500:
            if told.status_code not in (200, 202, 409):
                raise RuntimeError(f"{told.status_code}: {told.text}")
            return told
        sleep(0.2)
    return None


def _active(stand: Stand) -> int:
    with Session(stand.store) as session:
        active = select(func.count()).select_from(PlanJob).where(PlanJob.state.not_in(ENDED))
        return session.scalars(active).one()


def _count(stand: Stand, answered: int, kills: list[datetime], seconds: float) -> Outcome:
    with Session(stand.store) as session:
        rows = session.execute(select(PlanJob.state, PlanJob.failure, PlanJob.attempt)).all()
        ends = Counter(session.scalars(select(PlanEvent.plan_id).where(PlanEvent.kind == "end")))
        events = session.scalars(select(PlanEvent).where(PlanEvent.kind == "status")).all()
        rescues = [
            event.created_at
            for event in events
            if event.data["state"] == State.QUEUED and event.data["attempt"]
        ]
    states = Counter(row.state for row in rows)
    return Outcome(
        submits=answered,
        plans=len(rows),
        succeeded=states[State.SUCCEEDED],
        failed=states[State.FAILED],
        cancelled=states[State.CANCELLED],
        without_reason=sum(row.state == State.FAILED and not row.failure for row in rows),
        ends=sum(number == 1 for number in ends.values()),
        again=sum(row.attempt > 1 for row in rows),
        kills=len(kills),
        rescued_s=max(
            (
                min((then - kill).total_seconds() for kill in kills if kill < then)
                for then in rescues
                if any(kill < then for kill in kills)
            ),
            default=0.0,
        ),
        seconds=seconds,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.service.faults", description=__doc__
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--store", choices=("sqlite", "postgresql"), default="sqlite")
    add("--submits", type=count, default=1000, help="in all")
    add("--workers", type=count, default=2, help="waves planned side by side")
    add("--seconds", type=count, default=300, help="after which the count is made anyway")
    add("--json", type=Path, help="write the outcome, machine and commit")
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""A runner plans what is queued, and lets go of what is not its own any more."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import psutil
import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session, undefer

from api.jobs.leases import rescue
from api.jobs.queue import add_plan
from api.jobs.runner import Runner
from api.jobs.states import State
from api.keys import create_key
from api.settings import Settings
from api.store.clock import store_now
from api.store.tables import PlanJob
from dispatch.demo import changchun_wave
from dispatch.wire import dump_snapshot

CONFIG = {"time_limit_s": 600.0, "step_limit": None, "seed": 1, "engine": "hybrid", "threads": 1}


@pytest.fixture
def job(store: Engine) -> PlanJob:
    """A queued plan that would take ten minutes."""
    day = changchun_wave(seed=1, orders=240)
    with Session(store, expire_on_commit=False) as session:
        key, _ = create_key(session, "shop")
        made = add_plan(session, key.id, "w", dump_snapshot(day), CONFIG, city=day.city.name)
        session.commit()
    return made


@pytest.fixture
def runner(store: Engine, request: pytest.FixtureRequest) -> Iterator[Runner]:
    """At work on the store."""
    limits = getattr(request, "param", {})
    made = Runner(store, Settings(solves_at_once=1, **limits))
    made.start()
    yield made
    made.stop()


def until(true: Callable[[], bool]) -> None:
    """Wait for that, half a minute at most."""
    for _ in range(300):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("It did not happen.")


def found(store: Engine, job: PlanJob) -> PlanJob:
    """The plan as the store has it now."""
    with Session(store) as session:
        return session.get_one(PlanJob, job.id, options=[undefer("*")])


def planning() -> list[psutil.Process]:
    """Processes that plan for this one."""
    return [c for c in psutil.Process().children(recursive=True) if "-P" in c.cmdline()]


@pytest.mark.slow
def test_a_runner_that_was_taken_for_dead_lets_go(
    store: Engine, job: PlanJob, runner: Runner
) -> None:
    """It ends its process and takes up the next plan, here the same one again."""
    until(lambda: found(store, job).state == State.SOLVING)
    (first, *_) = planning()
    with Session(store) as session:
        over = store_now(session) - timedelta(seconds=1)
        session.execute(update(PlanJob).values(lease_until=over))
        session.commit()
        rescue(session, 3)
    until(lambda: found(store, job).attempt == 2)
    until(lambda: not first.is_running())


@pytest.mark.slow
def test_a_clean_stop_gives_plans_back(store: Engine, job: PlanJob, runner: Runner) -> None:
    """At once, without their processes, and without a draft."""
    until(lambda: found(store, job).state == State.SOLVING)
    children = planning()
    runner.stop()
    left = found(store, job)
    assert (left.state, left.holder, left.lost, left.plan) == (State.QUEUED, None, 0, None)
    assert psutil.wait_procs(children, timeout=10)[1] == []


@pytest.mark.slow
@pytest.mark.parametrize("runner", [{"child_memory_bytes": 50_000_000}], indirect=True)
def test_a_plan_that_needs_too_much_memory_fails(
    store: Engine, job: PlanJob, runner: Runner
) -> None:
    """Its processes are gone, and the reason says so."""
    until(lambda: found(store, job).state == State.FAILED)
    assert found(store, job).failure == "It needed more than 50,000,000 bytes of memory."
    until(lambda: not planning())


@pytest.mark.slow
def test_a_day_that_breaks_a_rule_by_now_is_invalid(
    store: Engine, job: PlanJob, runner: Runner
) -> None:
    """A plan that was taken by other rules ends with every issue, and the next one is begun."""
    day = json.loads(dump_snapshot(changchun_wave(seed=1, orders=12)))
    day["orders"][0]["windows"] = []
    day["orders"][1]["service_s"] = -1
    with Session(store) as session:
        old = add_plan(session, job.api_key_id, "w", json.dumps(day), CONFIG, city="吉林")
        session.commit()
        old_id = old.id
        session.execute(update(PlanJob).where(PlanJob.id == job.id).values(wish="cancel"))
        session.commit()

    def told() -> PlanJob:
        with Session(store) as session:
            return session.get_one(PlanJob, old_id, options=[undefer("*")])

    until(lambda: told().state == State.INVALID)
    assert told().failure == "The day breaks 2 rules by now."
    assert [issue["pointer"] for issue in told().issues] == [
        "/orders/0/windows",
        "/orders/1/service_s",
    ]

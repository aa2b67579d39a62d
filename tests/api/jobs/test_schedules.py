"""What is due is planned once, however many look, and however long nobody did."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from api.jobs.schedules import next_due, plan_due, put_schedule
from api.keys import create_key, revoke_key
from api.settings import Settings
from api.store.clock import store_now
from api.store.tables import PlanJob, Schedule, ScheduledPlan
from api.submissions import submission_of
from dispatch.demo import changchun_wave
from dispatch.wire import dump_snapshot

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def hourly(session: Session) -> Schedule:
    """A schedule of a key, due at every full hour."""
    key, _ = create_key(session, "shop")
    parts = {"snapshot": json.loads(dump_snapshot(changchun_wave(seed=1, orders=3)))}
    day = submission_of(session, Settings(), key, parts)
    made = put_schedule(session, key.id, "hourly", "0 * * * *", SHANGHAI, day)
    session.commit()
    return made


def miss(session: Session, hours: int) -> None:
    """All schedules have been due for so many hours."""
    seen = store_now(session).replace(minute=0, second=0, microsecond=0)
    session.execute(update(Schedule).values(next_due=seen - timedelta(hours=hours)))
    session.commit()


def test_due_times_are_those_of_the_zone() -> None:
    """Three in the morning in Shanghai; a time that a clock change skips comes when it is over."""
    evening = datetime(2026, 11, 26, 18, 59, tzinfo=UTC)
    assert next_due("0 3 * * *", SHANGHAI, evening) == datetime(2026, 11, 26, 19, tzinfo=UTC)
    berlin = ZoneInfo("Europe/Berlin")
    skipped = next_due("30 2 * * *", berlin, datetime(2026, 3, 28, 12, tzinfo=berlin))
    assert skipped == datetime(2026, 3, 29, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "why"),
    [
        ("@daily", "expected 5 fields, got 1"),
        ("* * * * * *", "expected 5 fields, got 6"),
        ("61 * * * *", "Bad minute"),
        ("0 0 30 2 *", "Bad day-of-month"),
    ],
)
def test_what_is_never_due(cron: str, why: str) -> None:
    """No cron expression, seconds, a day that no month has."""
    with pytest.raises(ValueError, match=why):
        next_due(cron, SHANGHAI, datetime.now(UTC))


def test_nothing_is_planned_before_it_is_due(session: Session, hourly: Schedule) -> None:
    """The first time is in the future."""
    assert hourly.next_due > store_now(session)
    assert plan_due(session) == 0


def test_times_that_nobody_saw_give_one_plan(session: Session, hourly: Schedule) -> None:
    """For the last of them; the next one is the next hour's."""
    miss(session, hours=30)
    assert plan_due(session) == 1
    assert plan_due(session) == 0
    job = session.scalars(select(PlanJob)).one()
    run = session.scalars(select(ScheduledPlan)).one()
    assert (job.state, job.city, run.plan_id) == ("queued", "长春", job.id)
    assert timedelta() <= store_now(session) - run.due_at < timedelta(hours=1, seconds=30)
    session.refresh(hourly)
    assert hourly.next_due - run.due_at == timedelta(hours=1)


def test_many_look_at_once(store: Engine, session: Session, hourly: Schedule) -> None:
    """One of them makes the plan."""
    miss(session, hours=1)

    def look(_: int) -> int:
        with Session(store) as own:
            return plan_due(own)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(look, range(16))) == 1


def test_a_revoked_key_plans_nothing(session: Session, hourly: Schedule) -> None:
    """Its schedule goes on, silently."""
    revoke_key(session, hourly.api_key_id)
    miss(session, hours=1)
    assert plan_due(session) == 0
    assert session.scalars(select(PlanJob)).all() == []
    session.refresh(hourly)
    assert hourly.next_due > store_now(session)

"""Waves that are planned again and again: nightly, hourly, whenever a cron expression says.

    next_due <= now  ->  one plan in the queue, next_due = first due time after now

Whoever looks first moves `next_due` on and makes the plan, in one transaction; the others find it
moved. Due times that passed while nobody ran give one plan, for the last of them.
"""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.jobs.queue import add_plan, unpacked
from api.keys import is_valid
from api.logs import get_logger
from api.store.clock import store_now
from api.store.tables import ApiKey, Schedule, ScheduledPlan
from api.submissions import Submission
from dispatch.wire import dump_snapshot

FIELDS = 5
"""Minute, hour, day of month, month, day of week; seconds would be too often for a wave."""

log = get_logger("citywave.jobs")


def next_due(cron: str, zone: ZoneInfo, after: datetime) -> datetime:
    """The first due time after that moment; a local time that a clock change skips is the next one.

    Raises:
        ValueError: it is no cron expression, or nothing is ever due.
    """
    if len(cron.split()) != FIELDS:
        raise ValueError(f"expected {FIELDS} fields, got {len(cron.split())}")
    try:
        return next(CronSim(cron, after.astimezone(zone))).astimezone(UTC)
    except CronSimError as error:
        raise ValueError(str(error)) from None
    except StopIteration:
        raise ValueError("it never comes") from None


def find_schedule(session: Session, api_key_id: str, name: str) -> Schedule | None:
    """A key's schedule of this name."""
    mine = Schedule.api_key_id == api_key_id, Schedule.name == name
    return session.scalars(select(Schedule).where(*mine)).one_or_none()


def put_schedule(
    session: Session,
    api_key_id: str,
    name: str,
    cron: str,
    zone: ZoneInfo,
    submission: Submission,
) -> Schedule:
    """A key's schedule of this name is this from now on; the caller commits."""
    now = store_now(session)
    schedule = find_schedule(session, api_key_id, name)
    if schedule is None:
        schedule = Schedule(id=uuid4().hex, api_key_id=api_key_id, name=name, created_at=now)
        session.add(schedule)
    schedule.cron, schedule.time_zone = cron, zone.key
    schedule.wave = submission.snapshot.wave[:200]
    schedule.city = submission.snapshot.city.name[:200]
    schedule.snapshot = gzip.compress(dump_snapshot(submission.snapshot).encode(), 5)
    schedule.config = submission.kept_config
    schedule.next_due = next_due(cron, zone, now)
    return schedule


def plan_due(session: Session) -> int:
    """Queue what is due now; how many plans this one made."""
    now, made = store_now(session), 0
    due = select(Schedule.id, Schedule.next_due).where(Schedule.next_due <= now)
    for schedule_id, seen in session.execute(due.order_by(Schedule.next_due)).all():
        try:
            made += _plan(session, schedule_id, seen, now)
            session.commit()
        except IntegrityError:
            session.rollback()
    return made


def _plan(session: Session, schedule_id: str, seen: datetime, now: datetime) -> bool:
    """Whether this one made the plan: nobody has moved the schedule on, and its key still holds."""
    schedule = session.get(Schedule, schedule_id, populate_existing=True)
    if schedule is None or schedule.next_due != seen:
        return False
    zone = ZoneInfo(schedule.time_zone)
    following = next_due(schedule.cron, zone, now)
    moved = session.execute(
        update(Schedule)
        .where(Schedule.id == schedule_id, Schedule.next_due == seen)
        .values(next_due=following)
    )
    if not moved.rowcount:  # type: ignore[attr-defined]
        return False
    if not is_valid(session.get_one(ApiKey, schedule.api_key_id), now):
        log.warning("no plan of a schedule: its key is not valid", schedule=schedule_id)
        return False
    text = unpacked(schedule.snapshot)
    owner, wave, city = schedule.api_key_id, schedule.wave, schedule.city
    job = add_plan(session, owner, wave, text, schedule.config, city=city)
    due_at = _last_due(schedule.cron, zone, now)
    session.add(ScheduledPlan(schedule_id=schedule_id, due_at=due_at, plan_id=job.id))
    return True


def _last_due(cron: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The last due time that is not after now."""
    return next(CronSim(cron, (now + timedelta(microseconds=1)).astimezone(zone), reverse=True))

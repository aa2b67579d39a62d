"""Old plans and keys are erased, younger ones and what is referred to are not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from api.jobs.queue import add_plan
from api.jobs.retention import forget
from api.jobs.states import State
from api.keys import create_key
from api.store.clock import store_now
from api.store.tables import ErasedPlan, IdempotencyKey, PlanEvent, PlanJob


def add(session: Session, api_key_id: str, state: State, days_ago: float) -> str:
    """A plan that came, and if it has ended ended, so many days ago, with a key of the same age."""
    job = add_plan(session, api_key_id, "w", "{}", {}, city="c")
    then = store_now(session) - timedelta(days=days_ago)
    job.state, job.created_at = state, then
    job.ended_at = then if state == State.SUCCEEDED else None
    again = IdempotencyKey(
        api_key_id=api_key_id, key=job.id, body_hash=b"h", plan_id=job.id, created_at=then
    )
    session.flush()
    session.add(again)
    session.commit()
    return job.id


@pytest.fixture
def owner(session: Session) -> str:
    key, _ = create_key(session, "shop")
    session.commit()
    return key.id


def test_plans_that_ended_long_ago_are_erased(session: Session, owner: str) -> None:
    """With their events; what waits is not, however old."""
    old = add(session, owner, State.SUCCEEDED, 31)
    kept = {add(session, owner, State.SUCCEEDED, 29), add(session, owner, State.QUEUED, 99)}
    assert forget(session, 30) == 1
    assert set(session.scalars(select(PlanJob.id))) == kept
    assert set(session.scalars(select(PlanEvent.plan_id))) == kept
    assert list(session.scalars(select(ErasedPlan.id))) == [old]
    assert forget(session, 30) == 0


def test_that_there_was_a_plan_is_known_for_as_long_again(session: Session, owner: str) -> None:
    """And then forgotten."""
    add(session, owner, State.SUCCEEDED, 31)
    forget(session, 30)
    for days, left in ((29, 1), (31, 0)):
        then = store_now(session) - timedelta(days=days)
        session.execute(update(ErasedPlan).values(erased_at=then))
        forget(session, 30)
        assert len(session.scalars(select(ErasedPlan)).all()) == left


def test_keys_are_kept_for_a_day(session: Session, owner: str) -> None:
    """And plans for ever, if that is wished."""
    add(session, owner, State.SUCCEEDED, 1.1)
    young = add(session, owner, State.SUCCEEDED, 0.9)
    assert forget(session, 0) == 0
    assert list(session.scalars(select(IdempotencyKey.key))) == [young]
    assert len(session.scalars(select(PlanJob)).all()) == 2


def test_what_something_refers_to_stays(session: Session, owner: str) -> None:
    """The others are erased all the same."""
    used, free = (add(session, owner, State.SUCCEEDED, 40) for _ in range(2))
    session.execute(text("CREATE TABLE uses (plan_id VARCHAR(32) NOT NULL REFERENCES plans (id))"))
    session.execute(text("INSERT INTO uses VALUES (:used)"), {"used": used})
    session.commit()
    assert forget(session, 30) == 1
    assert list(session.scalars(select(PlanJob.id))) == [used]
    assert free != used

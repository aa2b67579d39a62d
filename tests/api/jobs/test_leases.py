"""A plan outlives whoever works on it, but not any number of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from api.jobs.events import events_after
from api.jobs.leases import LEASE, Attempt, give_back, renew, rescue
from api.jobs.queue import add_plan, ask, claim, end
from api.jobs.states import State, Wish
from api.keys import create_key
from api.store.clock import store_now
from api.store.tables import PlanJob

MOST_LOST = 3


@pytest.fixture
def job(session: Session) -> PlanJob:
    """A queued plan."""
    key, _ = create_key(session, "shop")
    made = add_plan(session, key.id, "wave", "{}", {}, city="长春")
    session.commit()
    return made


def begun(session: Session) -> Attempt:
    """The next attempt."""
    attempt = claim(session, "host-1")
    assert attempt is not None
    return attempt


def die(session: Session, attempt: Attempt) -> None:
    """Nobody renews its lease, and time passes."""
    over = store_now(session) - timedelta(seconds=1)
    session.execute(update(PlanJob).where(*attempt.held).values(lease_until=over))
    session.commit()


def states(session: Session, job: PlanJob) -> list[str]:
    """That followers of the plan have been told."""
    return [event.data["state"] for event in events_after(session, job.id, 0)]


def test_a_lease_that_is_renewed_is_left_alone(session: Session, job: PlanJob) -> None:
    """It begins anew with every renewal."""
    attempt = begun(session)
    die(session, attempt)
    assert renew(session, attempt)
    assert rescue(session, MOST_LOST) == 0
    session.refresh(job)
    assert job.lease_until is not None
    assert timedelta() < job.lease_until - store_now(session) <= LEASE
    assert job.holder == "host-1"


def test_a_lease_that_ran_out_frees_the_plan(session: Session, job: PlanJob) -> None:
    """The next attempt begins; the first one can neither renew nor write."""
    first = begun(session)
    die(session, first)
    assert rescue(session, MOST_LOST) == 1
    second = begun(session)
    assert second == Attempt(job.id, 2)
    assert not renew(session, first)
    assert not give_back(session, first)
    assert not end(session, first, State.SUCCEEDED, plan=b"old")
    assert states(session, job) == ["queued", "preparing", "queued", "preparing"]


def test_a_plan_that_kills_its_runners_fails(session: Session, job: PlanJob) -> None:
    """After so many attempts, with a reason, and for good."""
    for _ in range(MOST_LOST):
        die(session, begun(session))
        assert rescue(session, MOST_LOST) == 1
    session.refresh(job)
    assert job.state == State.FAILED
    assert job.failure == "3 attempts died with their runners, the last one with host-1."
    assert job.ended_at is not None
    assert claim(session, "host-1") is None
    assert states(session, job)[-1] == "failed"


def test_giving_back_is_no_death(session: Session, job: PlanJob) -> None:
    """However often a server is restarted."""
    for number in range(1, 2 * MOST_LOST):
        attempt = begun(session)
        assert attempt.number == number
        assert give_back(session, attempt)
    session.refresh(job)
    assert (job.state, job.lost, job.holder) == (State.QUEUED, 0, None)


def test_what_was_wished_of_a_dead_runner(session: Session, job: PlanJob) -> None:
    """A plan that was to be cancelled is, one that was to finish is told so again."""
    die(session, begun(session))
    ask(session, job, Wish.FINISH)
    rescue(session, MOST_LOST)
    session.refresh(job)
    assert (job.state, job.wish) == (State.QUEUED, Wish.FINISH)
    die(session, begun(session))
    ask(session, job, Wish.CANCEL)
    rescue(session, MOST_LOST)
    session.refresh(job)
    assert (job.state, job.plan) == (State.CANCELLED, None)

"""Plans are claimed in fair order, and written to only by the attempt that holds them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.jobs.leases import Attempt, give_back
from api.jobs.queue import active_plans, add_plan, ask, claim, end, unpacked, write
from api.jobs.states import State, Wish
from api.keys import create_key
from api.store.tables import ApiKey, PlanJob


@pytest.fixture
def keys(session: Session) -> list[ApiKey]:
    made = [create_key(session, name)[0] for name in ("one", "two")]
    session.commit()
    return made


def plans(session: Session, *owners: ApiKey, city: str | None = None) -> list[PlanJob]:
    """A queued plan for each, a second apart; of a city each, or all of this one."""
    made = []
    for number, owner in enumerate(owners):
        job = add_plan(session, owner.id, "wave", "{}", {}, city=city or f"city {number}")
        job.created_at = datetime.now(UTC) + timedelta(seconds=number)
        made.append(job)
    session.commit()
    return made


def test_the_day_comes_back_as_it_was_sent(session: Session, keys: list[ApiKey]) -> None:
    """Packed in between."""
    job = add_plan(session, keys[0].id, "w", '{"city": "长春"}', {}, city="长春")
    session.commit()
    assert unpacked(job.snapshot) == '{"city": "长春"}'


def test_one_key_does_not_starve_another(session: Session, keys: list[ApiKey]) -> None:
    """Its second plan waits until the other's first one runs."""
    one, two = keys
    first, second, third, others = plans(session, one, one, one, two)
    claimed = [claim(session, "here") for _ in range(4)]
    assert [attempt and attempt.plan_id for attempt in claimed] == [
        first.id,
        others.id,
        second.id,
        third.id,
    ]
    assert claim(session, "here") is None
    assert active_plans(session, one.id) == 3


def test_one_wave_of_a_city_at_a_time(session: Session, keys: list[ApiKey]) -> None:
    """A key's next one waits until it has ended; another key's does not."""
    one, two = keys
    first, second, others = plans(session, one, one, two, city="长春")
    running = claim(session, "here")
    assert running == Attempt(first.id, 1)
    assert claim(session, "there") == Attempt(others.id, 1)
    assert claim(session, "here") is None
    end(session, running, State.FAILED, failure="a")
    assert claim(session, "here") == Attempt(second.id, 1)


def test_nobody_overtakes(session: Session, store: Engine, keys: list[ApiKey]) -> None:
    """While the older plan of a city is being claimed, the younger one is not next."""
    first, _ = plans(session, keys[0], keys[0], city="长春")
    with Session(store) as claiming:
        claiming.execute(select(PlanJob.id).where(PlanJob.id == first.id).with_for_update())
        assert claim(session, "here") in (None, Attempt(first.id, 1))


def test_the_store_itself_holds_waves_of_a_city_apart(session: Session, keys: list[ApiKey]) -> None:
    """Even from a runner that does not look."""
    for job in plans(session, keys[0], keys[0], city="长春"):
        job.state = State.SOLVING
    with pytest.raises(IntegrityError):
        session.commit()


def test_a_runner_of_some_cities(session: Session, keys: list[ApiKey]) -> None:
    """Leaves the others alone."""
    _, second = plans(session, *keys)
    assert claim(session, "here", ["city 1", "city 2"]) == Attempt(second.id, 1)
    assert claim(session, "here", ["city 1", "city 2"]) is None


def test_an_older_attempt_may_not_write(session: Session, keys: list[ApiKey]) -> None:
    """A zombie's result is dropped."""
    (job,) = plans(session, keys[0])
    zombie = claim(session, "here")
    assert zombie == Attempt(job.id, 1)
    assert give_back(session, zombie)
    current = claim(session, "here")
    assert current == Attempt(job.id, 2)
    assert not end(session, zombie, State.SUCCEEDED, plan=b"old")
    assert not write(session, zombie, State.SOLVING)
    assert end(session, current, State.SUCCEEDED, plan=b"new")
    session.refresh(job)
    assert (job.state, job.plan) == (State.SUCCEEDED, b"new")
    assert not end(session, current, State.FAILED)


def test_a_queued_plan_is_cancelled_at_once(session: Session, keys: list[ApiKey]) -> None:
    """Nobody begins it; an ended one can't be asked any more."""
    (job,) = plans(session, keys[0])
    assert ask(session, job, Wish.CANCEL)
    session.refresh(job)
    assert job.state == State.CANCELLED
    assert claim(session, "here") is None
    assert not ask(session, job, Wish.FINISH)


def test_a_running_plan_is_asked(session: Session, keys: list[ApiKey]) -> None:
    """It is the runner that answers."""
    (job,) = plans(session, keys[0])
    claim(session, "here")
    assert ask(session, job, Wish.CANCEL)
    session.refresh(job)
    assert (job.state, job.wish) == (State.PREPARING, Wish.CANCEL)

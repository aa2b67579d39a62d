"""The plan of a wave that holds: one, and nobody replaces what they have not seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from api.jobs.queue import add_plan
from api.jobs.states import State
from api.keys import create_key
from api.publications import publish, published, withdraw
from api.store.clock import store_now
from api.store.tables import ApiKey, PlanJob, Publication
from tests.api.client import with_key


def made(session: Session, owner: str, wave: str = "morning") -> PlanJob:
    """A plan that has succeeded."""
    job = add_plan(session, owner, wave, "{}", {}, city="c")
    job.state, job.ended_at = State.SUCCEEDED, store_now(session)
    session.commit()
    return job


@pytest.fixture
def plan(client: TestClient) -> Callable[..., str]:
    """Makes a plan of the caller; its address."""
    client.headers.update(with_key(client))

    def make(wave: str = "morning") -> str:
        with Session(client.app.state.store) as session:  # type: ignore[attr-defined]
            return f"/v1/plans/{made(session, session.query(ApiKey).one().id, wave).id}"

    return make


def test_the_first_plan_of_a_wave(client: TestClient, plan: Callable[..., str]) -> None:
    """It is published, says so, can't be erased, and is withdrawn; again and again."""
    here = plan()
    assert client.get(f"{here}/publication").status_code == 404
    told = client.put(f"{here}/publication")
    assert told.status_code == 200
    assert told.json()["plan_id"] == here[-32:]
    assert client.put(f"{here}/publication").json() == told.json()
    assert client.get(f"{here}/publication").headers["etag"] == told.headers["etag"]
    assert client.get(f"{here}/metadata").json()["published"]
    assert client.delete(here).status_code == 409
    assert client.delete(f"{here}/publication").status_code == 204
    assert client.delete(f"{here}/publication").status_code == 404
    assert not client.get(f"{here}/metadata").json()["published"]
    assert client.delete(here).status_code == 204


def test_another_plan_takes_its_place(client: TestClient, plan: Callable[..., str]) -> None:
    """Only for a caller that names the one before; plans of other waves are none of it."""
    first, second = plan(), plan()
    tag = client.put(f"{first}/publication").headers["etag"]
    refused = client.put(f"{second}/publication")
    assert refused.status_code == 412
    assert first[-32:] in refused.json()["detail"]
    assert refused.headers["etag"] == tag
    assert client.put(f"{second}/publication", headers={"If-Match": '"x"'}).status_code == 412
    told = client.put(f"{second}/publication", headers={"If-Match": f'"x", {tag}'})
    assert told.status_code == 200
    assert client.get(f"{first}/publication").json()["plan_id"] == second[-32:]
    assert not client.get(f"{first}/metadata").json()["published"]
    assert client.delete(f"{first}/publication").status_code == 404
    stale = {"If-Match": tag}
    assert client.put(f"{first}/publication", headers=stale).status_code == 412
    assert client.delete(f"{second}/publication", headers=stale).status_code == 412
    assert client.put(f"{first}/publication", headers={"If-Match": "*"}).status_code == 200
    other = plan("evening")
    assert client.put(f"{other}/publication", headers={"If-Match": "*"}).status_code == 412
    assert client.put(f"{other}/publication").status_code == 200


def test_only_a_plan_that_succeeded(client: TestClient, plan: Callable[..., str]) -> None:
    """One that was cancelled may not be driven by."""
    here = plan()
    with Session(client.app.state.store) as session:  # type: ignore[attr-defined]
        session.execute(update(PlanJob).values(state=State.CANCELLED))
        session.commit()
    assert client.put(f"{here}/publication").status_code == 409


def test_whoever_comes_second_has_lost(store: Engine) -> None:
    """Two who saw the same: the first wins, where nothing was published and where something was."""
    with Session(store) as session, Session(store) as other:
        owner = create_key(session, "shop")[0].id
        mine, theirs = made(session, owner), made(session, owner)
        again = other.get_one(PlanJob, theirs.id)
        assert published(session, mine) is None
        assert publish(other, again, None)
        assert not publish(session, mine, None)
        seen = published(session, mine)
        assert seen is not None
        session.expunge(seen)
        assert publish(session, mine, seen)
        assert not publish(other, again, seen)
        assert not withdraw(other, seen)
        now = published(other, again)
        assert now is not None
        assert now.plan_id == mine.id


def test_what_is_erased_is_not_published(store: Engine) -> None:
    """An old plan takes its publication along, so that no address outlives the retention."""
    with Session(store) as session:
        job = made(session, create_key(session, "shop")[0].id)
        assert publish(session, job, None)
        session.delete(job)
        session.commit()
        assert session.query(Publication).count() == 0

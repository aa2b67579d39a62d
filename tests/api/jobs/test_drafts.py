"""Drafts are told beside the search: the newest, and never without a pause."""

from __future__ import annotations

import threading
from queue import Empty, Queue

import pytest

from api.jobs.drafts import Drafts
from dispatch.demo import changchun_wave
from dispatch.plan import Plan
from dispatch.planner import PlanConfig, plan


@pytest.fixture(scope="module")
def made() -> Plan:
    """Some plan."""
    return plan(changchun_wave(seed=1, orders=3), PlanConfig(time_limit_s=1, engine="ortools"))


def test_the_newest_draft_is_told(made: Plan) -> None:
    """One that is offered while another is made waits, and a newer one takes its place."""
    told, go = Queue[Plan](), threading.Event()
    drafts = Drafts(told.put)
    begun = threading.Event()

    def slow() -> Plan:
        begun.set()
        go.wait(30)
        return made

    def never() -> Plan:
        raise AssertionError("An older draft was made.")

    drafts.offer(slow)
    assert begun.wait(30)
    drafts.offer(never)
    drafts.offer(lambda: made)
    go.set()
    assert told.get(timeout=30) is made
    assert told.get(timeout=30) is made


def test_none_is_made_once_they_are_not_wanted(made: Plan) -> None:
    """What was offered before is forgotten."""
    told = Queue[Plan]()
    drafts = Drafts(told.put)
    drafts.offer(lambda: made)
    told.get(timeout=30)
    drafts.offer(lambda: made)
    drafts.offer(None)
    with pytest.raises(Empty):
        told.get(timeout=1.5)

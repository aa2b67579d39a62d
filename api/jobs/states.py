"""The life of a plan.

queued -> preparing -> solving -> [finishing] -> succeeded | failed | cancelled | invalid

An attempt whose runner dies or is stopped goes back to `queued`.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where it is."""

    QUEUED = "queued"
    PREPARING = "preparing"
    SOLVING = "solving"
    FINISHING = "finishing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INVALID = "invalid"
    """Its day breaks a rule that did not hold when it was taken: of a later version, say."""


RUNNING = (State.PREPARING, State.SOLVING, State.FINISHING)
ACTIVE = (State.QUEUED, *RUNNING)
ENDED = (State.SUCCEEDED, State.FAILED, State.CANCELLED, State.INVALID)


class Wish(StrEnum):
    """What an owner asks of a running plan."""

    FINISH = "finish"
    CANCEL = "cancel"

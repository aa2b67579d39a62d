"""What is told of a plan."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from api.jobs.queue import unpacked
from api.jobs.states import State
from api.problems import IssueModel
from api.store.tables import PlanJob


class Progress(BaseModel):
    """The best plan so far: after how many seconds, cost in minor units, orders unserved."""

    seconds: float
    cost: int
    unserved: int


class Metadata(BaseModel):
    """A plan's state, without the plan."""

    id: str
    wave: str
    state: State
    attempt: int
    config: dict[str, Any]
    progress: Progress | None
    stop_reason: str | None
    failure: str | None
    published: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class PlanAnswer(BaseModel):
    """A plan; while it runs `plan` is the best so far, null until there is one or if it fails.

    `issues` are warnings about the day, or what makes it invalid.
    """

    metadata: Metadata
    issues: list[IssueModel]
    plan: dict[str, Any] | None


class PlanList(BaseModel):
    """Newest first; `next_cursor` leads on."""

    plans: list[Metadata]
    next_cursor: str | None


class Validation(BaseModel):
    """A day that could be planned, with its warnings."""

    issues: list[IssueModel]


def metadata_of(job: PlanJob) -> Metadata:
    """A plan's state."""
    return Metadata(
        id=job.id,
        wave=job.wave,
        state=State(job.state),
        attempt=job.attempt,
        config=job.config,
        progress=None if job.progress is None else Progress.model_validate(job.progress),
        stop_reason=job.stop_reason,
        failure=job.failure,
        published=job.publication is not None,
        created_at=job.created_at,
        started_at=job.started_at,
        ended_at=job.ended_at,
    )


def answer_of(job: PlanJob) -> dict[str, Any]:
    """`PlanAnswer` as a document; the plan is the one that was stored, to the letter."""
    return {
        "metadata": metadata_of(job).model_dump(mode="json"),
        "issues": job.issues,
        "plan": None if job.plan is None else json.loads(unpacked(job.plan)),
    }

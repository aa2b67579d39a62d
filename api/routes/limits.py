"""What a caller may send."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.auth import OpenSession, Reader
from api.jobs.queue import active_plans
from api.matrices import count_matrices
from api.problems import problems
from api.settings import Settings

router = APIRouter(prefix="/v1/limits", tags=["limits"])


class Limits(BaseModel):
    """Bytes of a body, as it is sent and once it is unpacked; what the caller's key may do.

    `active_plans` is how many of `max_active_plans` are queued or running now, `matrices` how many
    of `max_matrices` are kept.
    """

    max_body_bytes: int
    max_inflated_bytes: int
    max_orders: int
    max_matrix_places: int
    max_matrices: int
    matrices: int
    max_active_plans: int
    active_plans: int
    requests_per_minute: int
    request_burst: int
    waves_per_minute: int


@router.get("", responses=problems(401, 403))
def tell_limits(request: Request, session: OpenSession, key: Reader) -> Limits:
    """The limits of this server, and how much of them the caller uses."""
    settings: Settings = request.app.state.settings
    return Limits(
        **settings.model_dump(),
        active_plans=active_plans(session, key.id),
        matrices=count_matrices(session, key),
    )

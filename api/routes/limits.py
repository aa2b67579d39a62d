"""What a caller may send."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.auth import Reader
from api.problems import problems

router = APIRouter(prefix="/v1/limits", tags=["limits"])


class Limits(BaseModel):
    """Bytes of a body, as it is sent and once it is unpacked; what the caller's key may do."""

    max_body_bytes: int
    max_inflated_bytes: int
    max_active_plans: int
    requests_per_minute: int
    request_burst: int
    waves_per_minute: int


@router.get("", responses=problems(401, 403))
async def tell_limits(request: Request, _: Reader) -> Limits:
    """The limits of this server."""
    settings = request.app.state.settings
    return Limits.model_validate(settings, from_attributes=True)

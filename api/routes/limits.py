"""What a caller may send."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.auth import Reader
from api.problems import problems

router = APIRouter(prefix="/v1/limits", tags=["limits"])


class Limits(BaseModel):
    """Bytes of a request's body, as it is sent and once it is unpacked."""

    max_body_bytes: int
    max_inflated_bytes: int


@router.get("", responses=problems(401, 403))
async def tell_limits(request: Request, _: Reader) -> Limits:
    """The limits of this server."""
    settings = request.app.state.settings
    return Limits(
        max_body_bytes=settings.max_body_bytes, max_inflated_bytes=settings.max_inflated_bytes
    )

"""Outside `/v1`, without a key: is the process alive, can it serve, which version is it."""

from __future__ import annotations

from http import HTTPStatus
from importlib.metadata import version

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.errors import ApiError
from api.problems import Problem, problems
from api.store.schema import check_schema

router = APIRouter(tags=["probes"])


class Status(BaseModel):
    """What a probe says."""

    status: str


class Version(BaseModel):
    """Of the product."""

    version: str


@router.get("/livez")
async def live() -> Status:
    """Whether the process answers; asks nothing of the store."""
    return Status(status="ok")


@router.get("/readyz", responses=problems(503))
def ready(request: Request) -> Status:
    """Whether the store answers and has the tables of this version."""
    try:
        check_schema(request.app.state.store)
    except ApiError as error:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error)) from None
    return Status(status="ok")


@router.get("/version")
async def tell_version() -> Version:
    """Which version serves."""
    return Version(version=version("citywave"))

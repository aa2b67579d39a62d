"""Outside `/v1`, without a key: is the process alive, can it serve, which version, how busy."""

from __future__ import annotations

from http import HTTPStatus
from importlib.metadata import version

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
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


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def tell_metrics(request: Request) -> Response:
    """Requests, plans by state, the queue's age, in Prometheus' text format."""
    return Response(request.app.state.metrics.text(), media_type=CONTENT_TYPE_LATEST)

"""Made-up waves, ready to be sent to `POST /v1/plans`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from api.auth import Reader
from api.problems import Problem, problems
from dispatch.demo import DEMOS
from dispatch.wire import dump_snapshot

MOST_ORDERS = 10_000
"""Made in about a second."""

DEMO_SECONDS = 10
"""Of search that a demonstration asks for."""

router = APIRouter(prefix="/v1/demo-data", tags=["demo-data"], responses=problems(401, 403))

BODY: dict[str, Any] = {
    "type": "object",
    "required": ["snapshot", "config"],
    "properties": {
        "snapshot": {"$ref": "#/components/schemas/DayModel"},
        "config": {"type": "object"},
    },
}


class DemoModel(BaseModel):
    """A made-up wave."""

    name: str
    description: str


class DemoList(BaseModel):
    """All of them."""

    demo_data: list[DemoModel]


@router.get("")
async def tell_names(_: Reader) -> DemoList:
    """What there is to try the service with."""
    return DemoList(
        demo_data=[
            DemoModel(name=name, description=demo.description) for name, demo in DEMOS.items()
        ]
    )


@router.get(
    "/{name}",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": BODY}}}, **problems(404, 422)},
)
def tell_body(
    name: str,
    _: Reader,
    orders: Annotated[int, Query(ge=1, le=MOST_ORDERS)] = 240,
    seed: Annotated[int, Query(ge=0, lt=2**31)] = 1,
) -> Response:
    """A body for `POST /v1/plans`; the same seed and number of orders give the same."""
    if name not in DEMOS:
        raise Problem(HTTPStatus.NOT_FOUND, f"No such wave; there is {', '.join(DEMOS)}.")
    day = dump_snapshot(DEMOS[name].make(seed, orders))
    body = f'{{"snapshot": {day}, "config": {{"time_limit_s": {DEMO_SECONDS}}}}}'
    return Response(body, media_type="application/json")

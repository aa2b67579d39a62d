"""What is behind a plan: where its money goes, why an order is where it is, what changed."""

from __future__ import annotations

from dataclasses import fields
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel

from api.auth import OpenSession, Reader
from api.problems import Problem, problems
from api.routes.plans.common import find_made, new_router
from dispatch.analysis import Analysis, analyse
from dispatch.diff import PlanDiff, compare
from dispatch.explain import Alternative, describe, explain_order
from dispatch.plan import Reason, Unserved

router = new_router()


class Served(BaseModel):
    """Why an order goes with its courier; see `dispatch.explain.ServedExplanation`."""

    status: Literal["served"] = "served"
    text: str
    order: str
    courier: str
    number: int
    stops: int
    cost: int | None
    unserved_cost: int
    alternatives: list[Alternative]


class LeftOut(BaseModel):
    """Why an order stays behind, and what would get it served."""

    status: Literal["unserved"] = "unserved"
    text: str
    order: str
    reason: Reason
    detail: str
    fix: str
    extra_cost: int | None


@router.get("/{plan_id}/analysis", responses=problems(404, 409, 410))
def tell_analysis(plan_id: str, session: OpenSession, key: Reader) -> Analysis:
    """Where the money goes, by term and by route; of the best plan so far while it is solved."""
    return analyse(*find_made(session, key, plan_id))


@router.get("/{plan_id}/orders/{order_id:path}/explanation", responses=problems(404, 409, 410))
def tell_explanation(
    plan_id: str, order_id: str, session: OpenSession, key: Reader
) -> Served | LeftOut:
    """Why the order goes with its courier and what others would cost, or why it is unserved."""
    snapshot, plan = find_made(session, key, plan_id)
    try:
        explanation = explain_order(snapshot, plan, order_id)
    except KeyError:
        raise Problem(HTTPStatus.NOT_FOUND, "The day has no order of this id.") from None
    told = {field.name: getattr(explanation, field.name) for field in fields(explanation)}
    model = LeftOut if isinstance(explanation, Unserved) else Served
    return model(text=describe(snapshot, explanation), **told)


@router.get("/{plan_id}/diff", responses=problems(404, 409, 410))
def tell_diff(
    plan_id: str,
    session: OpenSession,
    key: Reader,
    against: Annotated[str, Query(description="Id of the plan before.")],
) -> PlanDiff:
    """What is different from another plan of the same city, and for whom."""
    _, new = find_made(session, key, plan_id)
    _, old = find_made(session, key, against)
    if old.city != new.city:
        raise Problem(HTTPStatus.CONFLICT, f"One is of {old.city}, the other of {new.city}.")
    return compare(old, new)

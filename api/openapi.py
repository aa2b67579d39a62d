"""The OpenAPI document: FastAPI's own, and the models of the documents that bodies hold."""

from __future__ import annotations

from copy import deepcopy
from typing import Annotated, Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import Field, create_model
from pydantic.json_schema import models_json_schema

from api.matrices import StoredMatrixModel
from dispatch.wire.models import DayModel, HaversineModel, MatrixModel
from dispatch.wire.plan_models import PlanModel
from dispatch.wire.vroom.models import VroomModel

REFERENCE = "#/components/schemas/{model}"

TRAVEL = Annotated[HaversineModel | MatrixModel | StoredMatrixModel, Field(discriminator="kind")]
SENT_DAY = create_model(
    "DayModel", __base__=DayModel, __doc__=DayModel.__doc__, travel=(TRAVEL, HaversineModel())
)
"""A day as callers may send it."""


def describe(app: FastAPI) -> dict[str, Any]:
    """The document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        _, models = models_json_schema(
            [(model, "validation") for model in (SENT_DAY, PlanModel, VroomModel)],
            ref_template=REFERENCE,
        )
        schemas = document["components"]["schemas"]
        schemas.update({**models["$defs"], **schemas})
        _too_many_requests(document)
        _what_to_do_with_a_plan(document)
        _problems_as_such(document)
        app.openapi_schema = document
    return app.openapi_schema


def _too_many_requests(document: dict[str, Any]) -> None:
    """Whoever shows a key may have sent too many requests, and is told when to come back."""
    schema = {"$ref": REFERENCE.format(model="ProblemModel")}
    told = {
        "description": "Too Many Requests",
        "content": {"application/json": {"schema": schema}},
    }
    headers = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    for path in document["paths"].values():
        for operation in path.values():
            if "security" in operation or "429" in operation["responses"]:
                answer = operation["responses"].setdefault("429", deepcopy(told))
                answer["headers"] = deepcopy(headers)


def _what_to_do_with_a_plan(document: dict[str, Any]) -> None:
    """The answer to a wave has the id that everything about its plan needs."""
    links = {
        operation["operationId"]: {
            "operationId": operation["operationId"],
            "parameters": {"plan_id": "$response.body#/metadata/id"},
        }
        for path, operations in document["paths"].items()
        if path.startswith("/v1/plans/{plan_id}")
        for operation in operations.values()
    }
    sent = document["paths"]["/v1/plans"]["post"]["responses"]
    for status in ("200", "202"):
        sent[status]["links"] = links


def _problems_as_such(document: dict[str, Any]) -> None:
    """Problem documents have a media type of their own; the framework's own errors are some too."""
    problem = {"$ref": REFERENCE.format(model="ProblemModel")}
    framework = {"$ref": REFERENCE.format(model="HTTPValidationError")}
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                content = response.get("content", {})
                if content.get("application/json", {}).get("schema") in (problem, framework):
                    del content["application/json"]
                    content["application/problem+json"] = {"schema": problem}
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)

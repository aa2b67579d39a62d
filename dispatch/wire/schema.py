"""The JSON Schemas that docs/ publishes."""

from __future__ import annotations

import json
from typing import Any

from dispatch.wire.models import DayModel
from dispatch.wire.plan_models import PlanModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schemas() -> dict[str, str]:
    """File name to text: `day.schema.json`, `plan.schema.json`."""
    documents: dict[str, dict[str, Any]] = {
        "day.schema.json": DayModel.model_json_schema(),
        "plan.schema.json": PlanModel.model_json_schema(),
    }
    return {
        name: json.dumps({"$schema": DIALECT, **schema}, indent=2, ensure_ascii=False) + "\n"
        for name, schema in documents.items()
    }

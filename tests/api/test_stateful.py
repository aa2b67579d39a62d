"""Whatever is done with a plan, in whatever order, is answered as the OpenAPI document says."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from api.app import create_app
from api.keys import Scope
from api.settings import Settings
from dispatch.demo import changchun_wave
from dispatch.wire import dump_snapshot
from tests.api.client import UNLIMITED, with_key

DAY = json.loads(dump_snapshot(changchun_wave(seed=1, orders=3)))
WAVE = {"snapshot": DAY, "config": {"step_limit": 20, "threads": 1}}
PLAN = "/v1/plans/{plan_id}"

PLANNED = [
    ("POST /v1/plans", 200),
    (f"GET {PLAN}", 200),
    (f"GET {PLAN}/events", 200),
    (f"POST {PLAN}/finish", 409),
    (f"POST {PLAN}/cancel", 409),
    (f"DELETE {PLAN}", 204),
    (f"GET {PLAN}", 410),
]
QUEUED = [
    ("POST /v1/plans", 202),
    (f"GET {PLAN}", 200),
    (f"DELETE {PLAN}", 409),
    (f"POST {PLAN}/finish", 202),
    ("POST /v1/plans", 202),
    (f"POST {PLAN}/cancel", 202),
    (f"DELETE {PLAN}", 204),
    (f"GET {PLAN}", 410),
]

UNPLANNED = "/(events|analysis|explanation|diff|publication)$"
"""Operations that a plan which nobody works on has nothing for."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("at_once", "without", "lived"), [(1, "^$", PLANNED), (0, UNPLANNED, QUEUED)]
)
def test_a_plan_lives_and_dies_as_documented(
    tmp_path: Path, at_once: int, without: str, lived: list[tuple[str, int]]
) -> None:
    """A life that is known, step by step; then links lead on as chance will.

    Each wave is waited for, or none is ever planned: chance needs steps that can be repeated. Where
    none is planned, to follow one would be to wait for ever.
    """
    address = f"sqlite:///{tmp_path / 'store.db'}"
    app = create_app(Settings(database_url=address, solves_at_once=at_once, **UNLIMITED))
    done = Counter[tuple[str, int]]()
    with TestClient(app) as client:
        headers = with_key(client, Scope.ADMIN)
        schema = schemathesis.openapi.from_asgi("/openapi.json", app)
        plans = schema.include(path_regex="^/v1/plans").exclude(path_regex=without)

        def prepare(case: schemathesis.Case[Any]) -> None:
            if case.operation.label == "POST /v1/plans":
                case.body, case.query = WAVE, {}
                case.headers.clear()
                if at_once:
                    case.headers["Prefer"] = "wait=60"

        made = ""
        for label, status in lived:
            operation = schema.find_operation_by_label(label)
            assert operation is not None
            case = operation.Case(path_parameters={"plan_id": made}, media_type="application/json")
            prepare(case)
            response = case.call(headers=headers)
            case.validate_response(response, excluded_checks=[positive_data_acceptance])
            assert (label, response.status_code) == (label, status)
            if label == "POST /v1/plans":
                made = response.json()["metadata"]["id"]

        class Plans(plans.as_state_machine()):  # type: ignore[misc]
            """Sends a wave that can be planned, as hardly any made-up one can."""

            def before_call(self, case: schemathesis.Case[Any]) -> None:
                prepare(case)

            def get_call_kwargs(self, case: schemathesis.Case[Any]) -> dict[str, Any]:
                return {"headers": headers}

            def after_call(self, response: Any, case: schemathesis.Case[Any]) -> None:
                super().after_call(response, case)
                done[case.operation.label, response.status_code] += 1

            def validate_response(
                self, response: Any, case: schemathesis.Case[Any], *_: Any, **__: Any
            ) -> None:
                case.validate_response(
                    response,
                    excluded_checks=[positive_data_acceptance],
                    recorder=self.recorder,
                )

        Plans.run(
            settings=settings(
                max_examples=15,
                stateful_step_count=10,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            )
        )
    assert done[lived[0]] < done.total()

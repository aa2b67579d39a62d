"""Whatever is sent, the service answers as its OpenAPI document says (schemathesis)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from api.app import create_app
from api.keys import Scope
from api.settings import Settings
from tests.api.client import UNLIMITED, with_key

OPERATIONS = [
    (method, path)
    for path, methods in create_app().openapi()["paths"].items()
    for method in methods
]

Api = tuple[schemathesis.BaseSchema, dict[str, str]]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The document of a service on SQLite, and headers of an administrator."""
    folder = tmp_path_factory.mktemp("store")
    address = f"sqlite:///{folder / 'store.db'}"
    app = create_app(Settings(database_url=address, solves_at_once=0, **UNLIMITED))
    with TestClient(app) as client:
        yield schemathesis.openapi.from_asgi("/openapi.json", app), with_key(client, Scope.ADMIN)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_documented(api: Api, method: str, path: str) -> None:
    """No 5xx, no status, header or shape that the document does not tell.

    A document may fit its schema and still break a rule between its parts.
    """
    schema, headers = api

    @settings(max_examples=60)
    @given(case=schema[path][method].as_strategy())
    def answers(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

    answers()

"""A day that a caller sends: its matrix looked up, held to this server's limits, read, judged."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from api.matrices import with_stored_matrix
from api.settings import Settings
from api.store.tables import ApiKey
from dispatch.errors import InvalidInput, Issue, Severity
from dispatch.snapshot import Snapshot
from dispatch.validate import find_issues
from dispatch.wire import snapshot_of


def read_day(
    session: Session, settings: Settings, key: ApiKey, document: Any
) -> tuple[Snapshot, list[Issue]]:
    """The snapshot and its warnings.

    Raises:
        InvalidInput: it can't be planned; carries every issue.
    """
    too_much = beyond_limits(document, settings)
    whole, issues = with_stored_matrix(session, key, document)
    if too_much:
        raise InvalidInput(too_much + issues)
    try:
        snapshot = snapshot_of(whole)
    except InvalidInput as error:
        raise InvalidInput([*issues, *error.issues]) from None
    issues += find_issues(snapshot)
    if any(issue.severity == Severity.ERROR for issue in issues):
        raise InvalidInput(issues)
    return snapshot, issues


def beyond_limits(document: Any, settings: Settings) -> list[Issue]:
    """What a day has too much of, whatever it says."""
    orders, most = _length(document, "orders"), settings.max_orders
    issues = []
    if orders > most:
        message = f"Expected at most {most} orders, got {orders}."
        issues.append(Issue("too_many_orders", "/orders", message, "Part the wave."))
    travel = document.get("travel") if isinstance(document, dict) else None
    return issues + too_many_places(travel, settings, "/travel/positions")


def too_many_places(matrix: Any, settings: Settings, where: str) -> list[Issue]:
    """Nothing, if a matrix has no more than it may."""
    places, most = _length(matrix, "positions"), settings.max_matrix_places
    if places <= most:
        return []
    message = f"Expected at most {most} places, got {places}."
    return [Issue("too_many_places", where, message, "Send what the orders need.")]


def _length(document: Any, key: str) -> int:
    found = document.get(key) if isinstance(document, dict) else None
    return len(found) if isinstance(found, list) else 0

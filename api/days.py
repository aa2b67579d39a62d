"""A day that a caller sends, held to this server's limits."""

from __future__ import annotations

from typing import Any

from api.settings import Settings
from dispatch.errors import InvalidInput, Issue, Severity
from dispatch.snapshot import Snapshot
from dispatch.validate import find_issues
from dispatch.wire import snapshot_of


def read_day(document: Any, settings: Settings) -> tuple[Snapshot, list[Issue]]:
    """The snapshot and its warnings.

    Raises:
        InvalidInput: it can't be planned; carries every issue.
    """
    too_much = beyond_limits(document, settings)
    if too_much:
        raise InvalidInput(too_much)
    snapshot = snapshot_of(document)
    issues = find_issues(snapshot)
    if any(issue.severity == Severity.ERROR for issue in issues):
        raise InvalidInput(issues)
    return snapshot, issues


def beyond_limits(document: Any, settings: Settings) -> list[Issue]:
    """What is too much, whatever it says; a day that is no object has nothing of it."""
    orders = document.get("orders") if isinstance(document, dict) else None
    found, most = len(orders) if isinstance(orders, list) else 0, settings.max_orders
    if found <= most:
        return []
    message = f"Expected at most {most} orders, got {found}."
    return [Issue("too_many_orders", "/orders", message, "Part the wave.")]

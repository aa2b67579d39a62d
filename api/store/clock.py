"""The store's clock: hosts that share a store need not agree about the time."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def store_now(session: Session) -> datetime:
    """The time where the store is: the server's on PostgreSQL, this host's on SQLite."""
    if session.get_bind().dialect.name == "sqlite":
        return datetime.now(UTC)
    now: datetime = session.scalars(select(func.clock_timestamp())).one()
    return now.astimezone(UTC)

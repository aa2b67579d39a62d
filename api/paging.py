"""Lists by pages, newest first: `limit` and `cursor`, which is the last id of the page before."""

from __future__ import annotations

from typing import Annotated, TypeVar

from fastapi import Query
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from api.keys import Scope
from api.store.tables import ApiKey, Matrix, PlanJob

Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(pattern=r"^[0-9a-f]{32}$")]

Owned = TypeVar("Owned", PlanJob, Matrix)


def newest_first(
    session: Session, key: ApiKey, table: type[Owned], limit: int, cursor: str | None
) -> tuple[list[Owned], str | None]:
    """A page of what is this key's, an administrator's of all; and where the next one begins."""
    chosen = select(table).order_by(table.created_at.desc(), table.id.desc())
    if Scope.ADMIN not in key.scopes:
        chosen = chosen.where(table.api_key_id == key.id)
    last = session.get(table, cursor) if cursor else None
    if last is not None:
        chosen = chosen.where(tuple_(table.created_at, table.id) < tuple_(last.created_at, last.id))
    rows = list(session.scalars(chosen.limit(limit + 1)))
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None

"""The tables. A change here needs a migration in `api/store/migrations/versions/`; a test asks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Of constraints, so that a migration can name them on every store."""

IS_RUNNING = "state IN ('preparing', 'solving', 'finishing')"
"""Of a plan, for the index that lets one wave of an owner's city run at a time."""


class Moment(TypeDecorator[datetime]):
    """A time with its zone, kept in UTC: SQLite drops zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the store; a time without a zone is a mistake of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"Expected a time with its zone, got {value.isoformat()}.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Out of the store, always in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012
        datetime: Moment,
        dict[str, Any]: JSON(none_as_null=True),
        list[dict[str, Any]]: JSON,
        list[str]: JSON,
    }


class ApiKey(Base):
    """Who may call the service. The secret itself is not kept.

    Attributes:
        id: public part of the key; also what logs name.
        name: for people.
        secret_hash: SHA-256 of the secret part.
        scopes: what the key may do; see `api.keys.Scope`.
        created_at, expires_at, revoked_at: expiry None is never.
    """

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class PlanJob(Base):
    """A wave that was sent to be planned, and what became of it.

    Attributes:
        id: 32 hex digits.
        api_key_id: whose it is.
        wave, city: its id in the snapshot, and where; an owner's waves of one city run one by one.
        state: see `api.jobs.states.State`.
        attempt: how often it was begun; whoever holds an older one may not write any more.
        lost: how many of these ended because nobody renewed their lease.
        holder, lease_until: which runner has it, and how long others leave it alone, by the store's
            clock; of a running one.
        wish: what its owner asks of it while it runs: `finish` or `cancel`.
        snapshot, plan: JSON text, packed; the plan of one that succeeded, or the best so far of one
            that runs. They are large, so they are loaded only where they are asked for.
        config: as it was sent, with defaults.
        progress: of the best plan so far: seconds, cost, unserved.
        stop_reason: why the search ended.
        failure: why it failed.
        issues: of its day: warnings, and what made it invalid; as `api.problems.IssueModel`.
        publication: of it, if it is the plan of its wave that holds.
    """

    __tablename__ = "plans"
    __table_args__ = (
        Index("ix_plans_state_created_at", "state", "created_at"),
        Index(
            "uq_plans_running",
            "api_key_id",
            "city",
            unique=True,
            sqlite_where=text(IS_RUNNING),
            postgresql_where=text(IS_RUNNING),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id"), index=True)
    wave: Mapped[str] = mapped_column(String(200))
    city: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))
    attempt: Mapped[int]
    lost: Mapped[int]
    holder: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    wish: Mapped[str | None] = mapped_column(String(8))
    snapshot: Mapped[bytes] = mapped_column(deferred=True)
    config: Mapped[dict[str, Any]]
    progress: Mapped[dict[str, Any] | None]
    plan: Mapped[bytes | None] = mapped_column(deferred=True)
    stop_reason: Mapped[str | None] = mapped_column(String(32))
    failure: Mapped[str | None] = mapped_column(String(1000))
    issues: Mapped[list[dict[str, Any]]] = mapped_column(deferred=True)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    publication: Mapped[Publication | None] = relationship(viewonly=True, lazy="joined")


class ErasedPlan(Base):
    """That there was a plan: whoever asks for it is told so, and not that it never was.

    Attributes:
        id, api_key_id: of the plan.
        erased_at: when.
    """

    __tablename__ = "erased_plans"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id"))
    erased_at: Mapped[datetime] = mapped_column(index=True)


class Publication(Base):
    """The plan of a wave that holds, of those that were made for it.

    Attributes:
        api_key_id, city, wave: whose wave.
        plan_id: of a plan for it.
        published_at: by the store's clock.
    """

    __tablename__ = "publications"

    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id"), primary_key=True)
    city: Mapped[str] = mapped_column(String(200), primary_key=True)
    wave: Mapped[str] = mapped_column(String(200), primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"), unique=True)
    published_at: Mapped[datetime]


class PlanEvent(Base):
    """Something that happened to a plan, for whoever follows it.

    Attributes:
        plan_id, number: whose, and which from 1 on.
        kind: `status`, `warning`, `incumbent` or `end`.
        data: what a follower is told.
    """

    __tablename__ = "plan_events"

    plan_id: Mapped[str] = mapped_column(
        ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class IdempotencyKey(Base):
    """An answer that a caller may ask for again: the plan that a request made.

    Attributes:
        api_key_id, key: whose, and the header.
        body_hash: SHA-256 of the body that made the plan.
    """

    __tablename__ = "idempotency_keys"

    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    body_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]


class Schedule(Base):
    """A wave that is planned again and again: its day is what its owner has sent last.

    Attributes:
        id: 32 hex digits.
        api_key_id, name: whose, and which of theirs.
        cron, time_zone: when, in five fields, and where that is meant.
        wave, city, snapshot, config: as of `PlanJob`.
        next_due: the first time that has not been planned.
    """

    __tablename__ = "schedules"
    __table_args__ = (UniqueConstraint("api_key_id", "name"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id"))
    name: Mapped[str] = mapped_column(String(100))
    cron: Mapped[str] = mapped_column(String(100))
    time_zone: Mapped[str] = mapped_column(String(64))
    wave: Mapped[str] = mapped_column(String(200))
    city: Mapped[str] = mapped_column(String(200))
    snapshot: Mapped[bytes] = mapped_column(deferred=True)
    config: Mapped[dict[str, Any]]
    next_due: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime]


class ScheduledPlan(Base):
    """A due time and its plan: there can't be two."""

    __tablename__ = "scheduled_plans"

    schedule_id: Mapped[str] = mapped_column(
        ForeignKey("schedules.id", ondelete="CASCADE"), primary_key=True
    )
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"), index=True)


class Matrix(Base):
    """Travel between places, sent once to be named by days.

    Attributes:
        id: 32 hex digits, of its owner and what is in it.
        api_key_id: whose it is.
        places: rows and columns.
        travel: JSON text, packed; as in a day.
    """

    __tablename__ = "matrices"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id"), index=True)
    places: Mapped[int]
    travel: Mapped[bytes] = mapped_column(deferred=True)
    created_at: Mapped[datetime]


class BrowserSession(Base):
    """A browser that has shown an API key. The token itself is not kept.

    Attributes:
        token_hash: SHA-256 of what its cookie holds.
        api_key_id: in whose name it calls.
        created_at, expires_at: it ends with its key at the latest.
    """

    __tablename__ = "browser_sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

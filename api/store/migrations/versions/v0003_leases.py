"""Leases of running plans, their cities, schedules.

What runs while this is done begins anew: its runner is of an older version and holds no lease.
"""

from __future__ import annotations

import gzip
import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RUNNING = "state IN ('preparing', 'solving', 'finishing')"


def upgrade() -> None:
    """Add columns without making `plans` anew, which would erase what refers to it on SQLite."""
    op.add_column(
        "plans", sa.Column("city", sa.String(200), nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "plans", sa.Column("lost", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("plans", sa.Column("holder", sa.String(64)))
    op.add_column("plans", sa.Column("lease_until", sa.DateTime(timezone=True)))
    _tell_cities()
    op.execute(f"UPDATE plans SET state = 'queued', started_at = NULL WHERE {RUNNING}")
    op.create_index(
        "uq_plans_running",
        "plans",
        ["api_key_id", "city"],
        unique=True,
        sqlite_where=sa.text(RUNNING),
        postgresql_where=sa.text(RUNNING),
    )
    _make_schedules()


def _tell_cities() -> None:
    """Each plan's, from its snapshot."""
    plans = sa.table(
        "plans",
        sa.column("id", sa.String),
        sa.column("city", sa.String),
        sa.column("snapshot", sa.LargeBinary),
    )
    connection = op.get_bind()
    for plan_id in connection.scalars(sa.select(plans.c.id)).all():
        this = plans.c.id == plan_id
        snapshot = connection.scalars(sa.select(plans.c.snapshot).where(this)).one()
        city = json.loads(gzip.decompress(snapshot))["city"]["name"][:200]
        connection.execute(sa.update(plans).where(this).values(city=city))


def _make_schedules() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("api_key_id", sa.String(16), sa.ForeignKey("api_keys.id"), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("cron", sa.String(100), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("wave", sa.String(200), nullable=False),
        sa.Column("city", sa.String(200), nullable=False),
        sa.Column("snapshot", sa.LargeBinary(), nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("next_due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("api_key_id", "name"),
    )
    op.create_index("ix_schedules_next_due", "schedules", ["next_due"])
    op.create_table(
        "scheduled_plans",
        sa.Column(
            "schedule_id",
            sa.String(32),
            sa.ForeignKey("schedules.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), primary_key=True),
        sa.Column(
            "plan_id", sa.String(32), sa.ForeignKey("plans.id", ondelete="CASCADE"), nullable=False
        ),
    )
    op.create_index("ix_scheduled_plans_plan_id", "scheduled_plans", ["plan_id"])

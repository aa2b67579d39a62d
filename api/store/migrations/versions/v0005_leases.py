"""Leases of running plans, their cities, schedules.

What runs while this is done begins anew: its runner is of an older version and holds no lease.
"""

from __future__ import annotations

import gzip
import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
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

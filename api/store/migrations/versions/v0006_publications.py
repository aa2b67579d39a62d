"""The plan of a wave that holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "publications",
        sa.Column("api_key_id", sa.String(16), sa.ForeignKey("api_keys.id"), primary_key=True),
        sa.Column("city", sa.String(200), primary_key=True),
        sa.Column("wave", sa.String(200), primary_key=True),
        sa.Column(
            "plan_id",
            sa.String(32),
            sa.ForeignKey("plans.id", ondelete="CASCADE"),
            nullable=False,
            unique=True,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
    )

"""Matrices that days may name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "matrices",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("api_key_id", sa.String(16), sa.ForeignKey("api_keys.id"), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("travel", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_matrices_api_key_id", "matrices", ["api_key_id"])

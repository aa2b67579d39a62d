"""What is wrong with a plan's day, and which plans there were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Plans from before have no issues."""
    op.add_column("plans", sa.Column("issues", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "erased_plans",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("api_key_id", sa.String(16), sa.ForeignKey("api_keys.id"), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_erased_plans_erased_at", "erased_plans", ["erased_at"])

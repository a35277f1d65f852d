"""Where workers leave a sign of life, so that an outage is known by its length."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exam_engine.database import UtcDateTime

revision = "engine_0002"
down_revision = "engine_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sign_of_life",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_of_life")),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("sign_of_life")

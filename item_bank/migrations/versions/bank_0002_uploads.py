"""Files uploaded to be imported, kept between the report and the import."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exam_engine.database import UtcDateTime

revision = "bank_0002"
down_revision = "bank_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "bank_upload",
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_bank_upload_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_bank_upload")),
    )
    op.create_index(op.f("ix_bank_upload_at"), "bank_upload", ["at"], unique=False)


def downgrade() -> None:
    """Remove it."""
    op.drop_table("bank_upload")

"""The first tables of supervision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exam_engine.database import UtcDateTime

revision = "proctoring_0001"
down_revision = None
branch_labels = ("proctoring",)
depends_on = "engine_0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "proctoring_incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=30), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("first_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=5), nullable=False),
        sa.Column("seen_by", sa.Integer(), nullable=True),
        sa.Column("seen_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_proctoring_incident_attempt_id_attempt")),
        sa.ForeignKeyConstraint(["seen_by"], ["staff.id"], name=op.f("fk_proctoring_incident_seen_by_staff")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_proctoring_incident_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proctoring_incident")),
        sa.UniqueConstraint(
            "attempt_id",
            "rule",
            "lane",
            "first_seq",
            name=op.f("uq_proctoring_incident_attempt_id_rule_lane_first_seq"),
        ),
    )
    op.create_index("ix_proctoring_incident_newest", "proctoring_incident", ["sitting_id", "last_at"], unique=False)


def downgrade() -> None:
    """Remove them."""
    op.drop_table("proctoring_incident")

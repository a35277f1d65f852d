"""The first tables of the item bank."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exam_engine.database import UtcDateTime

revision = "bank_0001"
down_revision = None
branch_labels = ("item_bank",)
depends_on = "engine_0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "bank_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_import")),
    )
    op.create_table(
        "bank_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_item")),
        sa.UniqueConstraint("code", name=op.f("uq_bank_item_code")),
    )
    op.create_table(
        "bank_item_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=120), nullable=False),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("domain", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("weighted", sa.Boolean(), nullable=False),
        sa.Column("has_figure", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["bank_item.id"], name=op.f("fk_bank_item_version_item_id_bank_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_item_version")),
        sa.UniqueConstraint("item_id", "number", name=op.f("uq_bank_item_version_item_id_number")),
    )
    op.create_index(op.f("ix_bank_item_version_item_id"), "bank_item_version", ["item_id"], unique=False)
    op.create_index("ix_bank_item_version_search", "bank_item_version", ["language", "domain", "state"], unique=False)


def downgrade() -> None:
    """Remove them."""
    op.drop_table("bank_item_version")
    op.drop_table("bank_item")
    op.drop_table("bank_import")

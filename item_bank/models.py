"""Tables of the bank: items, their versions, and the files they came from."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam_engine.database import Base
from exam_engine.items.document import ItemDocument


class VersionState(enum.StrEnum):
    """Where a version stands in review."""

    DRAFT = "draft"
    APPROVED = "approved"
    RETURNED = "returned"


class BankItem(Base):
    """An item, known by its code; what it says is in its versions, the newest of which is the current one."""

    __tablename__ = "bank_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime]


class ItemVersion(Base):
    """One immutable version of an item, and what reviewers decided about it."""

    __tablename__ = "bank_item_version"
    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        Index("ix_bank_item_version_search", "language", "domain", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("bank_item.id"), index=True)
    number: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default=VersionState.DRAFT.value)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(120))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(120))
    decision_reason: Mapped[str | None] = mapped_column(String(500))

    # Copied out of the document, so that the database can search them.
    language: Mapped[str] = mapped_column(String(2))
    domain: Mapped[str] = mapped_column(String(40))
    topic: Mapped[str] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text)
    weighted: Mapped[bool]
    has_figure: Mapped[bool]

    item: Mapped[BankItem] = relationship(lazy="joined")

    @classmethod
    def of(cls, item: BankItem, number: int, document: ItemDocument, at: datetime, by: str) -> ItemVersion:
        """A new draft of a document."""
        words = [document.code, document.topic, document.prompt, *(option.text for option in document.options)]
        return cls(
            item=item,
            number=number,
            document=document.to_json(),
            digest=document.digest,
            state=VersionState.DRAFT.value,
            created_at=at,
            created_by=by,
            language=document.language,
            domain=document.domain,
            topic=document.topic,
            search_text="\n".join(words).lower(),
            weighted=document.is_weighted,
            has_figure=document.figure is not None,
        )

    @property
    def content(self) -> ItemDocument:
        """The document as an object."""
        return ItemDocument.model_validate(self.document)


class BankImport(Base):
    """A file that was imported."""

    __tablename__ = "bank_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(120))
    added: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]


class BankUpload(Base):
    """The file a member of staff uploaded last, kept from the report on it until it is imported or has expired."""

    __tablename__ = "bank_upload"

    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    digest: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(index=True)

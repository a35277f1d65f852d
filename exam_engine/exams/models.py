"""Tables of exams and papers. Rows are never changed: a new version is a new row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam_engine.database import Base
from exam_engine.exams.definition import ExamDefinition
from exam_engine.exams.paper import Paper


class ExamRow(Base):
    """An exam definition, as loaded."""

    __tablename__ = "exam"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(40))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime]

    @property
    def definition(self) -> ExamDefinition:
        """The definition as an object."""
        return ExamDefinition.model_validate(self.document)


class PaperRow(Base):
    """A paper, sealed by its digest."""

    __tablename__ = "paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), index=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    published_at: Mapped[datetime]

    exam: Mapped[ExamRow] = relationship(lazy="joined")

    @property
    def paper(self) -> Paper:
        """The paper as an object (checked anew; hold on to it, see ``catalogue.PaperShelf``)."""
        return Paper.model_validate(self.document)

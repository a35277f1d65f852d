"""Tables of sittings, candidates and admissions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam_engine.database import Base
from exam_engine.exams.models import ExamRow, PaperRow


class Sitting(Base):
    """An exam at a time and site. Candidates may start between ``opens_at`` and ``closes_at``."""

    __tablename__ = "sitting"

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), index=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    site: Mapped[str] = mapped_column(String(80), index=True)
    room: Mapped[str] = mapped_column(String(80))
    opens_at: Mapped[datetime] = mapped_column(index=True)
    closes_at: Mapped[datetime]
    pin_digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]

    exam: Mapped[ExamRow] = relationship(lazy="joined")
    paper: Mapped[PaperRow] = relationship(lazy="joined")
    admissions: Mapped[list[Admission]] = relationship(back_populates="sitting", order_by="Admission.id")


class Candidate(Base):
    """A person, known by registration number."""

    __tablename__ = "candidate"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    birth_date: Mapped[date | None]


class Admission(Base):
    """A candidate's place in a sitting."""

    __tablename__ = "admission"
    __table_args__ = (UniqueConstraint("sitting_id", "candidate_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), index=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), index=True)
    applicant_class: Mapped[str] = mapped_column(String(40))
    accommodation: Mapped[str | None] = mapped_column(String(40))
    seat: Mapped[str | None] = mapped_column(String(20))
    admitted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    sitting: Mapped[Sitting] = relationship(back_populates="admissions")
    candidate: Mapped[Candidate] = relationship(lazy="joined")

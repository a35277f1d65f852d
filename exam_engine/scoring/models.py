"""Tables of scores: one row per attempt, one per attempt and domain. A projection: it can be made anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam_engine.database import Base


class AttemptScore(Base):
    """The outcome of an attempt."""

    __tablename__ = "attempt_score"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    raw_total: Mapped[float] = mapped_column(Float)
    max_total: Mapped[float] = mapped_column(Float)
    ability_total: Mapped[float | None] = mapped_column(Float)
    applicant_class: Mapped[str] = mapped_column(String(40))
    passed: Mapped[bool]
    thresholds: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    late_answers: Mapped[int] = mapped_column(default=0)
    scored_at: Mapped[datetime]

    domains: Mapped[list[DomainScore]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="DomainScore.position"
    )


class DomainScore(Base):
    """Points and ability in one domain. ``ability`` and ``standard_error`` are on the reporting scale."""

    __tablename__ = "domain_score"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt_score.attempt_id"), primary_key=True)
    domain: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    raw: Mapped[float] = mapped_column(Float)
    max_raw: Mapped[float] = mapped_column(Float)
    theta: Mapped[float | None] = mapped_column(Float)
    theta_se: Mapped[float | None] = mapped_column(Float)
    ability: Mapped[float | None] = mapped_column(Float)
    standard_error: Mapped[float | None] = mapped_column(Float)
    answered: Mapped[int]
    omitted: Mapped[int]
    not_reached: Mapped[int]

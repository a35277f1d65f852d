"""The table of incidents: what happened to an attempt that is worth a person's look."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_engine.database import Base


class IncidentState(enum.StrEnum):
    """Whether a proctor has looked."""

    OPEN = "open"
    SEEN = "seen"


class Incident(Base):
    """Signs of one rule, close together in time, as one line for the proctor.

    ``(attempt, rule, lane, first_seq)`` names the first sign, so recording the same signs twice makes one incident.
    """

    __tablename__ = "proctoring_incident"
    __table_args__ = (
        UniqueConstraint("attempt_id", "rule", "lane", "first_seq"),
        Index("ix_proctoring_incident_newest", "sitting_id", "last_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    rule: Mapped[str] = mapped_column(String(30))
    severity: Mapped[str] = mapped_column(String(10))
    lane: Mapped[int] = mapped_column(SmallInteger)
    first_seq: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    count: Mapped[int]
    state: Mapped[str] = mapped_column(String(5), default=IncidentState.OPEN)
    seen_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    seen_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(String(500))

"""The audit trail: everything staff do to content, keys, time or scores, with who, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from exam_engine.database import Base


@dataclass(frozen=True)
class Actor:
    """Who did it: a member of staff, or the system itself (``staff_id`` None)."""

    staff_id: int | None
    name: str


SYSTEM = Actor(None, "system")


class AuditEntry(Base):
    """One line of the trail. Lines are only ever added."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_object", "object_type", "object_id"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    actor: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(60), index=True)
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str | None] = mapped_column(String(500))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def record(
    session: Session,
    at: datetime,
    actor: Actor,
    action: str,
    object_type: str,
    object_id: object,
    *,
    reason: str | None = None,
    **detail: Any,
) -> None:
    """Add a line within the caller's transaction, so that the deed and its record stand or fall together.

    ``action`` is ``thing.verb`` in the past (``attempt.extended``); ``detail`` holds what changed from what to what,
    never an answer key, a password or a PIN.
    """
    session.add(
        AuditEntry(
            at=at,
            staff_id=actor.staff_id,
            actor=actor.name,
            action=action,
            object_type=object_type,
            object_id=str(object_id),
            reason=reason,
            detail=detail,
        )
    )

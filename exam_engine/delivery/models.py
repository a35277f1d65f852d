"""Tables of delivery: attempts, the devices that hold them, and the answer log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam_engine.database import Base
from exam_engine.delivery.states import AttemptState
from exam_engine.sittings.models import Admission


class Attempt(Base):
    """A candidate's work in a sitting: the clock's state, a projection of the log's lane 0.

    It is changed only in the transaction that appends the event which changes it.
    """

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_due", "state", "deadline"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    admission_id: Mapped[int] = mapped_column(ForeignKey("admission.id"), unique=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), index=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    seed: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(12), default=AttemptState.ADMITTED)
    started_at: Mapped[datetime | None]
    deadline: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(12))
    server_seq: Mapped[int] = mapped_column(default=0)
    active_lane: Mapped[int] = mapped_column(SmallInteger, default=0)
    # False while answers have come in (or the end has) that the stored scores do not know yet.
    scored: Mapped[bool] = mapped_column(default=False)

    admission: Mapped[Admission] = relationship(lazy="raise")


class Device(Base):
    """A device that signed in to an attempt; its lane numbers its events."""

    __tablename__ = "device"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    lane: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    key_digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12))
    label: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    signed_in_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


class LogEvent(Base):
    """A line of the answer log, the truth about an attempt. Lines are only ever added.

    ``at`` is when it happened by the device's estimate of server time, ``received_at`` when the server had it.
    There is no foreign key on purpose: the door has read the attempt in the same transaction, attempts are never
    deleted, and the check would write a lock into the attempt's row on every save.
    """

    __tablename__ = "event"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  SQLAlchemy reads it so

    attempt_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lane: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10))
    item: Mapped[int | None] = mapped_column(SmallInteger)
    value: Mapped[Any] = mapped_column(JSON)
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    late: Mapped[bool] = mapped_column(default=False)


class SignOfLife(Base):
    """One row: when a worker was last known to live and to reach the database (see `outage`)."""

    __tablename__ = "sign_of_life"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]

"""Tables of staff accounts, their roles and sessions."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam_engine.database import Base

EVERYWHERE = "*"


class Role(enum.StrEnum):
    """What a member of staff may do."""

    PROCTOR = "proctor"
    AUTHOR = "author"
    REVIEWER = "reviewer"
    OFFICER = "officer"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Staff(Base):
    """A member of staff."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(255))
    # Set by somebody else (an administrator): its owner must choose their own before anything else.
    password_temporary: Mapped[bool] = mapped_column(default=False)
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(2), default="id")
    active: Mapped[bool] = mapped_column(default=True)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]

    grants: Mapped[list[Grant]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held, wherever they reach."""
        return frozenset(Role(grant.role) for grant in self.grants)

    def may_supervise(self, site: str, room: str) -> bool:
        """Whether a proctor's grant covers that room."""
        return any(
            grant.role == Role.PROCTOR and grant.site in (EVERYWHERE, site) and grant.room in (EVERYWHERE, room)
            for grant in self.grants
        )


class Grant(Base):
    """A role given to a member of staff; for proctors bounded to a site and a room (``*`` means all)."""

    __tablename__ = "staff_grant"
    __table_args__ = (UniqueConstraint("staff_id", "role", "site", "room"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    site: Mapped[str] = mapped_column(String(80), default=EVERYWHERE)
    room: Mapped[str] = mapped_column(String(80), default=EVERYWHERE)


class StaffSession(Base):
    """A signed-in browser. Only a digest of its token is kept."""

    __tablename__ = "staff_session"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    second_factor_at: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship(lazy="joined")

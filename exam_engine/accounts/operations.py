"""What is done to staff accounts. Each operation checks, changes and records in the caller's transaction."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine import audit
from exam_engine.accounts import passwords, sessions
from exam_engine.accounts.models import EVERYWHERE, Grant, Role, Staff
from exam_engine.audit import Actor
from exam_engine.errors import ExamEngineError, InvalidInputError, NotFoundError

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")
# Letters and digits that are not taken for one another when read from paper.
LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"


class UsernameTakenError(ExamEngineError):
    """Somebody has this username already."""

    code = "accounts.username_taken"
    status = 409


class OwnGrantsError(ExamEngineError):
    """Nobody changes their own roles or deactivates themselves, so one administrator always remains."""

    code = "accounts.own_grants"
    status = 403


@dataclass(frozen=True, order=True)
class RoleGrant:
    """A role; a proctor's is bounded to a site and a room, any other reaches everywhere."""

    role: Role
    site: str = EVERYWHERE
    room: str = EVERYWHERE


@dataclass(frozen=True)
class NewStaff:
    """An account to be made."""

    username: str
    name: str
    grants: frozenset[RoleGrant]
    language: str = "id"


def find_staff(session: Session, staff_id: int) -> Staff:
    """The account.

    Raises:
        NotFoundError: there is none.
    """
    staff = session.get(Staff, staff_id)
    if staff is None:
        raise NotFoundError(field="staff")
    return staff


def staff_named(session: Session, username: str) -> Staff:
    """The account of a username.

    Raises:
        NotFoundError: there is none.
    """
    staff = session.scalar(select(Staff).filter_by(username=username.strip().casefold()))
    if staff is None:
        raise NotFoundError(field="username")
    return staff


def create_staff(
    session: Session,
    at: datetime,
    actor: Actor,
    new: NewStaff,
    password: str,
    *,
    password_temporary: bool,
) -> Staff:
    """Make an account.

    Raises:
        InvalidInputError, WeakPasswordError, UsernameTakenError: it cannot be made so.
    """
    username = new.username.strip().casefold()
    if not USERNAME.fullmatch(username):
        raise InvalidInputError(
            field="username", problem=_l("2 to 60 of a to z, 0 to 9, dot, hyphen and underscore")
        )
    name = _required_name(new.name)
    passwords.check_new(password, username)
    if session.scalar(select(Staff.id).filter_by(username=username)) is not None:
        raise UsernameTakenError(field="username", username=username)
    staff = Staff(
        username=username,
        name=name,
        password_hash=passwords.digest(password),
        password_temporary=password_temporary,
        language=new.language,
        created_at=at,
        grants=_rows(new.grants),
    )
    session.add(staff)
    session.flush()
    grants = _listed(new.grants)
    audit.record(
        session, at, actor, "staff.created", "staff", staff.id, username=username, grants=grants
    )
    return staff


def set_grants(
    session: Session,
    at: datetime,
    actor: Actor,
    staff_id: int,
    grants: Iterable[RoleGrant],
    reason: str | None = None,
) -> Staff:
    """Give a member of staff exactly these roles; unchanged ones leave no trace.

    Raises:
        OwnGrantsError: their own.
        NotFoundError: no such account.
    """
    staff = _somebody_else(session, actor, staff_id)
    before, after = grants_of(staff), frozenset(grants)
    if before != after:
        staff.grants = [row for row in staff.grants if _grant(row) in after] + _rows(after - before)
        session.flush()
        changed = {"before": _listed(before), "after": _listed(after)}
        audit.record(
            session, at, actor, "staff.roles_changed", "staff", staff_id, reason=reason, roles=changed
        )
    return staff


def grants_of(staff: Staff) -> frozenset[RoleGrant]:
    """The roles an account has, with their reach."""
    return frozenset(_grant(row) for row in staff.grants)


def reset_password(
    session: Session, at: datetime, actor: Actor, staff_id: int, password: str
) -> None:
    """Give an account a temporary password, unlock it and close its sessions.

    Raises:
        WeakPasswordError: the password breaks a rule.
        NotFoundError: no such account.
    """
    staff = find_staff(session, staff_id)
    passwords.check_new(password, staff.username)
    staff.password_hash = passwords.digest(password)
    staff.password_temporary = True
    staff.failed_sign_ins, staff.locked_until = 0, None
    sessions.end_all(session, staff_id)
    audit.record(session, at, actor, "staff.password_reset", "staff", staff_id)


def reset_second_factor(session: Session, at: datetime, actor: Actor, staff_id: int) -> None:
    """Forget the second factor (a lost phone) and close all sessions; the person enrols anew.

    Raises:
        NotFoundError: no such account.
    """
    staff = find_staff(session, staff_id)
    staff.totp_secret = staff.totp_confirmed_at = staff.totp_last_step = None
    sessions.end_all(session, staff_id)
    audit.record(session, at, actor, "staff.second_factor_reset", "staff", staff_id)


def deactivate(session: Session, at: datetime, actor: Actor, staff_id: int) -> None:
    """Close an account and its sessions; nothing of what its owner did is touched.

    Raises:
        OwnGrantsError: their own.
        NotFoundError: no such account.
    """
    _somebody_else(session, actor, staff_id).active = False
    sessions.end_all(session, staff_id)
    audit.record(session, at, actor, "staff.deactivated", "staff", staff_id)


def reactivate(session: Session, at: datetime, actor: Actor, staff_id: int) -> None:
    """Open a closed account again.

    Raises:
        OwnGrantsError, NotFoundError: as for `deactivate`.
    """
    _somebody_else(session, actor, staff_id).active = True
    audit.record(session, at, actor, "staff.reactivated", "staff", staff_id)


def change_own_password(session: Session, at: datetime, actor: Actor, old: str, new: str) -> Staff:
    """Replace one's own password and close one's sessions; the caller begins a new one.

    Raises:
        InvalidInputError: the old one is wrong, or the new one is the old.
        WeakPasswordError: the new one breaks a rule.
    """
    if actor.staff_id is None:
        raise NotFoundError(field="staff")
    staff = find_staff(session, actor.staff_id)
    if not passwords.matches(old, staff.password_hash):
        raise InvalidInputError(field="old_password", problem=_l("this is not your password"))
    if old == new:
        raise InvalidInputError(field="password", problem=_l("it is the one you have"))
    passwords.check_new(new, staff.username)
    staff.password_hash = passwords.digest(new)
    staff.password_temporary = False
    sessions.end_all(session, staff.id)
    audit.record(session, at, actor, "staff.password_changed", "staff", staff.id)
    return staff


def temporary_password() -> str:
    """Sixteen legible signs in groups of four, about 79 bits: to be read out once and replaced."""
    return "-".join("".join(secrets.choice(LEGIBLE) for _ in range(4)) for _ in range(4))


def _required_name(name: str) -> str:
    tidy = " ".join(name.split())
    if not 1 <= len(tidy) <= 120:
        raise InvalidInputError(field="name", problem=_l("1 to 120 characters"))
    return tidy


def _somebody_else(session: Session, actor: Actor, staff_id: int) -> Staff:
    if actor.staff_id == staff_id:
        raise OwnGrantsError
    return find_staff(session, staff_id)


def _grant(row: Grant) -> RoleGrant:
    return RoleGrant(Role(row.role), row.site, row.room)


def _rows(grants: Iterable[RoleGrant]) -> list[Grant]:
    return [Grant(**asdict(grant)) for grant in sorted(grants)]


def _listed(grants: Iterable[RoleGrant]) -> list[dict[str, Any]]:
    return [asdict(grant) for grant in sorted(grants)]

"""Signed-in browsers: a random token in a cookie, its digest in the database, and two clocks that end it.

The row is replaced by a new one whenever the visitor gains rights (password, second factor), so a token somebody
saw earlier is worth nothing afterwards.
"""

from __future__ import annotations

import enum
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import g, has_request_context, request
from flask import session as form_session
from sqlalchemy import delete
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from exam_engine.accounts.models import Staff, StaffSession
from exam_engine.app import current_engine
from exam_engine.settings import Settings

COOKIE = "exam_staff"
MEMO = "staff_visit"
TOUCH_EVERY = timedelta(seconds=60)
UNFINISHED = timedelta(minutes=10)


class Stage(enum.Enum):
    """How far somebody has come with signing in."""

    SECOND_FACTOR = "second_factor"
    ENROL = "enrol"
    NEW_PASSWORD = "new_password"  # noqa: S105 - the name of a step, no password
    COMPLETE = "complete"


@dataclass(frozen=True)
class Visit:
    """A signed-in browser: whose, how far, and the digest of its token."""

    staff: Staff
    stage: Stage
    token_digest: str


def visit() -> Visit | None:
    """The visit behind this request, read once per request; ``None`` when nobody is signed in.

    Raises:
        DatabaseUnavailableError: the database does not answer.
    """
    if not has_request_context():
        return None
    if MEMO not in g:
        token = request.cookies.get(COOKIE)
        setattr(g, MEMO, _find(token) if token else None)
    known: Visit | None = getattr(g, MEMO)
    return known


def begin(session: Session, staff: Staff, *, second_factor: bool) -> str:
    """Open a session, in the caller's transaction, in place of the browser's former one; returns its token.

    ``second_factor``: the second factor was shown just now.
    """
    settings, now = current_engine().settings, current_engine().clock.now()
    end(session)
    session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
    token = secrets.token_urlsafe(32)
    row = StaffSession(
        token_digest=_digest(token),
        staff_id=staff.id,
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(hours=settings.staff_session_hours),
        second_factor_at=now if second_factor else None,
    )
    if _stage(row, staff, settings) in (Stage.SECOND_FACTOR, Stage.ENROL):
        row.expires_at = now + UNFINISHED
    session.add(row)
    return token


def end(session: Session) -> None:
    """Close this browser's session, if it has one, in the caller's transaction; its forms end with it."""
    token = request.cookies.get(COOKIE)
    if token:
        session.execute(delete(StaffSession).where(StaffSession.token_digest == _digest(token)))
    form_session.clear()
    g.pop(MEMO, None)


def end_all(session: Session, staff_id: int) -> None:
    """Close every session of a member of staff, in the caller's transaction."""
    session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))


def set_cookie(response: Response, token: str) -> Response:
    """Hand the token to the browser."""
    response.set_cookie(
        COOKIE,
        token,
        httponly=True,
        secure=current_engine().settings.secure_cookies,
        samesite="Lax",
    )
    return response


def clear_cookie(response: Response) -> Response:
    """Take the token back."""
    response.delete_cookie(
        COOKIE, httponly=True, secure=current_engine().settings.secure_cookies, samesite="Lax"
    )
    return response


def _find(token: str) -> Visit | None:
    engine = current_engine()
    now = engine.clock.now()
    digest = _digest(token)
    with engine.database.read() as session:
        row = session.get(StaffSession, digest)
    if row is None or not row.staff.active or not _is_alive(row, engine.settings, now):
        return None
    if now - row.last_seen_at >= TOUCH_EVERY:
        _touch(digest, now)
    return Visit(row.staff, _stage(row, row.staff, engine.settings), digest)


def _is_alive(row: StaffSession, settings: Settings, now: datetime) -> bool:
    idle = timedelta(minutes=settings.staff_idle_minutes)
    return now < row.expires_at and now - row.last_seen_at < idle


def _touch(digest: str, now: datetime) -> None:
    with current_engine().database.transaction() as session:
        row = session.get(StaffSession, digest)
        if row is not None:
            row.last_seen_at = now


def _stage(row: StaffSession, staff: Staff, settings: Settings) -> Stage:
    if staff.totp_confirmed_at is not None:
        if row.second_factor_at is None:
            return Stage.SECOND_FACTOR
    elif settings.second_factor == "required":
        return Stage.ENROL
    return Stage.NEW_PASSWORD if staff.password_temporary else Stage.COMPLETE


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""Signing in: the password, then the second factor; each step counted against guessing and kept in the audit trail."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine import audit
from exam_engine.accounts import passwords, second_factor, sessions
from exam_engine.accounts.guessing import guard_of
from exam_engine.accounts.models import Staff
from exam_engine.accounts.sessions import Visit
from exam_engine.app import current_engine
from exam_engine.audit import Actor
from exam_engine.errors import ExamEngineError, TooManyRequestsError
from exam_engine.metrics import metrics_of

FREE_FAILURES = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)


class WrongCredentialsError(ExamEngineError):
    """Unknown username, wrong password or a deactivated account: the three are not told apart."""

    code = "accounts.wrong_credentials"
    status = 401


class WrongCodeError(ExamEngineError):
    """Not the code of this moment, or one used before."""

    code = "accounts.wrong_code"
    status = 401


class AccountLockedError(ExamEngineError):
    """Too many failures; ``minutes`` until the next try."""

    code = "accounts.locked"
    status = 429

    def __init__(self, seconds: float) -> None:
        super().__init__(minutes=max(1, -int(-seconds // 60)), retry_after=seconds)


def with_password(username: str, password: str, address: str) -> str:
    """Check a password and open a session; returns its token.

    Raises:
        WrongCredentialsError, AccountLockedError, TooManyRequestsError: refused.
    """
    engine, guard = current_engine(), guard_of(current_app)
    name, now = username.strip().casefold(), engine.clock.now()
    guard.check(f"staff-address:{address}")
    with engine.database.read() as session:
        staff = session.scalar(select(Staff).where(Staff.username == name))
    _refuse_if_locked(staff, name, now)
    known = staff.password_hash if staff is not None and staff.active else None
    if not passwords.matches(password, known) or staff is None:
        guard.failed(f"staff-address:{address}")
        _count_failure(staff, name, now, "password")
        raise WrongCredentialsError(field="password")
    fresh = passwords.digest(password) if passwords.is_outdated(staff.password_hash) else None
    with engine.database.transaction() as session:
        row = session.get_one(Staff, staff.id)
        row.password_hash = fresh or row.password_hash
        if row.totp_confirmed_at is None:
            _note_success(session, row, now)
        return sessions.begin(session, row, second_factor=False)


def with_code(visit: Visit, code: str) -> str:
    """Check the second factor and open a complete session; returns its token.

    Raises:
        WrongCodeError, AccountLockedError: refused.
    """
    return _with_step(visit, code, enrols=False)


def confirm_enrolment(visit: Visit, code: str) -> str:
    """The first code from a newly set up app turns the second factor on; returns the new session's token.

    Raises:
        WrongCodeError, AccountLockedError: refused.
    """
    return _with_step(visit, code, enrols=True)


def pending_secret(visit: Visit) -> str:
    """The secret offered for enrolment: the same until it is confirmed, so a reload does not void a scanned code."""
    with current_engine().database.transaction() as session:
        row = session.get_one(Staff, visit.staff.id)
        if row.totp_secret is None:
            row.totp_secret = second_factor.new_secret()
        return row.totp_secret


def _with_step(visit: Visit, code: str, *, enrols: bool) -> str:
    engine = current_engine()
    now = engine.clock.now()
    with engine.database.transaction() as session:
        row = session.get_one(Staff, visit.staff.id, with_for_update=True)
        _refuse_if_locked(row, row.username, now)
        step = second_factor.step_of(row.totp_secret or "", code, now, row.totp_last_step)
        if step is not None and enrols == (row.totp_confirmed_at is None):
            row.totp_last_step = step
            if enrols:
                row.totp_confirmed_at = now
                audit.record(session, now, _actor(row), "staff.second_factor_enrolled", "staff", row.id)
            _note_success(session, row, now)
            return sessions.begin(session, row, second_factor=True)
    _count_failure(row, row.username, now, "second_factor")
    raise WrongCodeError(field="code")


def _refuse_if_locked(staff: Staff | None, name: str, now: datetime) -> None:
    if staff is not None:
        if staff.locked_until is not None and now < staff.locked_until:
            raise AccountLockedError((staff.locked_until - now).total_seconds())
        return
    try:
        # A name nobody bears is locked like an account, or the lock would tell which names exist.
        guard_of(current_app).check(f"staff:{name}")
    except TooManyRequestsError as error:
        raise AccountLockedError(float(str(error.params["retry_after"]))) from error


def _count_failure(staff: Staff | None, name: str, now: datetime, kind: str) -> None:
    metrics_of(current_app).failed_sign_ins.labels(kind).inc()
    if staff is None:
        guard_of(current_app).failed(f"staff:{name}")
        return
    with current_engine().database.transaction() as session:
        row = session.get_one(Staff, staff.id, with_for_update=True)
        row.failed_sign_ins += 1
        audit.record(session, now, _actor(row), "staff.sign_in_failed", "staff", row.id, kind=kind)
        if row.failed_sign_ins % FREE_FAILURES == 0:
            row.locked_until = now + lock_after(row.failed_sign_ins)
            until = row.locked_until.isoformat()
            audit.record(session, now, audit.SYSTEM, "staff.locked", "staff", row.id, until=until)


def lock_after(failures: int) -> timedelta:
    """How long an account is locked after so many failures in a row: twice as long each time."""
    doublings = min(failures // FREE_FAILURES - 1, 10)
    return min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)


def _note_success(session: Session, row: Staff, now: datetime) -> None:
    row.failed_sign_ins = 0
    row.locked_until = None
    audit.record(session, now, _actor(row), "staff.signed_in", "staff", row.id)


def _actor(staff: Staff) -> Actor:
    return Actor(staff.id, staff.username)

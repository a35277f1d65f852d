"""What officers do to sittings. Each operation checks, changes and records in one transaction."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine import audit
from exam_engine.audit import Actor
from exam_engine.delivery.entrance import pin_digest
from exam_engine.delivery.models import Attempt
from exam_engine.errors import ExamEngineError, InvalidInputError, NotFoundError
from exam_engine.exams.models import PaperRow
from exam_engine.sittings.models import Admission, Candidate, Sitting

PIN_LENGTH = 6
LONGEST_WINDOW = timedelta(days=7)


class SittingBegunError(ExamEngineError):
    """Candidates have begun: this can no longer be changed."""

    code = "sitting.begun"
    status = 409


@dataclass(frozen=True)
class SittingPlan:
    """What an officer wants to open."""

    paper_id: int
    title: str
    site: str
    room: str
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True)
class Applicant:
    """A row of an admission list, checked."""

    registration: str
    name: str
    applicant_class: str
    accommodation: str | None = None
    birth_date: date | None = None
    seat: str | None = None


def new_pin() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**PIN_LENGTH):0{PIN_LENGTH}d}"


def open_sitting(
    session: Session, plan: SittingPlan, pin: str, now: datetime, actor: Actor, secret: str
) -> Sitting:
    """Open a sitting; candidates sign in with ``pin``, of which only a keyed digest is kept.

    Raises:
        NotFoundError: no such paper.
        InvalidInputError: a field cannot be; it is named.
    """
    paper = session.get(PaperRow, plan.paper_id)
    if paper is None:
        raise NotFoundError(field="paper")
    _check(plan, pin)
    sitting = Sitting(
        exam_id=paper.exam_id,
        paper_id=paper.id,
        title=plan.title.strip(),
        site=plan.site.strip(),
        room=plan.room.strip(),
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        pin_digest="",
        created_at=now,
    )
    session.add(sitting)
    session.flush()
    sitting.pin_digest = pin_digest(secret, sitting.id, pin)
    audit.record(
        session,
        now,
        actor,
        "sitting.opened",
        "sitting",
        sitting.id,
        title=sitting.title,
        site=sitting.site,
        room=sitting.room,
        paper=paper.name,
        opens_at=plan.opens_at.isoformat(),
        closes_at=plan.closes_at.isoformat(),
    )
    return sitting


def _check(plan: SittingPlan, pin: str) -> None:
    for field in ("title", "site", "room"):
        if not getattr(plan, field).strip():
            raise InvalidInputError(field=field, problem="must not be empty")
    if not plan.opens_at < plan.closes_at <= plan.opens_at + LONGEST_WINDOW:
        raise InvalidInputError(field="closes_at", problem="must be after the opening, by at most 7 days")
    if not pin.isdecimal() or len(pin) < PIN_LENGTH:
        raise InvalidInputError(field="pin", problem=f"at least {PIN_LENGTH} digits")


def renew_pin(
    session: Session, sitting_id: int, pin: str, reason: str, now: datetime, actor: Actor, secret: str
) -> None:
    """Replace a sitting's PIN, because it was lost or got about. Who is signed in stays so."""
    sitting = find(session, sitting_id)
    if not reason.strip():
        raise InvalidInputError(field="reason", problem="must not be empty")
    if not pin.isdecimal() or len(pin) < PIN_LENGTH:
        raise InvalidInputError(field="pin", problem=f"at least {PIN_LENGTH} digits")
    sitting.pin_digest = pin_digest(secret, sitting.id, pin)
    audit.record(session, now, actor, "sitting.pin_renewed", "sitting", sitting.id, reason=reason)


def cancel(session: Session, sitting_id: int, reason: str, now: datetime, actor: Actor) -> None:
    """Cancel a sitting in which nobody has begun.

    Raises:
        SittingBegunError: somebody has.
    """
    sitting = find(session, sitting_id)
    if not reason.strip():
        raise InvalidInputError(field="reason", problem="must not be empty")
    begun = select(Attempt.id).where(Attempt.sitting_id == sitting_id, Attempt.started_at.is_not(None))
    if session.scalar(begun.limit(1)) is not None:
        raise SittingBegunError
    sitting.cancelled_at = now
    audit.record(session, now, actor, "sitting.cancelled", "sitting", sitting.id, reason=reason)


def admit(
    session: Session, sitting_id: int, applicants: list[Applicant], now: datetime, actor: Actor
) -> tuple[int, int]:
    """Admit applicants; who is admitted already is brought up to date.

    Returns (newly admitted, already there). Once a candidate has begun, class and accommodation stay as they are.
    """
    sitting = find(session, sitting_id)
    new = 0
    for applicant in applicants:
        new += _admit_one(session, sitting, applicant, now)
    audit.record(
        session,
        now,
        actor,
        "sitting.admitted",
        "sitting",
        sitting.id,
        new=new,
        already=len(applicants) - new,
    )
    return new, len(applicants) - new


def _admit_one(session: Session, sitting: Sitting, applicant: Applicant, now: datetime) -> bool:
    candidate = session.scalar(select(Candidate).filter_by(registration=applicant.registration))
    if candidate is None:
        candidate = Candidate(registration=applicant.registration)
        session.add(candidate)
    candidate.name = applicant.name
    candidate.birth_date = applicant.birth_date or candidate.birth_date
    session.flush()
    admission = session.scalar(
        select(Admission).filter_by(sitting_id=sitting.id, candidate_id=candidate.id)
    )
    is_new = admission is None or admission.withdrawn_at is not None
    if admission is None:
        admission = Admission(sitting_id=sitting.id, candidate_id=candidate.id, admitted_at=now)
        session.add(admission)
    elif session.scalar(select(Attempt.started_at).filter_by(admission_id=admission.id)):
        return False
    admission.applicant_class = applicant.applicant_class
    admission.accommodation = applicant.accommodation
    admission.seat = applicant.seat
    admission.withdrawn_at = None
    session.flush()
    return is_new


def withdraw(session: Session, admission_id: int, reason: str, now: datetime, actor: Actor) -> None:
    """Take back an admission of a candidate who has not begun.

    Raises:
        SittingBegunError: the candidate has begun.
    """
    admission = session.get(Admission, admission_id)
    if admission is None:
        raise NotFoundError(field="admission")
    if not reason.strip():
        raise InvalidInputError(field="reason", problem="must not be empty")
    if session.scalar(select(Attempt.started_at).filter_by(admission_id=admission_id)):
        raise SittingBegunError
    admission.withdrawn_at = now
    audit.record(session, now, actor, "admission.withdrawn", "admission", admission_id, reason=reason)


def find(session: Session, sitting_id: int) -> Sitting:
    """The sitting.

    Raises:
        NotFoundError: there is none.
    """
    sitting = session.get(Sitting, sitting_id)
    if sitting is None:
        raise NotFoundError(field="sitting")
    return sitting

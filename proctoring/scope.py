"""Which sittings a proctor may see: those in the rooms assigned, asked anew each time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine.accounts.models import Staff
from exam_engine.delivery.models import Attempt
from exam_engine.errors import ForbiddenError, NotFoundError
from exam_engine.sittings.models import Sitting
from exam_engine.sittings.overview import SittingLine, SittingPhase, lines
from proctoring.models import Incident

AHEAD = timedelta(hours=24)
BEHIND = timedelta(hours=24)
SHOWN = (SittingPhase.PLANNED, SittingPhase.OPEN, SittingPhase.RUNNING)


def supervised(session: Session, staff: Staff, sitting_id: int) -> Sitting:
    """The sitting, if it is in a room this proctor supervises.

    Raises:
        NotFoundError: there is no such sitting.
        ForbiddenError: it is in another room.
    """
    sitting = session.get(Sitting, sitting_id)
    if sitting is None:
        raise NotFoundError(field="sitting")
    if not staff.may_supervise(sitting.site, sitting.room):
        raise ForbiddenError
    return sitting


def supervised_attempt(session: Session, staff: Staff, attempt_id: int) -> Attempt:
    """The attempt, if it is in a room this proctor supervises.

    Raises:
        NotFoundError: there is no such attempt.
        ForbiddenError: it is in another room.
    """
    attempt = session.get(Attempt, attempt_id)
    if attempt is None:
        raise NotFoundError(field="attempt")
    supervised(session, staff, attempt.sitting_id)
    return attempt


def supervised_incident(session: Session, staff: Staff, incident_id: int) -> Incident:
    """The incident, if it is in a room this proctor supervises; locked when writing.

    Raises:
        NotFoundError: there is no such incident.
        ForbiddenError: it is in another room.
    """
    incident = session.get(Incident, incident_id, with_for_update=True)
    if incident is None:
        raise NotFoundError(field="incident")
    supervised(session, staff, incident.sitting_id)
    return incident


def sittings_of(session: Session, staff: Staff, now: datetime) -> list[SittingLine]:
    """What this proctor supervises now and within a day, soonest first."""
    query = (
        select(Sitting)
        .where(Sitting.cancelled_at.is_(None), Sitting.opens_at < now + AHEAD, Sitting.closes_at > now - BEHIND)
        .order_by(Sitting.opens_at, Sitting.site, Sitting.room)
    )
    mine = [each for each in session.scalars(query) if staff.may_supervise(each.site, each.room)]
    return [line for line in lines(session, mine, now) if line.phase in SHOWN]

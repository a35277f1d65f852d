"""What officers see of sittings: each question asked of the database once."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_engine.delivery.models import Attempt
from exam_engine.delivery.states import AttemptState
from exam_engine.sittings.models import Admission, Candidate, Sitting


class SittingPhase(enum.StrEnum):
    """Where a sitting stands."""

    PLANNED = "planned"
    OPEN = "open"
    RUNNING = "running"
    OVER = "over"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class SittingLine:
    """A sitting in a list: its phase and how many are admitted, at work and done."""

    sitting: Sitting
    phase: SittingPhase
    admitted: int
    working: int
    submitted: int


@dataclass(frozen=True)
class Place:
    """An admission and what became of it so far."""

    admission: Admission
    attempt_id: int | None
    state: str


def phase_of(sitting: Sitting, working: int, now: datetime) -> SittingPhase:
    """The phase at a moment, given how many attempts are under way."""
    if sitting.cancelled_at is not None:
        return SittingPhase.CANCELLED
    if now < sitting.opens_at:
        return SittingPhase.PLANNED
    if now < sitting.closes_at:
        return SittingPhase.OPEN
    return SittingPhase.RUNNING if working else SittingPhase.OVER


def lines(session: Session, sittings: list[Sitting], now: datetime) -> list[SittingLine]:
    """The sittings with their counts, in the order given."""
    ids = [sitting.id for sitting in sittings]
    admitted: dict[int, int] = {}
    for sitting_id, count in session.execute(
        select(Admission.sitting_id, func.count())
        .where(Admission.sitting_id.in_(ids), Admission.withdrawn_at.is_(None))
        .group_by(Admission.sitting_id)
    ):
        admitted[sitting_id] = count
    states: dict[tuple[int, str], int] = {}
    for sitting_id, state, count in session.execute(
        select(Attempt.sitting_id, Attempt.state, func.count())
        .where(Attempt.sitting_id.in_(ids))
        .group_by(Attempt.sitting_id, Attempt.state)
    ):
        states[sitting_id, state] = count
    found = []
    for sitting in sittings:
        working = sum(states.get((sitting.id, s), 0) for s in (AttemptState.RUNNING, AttemptState.PAUSED))
        done = states.get((sitting.id, AttemptState.SUBMITTED), 0)
        phase = phase_of(sitting, working, now)
        found.append(SittingLine(sitting, phase, admitted.get(sitting.id, 0), working, done))
    return found


def places(session: Session, sitting_id: int) -> list[Place]:
    """Everybody admitted and not withdrawn, by seat and registration number."""
    query = (
        select(Admission, Attempt.id, Attempt.state)
        .join(Candidate, Candidate.id == Admission.candidate_id)
        .outerjoin(Attempt, Attempt.admission_id == Admission.id)
        .where(Admission.sitting_id == sitting_id, Admission.withdrawn_at.is_(None))
        .order_by(Candidate.registration)
    )
    return [
        Place(admission, attempt_id, state or "absent")
        for admission, attempt_id, state in session.execute(query).unique()
    ]

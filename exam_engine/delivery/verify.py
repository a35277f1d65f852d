"""Proving that the projections are what the log says, and making them so again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine.delivery import attempt_clock
from exam_engine.delivery.attempt_clock import AttemptClock
from exam_engine.delivery.models import Attempt
from exam_engine.delivery.projection import Line
from exam_engine.delivery.reading import lines_of
from exam_engine.delivery.states import SERVER_LANE, EventKind


@dataclass(frozen=True)
class Deviation:
    """A field of an attempt's row that is not what the log makes of it."""

    attempt_id: int
    field: str
    stored: object
    logged: object


FIELDS = ("state", "started_at", "deadline", "paused_at", "ended_at", "ended_by", "server_seq", "active_lane")


def deviations(session: Session) -> Iterator[Deviation]:
    """Every deviation between attempts' rows and their logs."""
    for attempt in session.scalars(select(Attempt).order_by(Attempt.id)):
        expected = _logged(attempt, lines_of(session, attempt.id))
        for field in FIELDS:
            if getattr(attempt, field) != expected[field]:
                yield Deviation(attempt.id, field, getattr(attempt, field), expected[field])


def rebuild(session: Session) -> int:
    """Make every attempt's row anew from its log, and have all ended attempts scored again; returns how many."""
    count = 0
    for attempt in session.scalars(select(Attempt).order_by(Attempt.id).with_for_update(key_share=True)):
        for field, value in _logged(attempt, lines_of(session, attempt.id)).items():
            setattr(attempt, field, value)
        attempt.scored = False
        count += 1
    return count


def _logged(attempt: Attempt, lines: list[Line]) -> dict[str, object]:
    server = [line for line in lines if line.lane == SERVER_LANE]
    clock: AttemptClock = attempt_clock.fold((line.kind, line.at, line.value) for line in server)
    takeovers = [line.value["lane"] for line in server if line.kind == EventKind.DEVICE]
    # The first device holds the attempt without an event; a row that has none yet keeps what it says.
    first = 1 if attempt.active_lane else 0
    expected = {field: getattr(clock, field) for field in FIELDS[:6]}
    return expected | {
        "state": str(clock.state),
        "server_seq": max((line.seq for line in server), default=0),
        "active_lane": takeovers[-1] if takeovers else first,
    }

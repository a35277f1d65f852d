"""Questions asked of the log, each written once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine.delivery.models import Device, LogEvent
from exam_engine.delivery.projection import Line
from exam_engine.delivery.states import SERVER_LANE

_line = (
    LogEvent.lane,
    LogEvent.seq,
    LogEvent.kind,
    LogEvent.item,
    LogEvent.value,
    LogEvent.at,
    LogEvent.received_at,
    LogEvent.late,
)


def lines_of(session: Session, attempt_id: int) -> list[Line]:
    """The whole log of an attempt, by lane and number."""
    query = select(*_line).where(LogEvent.attempt_id == attempt_id).order_by(LogEvent.lane, LogEvent.seq)
    return [Line(*row) for row in session.execute(query)]


def lines_of_many(session: Session, attempt_ids: Iterable[int]) -> dict[int, list[Line]]:
    """The device lines of several attempts, by attempt."""
    query = (
        select(LogEvent.attempt_id, *_line)
        .where(LogEvent.attempt_id.in_(list(attempt_ids)), LogEvent.lane != SERVER_LANE)
        .order_by(LogEvent.attempt_id, LogEvent.lane, LogEvent.seq)
    )
    found: dict[int, list[Line]] = defaultdict(list)
    for attempt_id, *line in session.execute(query):
        found[attempt_id].append(Line(*line))
    return dict(found)


def superseded_at(session: Session, attempt_id: int) -> dict[int, datetime]:
    """When each device that lost the attempt to another was taken over, by lane."""
    query = select(Device.lane, Device.superseded_at).where(
        Device.attempt_id == attempt_id, Device.superseded_at.is_not(None)
    )
    return {lane: moment for lane, moment in session.execute(query) if moment is not None}

"""How far candidates have come, asked of the log for many at once: counts and a place, never an answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, and_, case, cast, func, select
from sqlalchemy.orm import Session

from exam_engine.delivery.models import LogEvent
from exam_engine.delivery.states import SERVER_LANE, EventKind


@dataclass(frozen=True)
class Progress:
    """Answers and flags standing, the ref last looked at, and when the log last heard of a device."""

    answered: int = 0
    flagged: int = 0
    position: int | None = None
    heard_at: datetime | None = None


def progress_of(session: Session, attempt_ids: Collection[int]) -> dict[int, Progress]:
    """The progress of these attempts, in one statement.

    It says what `exam_engine.delivery.projection.project` would, and a test holds the two together: within a lane
    the device's numbers are the order, lanes are woven together by time, the last event of an item stands.
    """
    happened = func.max(LogEvent.at).over(
        partition_by=(LogEvent.attempt_id, LogEvent.lane), order_by=LogEvent.seq, rows=(None, 0)
    )
    lines = (
        select(
            LogEvent.attempt_id,
            LogEvent.lane,
            LogEvent.seq,
            LogEvent.kind,
            LogEvent.item,
            cast(LogEvent.value, Text).label("value"),
            LogEvent.received_at,
            happened.label("happened"),
        )
        .where(LogEvent.attempt_id.in_(attempt_ids), LogEvent.lane != SERVER_LANE)
        .subquery()
    )
    # Answers and flags stand one per item; of the places looked at only the last of all counts.
    item = case((lines.c.kind == EventKind.NAVIGATED, 0), else_=lines.c.item)
    newest_first = func.row_number().over(
        partition_by=(lines.c.attempt_id, lines.c.kind, item),
        order_by=(lines.c.happened.desc(), lines.c.lane.desc(), lines.c.seq.desc()),
    )
    ranked = select(lines, newest_first.label("place")).subquery()
    stands = ranked.c.place == 1
    answered = and_(stands, ranked.c.kind == EventKind.ANSWERED, ranked.c.value != "null")
    flagged = and_(stands, ranked.c.kind == EventKind.FLAGGED, ranked.c.value == "true")
    looked_at = and_(stands, ranked.c.kind == EventKind.NAVIGATED)
    query = select(
        ranked.c.attempt_id,
        func.count(case((answered, 1))),
        func.count(case((flagged, 1))),
        func.max(case((looked_at, ranked.c.item))),
        func.max(ranked.c.received_at),
    ).group_by(ranked.c.attempt_id)
    return {attempt_id: Progress(*counts) for attempt_id, *counts in session.execute(query)}

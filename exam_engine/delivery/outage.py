"""Giving time back: while no worker lived, or none could reach the database, nobody's time should have run.

Every worker leaves a sign of life in the database every few seconds. Whoever finds the last one old gives the time
since to all whose attempts run, before anything else is done with their deadlines: an event in the log, a line in the
audit trail and a push, as when a proctor gives more time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from math import ceil

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from exam_engine import audit, signals
from exam_engine.app import engine_of
from exam_engine.delivery.door import append_server_event
from exam_engine.delivery.models import Attempt, SignOfLife
from exam_engine.delivery.states import AttemptState, EventKind
from exam_engine.exams.definition import Text
from exam_engine.sittings.models import Sitting

PERIOD = timedelta(seconds=5)
# Less is a restart, in which devices go on by themselves and lose nothing.
LEAST = timedelta(minutes=1)
# After more nobody sits there any more: attempts end at their deadlines, as if all had gone well.
LONGEST = timedelta(hours=4)
REASON = Text(
    id="Server tidak dapat dihubungi selama beberapa waktu.", en="The server could not be reached for a while."
)


def keep_watch(app: Flask) -> list[int]:
    """Leave a sign of life; after an outage give its time back first. Returns the attempts that got more time.

    Cheap, for it does nothing until `PERIOD` has passed since this worker's last sign.

    Raises:
        DatabaseUnavailableError: no sign could be left.
    """
    engine = engine_of(app)
    now = engine.clock.now()
    mine: datetime | None = app.extensions.get("sign_of_life")
    if mine is not None and mine <= now < mine + PERIOD:
        return []
    with engine.database.transaction() as session:
        last = _last_sign(session, now)
        given = _give_back(session, last, now) if LEAST <= now - last <= LONGEST else []
        session.execute(update(SignOfLife).values(at=now))
    app.extensions["sign_of_life"] = now
    for attempt in given:
        signals.attempt_changed.send(
            app, attempt_id=attempt.id, sitting_id=attempt.sitting_id, kind=str(EventKind.EXTENDED)
        )
    return [attempt.id for attempt in given]


def _last_sign(session: Session, now: datetime) -> datetime:
    """The last sign of any worker, locked: of several that come back at once, one gives the time back."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(SignOfLife).values(id=1, at=now).on_conflict_do_nothing())
    return session.execute(select(SignOfLife.at).with_for_update()).scalar_one()


def _give_back(session: Session, since: datetime, now: datetime) -> list[Attempt]:
    # A paused attempt needs nothing: its time stands still until somebody lets it run on.
    running = (
        select(Attempt)
        .where(Attempt.state == AttemptState.RUNNING)
        .order_by(Attempt.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    reason_in = _reasons(session)
    given = list(session.scalars(running))
    for attempt in given:
        _extend(session, attempt, since, now, reason_in(attempt.sitting_id))
    return given


def _extend(session: Session, attempt: Attempt, since: datetime, now: datetime, reason: str) -> None:
    before = attempt.deadline
    assert before is not None and attempt.started_at is not None
    minutes = ceil((now - max(since, attempt.started_at)) / timedelta(minutes=1))
    append_server_event(session, attempt, EventKind.EXTENDED, {"minutes": minutes, "reason": reason}, now)
    assert attempt.deadline is not None
    audit.record(
        session,
        now,
        audit.SYSTEM,
        "attempt.extended",
        "attempt",
        attempt.id,
        reason=reason,
        minutes=minutes,
        deadline_before=before.isoformat(),
        deadline_after=attempt.deadline.isoformat(),
        outage_from=since.isoformat(),
        outage_to=now.isoformat(),
    )


def _reasons(session: Session) -> Callable[[int], str]:
    """The reason as candidates of a sitting read it: in their exam's language."""

    @cache
    def reason_in(sitting_id: int) -> str:
        return REASON.in_language(session.get_one(Sitting, sitting_id).exam.definition.language)

    return reason_in

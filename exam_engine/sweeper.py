"""The sweeper: once a second every worker looks after what time brings about.

After an outage time is given back; attempts whose time is up are ended, ended ones are scored, devices that fell silent
are noted. Any worker does it for all; row locks keep two from doing the same thing, so it matters not which of them
is alive.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine import signals
from exam_engine.app import Engine, engine_of
from exam_engine.clock import from_ms
from exam_engine.database import DatabaseUnavailableError
from exam_engine.delivery.door import append_server_event
from exam_engine.delivery.models import Attempt
from exam_engine.delivery.outage import keep_watch
from exam_engine.delivery.presence import Change
from exam_engine.delivery.states import AttemptState, EventKind
from exam_engine.scoring.operations import score_pending

PERIOD_SECONDS = 1.0
MOST_AT_ONCE = 100


class Sweeper:
    """Runs `sweep` every second in the background until stopped, and leaves signs of life meanwhile.

    The signs have a thread of their own: a long sweep is no outage.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(sweep,), name="sweeper", daemon=True),
            threading.Thread(target=self._run, args=(keep_watch,), name="watch", daemon=True),
        ]

    def start(self) -> None:
        """Begin sweeping."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the sweep under way."""
        self._stopped.set()

    def _run(self, work: Callable[[Flask], object]) -> None:
        while not self._stopped.is_set():
            try:
                work(self._app)
            except DatabaseUnavailableError:
                self._app.logger.warning("sweeper: the database does not answer; trying again")
            except Exception:
                # The next sweep may do better; giving up would leave attempts without an end.
                self._app.logger.exception("sweeper: a sweep failed")
            self._stopped.wait(PERIOD_SECONDS)


def sweep(app: Flask) -> None:
    """One round: give back what an outage took, end what is due, note who fell silent, score what has ended."""
    keep_watch(app)
    while len(end_due(app)) == MOST_AT_ONCE:
        pass
    note_silence(app)
    score_pending(app, MOST_AT_ONCE)


def end_due(app: Flask) -> list[int]:
    """End running attempts whose deadline has passed, at their deadline; returns their ids."""
    engine = engine_of(app)
    now = engine.clock.now()
    with engine.database.transaction() as session:
        due = _due(session, engine)
        for attempt in due:
            assert attempt.deadline is not None
            append_server_event(session, attempt, EventKind.ENDED, {"by": "clock"}, attempt.deadline, now)
    for attempt in due:
        engine.presence.gone(attempt.id)
        signals.attempt_changed.send(app, attempt_id=attempt.id, sitting_id=attempt.sitting_id, kind="ended")
    return [attempt.id for attempt in due]


def _due(session: Session, engine: Engine) -> list[Attempt]:
    query = (
        select(Attempt)
        .where(Attempt.state == AttemptState.RUNNING, Attempt.deadline <= engine.clock.now())
        .order_by(Attempt.id)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True, key_share=True)
    )
    return list(session.scalars(query))


def note_silence(app: Flask) -> None:
    """Put it in the log when a running attempt's device falls silent, and when it is heard again."""
    engine = engine_of(app)
    changes = engine.presence.changes(engine.clock.now().timestamp(), engine.settings.silence_seconds)
    for start in range(0, len(changes), MOST_AT_ONCE):
        _note(app, engine, changes[start : start + MOST_AT_ONCE])


def _note(app: Flask, engine: Engine, changes: list[Change]) -> None:
    now = engine.clock.now()
    by_attempt = {change.attempt_id: change for change in changes}
    noted = []
    with engine.database.transaction() as session:
        query = (
            select(Attempt)
            .where(Attempt.id.in_(by_attempt), Attempt.state == AttemptState.RUNNING)
            .order_by(Attempt.id)
            .with_for_update(key_share=True)
        )
        for attempt in session.scalars(query).all():
            change = by_attempt[attempt.id]
            word = "silent" if change.silent else "heard"
            since = from_ms(round(change.last_seen * 1000))
            append_server_event(
                session, attempt, EventKind.PRESENCE, {"signal": word, "last_seen": since.isoformat()}, now
            )
            noted.append((attempt.id, attempt.sitting_id, word))
    for attempt_id, sitting_id, word in noted:
        signals.attempt_changed.send(app, attempt_id=attempt_id, sitting_id=sitting_id, kind=word)

"""From the engine's signals to the walls that watch: what changed is gathered for a moment, then told.

A worker tells what was committed on it, reading the rows anew from the database; Socket.IO carries the telling to the
walls on other workers. Incidents are recorded on the way, whether somebody watches or not.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import select

from exam_engine import signals
from exam_engine.app import engine_of
from exam_engine.clock import to_ms
from exam_engine.database import DatabaseUnavailableError
from exam_engine.delivery.door import CommittedEvent
from exam_engine.delivery.states import EventKind
from proctoring import incidents
from proctoring.leases import Leases
from proctoring.models import Incident
from proctoring.rules import DEVICE_WAITING, SILENT
from proctoring.wall import Wall

NAMESPACE = "/wall"
GATHER_SECONDS = 0.2
RETRY_SECONDS = 2.0
# What the wall calls signals that the engine names otherwise.
WORDS = {SILENT: "silence"}


def room_of(sitting_id: int) -> str:
    """The Socket.IO room of everybody who watches a sitting."""
    return f"sitting:{sitting_id}"


@dataclass
class _Gathered:
    """What happened in a sitting since the last telling."""

    attempts: set[int] = field(default_factory=set)
    suspects: set[int] = field(default_factory=set)
    """Attempts with signs that may be an incident."""
    incidents: set[int] = field(default_factory=set)
    signals: list[dict[str, Any]] = field(default_factory=list)

    def add(self, other: _Gathered) -> None:
        """Take in what another holds."""
        self.attempts |= other.attempts
        self.suspects |= other.suspects
        self.incidents |= other.incidents
        self.signals = other.signals + self.signals


class Broadcast:
    """Gathers changes of this worker and tells the walls, at most once in ``GATHER_SECONDS``."""

    def __init__(self, app: Flask, wall: Wall, watched: Leases, connected: Leases) -> None:
        self._app = app
        self._engine = engine_of(app)
        self._wall = wall
        self._watched = watched
        self._connected = connected
        self._gathered: dict[int, _Gathered] = defaultdict(_Gathered)
        # The answer log tells from its own thread.
        self._lock = threading.Lock()
        self._under_way = False

    def listen(self) -> None:
        """Subscribe to the engine's signals."""
        signals.events_committed.connect(self._on_events, self._app)
        signals.attempt_changed.connect(self._on_change, self._app)
        signals.device_waiting.connect(self._on_device, self._app)
        signals.presence_changed.connect(self._on_presence, self._app)

    def note_incident(self, incident: Incident) -> None:
        """Tell the walls that a proctor has looked at an incident."""
        changes = _Gathered(attempts={incident.attempt_id}, incidents={incident.id})
        self._gather(incident.sitting_id, changes)

    def _on_events(self, _app: Flask, *, events: list[CommittedEvent]) -> None:
        found: dict[int, _Gathered] = defaultdict(_Gathered)
        for event in events:
            changes = found[event.sitting_id]
            changes.attempts.add(event.attempt_id)
            # Only what was noticed goes out by itself. An answer shows as a number in the row.
            if event.kind == EventKind.PRESENCE:
                changes.suspects.add(event.attempt_id)
                changes.signals.append(_signal(event.attempt_id, str(event.value), event.at))
        for sitting_id, changes in found.items():
            self._gather(sitting_id, changes)

    def _on_change(self, _app: Flask, *, attempt_id: int, sitting_id: int, kind: str) -> None:
        changes = _Gathered(attempts={attempt_id})
        if kind == SILENT:
            changes.suspects.add(attempt_id)
            changes.signals.append(_signal(attempt_id, SILENT, self._engine.clock.now()))
        self._gather(sitting_id, changes)

    def _on_device(self, _app: Flask, *, attempt_id: int, sitting_id: int, lane: int) -> None:
        told = [_signal(attempt_id, DEVICE_WAITING, self._engine.clock.now())]
        self._gather(sitting_id, _Gathered(attempts={attempt_id}, suspects={attempt_id}, signals=told))

    def _on_presence(self, _app: Flask, *, attempt_id: int, sitting_id: int, connected: bool) -> None:
        if connected:
            self._connected.hold(attempt_id)
        else:
            self._connected.release(attempt_id)
        self._gather(sitting_id, _Gathered(attempts={attempt_id}))

    def _gather(self, sitting_id: int, changes: _Gathered) -> None:
        with self._lock:
            self._gathered[sitting_id].add(changes)
            begin, self._under_way = not self._under_way, True
        if begin:
            self._engine.sockets.start_background_task(self._run)

    def _run(self) -> None:
        """Tell what is gathered until nothing is left."""
        pause = GATHER_SECONDS
        while True:
            self._engine.sockets.sleep(pause)  # type: ignore[arg-type]  # the stub knows whole seconds only
            try:
                self.tell()
                pause = GATHER_SECONDS
            except DatabaseUnavailableError:
                # Nothing is lost: what was gathered is kept, and told when the database answers again.
                pause = RETRY_SECONDS
            except Exception:
                self._app.logger.exception("wall: telling failed")
            with self._lock:
                if not self._gathered:
                    self._under_way = False
                    return

    def tell(self) -> None:
        """Record incidents and tell the walls what has been gathered so far.

        Raises:
            DatabaseUnavailableError: it does not answer; what was gathered is kept for the next time.
        """
        with self._lock:
            gathered, self._gathered = self._gathered, defaultdict(_Gathered)
        watched = self._watched.held(gathered)
        while gathered:
            sitting_id, changes = gathered.popitem()
            try:
                self._record(changes)
                if sitting_id in watched:
                    self._emit(sitting_id, changes)
            except DatabaseUnavailableError:
                gathered[sitting_id] = changes
                self._keep(gathered)
                raise
            except Exception:
                # One sitting's trouble must not silence the others; its incidents are found by the next who watches.
                self._app.logger.exception("wall: telling of sitting %s failed", sitting_id)

    def _keep(self, untold: dict[int, _Gathered]) -> None:
        with self._lock:
            for sitting_id, changes in untold.items():
                self._gathered[sitting_id].add(changes)

    def _record(self, changes: _Gathered) -> None:
        if not changes.suspects:
            return
        with self._engine.database.transaction() as session:
            changed = incidents.record(session, changes.suspects)
        changes.incidents |= {incident.id for incident in changed}
        changes.suspects.clear()

    def _emit(self, sitting_id: int, changes: _Gathered) -> None:
        now = self._engine.clock.now()
        with self._engine.database.read() as session:
            rows = self._wall.rows(session, sitting_id, now, changes.attempts)
            found = session.scalars(
                select(Incident).where(Incident.id.in_(changes.incidents)).order_by(Incident.last_at.desc())
            )
            told = [incidents.to_wire(incident) for incident in found]
        body = {"now": to_ms(now), "rows": rows, "incidents": told, "signals": changes.signals}
        self._engine.sockets.emit("delta", body, to=room_of(sitting_id), namespace=NAMESPACE)


def _signal(attempt_id: int, kind: str, at: datetime) -> dict[str, Any]:
    return {"attempt": attempt_id, "kind": WORDS.get(kind, kind), "at": to_ms(at)}

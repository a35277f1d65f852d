"""Incidents in the database: made from the log, looked at by proctors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine import audit
from exam_engine.audit import Actor
from exam_engine.clock import to_ms
from exam_engine.delivery.models import Attempt, Device, LogEvent
from exam_engine.delivery.states import SERVER_LANE, EventKind
from exam_engine.errors import InvalidInputError
from proctoring.models import Incident, IncidentState
from proctoring.rules import DEVICE_WAITING, Finding, Sign, find

MAX_NOTE = 500
NEWEST = 200


def record(session: Session, attempt_ids: Collection[int]) -> list[Incident]:
    """Bring the incidents of these attempts to what the log says; returns those that are new or have grown.

    Doing it twice changes nothing. An incident somebody had looked at opens again when it goes on.
    """
    # Two workers may record the same attempt at once: in order, one after the other.
    locked = select(Attempt.id, Attempt.sitting_id, Attempt.ended_at).where(Attempt.id.in_(attempt_ids))
    attempts = session.execute(locked.order_by(Attempt.id).with_for_update(key_share=True)).all()
    known: dict[tuple[int, str, int, int], Incident] = {
        (row.attempt_id, row.rule, row.lane, row.first_seq): row
        for row in session.scalars(select(Incident).where(Incident.attempt_id.in_(attempt_ids)))
    }
    signs = _signs(session, attempt_ids)
    changed = []
    for attempt_id, sitting_id, ended_at in attempts:
        for finding in find(signs[attempt_id], ended_at):
            row = known.get((attempt_id, *finding.key))
            if row is None:
                row = _opened(attempt_id, sitting_id, finding)
                session.add(row)
            elif row.count >= finding.count:
                continue
            else:
                _grow(row, finding)
            changed.append(row)
    session.flush()
    return changed


def missing(session: Session, sitting_id: int) -> list[int]:
    """Attempts of a sitting whose signs are not all recorded: a worker died between a commit and its incident."""
    attempts = select(Attempt.id, Attempt.ended_at).where(Attempt.sitting_id == sitting_id)
    ends = dict(session.execute(attempts).all())
    recorded: dict[int, int] = defaultdict(int)
    rows = select(Incident.attempt_id, Incident.count).where(Incident.sitting_id == sitting_id)
    for attempt_id, count in session.execute(rows):
        recorded[attempt_id] += count
    return [
        attempt_id
        for attempt_id, signs in _signs(session, ends.keys()).items()
        if sum(finding.count for finding in find(signs, ends[attempt_id])) > recorded[attempt_id]
    ]


def look_at(session: Session, incident: Incident, actor: Actor, note: str | None, now: datetime) -> None:
    """Note that a proctor has looked at an incident, and what they make of it.

    Raises:
        InvalidInputError: the note is too long.
    """
    words = " ".join((note or "").split()) or None
    if words is not None and len(words) > MAX_NOTE:
        raise InvalidInputError(field="note", problem=f"at most {MAX_NOTE} characters")
    before = incident.state
    incident.state, incident.seen_by, incident.seen_at = IncidentState.SEEN, actor.staff_id, now
    incident.note = words or incident.note
    audit.record(
        session,
        now,
        actor,
        "incident.seen",
        "incident",
        incident.id,
        reason=words,
        attempt=incident.attempt_id,
        rule=incident.rule,
        count=incident.count,
        before=before,
    )


def newest(session: Session, sitting_id: int) -> list[Incident]:
    """The newest incidents of a sitting, newest first."""
    query = select(Incident).where(Incident.sitting_id == sitting_id)
    return list(session.scalars(query.order_by(Incident.last_at.desc(), Incident.id.desc()).limit(NEWEST)))


def to_wire(incident: Incident) -> dict[str, Any]:
    """An incident as the wall is told of it."""
    return {
        "id": incident.id,
        "attempt": incident.attempt_id,
        "rule": incident.rule,
        "severity": incident.severity,
        "at": to_ms(incident.last_at),
        "count": incident.count,
        "state": incident.state,
        "note": incident.note,
    }


def _opened(attempt_id: int, sitting_id: int, finding: Finding) -> Incident:
    return Incident(
        attempt_id=attempt_id,
        sitting_id=sitting_id,
        rule=finding.rule,
        severity=finding.severity,
        lane=finding.lane,
        first_seq=finding.first_seq,
        first_at=finding.first_at,
        last_at=finding.last_at,
        count=finding.count,
        state=IncidentState.OPEN,
    )


def _grow(row: Incident, finding: Finding) -> None:
    row.count, row.last_at, row.severity = finding.count, finding.last_at, finding.severity
    row.state = IncidentState.OPEN


def _signs(session: Session, attempt_ids: Collection[int]) -> dict[int, list[Sign]]:
    signs: dict[int, list[Sign]] = defaultdict(list)
    lines = select(LogEvent.attempt_id, LogEvent.lane, LogEvent.seq, LogEvent.value, LogEvent.at).where(
        LogEvent.attempt_id.in_(attempt_ids), LogEvent.kind == EventKind.PRESENCE
    )
    for attempt_id, lane, seq, value, at in session.execute(lines):
        # A device names its signal, the server wraps it with more.
        signal = value["signal"] if isinstance(value, dict) else value
        signs[attempt_id].append(Sign(str(signal), lane, seq, at))
    devices = select(Device.attempt_id, Device.lane, Device.signed_in_at).where(
        Device.attempt_id.in_(attempt_ids), Device.lane > 1
    )
    for attempt_id, lane, signed_in_at in session.execute(devices):
        signs[attempt_id].append(Sign(DEVICE_WAITING, SERVER_LANE, lane, signed_in_at))
    return signs

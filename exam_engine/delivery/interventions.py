"""What staff do to an attempt under way. Each is a line in the log, a line in the audit trail, and a push."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine import audit, signals
from exam_engine.app import engine_of
from exam_engine.audit import Actor
from exam_engine.delivery.door import append_server_event, locked_attempt
from exam_engine.delivery.models import Attempt, Device
from exam_engine.delivery.states import DeviceState, EventKind
from exam_engine.errors import ExamEngineError, InvalidInputError, NotFoundError

MAX_MINUTES = 600
MAX_TEXT = 500


class ReasonMissingError(ExamEngineError):
    """Everything done to a candidate needs a reason."""

    code = "intervention.reason_missing"
    status = 400


def message(app: Flask, attempt_id: int, actor: Actor, text: str) -> None:
    """Show the candidate a message, which they must acknowledge."""
    _intervene(app, attempt_id, actor, EventKind.MESSAGE, {"text": _said("text", text)}, "message")


def pause(app: Flask, attempt_id: int, actor: Actor, reason: str) -> None:
    """Stop the candidate's time and hide the questions."""
    _intervene(app, attempt_id, actor, EventKind.PAUSED, {"reason": _said("reason", reason)}, reason)


def resume(app: Flask, attempt_id: int, actor: Actor, reason: str) -> None:
    """Let the time run on; the deadline moves by the length of the pause."""
    _intervene(app, attempt_id, actor, EventKind.RESUMED, {"reason": _said("reason", reason)}, reason)


def extend(app: Flask, attempt_id: int, actor: Actor, minutes: int, reason: str) -> None:
    """Add minutes to the deadline."""
    if not 1 <= minutes <= MAX_MINUTES:
        raise InvalidInputError(field="minutes", problem=f"1 to {MAX_MINUTES}")
    value = {"minutes": minutes, "reason": _said("reason", reason)}
    _intervene(app, attempt_id, actor, EventKind.EXTENDED, value, reason)


def end(app: Flask, attempt_id: int, actor: Actor, reason: str) -> None:
    """End the attempt for good."""
    value = {"by": "proctor", "reason": _said("reason", reason)}
    _intervene(app, attempt_id, actor, EventKind.ENDED, value, reason)


def consent(app: Flask, attempt_id: int, actor: Actor, lane: int, reason: str) -> None:
    """Let a waiting device take the attempt over; the device that held it is told."""
    _said("reason", reason)
    engine = engine_of(app)
    now = engine.clock.now()
    with engine.database.transaction() as session:
        attempt = _locked(session, attempt_id)
        newcomer = _waiting_device(session, attempt_id, lane)
        for device in session.scalars(select(Device).filter_by(attempt_id=attempt_id)):
            if device.state == DeviceState.ACTIVE:
                device.state, device.superseded_at = DeviceState.SUPERSEDED, now
        newcomer.state = DeviceState.ACTIVE
        before, attempt.active_lane = attempt.active_lane, lane
        append_server_event(session, attempt, EventKind.DEVICE, {"lane": lane, "reason": reason}, now)
        _audit(session, now, actor, "device.admitted", attempt_id, reason, {"from": before, "to": lane})
        sitting_id = attempt.sitting_id
    _tell(app, attempt_id, sitting_id, EventKind.DEVICE)


def refuse(app: Flask, attempt_id: int, actor: Actor, lane: int, reason: str) -> None:
    """Turn a waiting device away."""
    _said("reason", reason)
    engine = engine_of(app)
    now = engine.clock.now()
    with engine.database.transaction() as session:
        attempt = _locked(session, attempt_id)
        _waiting_device(session, attempt_id, lane).state = DeviceState.REFUSED
        _audit(session, now, actor, "device.refused", attempt_id, reason, {"lane": lane})
        sitting_id = attempt.sitting_id
    _tell(app, attempt_id, sitting_id, EventKind.DEVICE)


def _intervene(
    app: Flask, attempt_id: int, actor: Actor, kind: EventKind, value: dict[str, Any], reason: str
) -> None:
    engine = engine_of(app)
    now = engine.clock.now()
    with engine.database.transaction() as session:
        attempt = _locked(session, attempt_id)
        before = attempt.deadline
        append_server_event(session, attempt, kind, value, now)
        detail = {key: item for key, item in value.items() if key != "reason"}
        if before != attempt.deadline and before is not None and attempt.deadline is not None:
            detail |= {"deadline_before": before.isoformat(), "deadline_after": attempt.deadline.isoformat()}
        _audit(session, now, actor, f"attempt.{kind}", attempt_id, reason, detail)
        sitting_id = attempt.sitting_id
    _tell(app, attempt_id, sitting_id, kind)


def _audit(
    session: Session,
    now: datetime,
    actor: Actor,
    action: str,
    attempt_id: int,
    reason: str,
    detail: dict[str, Any],
) -> None:
    audit.record(session, now, actor, action, "attempt", attempt_id, reason=reason, **detail)


def _tell(app: Flask, attempt_id: int, sitting_id: int, kind: str) -> None:
    signals.attempt_changed.send(app, attempt_id=attempt_id, sitting_id=sitting_id, kind=str(kind))


def _locked(session: Session, attempt_id: int) -> Attempt:
    attempt = locked_attempt(session, attempt_id)
    if attempt is None:
        raise NotFoundError(field="attempt")
    return attempt


def _waiting_device(session: Session, attempt_id: int, lane: int) -> Device:
    device = session.get(Device, (attempt_id, lane))
    if device is None or device.state != DeviceState.WAITING:
        raise NotFoundError(field="lane")
    return device


def _said(field: str, text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise ReasonMissingError(field=field)
    if len(words) > MAX_TEXT:
        raise InvalidInputError(field=field, problem=f"at most {MAX_TEXT} characters")
    return words

"""How a candidate comes in: signing in with registration number and PIN, devices, and the start."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine import signals
from exam_engine.delivery.door import append_server_event, locked_attempt
from exam_engine.delivery.models import Attempt, Device
from exam_engine.delivery.states import AttemptState, DeviceState, EventKind
from exam_engine.delivery.tokens import DeviceToken, DeviceUnknownError, keyed_digest
from exam_engine.errors import ExamEngineError
from exam_engine.exams.definition import ExamDefinition
from exam_engine.sittings.models import Admission, Candidate, Sitting

EARLY_SIGN_IN = timedelta(minutes=60)
RESULT_SHOWN_FOR = timedelta(days=1)


class SignInRefusedError(ExamEngineError):
    """Registration number and PIN do not fit together; which of them is not told."""

    code = "sign_in.refused"
    status = 401


class SittingNotOpenError(ExamEngineError):
    """The sitting takes no candidates now: ``opens_at`` and ``closes_at`` say when it does."""

    code = "sitting.not_open"
    status = 403


@dataclass(frozen=True)
class Entry:
    """A device that came in: its token, and whether it must wait for consent."""

    token: DeviceToken
    sitting_id: int
    waiting: bool


@dataclass(frozen=True)
class Newcomer:
    """What a device says of itself when it signs in."""

    registration: str
    pin: str
    device_key: str
    label: str
    address: str


def pin_digest(secret: str, sitting_id: int, pin: str) -> str:
    """What is kept of a sitting's PIN."""
    return keyed_digest(secret, f"pin:{sitting_id}", pin.strip())


def sign_in(session: Session, newcomer: Newcomer, now: datetime, secret: str) -> Entry:
    """Let a device in, within the caller's transaction.

    The first device of an attempt becomes its holder; another one waits until a proctor consents.

    Raises:
        SignInRefusedError: no such admission, or a wrong PIN.
        SittingNotOpenError: too early, too late or cancelled.
    """
    admission = _admission(session, newcomer, secret, now)
    attempt = session.scalar(select(Attempt).filter_by(admission_id=admission.id))
    _check_window(admission.sitting, attempt, now)
    if attempt is None:
        attempt = _new_attempt(session, admission)
    attempt = locked_attempt(session, attempt.id)
    assert attempt is not None
    device = _device(session, attempt, newcomer, now, secret)
    waiting = device.state != DeviceState.ACTIVE
    return Entry(DeviceToken(attempt.id, device.lane, attempt.paper_id), attempt.sitting_id, waiting)


def _admission(session: Session, newcomer: Newcomer, secret: str, now: datetime) -> Admission:
    query = (
        select(Admission)
        .join(Candidate)
        .join(Sitting)
        .where(Candidate.registration == newcomer.registration.strip().upper())
        .where(Admission.withdrawn_at.is_(None))
        .order_by(Sitting.opens_at.desc())
    )
    fitting = [
        admission
        for admission in session.scalars(query)
        if secrets.compare_digest(
            admission.sitting.pin_digest, pin_digest(secret, admission.sitting_id, newcomer.pin)
        )
    ]
    if not fitting:
        raise SignInRefusedError
    return min(fitting, key=lambda admission: abs(admission.sitting.opens_at - now))


def _check_window(sitting: Sitting, attempt: Attempt | None, now: datetime) -> None:
    closes_at = sitting.closes_at
    if attempt is None:
        closes_at -= timedelta(minutes=sitting.exam.definition.sign_in_closes_minutes)
    begun = attempt is not None and attempt.state in (AttemptState.RUNNING, AttemptState.PAUSED)
    ended = attempt is not None and attempt.ended_at is not None and now < attempt.ended_at + RESULT_SHOWN_FOR
    open_now = sitting.opens_at - EARLY_SIGN_IN <= now < closes_at and sitting.cancelled_at is None
    if not (begun or ended or open_now):
        raise SittingNotOpenError(opens_at=sitting.opens_at, closes_at=closes_at)


def _new_attempt(session: Session, admission: Admission) -> Attempt:
    attempt = Attempt(
        public_id=secrets.token_urlsafe(12),
        admission_id=admission.id,
        sitting_id=admission.sitting_id,
        paper_id=admission.sitting.paper_id,
        seed=secrets.randbits(48),
        state=AttemptState.ADMITTED,
        server_seq=0,
        active_lane=0,
        scored=False,
    )
    session.add(attempt)
    session.flush()
    return attempt


def _device(session: Session, attempt: Attempt, newcomer: Newcomer, now: datetime, secret: str) -> Device:
    digest = keyed_digest(secret, "device", newcomer.device_key)
    devices = list(session.scalars(select(Device).filter_by(attempt_id=attempt.id).order_by(Device.lane)))
    known = [device for device in devices if device.key_digest == digest]
    usable = [device for device in known if device.state in (DeviceState.ACTIVE, DeviceState.WAITING)]
    if usable:
        return usable[-1]
    held = any(device.state == DeviceState.ACTIVE for device in devices)
    device = Device(
        attempt_id=attempt.id,
        lane=len(devices) + 1,
        key_digest=digest,
        state=DeviceState.WAITING if held else DeviceState.ACTIVE,
        label=newcomer.label[:200],
        address=newcomer.address[:64],
        signed_in_at=now,
    )
    session.add(device)
    if not held:
        attempt.active_lane = device.lane
    session.flush()
    return device


def start(session: Session, token: DeviceToken, now: datetime) -> bool:
    """Begin the attempt; False when it had begun before.

    Raises:
        DeviceUnknownError: no such attempt, or this device does not hold it.
        SittingNotOpenError: outside the start window.
    """
    attempt = locked_attempt(session, token.attempt_id)
    if attempt is None or attempt.active_lane != token.lane:
        raise DeviceUnknownError
    if attempt.state != AttemptState.ADMITTED:
        return False
    admission = session.get_one(Admission, attempt.admission_id)
    sitting = admission.sitting
    if not sitting.opens_at <= now < sitting.closes_at or sitting.cancelled_at is not None:
        raise SittingNotOpenError(opens_at=sitting.opens_at, closes_at=sitting.closes_at)
    minutes = _definition(sitting).minutes_for(admission.accommodation)
    append_server_event(session, attempt, EventKind.STARTED, {"minutes": minutes}, now)
    return True


def _definition(sitting: Sitting) -> ExamDefinition:
    return sitting.exam.definition


def announce(app: object, entry: Entry) -> None:
    """Tell the upper packages of a device that waits or has come in (after the commit)."""
    if entry.waiting:
        signals.device_waiting.send(
            app, attempt_id=entry.token.attempt_id, sitting_id=entry.sitting_id, lane=entry.token.lane
        )
    else:
        signals.attempt_changed.send(
            app, attempt_id=entry.token.attempt_id, sitting_id=entry.sitting_id, kind="signed_in"
        )

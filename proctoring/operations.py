"""What a proctor does from the wall: one deed for one candidate, or for all in the room it makes sense for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from exam_engine.accounts.models import Staff
from exam_engine.app import engine_of
from exam_engine.audit import Actor
from exam_engine.delivery import interventions
from exam_engine.delivery.attempt_clock import AttemptStateError
from exam_engine.delivery.models import Attempt
from exam_engine.delivery.states import AttemptState
from exam_engine.errors import ExamEngineError, InvalidInputError, NotFoundError
from proctoring import incidents
from proctoring.scope import supervised, supervised_attempt, supervised_incident


class NobodyReachedError(ExamEngineError):
    """A deed for a room reached no candidate: nobody there is in a state it applies to."""

    code = "proctoring.nobody_reached"
    status = 409


@dataclass(frozen=True)
class Wish:
    """What the proctor typed; each deed reads what it needs, and the engine refuses what is missing."""

    text: str = ""
    reason: str = ""
    minutes: int | None = None
    lane: int | None = None


Deed = Callable[[Flask, int, Actor, Wish], None]


def _message(app: Flask, attempt_id: int, actor: Actor, wish: Wish) -> None:
    interventions.message(app, attempt_id, actor, wish.text)


def _pause(app: Flask, attempt_id: int, actor: Actor, wish: Wish) -> None:
    interventions.pause(app, attempt_id, actor, wish.reason)


def _resume(app: Flask, attempt_id: int, actor: Actor, wish: Wish) -> None:
    interventions.resume(app, attempt_id, actor, wish.reason)


def _extend(app: Flask, attempt_id: int, actor: Actor, wish: Wish) -> None:
    interventions.extend(app, attempt_id, actor, _given("minutes", wish.minutes), wish.reason)


def _end(app: Flask, attempt_id: int, actor: Actor, wish: Wish) -> None:
    interventions.end(app, attempt_id, actor, wish.reason)


def _consent(app: Flask, attempt_id: int, actor: Actor, wish: Wish) -> None:
    interventions.consent(app, attempt_id, actor, _given("lane", wish.lane), wish.reason)


def _refuse(app: Flask, attempt_id: int, actor: Actor, wish: Wish) -> None:
    interventions.refuse(app, attempt_id, actor, _given("lane", wish.lane), wish.reason)


DEEDS: dict[str, Deed] = {
    "message": _message,
    "pause": _pause,
    "resume": _resume,
    "extend": _extend,
    "end": _end,
    "consent": _consent,
    "refuse": _refuse,
}
AT_WORK = (AttemptState.RUNNING, AttemptState.PAUSED)
# Deeds for many at once, and the states they apply to. Ending an exam is done one by one.
ROOM_DEEDS: dict[str, tuple[AttemptState, ...]] = {
    "message": (AttemptState.ADMITTED, *AT_WORK),
    "pause": (AttemptState.RUNNING,),
    "resume": (AttemptState.PAUSED,),
    "extend": AT_WORK,
}


def do(app: Flask, staff: Staff, attempt_id: int, deed: str, wish: Wish) -> None:
    """Do one deed to one attempt.

    Raises:
        NotFoundError, ForbiddenError: no such attempt, or not in this proctor's rooms.
        AttemptStateError, InvalidInputError, ReasonMissingError: refused by the engine.
    """
    with engine_of(app).database.read() as session:
        supervised_attempt(session, staff, attempt_id)
    DEEDS[deed](app, attempt_id, Actor(staff.id, staff.username), wish)


def do_to_room(app: Flask, staff: Staff, sitting_id: int, deed: str, wish: Wish, chosen: Sequence[int] | None) -> int:
    """Do one deed to the chosen attempts of a sitting, or to all, as far as it applies; returns to how many.

    Raises:
        NotFoundError, ForbiddenError: no such sitting or attempt in it, or not in this proctor's rooms.
        NobodyReachedError: it applies to none.
        InvalidInputError, ReasonMissingError: refused by the engine.
    """
    with engine_of(app).database.read() as session:
        supervised(session, staff, sitting_id)
        query = select(Attempt.id, Attempt.state).where(Attempt.sitting_id == sitting_id).order_by(Attempt.id)
        states = dict(session.execute(query).all())
    if chosen is not None and not states.keys() >= set(chosen):
        raise NotFoundError(field="attempts")
    wanted = states if chosen is None else dict.fromkeys(chosen)
    reached = 0
    for attempt_id in wanted:
        if states[attempt_id] not in ROOM_DEEDS[deed]:
            continue
        try:
            DEEDS[deed](app, attempt_id, Actor(staff.id, staff.username), wish)
        except AttemptStateError:
            # It ended, or another proctor was quicker, while the others were seen to.
            continue
        reached += 1
    if not reached:
        raise NobodyReachedError
    return reached


def look_at(app: Flask, staff: Staff, incident_id: int, note: str | None) -> None:
    """Mark an incident as seen by this proctor.

    Raises:
        NotFoundError, ForbiddenError: no such incident, or not in this proctor's rooms.
        InvalidInputError: the note is too long.
    """
    engine = engine_of(app)
    with engine.database.transaction() as session:
        incident = supervised_incident(session, staff, incident_id)
        incidents.look_at(session, incident, Actor(staff.id, staff.username), note, engine.clock.now())
    app.extensions["proctoring"].broadcast.note_incident(incident)


def _given(field: str, value: int | None) -> int:
    if value is None:
        raise InvalidInputError(field=field, problem="missing")
    return value

"""The proctor's pages and the deeds of the wall."""

from __future__ import annotations

from flask import Flask, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from exam_engine.accounts.access import current_staff, requires
from exam_engine.accounts.models import Role
from exam_engine.app import current_engine
from exam_engine.errors import InvalidInputError, NotFoundError
from proctoring import operations
from proctoring.operations import DEEDS, ROOM_DEEDS, Wish
from proctoring.scope import sittings_of, supervised

MOST_CHOSEN = 2000


class _Body(BaseModel):
    """What the wall may send along."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    text: str = ""
    reason: str = ""
    minutes: int | None = None
    lane: int | None = None
    note: str | None = None
    attempts: list[int] | None = Field(None, min_length=1, max_length=MOST_CHOSEN)

    @property
    def wish(self) -> Wish:
        """What the deeds read."""
        return Wish(self.text, self.reason, self.minutes, self.lane)


@requires(Role.PROCTOR)
def sittings() -> ResponseReturnValue:
    """The sittings in this proctor's rooms."""
    engine = current_engine()
    with engine.database.read() as session:
        lines = sittings_of(session, current_staff(), engine.clock.now())
    return render_template("proctoring/sittings.html", lines=lines)


@requires(Role.PROCTOR)
def wall(sitting_id: int) -> ResponseReturnValue:
    """The wall of one sitting; the browser's part takes over from here."""
    with current_engine().database.read() as session:
        sitting = supervised(session, current_staff(), sitting_id)
    return render_template("proctoring/wall.html", sitting=sitting)


@requires(Role.PROCTOR)
def do(attempt_id: int, deed: str) -> ResponseReturnValue:
    """One deed to one candidate."""
    if deed not in DEEDS:
        raise NotFoundError(field="deed")
    operations.do(_app(), current_staff(), attempt_id, deed, _read_body().wish)
    return jsonify(ok=True)


@requires(Role.PROCTOR)
def do_to_room(sitting_id: int, deed: str) -> ResponseReturnValue:
    """One deed to all candidates of a sitting it applies to, or to those chosen."""
    if deed not in ROOM_DEEDS:
        raise NotFoundError(field="deed")
    body = _read_body()
    reached = operations.do_to_room(_app(), current_staff(), sitting_id, deed, body.wish, body.attempts)
    return jsonify(ok=True, reached=reached)


@requires(Role.PROCTOR)
def look_at(incident_id: int) -> ResponseReturnValue:
    """Somebody has looked at an incident."""
    operations.look_at(_app(), current_staff(), incident_id, _read_body().note)
    return jsonify(ok=True)


def _read_body() -> _Body:
    try:
        return _Body.model_validate_json(request.get_data() or b"{}")
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "body"
        raise InvalidInputError(field=place, problem=first["msg"]) from error


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app

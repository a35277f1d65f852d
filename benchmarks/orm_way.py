"""The rival: the same Flask app on the same server, but a save is what most would write, a transaction per request.

Two routes come on top of the engine's own. ``/exam/api/save-by-orm`` makes every check the engine makes (who, deadline,
shape) and answers the same JSON; ``/exam/api/nothing`` does nothing, and so is the ceiling of whatever runs here.
"""

from __future__ import annotations

import json
from datetime import datetime

from flask import Flask, Response, current_app, request
from sqlalchemy.orm import Session

from exam_engine.app import current_engine
from exam_engine.clock import from_ms
from exam_engine.delivery.attempt_clock import AttemptStateError
from exam_engine.delivery.door import DeviceNotActiveError, clock_of, read_commands
from exam_engine.delivery.events import Batch, check_against_paper, read_batch
from exam_engine.delivery.models import Attempt, Device, LogEvent
from exam_engine.delivery.save_path import NotJsonError
from exam_engine.delivery.states import AttemptState, DeviceState
from exam_engine.delivery.status import Status
from exam_engine.delivery.tokens import COOKIE, DeviceToken, DeviceUnknownError, TokenMint

SAVE, NOTHING = "/exam/api/save-by-orm", "/exam/api/nothing"


def save() -> Response:
    """POST: the same batch as ``/exam/api/events``, written by the request's own transaction."""
    if request.mimetype != "application/json":
        raise NotJsonError
    engine = current_engine()
    mint: TokenMint = current_app.extensions["exam_engine_mint"]
    token = mint.read(request.cookies.get(COOKIE))
    batch = read_batch(request.get_data(cache=False))
    check_against_paper(batch, engine.papers.paper(token.paper_id))
    now = engine.clock.now()
    with engine.database.transaction() as session:
        status, late = _append(session, token, batch, now)
    engine.presence.seen(token.attempt_id, now.timestamp())
    saved = [event.seq for event in batch.events]
    body = {**status.to_wire(now), "saved": saved, "late": saved if late else []}
    return Response(json.dumps(body, separators=(",", ":")), mimetype="application/json")


def _append(session: Session, token: DeviceToken, batch: Batch, now: datetime) -> tuple[Status, bool]:
    attempt = session.get(Attempt, token.attempt_id)
    device = session.get(Device, (token.attempt_id, token.lane))
    if attempt is None or device is None:
        raise DeviceUnknownError
    if device.state in (DeviceState.WAITING, DeviceState.REFUSED):
        raise DeviceNotActiveError
    clock = clock_of(attempt)
    if clock.state is AttemptState.ADMITTED:
        raise AttemptStateError(state=str(clock.state))
    late = clock.is_late(now)
    for event in batch.events:
        session.add(
            LogEvent(
                attempt_id=attempt.id,
                lane=token.lane,
                seq=event.seq,
                kind=event.kind,
                item=event.item,
                value=event.value,
                at=max(min(from_ms(event.at), now), clock.started_at or now),
                received_at=now,
                late=late,
            )
        )
    unheard = batch.heard < attempt.server_seq
    commands = read_commands(session, attempt.id, batch.heard) if unheard else ()
    return Status(clock, DeviceState(device.state), attempt.server_seq, commands), late


def nothing() -> Response:
    """POST: an empty answer."""
    return Response("{}", mimetype="application/json")


def register(app: Flask) -> None:
    """Add the two routes to an app that carries its engine."""
    app.add_url_rule(SAVE, "save_by_orm", save, methods=["POST"])
    app.add_url_rule(NOTHING, "nothing", nothing, methods=["POST"])

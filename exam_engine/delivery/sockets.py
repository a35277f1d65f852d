"""Socket events of the candidate: connect and disconnect come in, ``status`` goes out; nothing else."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Flask, request
from flask_socketio import SocketIO, join_room

from exam_engine import signals
from exam_engine.app import current_engine, engine_of
from exam_engine.delivery.models import Attempt
from exam_engine.delivery.states import DeviceState
from exam_engine.delivery.tokens import COOKIE, DeviceUnknownError, TokenMint
from exam_engine.delivery.view import sitting_of, status_of

NAMESPACE = "/candidate"


def register_sockets(app: Flask, sockets: SocketIO) -> None:
    """Attach the candidate's namespace, and push a status whenever an attempt changes."""
    connected: dict[str, tuple[int, int]] = {}
    sockets_of: Counter[int] = Counter()

    def came(_auth: object = None) -> bool:
        mint: TokenMint = app.extensions["exam_engine_mint"]
        try:
            token = mint.read(request.cookies.get(COOKIE))
        except DeviceUnknownError:
            return False
        engine = current_engine()
        with engine.database.read() as session:
            sitting_id = sitting_of(session, token.attempt_id)
        join_room(_room(token.attempt_id))
        connected[_sid()] = (token.attempt_id, sitting_id)
        sockets_of[token.attempt_id] += 1
        engine.presence.connected(token.attempt_id)
        _tell(app, token.attempt_id, sitting_id, True)
        return True

    def went(*_reason: Any) -> None:
        gone = connected.pop(_sid(), None)
        if gone is None:
            return
        attempt_id, sitting_id = gone
        sockets_of[attempt_id] -= 1
        if sockets_of[attempt_id] <= 0:
            del sockets_of[attempt_id]
            engine_of(app).presence.disconnected(attempt_id)
        _tell(app, attempt_id, sitting_id, attempt_id in sockets_of)

    sockets.on_event("connect", came, namespace=NAMESPACE)
    sockets.on_event("disconnect", went, namespace=NAMESPACE)

    @signals.attempt_changed.connect_via(app, weak=False)
    def push(_app: Flask, *, attempt_id: int, **_details: Any) -> None:
        # A push is a courtesy: the same status rides in the next reply. A broken Redis must not hold up the deed.
        sockets.start_background_task(_push, app, sockets, attempt_id)


def _push(app: Flask, sockets: SocketIO, attempt_id: int) -> None:
    engine = engine_of(app)
    with engine.database.read() as session:
        attempt = session.get(Attempt, attempt_id)
        if attempt is None:
            return
        status = status_of(session, attempt, DeviceState.ACTIVE)
    body = status.to_wire(engine.clock.now())
    # The push goes to every device of the attempt; which of them holds it, each knows by its lane.
    body["active_lane"] = attempt.active_lane
    sockets.emit("status", body, to=_room(attempt_id), namespace=NAMESPACE)


def _tell(app: Flask, attempt_id: int, sitting_id: int, connected: bool) -> None:
    signals.presence_changed.send(app, attempt_id=attempt_id, sitting_id=sitting_id, connected=connected)


def _room(attempt_id: int) -> str:
    return f"attempt:{attempt_id}"


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]

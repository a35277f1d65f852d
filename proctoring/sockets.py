"""Socket events of the wall: ``watch`` comes in, ``delta`` goes out; whoever may watch no more is shown out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Flask, request
from flask_socketio import SocketIO, disconnect, join_room

from exam_engine.accounts.access import current_staff
from exam_engine.accounts.models import Role, Staff
from exam_engine.app import Engine, engine_of
from exam_engine.database import DatabaseUnavailableError
from exam_engine.errors import ExamEngineError, ForbiddenError
from exam_engine.sittings.models import Sitting
from proctoring import incidents
from proctoring.broadcast import NAMESPACE, room_of
from proctoring.leases import Leases
from proctoring.scope import supervised
from proctoring.wall import Wall

CHECK_SECONDS = 5.0
CATCH_UP_SECONDS = 1


@dataclass
class _Watcher:
    """A socket: the request it came with, and the sittings it watches."""

    environ: dict[str, Any]
    sittings: set[int] = field(default_factory=set)


class Watchers:
    """The wall's sockets on this worker."""

    def __init__(self, app: Flask, wall: Wall, watched: Leases) -> None:
        self._app = app
        self._engine: Engine = engine_of(app)
        self._wall = wall
        self._watched = watched
        self._sockets: dict[str, _Watcher] = {}
        self._checking = False

    def register(self, sockets: SocketIO) -> None:
        """Attach the namespace."""
        sockets.on_event("connect", self._came, namespace=NAMESPACE)
        sockets.on_event("disconnect", self._went, namespace=NAMESPACE)
        sockets.on_event("watch", self._watch, namespace=NAMESPACE)

    def _came(self, _auth: object = None) -> bool:
        try:
            _proctor()
        except DatabaseUnavailableError:
            # A wall that is refused stays away for good. It sees nothing before ``watch``, which asks again.
            pass
        except ExamEngineError:
            return False
        self._sockets[_sid()] = _Watcher(request.environ.copy())
        self._keep_checking()
        return True

    def _went(self, *_reason: Any) -> None:
        gone = self._sockets.pop(_sid(), None)
        self._let_go(gone.sittings if gone else set())

    def _watch(self, wanted: object = None) -> dict[str, Any]:
        """Answers the snapshot; while the database is down it does not answer, and the wall asks again."""
        sitting_id = wanted.get("sitting") if isinstance(wanted, dict) else None
        watcher = self._sockets.get(_sid())
        if type(sitting_id) is not int or watcher is None:
            return {"ok": False, "error": "not_allowed"}
        try:
            staff = _proctor()
            with self._engine.database.read() as session:
                supervised(session, staff, sitting_id)
        except DatabaseUnavailableError:
            raise
        except ExamEngineError:
            return {"ok": False, "error": "not_allowed"}
        # In the room before the picture is taken: what happens meanwhile is told, not lost.
        join_room(room_of(sitting_id))
        watcher.sittings.add(sitting_id)
        self._watched.hold(sitting_id)
        snapshot = self._snapshot(staff, sitting_id)
        self._engine.sockets.start_background_task(self._catch_up, _sid(), sitting_id)
        return {"ok": True, "snapshot": snapshot}

    def _snapshot(self, staff: Staff, sitting_id: int) -> dict[str, Any]:
        with self._engine.database.read() as session:
            sitting = supervised(session, staff, sitting_id)
            late = incidents.missing(session, sitting_id)
            if not late:
                return self._wall.snapshot(session, sitting)
        with self._engine.database.transaction() as session:
            incidents.record(session, late)
        with self._engine.database.read() as session:
            return self._wall.snapshot(session, supervised(session, staff, sitting_id))

    def _catch_up(self, sid: str, sitting_id: int) -> None:
        """Tell once more how things stand: a delta that overtakes the snapshot on its way would be lost on the wall."""
        self._engine.sockets.sleep(CATCH_UP_SECONDS)
        watcher = self._sockets.get(sid)
        if watcher is None or sitting_id not in watcher.sittings:
            return
        with self._engine.database.read() as session:
            picture = self._wall.snapshot(session, session.get_one(Sitting, sitting_id))
        delta = {key: picture[key] for key in ("now", "rows", "incidents")} | {"signals": []}
        self._engine.sockets.emit("delta", delta, to=sid, namespace=NAMESPACE)

    def _keep_checking(self) -> None:
        if not self._checking:
            self._checking = True
            self._engine.sockets.start_background_task(self._check_forever)

    def _check_forever(self) -> None:
        while self._sockets:
            self._engine.sockets.sleep(CHECK_SECONDS)  # type: ignore[arg-type]  # the stub knows whole seconds only
            try:
                self.check()
            except Exception:
                self._app.logger.exception("wall: a check of the watchers failed")
        self._checking = False

    def check(self) -> None:
        """Show out whoever is signed in no more or was given other rooms."""
        for sid, watcher in list(self._sockets.items()):
            if not self._may_stay(watcher):
                with self._app.app_context():
                    disconnect(sid, NAMESPACE)

    def _may_stay(self, watcher: _Watcher) -> bool:
        try:
            # The cookie the socket came with is read anew: a watched wall counts as a sign of its proctor.
            with self._app.request_context(watcher.environ):
                staff = _proctor()
            with self._engine.database.read() as session:
                for sitting_id in watcher.sittings:
                    supervised(session, staff, sitting_id)
        except DatabaseUnavailableError:
            return True
        except ExamEngineError:
            return False
        return True

    def _let_go(self, sittings: set[int]) -> None:
        for sitting_id in sittings:
            if not any(sitting_id in watcher.sittings for watcher in self._sockets.values()):
                self._watched.release(sitting_id)


def _proctor() -> Staff:
    """The proctor behind this request.

    Raises:
        NotSignedInError: nobody is signed in (any more).
        ForbiddenError: somebody without the role.
    """
    staff = current_staff()
    if Role.PROCTOR not in staff.roles:
        raise ForbiddenError
    return staff


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]

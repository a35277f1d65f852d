"""The wall on real servers: PostgreSQL, Redis and two workers, a candidate on one, a proctor on the other."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import simple_websocket
from flask import Flask
from sqlalchemy import delete

from exam_engine import migrate
from exam_engine.accounts.models import StaffSession
from exam_engine.accounts.sessions import COOKIE
from exam_engine.app import create_app, engine_of
from exam_engine.demo.wire_client import WireClient
from exam_engine.settings import Settings
from tests import world
from tests.conftest import AnyAssets, StaffClient, plain_settings, signed_in_client
from tests.proctoring.conftest import HERE
from tests.services.engine import EngineServer
from tests.services.postgres import Postgres
from tests.services.redis import RedisServer
from tests.world import World


class WallSocket:
    """A wall without a screen: speaks Socket.IO's frames over a WebSocket."""

    def __init__(self, port: int, cookie: str) -> None:
        url = f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
        self._socket = simple_websocket.Client(url, headers={"Cookie": f"{COOKIE}={cookie}"})
        # Without waiting for the greeting: this library leaves aside a frame that comes together with the handshake.
        self._socket.send("40/wall,")
        self._until("40/wall,")

    def watch(self, sitting_id: int) -> dict[str, Any]:
        """Watch a sitting; the server's answer."""
        self._socket.send(f'42/wall,1["watch",{{"sitting":{sitting_id}}}]')
        reply: dict[str, Any] = json.loads(self._until("43/wall,1"))[0]
        return reply

    def delta(self, wanted: Callable[[dict[str, Any]], Any], seconds: float = 10) -> dict[str, Any]:
        """The next delta of which ``wanted`` holds."""
        end = time.monotonic() + seconds
        while True:
            found: dict[str, Any] = json.loads(self._until("42/wall,", end - time.monotonic()))[1]
            if wanted(found):
                return found

    def is_shown_out(self, seconds: float) -> bool:
        """Whether the server ends the namespace within that time."""
        return self._until("41/wall", seconds) == ","

    def close(self) -> None:
        """Leave."""
        self._socket.close()

    def _until(self, prefix: str, seconds: float = 10) -> str:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            frame = self._socket.receive(timeout=max(end - time.monotonic(), 0))
            if frame == "2":
                self._socket.send("3")
            elif isinstance(frame, str) and frame.startswith(prefix):
                return frame.removeprefix(prefix)
        raise TimeoutError(f"no frame {prefix!r} within {seconds} s")


@pytest.fixture
def settings(
    tmp_path: Path, postgres: Postgres, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """A scaled-out installation with supervision as its only part."""
    monkeypatch.setenv("EXAM_ENGINE_PARTS", '["proctoring"]')
    return plain_settings(
        tmp_path, parts=("proctoring",), database_url=postgres.new_database(), redis_url=redis_server.url
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The installation as the test itself sees it."""
    app = create_app(settings)
    app.test_client_class = StaffClient
    app.extensions["assets"] = AnyAssets()
    migrate.metadata(("exam_engine", *settings.parts)).create_all(engine_of(app).database.engine)
    yield app
    engine_of(app).database.close()


@pytest.fixture
def sitting(app: Flask) -> World:
    """A sitting that is open now."""
    return world.build(app, 3, datetime.now(UTC))


@pytest.fixture
def workers(settings: Settings, sitting: World) -> Iterator[tuple[EngineServer, EngineServer]]:
    """Two workers of the installation."""
    first, second = EngineServer(settings), EngineServer(settings)
    try:
        first.start()
        second.start()
        yield first, second
    finally:
        first.stop()
        second.stop()


@pytest.fixture
def candidate(workers: tuple[EngineServer, EngineServer], sitting: World) -> Iterator[WireClient]:
    """A candidate at work on the first worker, socket and all."""
    client = WireClient("127.0.0.1", workers[0].port, "0" * 32)
    client.sign_in(sitting.registrations[0], world.PIN)
    client.start()
    threading.Thread(target=client.listen, daemon=True).start()
    yield client
    client.drop()


@pytest.fixture
def wall(app: Flask, workers: tuple[EngineServer, EngineServer]) -> Iterator[WallSocket]:
    """A proctor's wall on the second worker."""
    cookie = signed_in_client(app, HERE).get_cookie(COOKIE)
    assert cookie is not None
    socket = WallSocket(workers[1].port, cookie.value)
    yield socket
    socket.close()


def test_an_alert_reaches_a_proctor_on_another_worker_in_under_a_second(
    wall: WallSocket, candidate: WireClient, sitting: World
) -> None:
    assert wall.watch(sitting.sitting_id)["snapshot"]["rows"][0]["state"] == "running"
    took = []
    for signal in ("focus_lost", "copied", "fullscreen_left", "focus_lost", "printed"):
        candidate.note("presence", value=signal)
        begun = time.monotonic()
        candidate.send()
        delta = wall.delta(lambda found: found["signals"])
        assert [each["kind"] for each in delta["signals"]] == [signal]
        took.append(time.monotonic() - begun)
        assert delta["incidents"]
        assert delta["rows"][0]["open_incidents"] >= 1
    assert max(took) < 1.0, took


def test_what_overtook_the_snapshot_is_told_once_more(wall: WallSocket, candidate: WireClient, sitting: World) -> None:
    wall.watch(sitting.sitting_id)
    assert len(wall.delta(lambda found: not found["signals"] and len(found["rows"]) == 3, 5)["rows"]) == 3


def test_whose_socket_is_up_is_known_on_every_worker(wall: WallSocket, candidate: WireClient, sitting: World) -> None:
    wall.watch(sitting.sitting_id)
    candidate.note("navigated", 1)
    candidate.send()
    while not wall.watch(sitting.sitting_id)["snapshot"]["rows"][0]["connected"]:
        time.sleep(0.1)
    candidate.drop()
    assert wall.delta(lambda found: found["rows"] and not found["rows"][0]["connected"])


def test_who_signs_out_is_shown_out_within_seconds(app: Flask, wall: WallSocket, sitting: World) -> None:
    assert wall.watch(sitting.sitting_id)["ok"]
    with engine_of(app).database.transaction() as session:
        session.execute(delete(StaffSession))
    assert wall.is_shown_out(8)

"""Two hundred candidates answer at full speed while the server, or the database, is killed under them."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from exam_engine import migrate
from exam_engine.app import create_app, engine_of
from exam_engine.database import Database
from exam_engine.delivery.models import LogEvent
from exam_engine.demo.wire_client import RefusedError, WireClient
from exam_engine.settings import Settings
from tests import world
from tests.conftest import PARTS, plain_settings
from tests.services.engine import EngineServer
from tests.services.postgres import Postgres
from tests.world import World

CANDIDATES = 200
SECONDS = 2.5
RECOVERY_SECONDS = 20


@dataclass
class Answering(threading.Thread):
    """A candidate who answers without a pause, and keeps what is not acknowledged."""

    client: WireClient
    registration: str
    stopped: threading.Event
    sent: dict[int, str] = field(default_factory=dict)
    acknowledged: set[int] = field(default_factory=set)
    last_heard: float = 0.0
    failure: BaseException | None = None

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        try:
            self._answer()
        except BaseException as error:
            self.failure = error

    def _answer(self) -> None:
        while not self.stopped.is_set() or self.client.outbox:
            if not self.client.outbox:
                value = "ABCDE"[(self.client.seq + len(self.registration)) % 5]
                self.client.note("answered", 1 + self.client.seq % 6, value)
                self.sent[self.client.seq] = value
            try:
                reply = self.client.send()
            except RefusedError as refused:
                # Only "try again later" may come of a crash.
                if refused.status != 503:
                    raise
                time.sleep(0.2)
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)
            else:
                self.acknowledged.update(reply["saved"])
                self.last_heard = time.monotonic()


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """An installation on either database; PostgreSQL is one of this test's own, for it may be killed."""
    if request.param == "sqlite":
        yield plain_settings(tmp_path, parts=PARTS)
        return
    server = Postgres()
    server.start()
    request.node.postgres = server
    try:
        yield plain_settings(tmp_path, parts=PARTS, database_url=server.new_database())
    finally:
        server.stop()


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The installation as the test itself sees it."""
    migrate.upgrade(settings.effective_database_url, settings.parts)
    app = create_app(settings)
    yield app
    engine_of(app).database.close()


@pytest.fixture
def sitting(app: Flask) -> World:
    """A sitting that is open now."""
    return world.build(app, CANDIDATES, datetime.now(UTC))


@pytest.fixture
def server(settings: Settings, sitting: World) -> Iterator[EngineServer]:
    """The server under attack."""
    server = EngineServer(settings)
    server.start()
    yield server
    server.stop()


def test_when_the_server_is_killed(sitting: World, server: EngineServer) -> None:
    def strike() -> None:
        server.kill()
        server.start()

    _attack(sitting, server, strike)


def test_when_postgresql_is_killed(request: pytest.FixtureRequest, sitting: World, server: EngineServer) -> None:
    postgres: Postgres | None = getattr(request.node, "postgres", None)
    if postgres is None:
        # SQLite lives in the server's own process: killing that one is the test above.
        assert engine_of(sitting.app).database.engine.dialect.name == "sqlite"
        return

    def strike() -> None:
        postgres.kill()
        time.sleep(0.5)
        postgres.start()

    _attack(sitting, server, strike)


def _attack(sitting: World, server: EngineServer, strike: Callable[[], None]) -> None:
    stopped = threading.Event()
    candidates = _come_in(sitting, server, stopped)
    for candidate in candidates:
        candidate.start()
    time.sleep(SECONDS)
    struck_after = sum(len(each.acknowledged) for each in candidates)
    strike()
    back = time.monotonic()
    _wait_until_all_are_heard(candidates, back)
    time.sleep(SECONDS)
    stopped.set()
    for candidate in candidates:
        candidate.join(30)
    assert [each.failure for each in candidates if each.failure] == [], server.log()[-3000:]
    assert not any(each.is_alive() for each in candidates)
    assert struck_after > CANDIDATES, "the blow came before anybody answered"
    _check_the_log(sitting, candidates)


def _come_in(sitting: World, server: EngineServer, stopped: threading.Event) -> list[Answering]:
    found = []
    for number, registration in enumerate(sitting.registrations):
        client = WireClient("127.0.0.1", server.port, f"{number:032x}")
        client.sign_in(registration, world.PIN)
        client.start()
        found.append(Answering(client, registration, stopped))
    return found


def _wait_until_all_are_heard(candidates: list[Answering], since: float) -> None:
    """Clients go on by themselves: each is acknowledged again within seconds."""
    end = time.monotonic() + RECOVERY_SECONDS
    while any(each.last_heard < since and each.is_alive() for each in candidates):
        assert time.monotonic() < end, "some candidates were not served again"
        time.sleep(0.05)


def _check_the_log(sitting: World, candidates: list[Answering]) -> None:
    database: Database = engine_of(sitting.app).database
    database.engine.dispose()
    with database.read() as session:
        rows = session.execute(
            select(LogEvent.attempt_id, LogEvent.seq, LogEvent.value)
            .where(LogEvent.lane > 0, LogEvent.kind == "answered")
            .order_by(LogEvent.attempt_id, LogEvent.seq)
        ).all()
    kept: dict[int, dict[int, object]] = {}
    for attempt_id, seq, value in rows:
        assert seq not in kept.setdefault(attempt_id, {}), "an event is there twice"
        kept[attempt_id][seq] = value
    # Attempts are made as candidates sign in, one after the other.
    assert len(kept) == len(candidates)
    for attempt_id, candidate in zip(sorted(kept), candidates, strict=True):
        assert candidate.acknowledged == set(candidate.sent), "something sent was never acknowledged"
        assert kept[attempt_id] == candidate.sent, "the log differs from what was answered"

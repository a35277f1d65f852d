"""A candidate's socket at the server as it runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exam_engine import migrate
from exam_engine.app import create_app, engine_of
from exam_engine.demo.wire_client import WireClient
from tests import world
from tests.conftest import plain_settings
from tests.services import wait_for
from tests.services.engine import EngineServer


@pytest.fixture
def client(tmp_path: Path) -> Iterator[WireClient]:
    """Somebody who has signed in at a real server, and not begun."""
    settings = plain_settings(tmp_path)
    migrate.upgrade(settings.effective_database_url, settings.parts)
    app = create_app(settings)
    sitting = world.build(app, 1, datetime.now(UTC))
    engine_of(app).database.close()
    server = EngineServer(settings)
    server.start()
    client = WireClient("127.0.0.1", server.port, "0" * 32)
    client.sign_in(sitting.registrations[0], world.PIN)
    try:
        yield client
    finally:
        client.drop()
        server.stop()


def test_it_hears_what_happens_to_the_attempt(client: WireClient) -> None:
    other = WireClient(client.host, client.port, client.device)
    listening = threading.Thread(target=client.listen, daemon=True)
    listening.start()
    wait_for(lambda: client.is_listening, "the socket")
    own = client.status

    def hears() -> bool:
        # A socket joins a moment after it opens, and is told only what happens from then on.
        other.sign_in("UJI-0001", world.PIN)
        return client.status is not own

    wait_for(hears, "a status")
    other.start()
    wait_for(lambda: bool(client.status["state"] == "running"), "the start")
    assert client.heard == 1
    other.drop()
    client.drop()
    listening.join(10)
    assert not listening.is_alive()

"""Silence is what nobody hears: a save, a heartbeat and a standing socket are all signs."""

from __future__ import annotations

import pytest

from exam_engine.delivery.presence import Change, Presence, make_presence
from tests.services.redis import RedisServer

SILENCE = 45.0
ONE = 1


@pytest.fixture(params=["one worker", "several workers"])
def presence(request: pytest.FixtureRequest) -> Presence:
    """Presence as one worker keeps it, and as several share it."""
    if request.param == "one worker":
        return make_presence(None)
    server: RedisServer = request.getfixturevalue("redis_server")
    server.empty()
    return make_presence(server.url)


def test_silence_and_return_are_told_once(presence: Presence) -> None:
    presence.seen(ONE, 1000.0)
    assert presence.changes(1010.0, SILENCE) == []
    assert presence.changes(1046.0, SILENCE) == [Change(ONE, True, 1000.0)]
    assert presence.changes(1047.0, SILENCE) == []
    presence.seen(ONE, 1048.0)
    assert presence.changes(1049.0, SILENCE) == [Change(ONE, False, 1048.0)]


def test_a_candidate_who_only_reads_is_not_silent_while_the_socket_stands(presence: Presence) -> None:
    presence.seen(ONE, 1000.0)
    presence.connected(ONE)
    for second in range(1001, 1200):
        assert presence.changes(float(second), SILENCE) == []
    presence.disconnected(ONE)
    told = [change for second in range(1200, 1260) for change in presence.changes(float(second), SILENCE)]
    assert [(change.attempt_id, change.silent) for change in told] == [(ONE, True)]
    assert 1185.0 <= told[0].last_seen <= 1199.0


def test_an_ended_attempt_is_not_missed(presence: Presence) -> None:
    presence.seen(ONE, 1000.0)
    presence.connected(ONE)
    presence.gone(ONE)
    assert presence.changes(1100.0, SILENCE) == []
    assert presence.last_seen([ONE]) == {}


def test_workers_share_what_they_see_and_only_one_tells(redis_server: RedisServer) -> None:
    redis_server.empty()
    first, second = make_presence(redis_server.url), make_presence(redis_server.url)
    first.seen(ONE, 1000.0)
    assert first.changes(1001.0, SILENCE) == []
    assert second.last_seen([ONE]) == {ONE: 1000.0}
    told = first.changes(1046.0, SILENCE) + second.changes(1046.0, SILENCE)
    assert told == [Change(ONE, True, 1000.0)]
    # The socket stands at one worker; the other must not call its candidate silent.
    second.connected(ONE)
    told = second.changes(1050.0, SILENCE) + first.changes(1050.0, SILENCE)
    assert [(change.attempt_id, change.silent) for change in told] == [(ONE, False)]
    assert [*second.changes(1090.0, SILENCE), *first.changes(1094.0, SILENCE)] == []


def test_without_redis_each_worker_goes_by_what_it_sees(redis_server: RedisServer) -> None:
    nobody = make_presence("redis://127.0.0.1:1/0")
    nobody.seen(ONE, 1000.0)
    assert nobody.last_seen([ONE]) == {ONE: 1000.0}
    assert nobody.changes(1046.0, SILENCE) == [Change(ONE, True, 1000.0)]

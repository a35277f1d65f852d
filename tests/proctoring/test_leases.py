"""What one worker holds, the others know; what a dead worker held fades; without Redis each knows its own."""

from __future__ import annotations

from flask import Flask

from exam_engine.app import Engine, engine_of
from exam_engine.clock import ManualClock
from proctoring.leases import LASTS_SECONDS, LocalLeases, RedisLeases, make_leases
from tests.services.redis import RedisServer


def two_workers(engine: Engine, url: str, name: str) -> tuple[RedisLeases, RedisLeases]:
    return RedisLeases(engine, url, name), RedisLeases(engine, url, name)


def test_without_redis_there_is_one_worker(app: Flask) -> None:
    leases = make_leases(engine_of(app), "connected")
    assert isinstance(leases, LocalLeases)
    leases.hold(1)
    assert leases.held([1, 2]) == {1}
    leases.release(1)
    assert leases.held([1, 2]) == set()


def test_workers_know_of_each_others_holds(app: Flask, redis_server: RedisServer) -> None:
    one, other = two_workers(engine_of(app), redis_server.url, "shared")
    one.hold(1)
    other.hold(2)
    assert one.held([1, 2, 3]) == other.held([1, 2, 3]) == {1, 2}
    one.release(1)
    assert other.held([1, 2, 3]) == {2}


def test_what_a_dead_worker_held_fades(app: Flask, clock: ManualClock, redis_server: RedisServer) -> None:
    dead, alive = two_workers(engine_of(app), redis_server.url, "fading")
    dead.hold(1)
    alive.hold(2)
    clock.advance(seconds=LASTS_SECONDS + 1)
    alive.renew()
    assert alive.held([1, 2]) == {2}
    assert dead.held([2]) == {2}


def test_with_redis_down_each_goes_by_its_own(app: Flask) -> None:
    one, other = two_workers(engine_of(app), "redis://127.0.0.1:9", "down")
    one.hold(1)
    assert one.held([1]) == {1}
    assert other.held([1]) == set()
    one.release(1)
    assert one.held([1]) == set()

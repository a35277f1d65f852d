"""Time in which no worker lived is given back to those whose time ran."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from exam_engine.app import create_app, engine_of
from exam_engine.audit import SYSTEM, AuditEntry
from exam_engine.clock import ManualClock, from_ms
from exam_engine.database import Database, DatabaseUnavailableError
from exam_engine.delivery import interventions
from exam_engine.delivery.outage import keep_watch
from exam_engine.delivery.verify import deviations
from exam_engine.sweeper import sweep
from tests import world
from tests.world import START, Device, World


@pytest.fixture
def sitting(any_database_app: Flask) -> World:
    return world.build(any_database_app)


@pytest.fixture
def device(sitting: World) -> Device:
    device = Device.of(sitting.app)
    device.sign_in("UJI-0001")
    device.start()
    return device


@pytest.fixture
def restart(sitting: World, clock: ManualClock) -> Flask:
    """Lets the engine live until minute 50, be gone for 12.5 minutes, and start again."""
    sweep(sitting.app)
    for _ in range(50 * 60 // 30):
        clock.advance(seconds=30)
        keep_watch(sitting.app)
    clock.advance(minutes=12.5)
    return create_app(engine_of(sitting.app).settings, clock)


def test_who_was_at_work_gets_the_minutes_back_and_is_told(device: Device, restart: Flask, sitting: World) -> None:
    sweep(restart)
    status = device.send(heard=1).json
    assert (status["state"], from_ms(status["deadline"])) == ("running", START + timedelta(minutes=73))
    (command,) = status["commands"]
    assert (command["kind"], command["minutes"]) == ("extended", 13)
    assert command["reason"] == "Server tidak dapat dihubungi selama beberapa waktu."


def test_it_is_given_once_however_many_workers_come_back(
    device: Device, restart: Flask, sitting: World, clock: ManualClock
) -> None:
    sweep(restart)
    sweep(sitting.app)
    clock.advance(seconds=10)
    sweep(restart)
    assert from_ms(device.send().json["deadline"]) == START + timedelta(minutes=73)


def test_it_is_a_line_of_the_log_and_of_the_audit_trail(device: Device, restart: Flask, sitting: World) -> None:
    sweep(restart)
    with engine_of(sitting.app).database.read() as session:
        assert list(deviations(session)) == []
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "attempt.extended")).one()
    assert (entry.actor, entry.detail["minutes"]) == (SYSTEM.name, 13)
    assert entry.detail["outage_from"] == (START + timedelta(minutes=50)).isoformat()


def test_an_answer_of_the_outage_is_not_late(device: Device, restart: Flask) -> None:
    sweep(restart)
    reply = device.send(device.event("answered", START + timedelta(minutes=61), 1, "A")).json
    assert (reply["saved"], reply["late"]) == ([1], [])


def test_a_paused_attempt_gets_nothing_for_its_time_stood_still(
    device: Device, sitting: World, clock: ManualClock
) -> None:
    sweep(sitting.app)
    interventions.pause(sitting.app, 1, SYSTEM, "Listrik padam")
    clock.advance(minutes=20)
    assert keep_watch(sitting.app) == []
    interventions.resume(sitting.app, 1, SYSTEM, "Listrik hidup")
    assert from_ms(device.send().json["deadline"]) == START + timedelta(minutes=80)


@pytest.mark.parametrize("gone", [timedelta(seconds=59), timedelta(hours=5)])
def test_a_short_restart_and_the_next_day_are_no_outage(
    device: Device, sitting: World, clock: ManualClock, gone: timedelta
) -> None:
    sweep(sitting.app)
    clock.advance(seconds=gone.total_seconds())
    assert keep_watch(sitting.app) == []
    assert from_ms(device.send().json["deadline"]) == START + timedelta(minutes=60)


def test_an_outage_of_the_database_alone_counts_as_well(
    device: Device, sitting: World, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_watch(sitting.app)
    database = engine_of(sitting.app).database
    gone = Database("postgresql+psycopg://127.0.0.1:1/gone")
    for _ in range(4):
        clock.advance(seconds=30)
        with monkeypatch.context() as down, pytest.raises(DatabaseUnavailableError):
            down.setattr(database, "engine", gone.engine)
            keep_watch(sitting.app)
    assert keep_watch(sitting.app) == [1]
    assert from_ms(device.send().json["deadline"]) == START + timedelta(minutes=62)


def test_who_ended_before_stays_ended(device: Device, restart: Flask) -> None:
    device.send(device.event("submitted", START + timedelta(minutes=40)))
    sweep(restart)
    assert device.send().json["state"] == "submitted"

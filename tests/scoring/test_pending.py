"""Scoring what has ended: one attempt that cannot be scored holds up nobody else."""

from __future__ import annotations

import logging

import pytest
from flask import Flask
from sqlalchemy import select, update

from exam_engine.app import engine_of
from exam_engine.clock import ManualClock
from exam_engine.delivery.models import Attempt
from exam_engine.scoring.operations import RETRY_AFTER, score_pending
from exam_engine.sittings.models import Admission
from exam_engine.sweeper import sweep
from tests import world
from tests.conftest import START
from tests.world import Device, World


@pytest.fixture
def sitting(any_database_app: Flask) -> World:
    """Two candidates have handed in; of the first the class of applicants is one the exam does not have."""
    built = world.build(any_database_app, candidates=2)
    for registration in built.registrations:
        device = Device.of(built.app)
        device.sign_in(registration)
        device.start()
        device.send(device.event("submitted", START))
    name_class(built, "nobody")
    return built


def name_class(sitting: World, code: str) -> None:
    with engine_of(sitting.app).database.transaction() as session:
        first = session.scalars(select(Attempt.admission_id).order_by(Attempt.id)).first()
        session.execute(update(Admission).where(Admission.id == first).values(applicant_class=code))


def scored(sitting: World) -> list[bool]:
    with engine_of(sitting.app).database.read() as session:
        return [attempt.scored for attempt in session.query(Attempt).order_by(Attempt.id)]


def test_the_others_are_scored_and_the_failure_is_told(sitting: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        sweep(sitting.app)
    assert scored(sitting) == [False, True]
    assert any("attempt 1" in record.getMessage() and record.exc_info for record in caplog.records)
    assert "exam_scoring_failures_total 1.0" in sitting.app.test_client().get("/metrics").text


def test_failing_attempts_do_not_fill_the_places_of_a_sweep(sitting: World) -> None:
    assert score_pending(sitting.app, 1) == []
    assert score_pending(sitting.app, 1) == [2]


def test_it_is_tried_again_after_a_while_and_not_before(sitting: World) -> None:
    sweep(sitting.app)
    name_class(sitting, "general")
    sweep(sitting.app)
    assert scored(sitting) == [False, True]
    clock = engine_of(sitting.app).clock
    assert isinstance(clock, ManualClock)
    clock.advance(minutes=RETRY_AFTER.total_seconds() / 60)
    sweep(sitting.app)
    assert scored(sitting) == [True, True]

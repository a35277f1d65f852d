"""Scoring attempts from their log, and keeping what came out. Scores are a projection: they can be made anew."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from exam_engine import audit, signals
from exam_engine.app import Engine, engine_of
from exam_engine.audit import Actor
from exam_engine.database import DatabaseUnavailableError
from exam_engine.delivery.door import clock_of
from exam_engine.delivery.models import Attempt
from exam_engine.delivery.projection import project_counting
from exam_engine.delivery.reading import lines_of, superseded_at
from exam_engine.delivery.states import AttemptState
from exam_engine.errors import InvalidInputError
from exam_engine.exams.paper import arrange
from exam_engine.metrics import metrics_of
from exam_engine.scoring.models import AttemptScore, DomainScore
from exam_engine.scoring.score import Outcome, score
from exam_engine.sittings.models import Admission

RETRY_AFTER = timedelta(minutes=1)


def outcome_of(session: Session, engine: Engine, attempt: Attempt) -> Outcome:
    """Score an attempt from its log; nothing is stored."""
    paper = engine.papers.paper(attempt.paper_id)
    admission = session.get_one(Admission, attempt.admission_id)
    work = project_counting(
        lines_of(session, attempt.id),
        clock_of(attempt),
        paper.definition.late_answers,
        superseded_at(session, attempt.id),
    )
    return score(paper, arrange(paper, attempt.seed), work, admission.applicant_class)


def score_pending(app: Flask, most: int) -> list[int]:
    """Score ended attempts whose scores are missing or out of date; returns their ids.

    One that cannot be scored is logged, counted and left alone for `RETRY_AFTER`, so that it holds up no other.

    Raises:
        DatabaseUnavailableError: the database does not answer; that is no attempt's fault.
    """
    engine = engine_of(app)
    resting = _resting(app, engine.clock.now())
    query = (
        select(Attempt.id)
        .where(Attempt.state == AttemptState.SUBMITTED, Attempt.scored.is_(False), Attempt.id.not_in(resting))
        .order_by(Attempt.id)
        .limit(most)
    )
    with engine.database.read() as session:
        pending = list(session.scalars(query))
    return [attempt_id for attempt_id in pending if _scored(app, attempt_id)]


def _resting(app: Flask, now: datetime) -> dict[int, datetime]:
    """The attempts that failed at this worker, and until when each is left alone."""
    failed: dict[int, datetime] = app.extensions.setdefault("scoring_failed", {})
    for attempt_id in [each for each, until in failed.items() if until <= now]:
        del failed[attempt_id]
    return failed


def _scored(app: Flask, attempt_id: int) -> bool:
    try:
        return score_attempt(app, attempt_id)
    except DatabaseUnavailableError:
        raise
    except Exception:
        now = engine_of(app).clock.now()
        _resting(app, now)[attempt_id] = now + RETRY_AFTER
        metrics_of(app).scoring_failures.inc()
        app.logger.exception("scoring: attempt %s cannot be scored", attempt_id)
        return False


def score_attempt(app: Flask, attempt_id: int) -> bool:
    """Score one ended attempt and store the outcome; False when another worker is at it or it has not ended.

    The attempt is locked while its log is read, so an answer that comes in meanwhile marks it to be scored again.
    """
    engine = engine_of(app)
    with engine.database.transaction() as session:
        attempt = session.scalar(
            select(Attempt).where(Attempt.id == attempt_id).with_for_update(skip_locked=True, key_share=True)
        )
        if attempt is None or attempt.state != AttemptState.SUBMITTED:
            return False
        outcome = outcome_of(session, engine, attempt)
        admission = session.get_one(Admission, attempt.admission_id)
        session.merge(_row(attempt_id, admission.applicant_class, outcome, engine.clock.now()))
        attempt.scored = True
    signals.attempt_scored.send(app, attempt_id=attempt_id)
    return True


def _row(attempt_id: int, applicant_class: str, outcome: Outcome, now: datetime) -> AttemptScore:
    return AttemptScore(
        attempt_id=attempt_id,
        raw_total=outcome.raw_total,
        max_total=outcome.max_total,
        ability_total=outcome.ability_total,
        applicant_class=applicant_class,
        passed=outcome.passed,
        thresholds=[asdict(mark) for mark in outcome.thresholds],
        late_answers=outcome.late_answers,
        scored_at=now,
        domains=[
            DomainScore(
                attempt_id=attempt_id,
                domain=domain.domain,
                position=position,
                raw=domain.raw,
                max_raw=domain.max_raw,
                theta=domain.ability.theta if domain.ability else None,
                theta_se=domain.ability.theta_se if domain.ability else None,
                ability=domain.ability.reported if domain.ability else None,
                standard_error=domain.ability.reported_se if domain.ability else None,
                answered=domain.answered,
                omitted=domain.omitted,
                not_reached=domain.not_reached,
            )
            for position, domain in enumerate(outcome.domains)
        ],
    )


def rescore_sitting(app: Flask, sitting_id: int, actor: Actor, reason: str) -> int:
    """Have every ended attempt of a sitting scored anew from its log, by the sweeper; returns how many.

    Raises:
        InvalidInputError: no reason given.
    """
    if not reason:
        raise InvalidInputError(field="reason", problem="must not be empty")
    engine = engine_of(app)
    now = engine.clock.now()
    with engine.database.transaction() as session:
        ended = (Attempt.sitting_id == sitting_id, Attempt.state == AttemptState.SUBMITTED)
        count = len(session.scalars(select(Attempt.id).where(*ended)).all())
        session.execute(update(Attempt).where(*ended).values(scored=False))
        audit.record(session, now, actor, "sitting.rescored", "sitting", sitting_id, reason=reason, count=count)
    return count

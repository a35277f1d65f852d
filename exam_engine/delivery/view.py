"""What a device is shown of its attempt: built field by field from what a candidate may see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine.app import Engine
from exam_engine.clock import to_ms
from exam_engine.delivery.attempt_clock import AttemptStateError
from exam_engine.delivery.door import DeviceNotActiveError, DeviceRefusedError, clock_of, read_commands
from exam_engine.delivery.models import Attempt, Device
from exam_engine.delivery.projection import Projection, project
from exam_engine.delivery.reading import lines_of
from exam_engine.delivery.states import AttemptState, DeviceState
from exam_engine.delivery.status import Status
from exam_engine.delivery.tokens import DeviceToken, DeviceUnknownError
from exam_engine.exams.definition import ExamDefinition
from exam_engine.exams.paper import arrange, candidate_view
from exam_engine.scoring.models import AttemptScore
from exam_engine.sittings.models import Admission, Sitting


class PaperClosedError(AttemptStateError):
    """The questions are shown only to the device that holds a running attempt."""

    code = "paper.closed"


def sitting_of(session: Session, attempt_id: int) -> int:
    """The sitting an attempt belongs to."""
    return session.get_one(Attempt, attempt_id).sitting_id


def status_of(session: Session, attempt: Attempt, device: DeviceState, heard: int = 0) -> Status:
    """The status of one device of an attempt, with the commands after ``heard``."""
    commands = read_commands(session, attempt.id, heard)
    return Status(clock_of(attempt), device, attempt.server_seq, commands)


def attempt(session: Session, engine: Engine, token: DeviceToken) -> dict[str, Any]:
    """The whole attempt, as ``GET /exam/api/attempt`` answers.

    Raises:
        DeviceUnknownError: no such attempt or device.
    """
    row, device = _holder(session, token)
    now = engine.clock.now()
    admission = session.get_one(Admission, row.admission_id)
    definition = engine.papers.paper(row.paper_id).definition
    body = status_of(session, row, DeviceState(device.state)).to_wire(now)
    body |= {
        "attempt": row.public_id,
        "lane": device.lane,
        "minutes": definition.minutes_for(admission.accommodation),
        "candidate": {
            "name": admission.candidate.name,
            "registration": admission.candidate.registration,
        },
        "exam": _exam(definition, admission.sitting),
        "accommodations": {"code": admission.accommodation},
        "paper": engine.papers.paper(row.paper_id).digest[:16],
        "answers": {},
        "position": None,
    }
    projection = project(lines_of(session, row.id))
    body["last_seq"] = projection.last_seq.get(device.lane, 0)
    if device.state == DeviceState.ACTIVE:
        body |= _work(projection)
    return body


def _work(projection: Projection) -> dict[str, Any]:
    answers: dict[str, dict[str, Any]] = {}
    for ref in sorted({*projection.answers, *projection.flags}):
        given = projection.answers.get(ref)
        answers[str(ref)] = {"value": given.value if given else None, "flag": ref in projection.flags}
    return {"answers": answers, "position": projection.position}


def _exam(definition: ExamDefinition, sitting: Sitting) -> dict[str, Any]:
    language = definition.language
    return {
        "title": definition.title.in_language(language),
        "language": language,
        "items": definition.item_count,
        "show_scores": definition.show_scores,
        "fullscreen": definition.fullscreen,
        "opens_at": to_ms(sitting.opens_at),
        "closes_at": to_ms(sitting.closes_at),
        "site": sitting.site,
        "room": sitting.room,
        "domains": [
            {"code": domain.code, "name": domain.name.in_language(language), "items": domain.items}
            for domain in definition.domains
        ],
        "rules": list(definition.rules_in(language)),
    }


def paper_slice(
    session: Session, engine: Engine, token: DeviceToken, start: int, count: int
) -> dict[str, Any]:
    """A slice of this candidate's paper.

    Raises:
        DeviceUnknownError: no such attempt or device.
        PaperClosedError: not running, or another device holds the attempt.
    """
    row, device = _holder(session, token)
    if row.state != AttemptState.RUNNING or device.state != DeviceState.ACTIVE:
        raise PaperClosedError(state=row.state)
    paper = engine.papers.paper(row.paper_id)
    return {
        "paper": paper.digest[:16],
        "count": len(paper.items),
        "from": start,
        "items": candidate_view(paper, arrange(paper, row.seed), start, count),
    }


def result(session: Session, engine: Engine, token: DeviceToken) -> dict[str, Any]:
    """The candidate's own scores, when they are there and the exam shows them.

    Raises:
        DeviceUnknownError: no such attempt or device.
        DeviceNotActiveError, DeviceRefusedError: this device does not hold the attempt, or did not when it ended.
    """
    row, device = _holder(session, token)
    if device.state == DeviceState.REFUSED:
        raise DeviceRefusedError
    if device.state != DeviceState.ACTIVE:
        raise DeviceNotActiveError
    definition = engine.papers.paper(row.paper_id).definition
    shown = definition.show_scores
    score = session.scalar(select(AttemptScore).filter_by(attempt_id=row.id))
    ready = row.state == AttemptState.SUBMITTED and row.scored and score is not None
    if not (shown and ready and score is not None):
        return {"ready": ready, "shown": shown}
    return {"ready": True, "shown": True, **_scores(definition, score)}


def _scores(definition: ExamDefinition, score: AttemptScore) -> dict[str, Any]:
    marks = {mark["on"]: mark for mark in score.thresholds}
    # Candidates are told points; beside them a number of another scale would mislead.
    on_points = definition.thresholds_on == "raw"
    rows = []
    for domain in score.domains:
        mark = marks.get(domain.domain, {})
        rows.append(
            {
                "domain": domain.domain,
                "name": definition.domain(domain.domain).name.in_language(definition.language),
                "raw": domain.raw,
                "max": domain.max_raw,
                "threshold": mark.get("threshold") if on_points else None,
                "met": mark.get("met"),
            }
        )
    return {
        "scores": rows,
        "total": score.raw_total,
        "max_total": score.max_total,
        "passed": score.passed,
    }


def _holder(session: Session, token: DeviceToken) -> tuple[Attempt, Device]:
    row = session.get(Attempt, token.attempt_id)
    device = session.get(Device, (token.attempt_id, token.lane))
    if row is None or device is None:
        raise DeviceUnknownError
    return row, device

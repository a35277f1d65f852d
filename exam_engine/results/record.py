"""A candidate's record: answer by answer, what was given, when, and what it earned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from exam_engine.app import Engine
from exam_engine.delivery.door import clock_of
from exam_engine.delivery.models import Attempt
from exam_engine.delivery.projection import Line, Projection, in_order, project, project_counting
from exam_engine.delivery.reading import lines_of, superseded_at
from exam_engine.errors import NotFoundError
from exam_engine.exams.paper import arrange
from exam_engine.items.document import ItemDocument
from exam_engine.items.response import points
from exam_engine.scoring.score import responses_of
from psychometrics.responses import Missing


@dataclass(frozen=True)
class AnswerLine:
    """One item of the record, in the order the candidate saw them."""

    place: int
    ref: int
    item: ItemDocument
    given: str | None
    missing: str | None
    points: float
    changes: int
    first_at: datetime | None
    last_at: datetime | None
    late: bool
    counts: bool


@dataclass(frozen=True)
class Record:
    """An attempt's answers and the whole log they come from."""

    attempt: Attempt
    answers: list[AnswerLine]
    log: list[Line]


def read_record(session: Session, engine: Engine, sitting_id: int, attempt_id: int) -> Record:
    """The record of an attempt of that sitting.

    Raises:
        NotFoundError: there is none.
    """
    attempt = session.get(Attempt, attempt_id)
    if attempt is None or attempt.sitting_id != sitting_id:
        raise NotFoundError(field="attempt")
    paper = engine.papers.paper(attempt.paper_id)
    arrangement = arrange(paper, attempt.seed)
    lines = lines_of(session, attempt_id)
    counting = project_counting(
        lines, clock_of(attempt), paper.definition.late_answers, superseded_at(session, attempt_id)
    )
    everything = project(lines)
    responses = responses_of(paper, arrangement, counting)
    given: dict[int, list[Line]] = {}
    for line in in_order(line for line in lines if line.kind == "answered"):
        given.setdefault(line.item or 0, []).append(line)
    answers = []
    for place, ref in enumerate(arrangement.refs, 1):
        item, response, history = paper.item(ref), responses[ref], given.get(ref, [])
        answers.append(
            AnswerLine(
                place=place,
                ref=ref,
                item=item,
                given=_standing(everything, ref),
                missing=response.name.lower() if isinstance(response, Missing) else None,
                points=points(item, paper.definition.domain(item.domain), response),
                changes=max(len(history) - 1, 0),
                first_at=history[0].at if history else None,
                last_at=history[-1].at if history else None,
                late=any(line.late for line in history),
                counts=_standing(everything, ref) == _standing(counting, ref),
            )
        )
    return Record(attempt, answers, sorted(lines, key=lambda line: (line.received_at, line.lane, line.seq)))


def _standing(projection: Projection, ref: int) -> str | None:
    answer = projection.answers.get(ref)
    return answer.value if answer else None

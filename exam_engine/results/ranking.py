"""The results table of a sitting and its order, by the exam's own rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine.delivery.models import Attempt
from exam_engine.exams.definition import ExamDefinition
from exam_engine.scoring.models import AttemptScore, DomainScore
from exam_engine.sittings.models import Admission, Candidate


@dataclass(frozen=True)
class ResultLine:
    """A candidate's line: scores when there are any, and the rank among those who have."""

    admission: Admission
    attempt_id: int | None
    state: str
    score: AttemptScore | None
    rank: int | None = None

    def domain(self, code: str) -> DomainScore | None:
        """The score in a domain."""
        found = self.score.domains if self.score else []
        return next((domain for domain in found if domain.domain == code), None)

    def mark(self, on: str) -> bool | None:
        """Whether the threshold on a domain or ``total`` is met; None when the class has none there."""
        marks = self.score.thresholds if self.score else []
        return next((mark["met"] for mark in marks if mark["on"] == on), None)


Key = tuple[float, ...]


def result_lines(session: Session, sitting_id: int, definition: ExamDefinition) -> list[ResultLine]:
    """Everybody admitted: the ranked first, then those without scores by registration number."""
    query = (
        select(Admission, Attempt.id, Attempt.state, AttemptScore)
        .join(Candidate, Candidate.id == Admission.candidate_id)
        .outerjoin(Attempt, Attempt.admission_id == Admission.id)
        .outerjoin(AttemptScore, AttemptScore.attempt_id == Attempt.id)
        .where(Admission.sitting_id == sitting_id, Admission.withdrawn_at.is_(None))
        .order_by(Candidate.registration)
    )
    found = [
        ResultLine(admission, attempt_id, state or "absent", score)
        for admission, attempt_id, state, score in session.execute(query).unique()
    ]
    return ranked(found, ranking_key(definition))


def ranking_key(definition: ExamDefinition) -> Callable[[AttemptScore], Key]:
    """What candidates are ordered by, best first: the total, then the domains that part ties."""
    by_ability = definition.rank_by == "ability"

    def key(score: AttemptScore) -> Key:
        values = {
            domain.domain: (domain.ability or 0.0) if by_ability else domain.raw for domain in score.domains
        }
        total = (score.ability_total or 0.0) if by_ability else score.raw_total
        return (-total, *(-values.get(code, 0.0) for code in definition.ties))

    return key


def ranked(lines: Sequence[ResultLine], key: Callable[[AttemptScore], Key]) -> list[ResultLine]:
    """The lines in order of rank. Equals share a rank and the next one is skipped (1, 2, 2, 4)."""
    scored = [(key(line.score), line) for line in lines if line.score is not None]
    scored.sort(key=lambda pair: pair[0])
    first_place: dict[Key, int] = {}
    for place, (value, _line) in enumerate(scored, 1):
        first_place.setdefault(value, place)
    with_rank = [
        ResultLine(line.admission, line.attempt_id, line.state, line.score, first_place[value])
        for value, line in scored
    ]
    return with_rank + [line for line in lines if line.score is None]

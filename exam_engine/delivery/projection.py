"""What the log says: the current answers, flags and place of an attempt, as a pure fold over its events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from exam_engine.delivery.attempt_clock import AttemptClock
from exam_engine.delivery.states import SERVER_LANE, EventKind
from exam_engine.exams.definition import LateAnswers


@dataclass(frozen=True)
class Line:
    """A line of the log, without its attempt."""

    lane: int
    seq: int
    kind: str
    item: int | None
    value: Any
    at: datetime
    received_at: datetime
    late: bool = False


@dataclass(frozen=True)
class Answer:
    """The answer that stands for an item; ``value`` None means it was cleared."""

    value: str | None
    at: datetime
    late: bool


@dataclass
class Projection:
    """An attempt's work as it stands. Items are named by ref."""

    answers: dict[int, Answer] = field(default_factory=dict)
    flags: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    position: int | None = None
    last_seq: dict[int, int] = field(default_factory=dict)

    @property
    def answered(self) -> set[int]:
        """Refs with an answer standing."""
        return {ref for ref, answer in self.answers.items() if answer.value is not None}

    @property
    def late_answers(self) -> int:
        """How many standing answers arrived after the end."""
        return sum(answer.late for answer in self.answers.values())

    def take(self, line: Line) -> None:
        """Lay one more device event over what stands."""
        if line.item is None:
            return
        match line.kind:
            case EventKind.ANSWERED:
                self.answers[line.item] = Answer(line.value, line.at, line.late)
                self.seen.add(line.item)
            case EventKind.FLAGGED:
                (self.flags.add if line.value else self.flags.discard)(line.item)
            case EventKind.NAVIGATED:
                self.position = line.item
                self.seen.add(line.item)


def in_order(lines: Iterable[Line]) -> list[Line]:
    """Device lines in the order they happened.

    Within a lane the device's own numbers are the order, whatever its clock said; lanes are woven together by time.
    """
    latest: dict[int, datetime] = {}
    timed: list[tuple[datetime, int, int, Line]] = []
    for line in sorted(lines, key=lambda each: (each.lane, each.seq)):
        happened = max(min(line.at, line.received_at), latest.get(line.lane, line.at))
        latest[line.lane] = happened
        timed.append((happened, line.lane, line.seq, line))
    timed.sort(key=lambda entry: entry[:3])
    return [line for _, _, _, line in timed]


def project(lines: Iterable[Line]) -> Projection:
    """Everything the log holds, whether it counts or not: what the candidate sees again after a reload."""
    projection = Projection()
    for line in in_order(line for line in lines if line.lane != SERVER_LANE):
        projection.take(line)
        projection.last_seq[line.lane] = max(projection.last_seq.get(line.lane, 0), line.seq)
    return projection


def project_counting(
    lines: Iterable[Line],
    clock: AttemptClock,
    rule: LateAnswers,
    superseded_at: Mapping[int, datetime],
) -> Projection:
    """What counts for the score.

    Left aside: what a device did after another had taken over, and what came late without being excused by the
    exam's rule. ``superseded_at`` tells per lane when it was taken over.
    """
    return project(line for line in lines if _counts(line, clock, rule, superseded_at.get(line.lane)))


def _counts(line: Line, clock: AttemptClock, rule: LateAnswers, taken_over: datetime | None) -> bool:
    if taken_over is not None and line.at > taken_over:
        return False
    if clock.ended_at is None or line.received_at <= clock.ended_at:
        return True
    excused = rule.count == "given_in_time" and line.at <= clock.ended_at
    return excused and line.received_at <= clock.ended_at + timedelta(minutes=rule.within_minutes)

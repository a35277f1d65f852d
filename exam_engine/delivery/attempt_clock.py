"""The clock of an attempt, as pure functions: a state and an event give the next state.

Nothing here reads a clock or a database, so every rule of time is a line in a test. The attempt's row holds the
fold of its lane 0 events; `fold` makes it anew from the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from exam_engine.delivery.states import AttemptState, EventKind
from exam_engine.errors import ExamEngineError


class AttemptStateError(ExamEngineError):
    """The attempt's state does not allow this (pausing one that is paused, extending one that ended)."""

    code = "attempt.state"
    status = 409


@dataclass(frozen=True)
class AttemptClock:
    """Where an attempt stands in time. The deadline stands still while paused and moves on resume."""

    state: AttemptState = AttemptState.ADMITTED
    started_at: datetime | None = None
    deadline: datetime | None = None
    paused_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None

    def remaining(self, now: datetime) -> timedelta | None:
        """Time left at ``now``; None before the start, zero once over."""
        if self.deadline is None:
            return None
        if self.state is AttemptState.SUBMITTED:
            return timedelta(0)
        return max(self.deadline - (self.paused_at or now), timedelta(0))

    def is_due(self, now: datetime) -> bool:
        """Whether the time is up and nobody has ended the attempt yet."""
        return self.state is AttemptState.RUNNING and self.deadline is not None and now >= self.deadline

    def is_late(self, received_at: datetime) -> bool:
        """Whether what arrives at that moment arrives after the end."""
        if self.ended_at is not None:
            return received_at > self.ended_at
        return self.state is AttemptState.RUNNING and self.deadline is not None and received_at > self.deadline


def start(clock: AttemptClock, now: datetime, minutes: int) -> AttemptClock:
    """Begin: the deadline is ``minutes`` from now."""
    _require(clock, AttemptState.ADMITTED)
    return replace(
        clock, state=AttemptState.RUNNING, started_at=now, deadline=now + timedelta(minutes=minutes)
    )


def pause(clock: AttemptClock, now: datetime) -> AttemptClock:
    """Stop the time."""
    _require(clock, AttemptState.RUNNING)
    return replace(clock, state=AttemptState.PAUSED, paused_at=now)


def resume(clock: AttemptClock, now: datetime) -> AttemptClock:
    """Let the time run on; the deadline moves by the length of the pause."""
    _require(clock, AttemptState.PAUSED)
    assert clock.deadline is not None and clock.paused_at is not None
    deadline = clock.deadline + max(now - clock.paused_at, timedelta(0))
    return replace(clock, state=AttemptState.RUNNING, paused_at=None, deadline=deadline)


def extend(clock: AttemptClock, minutes: int) -> AttemptClock:
    """Add minutes to the deadline of a running or paused attempt."""
    _require(clock, AttemptState.RUNNING, AttemptState.PAUSED)
    assert clock.deadline is not None
    return replace(clock, deadline=clock.deadline + timedelta(minutes=minutes))


def end(clock: AttemptClock, at: datetime, by: str) -> AttemptClock:
    """End for good; ``by`` is candidate, proctor or clock."""
    _require(clock, AttemptState.RUNNING, AttemptState.PAUSED)
    return replace(
        clock, state=AttemptState.SUBMITTED, paused_at=None, ended_at=at, ended_by=by
    )


def apply(clock: AttemptClock, kind: str, at: datetime, value: dict[str, Any] | None) -> AttemptClock:
    """The clock after one lane 0 event; events that say nothing of time leave it as it is."""
    details = value or {}
    match kind:
        case EventKind.STARTED:
            return start(clock, at, int(details["minutes"]))
        case EventKind.PAUSED:
            return pause(clock, at)
        case EventKind.RESUMED:
            return resume(clock, at)
        case EventKind.EXTENDED:
            return extend(clock, int(details["minutes"]))
        case EventKind.ENDED:
            return end(clock, at, str(details["by"]))
        case _:
            return clock


def fold(events: Iterable[tuple[str, datetime, dict[str, Any] | None]]) -> AttemptClock:
    """The clock after all lane 0 events, given as (kind, at, value) in order of their numbers."""
    clock = AttemptClock()
    for kind, at, value in events:
        clock = apply(clock, kind, at, value)
    return clock


def _require(clock: AttemptClock, *states: AttemptState) -> None:
    if clock.state not in states:
        raise AttemptStateError(state=str(clock.state))

"""The clock of an attempt is a pure function: every rule of time is a line here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.delivery import attempt_clock as ac
from exam_engine.delivery.attempt_clock import AttemptClock, AttemptStateError
from exam_engine.delivery.states import AttemptState

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def running() -> AttemptClock:
    return ac.start(AttemptClock(), T0, 100)


def test_the_deadline_is_the_start_plus_the_minutes_granted() -> None:
    assert running().deadline == T0 + minutes(100)
    assert running().remaining(T0 + minutes(40)) == minutes(60)


def test_a_pause_gives_its_whole_length_back() -> None:
    paused = ac.pause(running(), T0 + minutes(30))
    assert paused.remaining(T0 + minutes(55)) == minutes(70)
    assert ac.resume(paused, T0 + minutes(45)).deadline == T0 + minutes(115)


def test_minutes_can_be_added_while_running_and_while_paused() -> None:
    assert ac.extend(running(), 5).deadline == T0 + minutes(105)
    paused = ac.pause(running(), T0 + minutes(30))
    assert ac.resume(ac.extend(paused, 5), T0 + minutes(40)).deadline == T0 + minutes(115)


def test_time_is_up_at_the_deadline_and_not_while_paused() -> None:
    assert not running().is_due(T0 + minutes(99.9))
    assert running().is_due(T0 + minutes(100))
    assert not ac.pause(running(), T0 + minutes(99)).is_due(T0 + minutes(200))


def test_what_arrives_after_the_end_is_late() -> None:
    assert not running().is_late(T0 + minutes(100))
    assert running().is_late(T0 + minutes(100.1))
    ended = ac.end(running(), T0 + minutes(50), "candidate")
    assert ended.is_late(T0 + minutes(51))
    assert not ended.is_late(T0 + minutes(50))


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (lambda c: ac.start(c, T0, 10), AttemptState.RUNNING),
        (lambda c: ac.resume(c, T0), AttemptState.RUNNING),
        (lambda c: ac.pause(c, T0), AttemptState.PAUSED),
        (lambda c: ac.pause(c, T0), AttemptState.SUBMITTED),
        (lambda c: ac.extend(c, 5), AttemptState.SUBMITTED),
        (lambda c: ac.extend(c, 5), AttemptState.ADMITTED),
        (lambda c: ac.end(c, T0, "proctor"), AttemptState.SUBMITTED),
        (lambda c: ac.end(c, T0, "proctor"), AttemptState.ADMITTED),
    ],
)
def test_what_a_state_does_not_allow_is_refused(change, state: AttemptState) -> None:  # type: ignore[no-untyped-def]
    clock = AttemptClock(state, T0, T0 + minutes(10), T0)
    with pytest.raises(AttemptStateError) as caught:
        change(clock)
    assert caught.value.params["state"] == state


@given(st.lists(st.tuples(st.sampled_from(["pause", "resume", "extend"]), st.integers(1, 30)), max_size=30))
def test_a_candidate_never_loses_time_by_what_staff_do(steps: list[tuple[str, int]]) -> None:
    """Whatever pauses, resumptions and extensions come: time left shrinks only by time spent running."""
    now, clock, granted, spent = T0, running(), 100, timedelta(0)
    for kind, amount in steps:
        if clock.state is AttemptState.RUNNING:
            spent += minutes(amount)
        now += minutes(amount)
        try:
            if kind == "pause":
                clock = ac.pause(clock, now)
            elif kind == "resume":
                clock = ac.resume(clock, now)
            else:
                clock, granted = ac.extend(clock, amount), granted + amount
        except AttemptStateError:
            continue
    assert clock.remaining(now) == max(minutes(granted) - spent, timedelta(0))


def test_the_fold_of_the_log_is_the_clock() -> None:
    events: list[tuple[str, datetime, dict[str, Any] | None]] = [
        ("started", T0, {"minutes": 100}),
        ("message", T0 + minutes(1), {"text": "…"}),
        ("paused", T0 + minutes(10), {"reason": "power"}),
        ("presence", T0 + minutes(11), {"signal": "silent"}),
        ("resumed", T0 + minutes(20), {"reason": "power is back"}),
        ("extended", T0 + minutes(21), {"minutes": 5, "reason": "noise"}),
        ("ended", T0 + minutes(90), {"by": "candidate"}),
    ]
    clock = ac.fold(events)
    assert clock.deadline == T0 + minutes(115)
    assert (clock.state, clock.ended_at, clock.ended_by) == (
        AttemptState.SUBMITTED,
        T0 + minutes(90),
        "candidate",
    )

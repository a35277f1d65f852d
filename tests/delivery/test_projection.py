"""The projection is what the log says, in whatever order and however often it arrived."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from exam_engine.delivery.attempt_clock import AttemptClock
from exam_engine.delivery.projection import Line, project, project_counting
from exam_engine.delivery.states import AttemptState
from exam_engine.exams.definition import LateAnswers

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def line(seq: int, kind: str = "answered", item: int | None = 1, value: Any = "A", **more: Any) -> Line:
    at = more.pop("at", T0 + timedelta(seconds=seq))
    return Line(more.pop("lane", 1), seq, kind, item, value, at, more.pop("received_at", at), **more)


def ended(at: datetime) -> AttemptClock:
    return AttemptClock(AttemptState.SUBMITTED, T0, at, None, at, "clock")


def test_the_last_answer_stands_and_a_cleared_one_is_no_answer() -> None:
    projection = project([line(1, value="A"), line(2, value="B"), line(3, item=2), line(4, item=2, value=None)])
    assert projection.answers[1].value == "B"
    assert projection.answered == {1}


def test_within_a_device_its_own_numbers_are_the_order_even_if_its_clock_jumps_back() -> None:
    first = line(1, value="A", at=T0 + timedelta(minutes=10))
    second = line(2, value="B", at=T0 + timedelta(minutes=1))
    assert project([second, first]).answers[1].value == "B"


def test_two_devices_are_woven_together_by_time() -> None:
    old_device_offline = line(5, value="A", at=T0 + timedelta(minutes=1), received_at=T0 + timedelta(minutes=30))
    new_device = line(1, lane=2, value="C", at=T0 + timedelta(minutes=2))
    assert project([old_device_offline, new_device]).answers[1].value == "C"


def test_flags_and_place_are_remembered() -> None:
    projection = project([line(1, "flagged", 3, True), line(2, "flagged", 4, True), line(3, "flagged", 3, False)])
    assert projection.flags == {4}
    assert project([line(1, "navigated", 7, None)]).position == 7


def test_an_answer_given_in_time_but_delivered_late_counts_when_the_rule_says_so() -> None:
    end = T0 + timedelta(minutes=60)
    late = line(1, at=end - timedelta(seconds=5), received_at=end + timedelta(minutes=20), late=True)
    within_an_hour = LateAnswers(count="given_in_time", within_minutes=60)
    assert project_counting([late], ended(end), within_an_hour, {}).answered == {1}
    assert project_counting([late], ended(end), within_an_hour, {}).late_answers == 1
    assert not project_counting([late], ended(end), LateAnswers(within_minutes=10), {}).answered
    assert not project_counting([late], ended(end), LateAnswers(count="never"), {}).answered
    too_late = replace(late, at=end + timedelta(seconds=1))
    assert not project_counting([too_late], ended(end), within_an_hour, {}).answered
    assert project([too_late]).answered == {1}, "it is kept all the same"


def test_what_a_device_does_after_it_was_taken_over_does_not_count() -> None:
    taken_over = T0 + timedelta(minutes=5)
    before, after = line(1, item=1, at=T0), line(2, item=2, at=T0 + timedelta(minutes=6))
    running = AttemptClock(AttemptState.RUNNING, T0, T0 + timedelta(minutes=60))
    assert project_counting([before, after], running, LateAnswers(), {1: taken_over}).answered == {1}


events = st.builds(
    line,
    st.integers(1, 40),
    st.just("answered"),
    st.integers(1, 5),
    st.sampled_from(["A", "B", "C", None]),
    lane=st.integers(1, 2),
)


@given(st.lists(events, max_size=40), st.randoms())
def test_order_of_arrival_changes_nothing(lines: list[Line], random: Any) -> None:
    unique = list({(each.lane, each.seq): each for each in lines}.values())
    shuffled = list(unique)
    random.shuffle(shuffled)
    assert project(shuffled) == project(unique)

"""Which signs are an incident, and how repeats become one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from proctoring.rules import ALERTS, RULES, WINDOW, Severity, Sign, find

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def signs(signal: str, *seconds: float, lane: int = 1) -> list[Sign]:
    return [Sign(signal, lane, seq, START + timedelta(seconds=s)) for seq, s in enumerate(seconds, 1)]


@pytest.mark.parametrize(
    ("signal", "rule", "severity"),
    [
        ("focus_lost", "focus_lost", "warn"),
        ("fullscreen_left", "fullscreen_left", "warn"),
        ("copied", "clipboard", "warn"),
        ("cut", "clipboard", "warn"),
        ("pasted", "clipboard", "warn"),
        ("printed", "printed", "serious"),
        ("silent", "silence", "info"),
        ("second_device", "second_device", "serious"),
    ],
)
def test_one_sign_is_an_incident_of_its_rule(signal: str, rule: str, severity: str) -> None:
    (finding,) = find(signs(signal, 0))
    assert (finding.rule, finding.severity, finding.count) == (rule, severity, 1)


@pytest.mark.parametrize("signal", ["focus_returned", "fullscreen_entered", "online", "offline", "reloaded", "heard"])
def test_what_is_harmless_is_no_incident(signal: str) -> None:
    assert find(signs(signal, 0, 1, 2)) == []


def test_repeats_within_the_window_are_one_incident_that_turns_serious() -> None:
    (finding,) = find(signs("focus_lost", 0, 30, 140))
    assert finding.count == 3
    assert finding.severity is Severity.SERIOUS
    assert (finding.first_at, finding.last_at) == (START, START + timedelta(seconds=140))


def test_a_repeat_after_the_window_is_another_incident() -> None:
    wide = WINDOW.total_seconds()
    first, second = find(signs("copied", 0, wide, 2 * wide + 1))
    assert (first.count, second.count) == (2, 1)
    assert (first.first_seq, second.first_seq) == (1, 3)


def test_copying_and_pasting_are_one_matter_but_leaving_the_window_is_another() -> None:
    mixed = [Sign(s, 1, n, START) for n, s in enumerate(["copied", "focus_lost", "pasted", "focus_lost"], 1)]
    assert {(finding.rule, finding.count) for finding in find(mixed)} == {("clipboard", 2), ("focus_lost", 2)}


def test_what_comes_after_the_end_is_nobodys_business() -> None:
    assert [f.count for f in find(signs("focus_lost", 0, 60), ended_at=START + timedelta(seconds=30))] == [1]


def test_later_signs_never_change_the_name_of_an_earlier_finding() -> None:
    all_of_them = signs("focus_lost", 0, 50, 400, 390, 900)
    for end in range(1, len(all_of_them)):
        before, after = find(all_of_them[:end]), find(all_of_them)
        assert [f.key for f in after][: len(before)] == [f.key for f in before]


def test_every_alert_of_a_row_is_a_rule() -> None:
    assert set(ALERTS) <= {rule.name for rule in RULES}

"""Which signs are an incident, how grave, and how repeats become one: pure functions.

Signs come from the answer log and the table of devices, so incidents can be made anew at any time and by any worker.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=2)
"""Signs of one rule no further apart than this are one incident."""


class Severity(enum.StrEnum):
    """How soon a person should look."""

    INFO = "info"
    WARN = "warn"
    SERIOUS = "serious"


@dataclass(frozen=True)
class Rule:
    """Signs that belong together; the incident turns serious at its ``serious_from``-th sign."""

    name: str
    signals: frozenset[str]
    severity: Severity
    serious_from: int

    def severity_of(self, count: int) -> Severity:
        """How grave that many signs are."""
        return Severity.SERIOUS if count >= self.serious_from else self.severity


SILENT = "silent"
DEVICE_WAITING = "second_device"
RULES = (
    Rule("focus_lost", frozenset({"focus_lost"}), Severity.WARN, 3),
    Rule("fullscreen_left", frozenset({"fullscreen_left"}), Severity.WARN, 3),
    Rule("clipboard", frozenset({"copied", "cut", "pasted"}), Severity.WARN, 3),
    Rule("printed", frozenset({"printed"}), Severity.SERIOUS, 1),
    # A line drops often where lines are bad: worth knowing, and grave only when it goes on.
    Rule("silence", frozenset({SILENT}), Severity.INFO, 6),
    Rule("second_device", frozenset({DEVICE_WAITING}), Severity.SERIOUS, 1),
)
RULE_OF = {signal: rule for rule in RULES for signal in rule.signals}
ALERTS = ("focus_lost", "fullscreen_left", "clipboard", "silence", "second_device")
"""Rules whose signs are counted on each candidate's row."""


@dataclass(frozen=True)
class Sign:
    """Something noticed: a presence event, a silence, a second device.

    ``lane`` and ``seq`` are those of the log; a second device counts as lane 0 with the device's lane as ``seq``.
    """

    signal: str
    lane: int
    seq: int
    at: datetime


@dataclass(frozen=True)
class Finding:
    """An incident as its signs tell it."""

    rule: str
    lane: int
    first_seq: int
    first_at: datetime
    last_at: datetime
    count: int
    severity: Severity

    @property
    def key(self) -> tuple[str, int, int]:
        """What names it within its attempt."""
        return self.rule, self.lane, self.first_seq


def find(signs: Iterable[Sign], ended_at: datetime | None = None) -> list[Finding]:
    """The incidents in an attempt's signs, by rule and time. What came after the end is nobody's business.

    Within a lane the device's own numbers are the order: a later sign only ever adds to the last finding or begins
    another, so a finding's key never changes.
    """
    found: list[Finding] = []
    open_at: dict[tuple[str, int], int] = {}
    for sign in sorted(signs, key=lambda each: (each.lane, each.seq)):
        rule = RULE_OF.get(sign.signal)
        if rule is None or (ended_at is not None and sign.at > ended_at):
            continue
        place = open_at.get((rule.name, sign.lane))
        if place is not None and sign.at - found[place].last_at <= WINDOW:
            found[place] = _with(found[place], rule, sign)
        else:
            open_at[rule.name, sign.lane] = len(found)
            found.append(Finding(rule.name, sign.lane, sign.seq, sign.at, sign.at, 1, rule.severity_of(1)))
    return found


def _with(finding: Finding, rule: Rule, sign: Sign) -> Finding:
    count = finding.count + 1
    last_at = max(finding.last_at, sign.at)
    return replace(finding, count=count, last_at=last_at, severity=rule.severity_of(count))

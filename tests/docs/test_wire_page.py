"""``docs/wire.md`` names the addresses, kinds, signals and words the code has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from flask import Flask

from exam_engine.delivery.attempt_clock import AttemptClock
from exam_engine.delivery.events import MAX_BATCH_BYTES, MAX_BATCH_EVENTS, PresenceSignal
from exam_engine.delivery.states import AttemptState, DeviceState, EventKind
from exam_engine.delivery.status import COMMANDS, Status
from exam_engine.wire import WIRE_PREFIX
from tests.conftest import START

PAGE = (Path(__file__).parents[2] / "docs" / "wire.md").read_text(encoding="utf-8")
FROM_DEVICES = ("answered", "flagged", "navigated", "presence", "submitted")


def test_the_addresses_are_those_served(app: Flask) -> None:
    told = set(re.findall(r"^\| `(GET|POST) (/exam/api/[\w-]+)", PAGE, re.MULTILINE))
    served = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(WIRE_PREFIX)
        for method in (rule.methods or set()) & {"GET", "POST"}
    }
    assert told == served


def test_the_kinds_of_events_are_those_taken() -> None:
    assert tuple(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == FROM_DEVICES
    assert set(FROM_DEVICES) == {str(kind) for kind in EventKind if kind not in COMMANDS}
    presence = next(line for line in PAGE.splitlines() if line.startswith("| `presence` |"))
    assert tuple(re.findall(r"`(\w+)`", presence)[1:]) == get_args(PresenceSignal)


def test_the_commands_are_those_sent() -> None:
    listed = PAGE.split("Kinds: ", 1)[1].split("\n\n", 1)[0]
    assert {str(kind) for kind in COMMANDS} <= set(re.findall(r"`(\w+)`", listed))


def test_the_states_are_those_told() -> None:
    listed = PAGE.split("- `state`: ", 1)[1].split("- `deadline`", 1)[0]
    shown = {Status(AttemptClock(state), device, 0).state for state in AttemptState for device in DeviceState}
    assert set(re.findall(r"`(\w+)`", listed)) == shown


def test_the_status_has_the_fields_told() -> None:
    example = PAGE.split("```json\n", 1)[1].split("```", 1)[0]
    status = Status(AttemptClock(), DeviceState.ACTIVE, 0).to_wire(START)
    assert set(status) <= set(re.findall(r'"(\w+)":', example))


def test_the_limits_are_those_kept() -> None:
    assert f"at most {MAX_BATCH_EVENTS} in a batch, {MAX_BATCH_BYTES // 1024} KB" in PAGE

"""The guard against guessing."""

from __future__ import annotations

import time

import pytest

from exam_engine.accounts.guessing import Guard
from exam_engine.errors import TooManyRequestsError

QUICK = {"candidate": "2/1 second; 3/1 minute", "candidate-address": "3/1 minute"}


def test_failures_beyond_the_limit_are_refused_with_the_time_to_wait() -> None:
    guard = Guard(limits={"candidate": "2/1 minute"})
    guard.check("candidate:A")
    guard.failed("candidate:A")
    guard.failed("candidate:A")
    with pytest.raises(TooManyRequestsError) as refused:
        guard.check("candidate:A")
    assert 1 <= int(str(refused.value.params["retry_after"])) <= 60
    guard.check("candidate:B")


def test_who_goes_on_after_a_wait_waits_longer() -> None:
    guard = Guard(limits=QUICK)
    for _ in range(2):
        guard.failed("candidate:A")
    time.sleep(1.1)
    guard.check("candidate:A")
    guard.failed("candidate:A")
    with pytest.raises(TooManyRequestsError) as refused:
        guard.check("candidate:A")
    assert int(str(refused.value.params["retry_after"])) > 30


def test_success_forgets_the_person_but_not_the_address() -> None:
    guard = Guard(limits=QUICK)
    for _ in range(3):
        guard.failed("candidate:A", "candidate-address:192.0.2.7")
    guard.succeeded("candidate:A")
    guard.check("candidate:A")
    with pytest.raises(TooManyRequestsError):
        guard.check("candidate:A", "candidate-address:192.0.2.7")


def test_with_redis_down_memory_counts_and_nobody_waits_for_redis() -> None:
    guard = Guard("redis://127.0.0.1:1/0", {"candidate": "2/1 minute"})
    began = time.monotonic()
    for _ in range(50):
        guard.failed("candidate:A")
    with pytest.raises(TooManyRequestsError):
        guard.check("candidate:A")
    assert time.monotonic() - began < 2

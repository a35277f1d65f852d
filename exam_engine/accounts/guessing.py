"""Slowing down those who guess: failures are counted per key, and the more there are the longer the wait.

Keys are ``kind:who``: ``candidate:DEMO-0001``, ``staff-address:192.0.2.7``. Only failures count, for a whole site may
sit behind one address. Counts live in Redis when there is one, so that all workers share them, and in this process's
memory when there is none or it is down.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from flask import Flask
from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from exam_engine.app import engine_of
from exam_engine.errors import TooManyRequestsError

T = TypeVar("T")

# Failures allowed per window. Who goes on after a wait meets the next, longer window.
LIMITS = {
    "candidate": "5/5 minutes; 10/30 minutes; 20/6 hours",
    "candidate-address": "100/5 minutes; 1000/6 hours",
    # Names nobody bears; the lock of an account that exists is kept with the account (`signing_in`).
    "staff": "5/15 minutes; 10/1 hour; 20/1 day",
    "staff-address": "30/15 minutes; 100/6 hours",
}
REDIS_TIMEOUT = 0.25
REDIS_PAUSE = 30.0


class Guard:
    """Counts failures and refuses those who have too many."""

    def __init__(self, redis_url: str | None = None, limits: Mapping[str, str] = LIMITS) -> None:
        self._limits = {kind: parse_many(text) for kind, text in limits.items()}
        self._memory = FixedWindowRateLimiter(MemoryStorage())
        self._shared = _shared_counts(redis_url) if redis_url else None
        self._shared_again_at = 0.0

    def check(self, *keys: str) -> None:
        """Let those through who have not failed too often.

        Raises:
            TooManyRequestsError: one of the keys has; ``retry_after`` says for how many seconds.
        """
        wait = max((self._wait(limit, key) for key in keys for limit in self._of(key)), default=0.0)
        if wait > 0:
            raise TooManyRequestsError(retry_after=max(1, round(wait)))

    def failed(self, *keys: str) -> None:
        """Count a failure of each key."""
        for key in keys:
            for limit in self._of(key):
                self._ask(partial(_hit, limit, key))

    def succeeded(self, *keys: str) -> None:
        """Forget the failures of these keys. A person's, that is: an address keeps its count."""
        for key in keys:
            for limit in self._of(key):
                self._ask(partial(_clear, limit, key))

    def _wait(self, limit: RateLimitItem, key: str) -> float:
        return self._ask(partial(_seconds_to_wait, limit, key))

    def _of(self, key: str) -> list[RateLimitItem]:
        return self._limits[key.partition(":")[0]]

    def _ask(self, question: Callable[[FixedWindowRateLimiter], T]) -> T:
        if self._shared is not None and time.monotonic() >= self._shared_again_at:
            try:
                return question(self._shared)
            except StorageError:
                # Asking a Redis that is down again and again would slow every sign-in.
                self._shared_again_at = time.monotonic() + REDIS_PAUSE
        return question(self._memory)


def _hit(limit: RateLimitItem, key: str, counts: FixedWindowRateLimiter) -> None:
    counts.hit(limit, key)


def _clear(limit: RateLimitItem, key: str, counts: FixedWindowRateLimiter) -> None:
    counts.clear(limit, key)


def _seconds_to_wait(limit: RateLimitItem, key: str, counts: FixedWindowRateLimiter) -> float:
    window = counts.get_window_stats(limit, key)
    return window.reset_time - time.time() if window.remaining <= 0 else 0.0


def init_app(app: Flask) -> None:
    """Give the app its guard."""
    app.extensions["guard"] = Guard(engine_of(app).settings.redis_url)


def guard_of(app: Flask) -> Guard:
    """The guard of an app."""
    guard: Guard = app.extensions["guard"]
    return guard


def _shared_counts(redis_url: str) -> FixedWindowRateLimiter:
    storage = storage_from_string(
        redis_url,
        wrap_exceptions=True,
        socket_timeout=REDIS_TIMEOUT,
        socket_connect_timeout=REDIS_TIMEOUT,
    )
    return FixedWindowRateLimiter(storage)

"""Numbers some worker holds, known to all workers: candidates whose socket is up, sittings somebody watches.

A hold fades unless its worker renews it, so a worker that was killed leaves nothing behind. The only worker keeps its
holds in memory; several share them through Redis, and while Redis is down each goes by what it holds itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar, cast

import redis
import structlog

from exam_engine.app import Engine

LASTS_SECONDS = 30.0
RENEW_SECONDS = 8.0
_RETRY_SECONDS = 3.0
T = TypeVar("T")


class Leases(Protocol):
    """A set of numbers held by workers."""

    def hold(self, number: int) -> None:
        """Hold it until released."""

    def release(self, number: int) -> None:
        """Hold it no more."""

    def held(self, numbers: Iterable[int]) -> set[int]:
        """Those of ``numbers`` that some worker holds."""
        ...


class LocalLeases:
    """Holds of the only worker."""

    def __init__(self) -> None:
        self.mine: set[int] = set()

    def hold(self, number: int) -> None:
        self.mine.add(number)

    def release(self, number: int) -> None:
        self.mine.discard(number)

    def held(self, numbers: Iterable[int]) -> set[int]:
        return self.mine.intersection(numbers)


class RedisLeases:
    """Holds of several workers: a sorted set of numbers by when they were last renewed."""

    def __init__(self, engine: Engine, url: str, name: str) -> None:
        self._engine = engine
        self._redis = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
        self._key = f"exam-engine:{name}"
        self._local = LocalLeases()
        self._renewing = False
        self._down_until = 0.0
        self._log = structlog.get_logger("leases")

    def hold(self, number: int) -> None:
        self._local.hold(number)
        self._ask(lambda: self._redis.zadd(self._key, {str(number): self._now()}, gt=True))
        if not self._renewing:
            self._renewing = True
            self._engine.sockets.start_background_task(self._renew_while_holding)

    def release(self, number: int) -> None:
        self._local.release(number)
        self._ask(lambda: self._redis.zrem(self._key, str(number)))

    def held(self, numbers: Iterable[int]) -> set[int]:
        wanted = list(numbers)
        mine = self._local.held(wanted)
        if not wanted:
            return mine
        scores = self._ask(lambda: self._redis.zmscore(self._key, [str(number) for number in wanted]))
        if scores is None:
            return mine
        oldest = self._now() - LASTS_SECONDS
        pairs = zip(wanted, cast(list[Any], scores), strict=True)
        return mine | {number for number, score in pairs if score is not None and float(score) >= oldest}

    def renew(self) -> None:
        """Keep alive what this worker holds, and sweep away what others left."""
        now = self._now()
        mine = {str(number): now for number in self._local.mine}
        if mine:
            self._ask(lambda: self._redis.zadd(self._key, mine, gt=True))
        self._ask(lambda: self._redis.zremrangebyscore(self._key, "-inf", now - LASTS_SECONDS))

    def _renew_while_holding(self) -> None:
        while self._local.mine:
            self._engine.sockets.sleep(RENEW_SECONDS)  # type: ignore[arg-type]  # the stub knows whole seconds only
            self.renew()
        self._renewing = False

    def _now(self) -> float:
        return self._engine.clock.now().timestamp()

    def _ask(self, question: Callable[[], T]) -> T | None:
        """Redis's answer; None, and a few seconds' rest, when it does not answer."""
        if time.monotonic() < self._down_until:
            return None
        try:
            return question()
        except redis.RedisError:
            self._log.warning("redis does not answer; each worker goes by its own sockets for the moment")
            self._down_until = time.monotonic() + _RETRY_SECONDS
            return None


def make_leases(engine: Engine, name: str) -> Leases:
    """Leases for this installation: shared when Redis is configured, local otherwise."""
    url = engine.settings.redis_url
    return RedisLeases(engine, url, name) if url else LocalLeases()

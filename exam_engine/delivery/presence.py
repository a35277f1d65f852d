"""Who is there: the last sign of each candidate's device. It may be lost, and then grows back within seconds.

One worker keeps it in memory. Several share it through Redis; while Redis is down each goes by what it sees itself.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol, cast

import redis
import structlog


@dataclass(frozen=True)
class Change:
    """An attempt that fell silent, or was heard again."""

    attempt_id: int
    silent: bool
    last_seen: float


class Presence(Protocol):
    """The last signs of devices. Times are seconds since 1970 by the engine's clock."""

    def seen(self, attempt_id: int, at: float) -> None:
        """A device gave a sign (a save, a heartbeat, its socket). Cheap: called on every save."""

    def connected(self, attempt_id: int) -> None:
        """A device's socket stands: until it falls, that is a sign without end."""

    def disconnected(self, attempt_id: int) -> None:
        """The last socket of the attempt at this worker has fallen."""

    def gone(self, attempt_id: int) -> None:
        """The attempt has ended; its silence means nothing any more."""

    def last_seen(self, attempt_ids: Iterable[int]) -> dict[int, float]:
        """When each was last seen; absent if never (or forgotten)."""
        ...

    def changes(self, now: float, silence_seconds: float) -> list[Change]:
        """Who fell silent or came back since the last call; each change is told to one worker only."""
        ...


class LocalPresence:
    """Presence in one process's memory."""

    def __init__(self) -> None:
        self._last: dict[int, float] = {}
        self._silent: set[int] = set()
        self._connected: set[int] = set()

    def seen(self, attempt_id: int, at: float) -> None:
        self._last[attempt_id] = at

    def connected(self, attempt_id: int) -> None:
        self._connected.add(attempt_id)

    def disconnected(self, attempt_id: int) -> None:
        self._connected.discard(attempt_id)

    def gone(self, attempt_id: int) -> None:
        self._last.pop(attempt_id, None)
        self._silent.discard(attempt_id)
        self._connected.discard(attempt_id)

    def with_sockets(self) -> list[int]:
        """The attempts whose socket stands at this worker."""
        return list(self._connected)

    def last_seen(self, attempt_ids: Iterable[int]) -> dict[int, float]:
        return {each: self._last[each] for each in attempt_ids if each in self._last}

    def changes(self, now: float, silence_seconds: float) -> list[Change]:
        self._last.update(dict.fromkeys(self.with_sockets(), now))
        limit = now - silence_seconds
        found = []
        for attempt_id, last in list(self._last.items()):
            silent = last < limit
            if silent != (attempt_id in self._silent):
                (self._silent.add if silent else self._silent.discard)(attempt_id)
                found.append(Change(attempt_id, silent, last))
        return found


_LAST, _SILENT = "exam-engine:last-seen", "exam-engine:silent"
_RETRY_SECONDS = 3.0


class RedisPresence:
    """Presence shared by several workers; signs are gathered and sent to Redis once a sweep."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
        self._local = LocalPresence()
        self._fresh: dict[int, float] = {}
        self._gone: set[int] = set()
        self._sockets_shared_at = 0.0
        self._down_until = 0.0
        self._log = structlog.get_logger("presence")

    def seen(self, attempt_id: int, at: float) -> None:
        self._local.seen(attempt_id, at)
        self._fresh[attempt_id] = at

    def connected(self, attempt_id: int) -> None:
        self._local.connected(attempt_id)
        self._sockets_shared_at = 0.0

    def disconnected(self, attempt_id: int) -> None:
        self._local.disconnected(attempt_id)

    def gone(self, attempt_id: int) -> None:
        self._local.gone(attempt_id)
        self._fresh.pop(attempt_id, None)
        self._gone.add(attempt_id)

    def last_seen(self, attempt_ids: Iterable[int]) -> dict[int, float]:
        wanted = list(attempt_ids)
        mine = self._local.last_seen(wanted)
        if not wanted or not self._is_up():
            return mine
        try:
            scores = cast(list[Any], self._redis.zmscore(_LAST, [str(each) for each in wanted]))
        except redis.RedisError:
            self._is_down()
            return mine
        shared = {each: float(score) for each, score in zip(wanted, scores, strict=True) if score is not None}
        return {
            each: max(shared.get(each, 0.0), mine.get(each, 0.0)) for each in wanted if each in shared or each in mine
        }

    def changes(self, now: float, silence_seconds: float) -> list[Change]:
        local = self._local.changes(now, silence_seconds)
        # Thousands of sockets stand at once: telling Redis of them a few times within the silence is enough.
        if now - self._sockets_shared_at >= silence_seconds / 4:
            self._fresh.update(dict.fromkeys(self._local.with_sockets(), now))
            self._sockets_shared_at = now
        if not self._is_up():
            return local
        try:
            self._share()
            return self._shared_changes(now - silence_seconds)
        except redis.RedisError:
            self._is_down()
            return local

    def _share(self) -> None:
        fresh, self._fresh = self._fresh, {}
        gone, self._gone = self._gone, set()
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                if fresh:
                    pipe.zadd(_LAST, {str(key): at for key, at in fresh.items()}, gt=True)
                if gone:
                    names = [str(key) for key in gone]
                    pipe.zrem(_LAST, *names)
                    pipe.srem(_SILENT, *names)
                pipe.execute()
        except redis.RedisError:
            self._fresh = fresh | self._fresh
            self._gone |= gone
            raise

    def _shared_changes(self, limit: float) -> list[Change]:
        # SADD and SREM answer 1 to exactly one of the workers that ask at once: that one tells.
        quiet = cast(list[Any], self._redis.zrangebyscore(_LAST, "-inf", f"({limit}", withscores=True))
        known = {int(name) for name in cast(set[bytes], self._redis.smembers(_SILENT))}
        last = {int(name): float(score) for name, score in quiet}
        fallen = [each for each in last if each not in known and self._redis.sadd(_SILENT, str(each))]
        heard = [each for each in known if each not in last and self._redis.srem(_SILENT, str(each))]
        seen = self.last_seen(heard)
        return [Change(each, True, last[each]) for each in fallen] + [
            Change(each, False, seen[each]) for each in heard if each in seen
        ]

    def _is_up(self) -> bool:
        return time.monotonic() >= self._down_until

    def _is_down(self) -> None:
        self._log.warning("redis does not answer; presence is local for the moment")
        self._down_until = time.monotonic() + _RETRY_SECONDS


def make_presence(redis_url: str | None) -> Presence:
    """Presence for this installation: shared when Redis is configured, local otherwise."""
    return RedisPresence(redis_url) if redis_url else LocalPresence()

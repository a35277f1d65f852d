"""The one source of time. Everything that needs the time is handed a clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time; injected wherever time matters."""

    def now(self) -> datetime:
        """The present moment, timezone-aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands until it is moved; for tests and replays."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, **units: float) -> datetime:
        """Move forward by ``timedelta(**units)`` and return the new time."""
        self._now += timedelta(**units)
        return self._now


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970-01-01 UTC, the unit of time on the wire."""
    return round(moment.timestamp() * 1000)


def from_ms(milliseconds: int) -> datetime:
    """The moment that many milliseconds after 1970-01-01 UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)

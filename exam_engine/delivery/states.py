"""The words of delivery: states of attempts and devices, kinds of events. Pure, so that rules may use them."""

from __future__ import annotations

import enum

SERVER_LANE = 0


class AttemptState(enum.StrEnum):
    """Where an attempt stands."""

    ADMITTED = "admitted"
    RUNNING = "running"
    PAUSED = "paused"
    SUBMITTED = "submitted"


class DeviceState(enum.StrEnum):
    """Where a device stands towards its attempt."""

    ACTIVE = "active"
    WAITING = "waiting"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


class EventKind(enum.StrEnum):
    """Kinds of lines in the log. The first five come from devices, the others from the server (lane 0)."""

    ANSWERED = "answered"
    FLAGGED = "flagged"
    NAVIGATED = "navigated"
    PRESENCE = "presence"
    SUBMITTED = "submitted"
    STARTED = "started"
    MESSAGE = "message"
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"
    ENDED = "ended"
    DEVICE = "device"

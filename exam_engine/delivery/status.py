"""The status: what every reply and every push tells a device about its attempt (see ``docs/wire.md``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exam_engine.clock import to_ms
from exam_engine.delivery.attempt_clock import AttemptClock
from exam_engine.delivery.states import DeviceState, EventKind

COMMANDS = frozenset(
    {
        EventKind.STARTED,
        EventKind.MESSAGE,
        EventKind.PAUSED,
        EventKind.RESUMED,
        EventKind.EXTENDED,
        EventKind.ENDED,
        EventKind.DEVICE,
    }
)


@dataclass(frozen=True)
class Command:
    """A server event the device must hear of."""

    seq: int
    kind: str
    at: datetime
    value: dict[str, Any]

    def to_wire(self) -> dict[str, Any]:
        return {**self.value, "seq": self.seq, "kind": self.kind, "at": to_ms(self.at)}


@dataclass(frozen=True)
class Status:
    """The attempt as one device may see it."""

    clock: AttemptClock
    device: DeviceState
    server_seq: int
    commands: tuple[Command, ...] = ()

    @property
    def state(self) -> str:
        """The word of the wire: the attempt's state to the device that holds it, to another its own."""
        return self.clock.state if self.device is DeviceState.ACTIVE else self.device

    def to_wire(self, now: datetime) -> dict[str, Any]:
        clock = self.clock
        return {
            "now": to_ms(now),
            "state": self.state,
            "deadline": to_ms(clock.deadline) if clock.deadline else None,
            "paused_at": to_ms(clock.paused_at) if clock.paused_at else None,
            "server_seq": self.server_seq,
            "commands": [command.to_wire() for command in self.commands],
        }

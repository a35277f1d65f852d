"""A hall of candidates in one epoll loop: everybody's socket is open, and now and then each saves.

Saves travel over a few keep-alive lines, as a reverse proxy in front of the workers holds them; sockets each have a
connection, as they have through any proxy.
"""

from __future__ import annotations

import select
import socket
import time
import zlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.device import Device
from benchmarks.load import Line

NAMESPACE = "/candidate"
SAVE = "/exam/api/events"
LINES = 64
CONNECTS_PER_SECOND = 400
# One source address has some 28,000 ports towards the same server.
SOURCES = ("127.0.0.1", "127.0.0.2")
_HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    # Every browser offers this; what a server makes of it weighs on its memory.
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
)


def _frame(text: str) -> bytes:
    """A short masked text frame; with a mask of zeros the text stays as it is (RFC 6455, 5.3)."""
    return bytes((0x81, 0x80 | len(text))) + bytes(4) + text.encode()


_COMPRESSED = 0x40  # the first reserved bit of a frame
_JOIN, _PONG = _frame(f"40{NAMESPACE},"), _frame("3")


class Socket:
    """A candidate's receive-only Socket.IO connection: joins, answers pings, counts what it is told."""

    def __init__(self, port: int, cookie: str, source: str) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), source_address=(source, 0))
        self.sock.sendall(f"{_HANDSHAKE}Cookie: {cookie}\r\n\r\n".encode())
        self.joined = False
        self.closed = False
        self.pushes = 0
        self._received = b""
        self._upgraded = False
        self._inflate: zlib._Decompress | None = None

    def read(self) -> None:
        """Take in what has come, and answer it."""
        try:
            part = self.sock.recv(65_536)
        except ConnectionError:
            part = b""
        if not part:
            self.closed, self.joined = True, False
            return
        self._received += part
        if not self._upgraded:
            head, mark, rest = self._received.partition(b"\r\n\r\n")
            if not mark:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.closed = True
                return
            self._received, self._upgraded = rest, True
        while (text := self._next_frame()) is not None:
            self._hear(text)

    def _next_frame(self) -> bytes | None:
        data = self._received
        if len(data) < 2:
            return None
        length, start = data[1] & 0x7F, 2
        if length == 126:
            length, start = int.from_bytes(data[2:4], "big"), 4
        if len(data) < start + length:
            return None
        self._received = data[start + length :]
        return self._plain(data[start : start + length]) if data[0] & _COMPRESSED else data[start : start + length]

    def _plain(self, payload: bytes) -> bytes:
        # The window goes on from frame to frame (RFC 7692, 7.2.2).
        self._inflate = self._inflate or zlib.decompressobj(-15)
        return self._inflate.decompress(payload + b"\x00\x00\xff\xff")

    def _hear(self, text: bytes) -> None:
        if text == b"2":
            self.sock.sendall(_PONG)
        elif text.startswith(b"0"):
            self.sock.sendall(_JOIN)
        elif text.startswith(b"40"):
            self.joined = True
        elif text.startswith(b"42"):
            self.pushes += 1


@dataclass
class Saves:
    """What became of the saves. Latencies count from the moment a save was due, in seconds."""

    latencies: list[float] = field(default_factory=list)
    failures: int = 0
    unanswered: int = 0


class Hall:
    """Everybody in the hall."""

    def __init__(self, port: int, devices: Sequence[Device]) -> None:
        self._port = port
        self._devices = devices
        self._poll = select.epoll()
        self.sockets: dict[int, Socket] = {}
        self._lines: dict[int, Line] = {}
        self._idle: deque[Line] = deque()
        self._waiting: deque[tuple[float, Device]] = deque()
        self._under_way: dict[int, tuple[float, Device]] = {}
        self.saves = Saves()
        for _ in range(LINES):
            line = Line(socket.create_connection(("127.0.0.1", port)), SAVE)
            self._lines[line.sock.fileno()] = line
            self._idle.append(line)
            self._poll.register(line.sock, select.EPOLLIN)

    @property
    def joined(self) -> int:
        """Candidates whose socket is open and in its namespace."""
        return sum(each.joined for each in self.sockets.values())

    def connect(self, patience: float = 60) -> float:
        """Open everybody's socket at a steady pace; returns the seconds until all had joined, or patience ended."""
        begun = time.perf_counter()
        for number, device in enumerate(self._devices):
            self._turn(begun + number / CONNECTS_PER_SECOND)
            each = Socket(self._port, device.cookie, SOURCES[number % len(SOURCES)])
            self.sockets[each.sock.fileno()] = each
            self._poll.register(each.sock, select.EPOLLIN)
        end = time.perf_counter() + patience
        while self.joined < len(self._devices) and time.perf_counter() < end:
            self._turn(time.perf_counter() + 0.2)
        return time.perf_counter() - begun

    def save(self, due: Sequence[tuple[float, int]], patience: float = 20) -> None:
        """Let candidates save when it is their turn: (seconds from now, number of the device), in order of time."""
        begun = time.perf_counter()
        for moment, number in due:
            self._turn(begun + moment)
            self._waiting.append((begun + moment, self._devices[number]))
            self._send()
        end = time.perf_counter() + patience
        while (self._under_way or self._waiting) and time.perf_counter() < end:
            self._turn(time.perf_counter() + 0.05)
        self.saves.unanswered = len(self._under_way) + len(self._waiting)

    def close(self) -> None:
        """Everybody leaves."""
        for each in self.sockets.values():
            each.sock.close()
        for line in self._lines.values():
            line.sock.close()
        self._poll.close()

    def _turn(self, until: float) -> None:
        """Deal with what comes in until that moment; at least once."""
        while True:
            left = until - time.perf_counter()
            for descriptor, _ in self._poll.poll(max(left, 0)):
                if descriptor in self._lines:
                    self._read_line(descriptor)
                else:
                    self._read_socket(descriptor)
            if time.perf_counter() >= until:
                return

    def _read_socket(self, descriptor: int) -> None:
        each = self.sockets[descriptor]
        each.read()
        if each.closed:
            self._poll.unregister(descriptor)

    def _read_line(self, descriptor: int) -> None:
        line = self._lines[descriptor]
        good = line.complete()
        if good is None:
            return
        due, device = self._under_way.pop(descriptor)
        if good:
            self.saves.latencies.append(time.perf_counter() - due)
            device.hear(line.received)
        else:
            self.saves.failures += 1
        self._idle.append(line)
        self._send()

    def _send(self) -> None:
        while self._idle and self._waiting:
            line, (due, device) = self._idle.popleft(), self._waiting.popleft()
            self._under_way[line.sock.fileno()] = due, device
            line.send(device.cookie.encode(), device.next_save())

"""A load generator light enough to share two cores with the server: raw sockets, one epoll loop, bounded in time."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

DRAIN_SECONDS = 10.0
Body = Callable[[int, bytes], bytes]
"""Makes the body of a client's next request from (client, its last reply; empty at first)."""


@dataclass
class LoadResult:
    """What a run came to. Latencies are in seconds."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    failures: int = 0
    unanswered: int = 0
    in_flight: int = 0
    """Good replies that came after the time was up: they count as acknowledged, not as speed."""

    @property
    def rate(self) -> float:
        """Good replies per second."""
        return len(self.latencies) / self.seconds

    @property
    def acknowledged(self) -> int:
        """All good replies."""
        return len(self.latencies) + self.in_flight

    def percentile(self, percent: float) -> float:
        """Latency below which that share of requests stayed."""
        return percentile(self.latencies, percent)


def percentile(latencies: list[float], percent: float) -> float:
    """The value below which that share of the latencies stayed; 0 when there are none."""
    ordered = sorted(latencies)
    return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)] if ordered else 0.0


class Line:
    """One keep-alive connection that carries one request at a time."""

    def __init__(self, sock: socket.socket, path: str) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self.started = 0.0
        self.received = b""
        self._head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n".encode()

    def send(self, cookie: bytes, body: bytes) -> None:
        """Send a request and start its clock."""
        self.received = b""
        self.started = time.perf_counter()
        self.sock.sendall(self._head + b"Cookie: %b\r\nContent-Length: %d\r\n\r\n" % (cookie, len(body)) + body)

    def complete(self) -> bool | None:
        """Read on: True for a whole 200 reply, False for another status, None while more is to come.

        Raises:
            ConnectionError: the server hung up.
        """
        part = self.sock.recv(65_536)
        if not part:
            raise ConnectionError("the server closed a connection")
        self.received += part
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self.received[:end].lower()
        at = head.index(b"content-length:") + 15
        length = int(head[at:].split(b"\r\n", 1)[0])
        if len(self.received) < end + 4 + length:
            return None
        return head.startswith(b"http/1.1 200")


def run(port: int, path: str, cookies: list[str], body: Body, seconds: float) -> LoadResult:
    """Let one client per cookie post as fast as replies come, for that long; then wait for what is on its way."""
    poll = select.epoll()
    lines: dict[int, tuple[int, bytes, Line]] = {}
    for number, cookie in enumerate(cookies):
        line = Line(socket.create_connection(("127.0.0.1", port)), path)
        lines[line.sock.fileno()] = (number, cookie.encode(), line)
        poll.register(line.sock, select.EPOLLIN)
    try:
        return _drive(poll, lines, body, seconds)
    finally:
        for _, _, line in lines.values():
            line.sock.close()
        poll.close()


def _drive(
    poll: select.epoll, lines: dict[int, tuple[int, bytes, Line]], body: Body, seconds: float
) -> LoadResult:
    result = LoadResult(seconds)
    begun = time.perf_counter()
    for number, cookie, line in lines.values():
        line.send(cookie, body(number, b""))
    waiting = len(lines)
    while waiting and (now := time.perf_counter()) < begun + seconds + DRAIN_SECONDS:
        over = now >= begun + seconds
        for descriptor, _ in poll.poll(0.1):
            number, cookie, line = lines[descriptor]
            good = line.complete()
            if good is None:
                continue
            if not good:
                result.failures += 1
            elif over:
                result.in_flight += 1
            else:
                result.latencies.append(time.perf_counter() - line.started)
            if over:
                waiting -= 1
            else:
                line.send(cookie, body(number, line.received))
    result.unanswered = waiting
    return result

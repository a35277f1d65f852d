"""A load generator light enough to share two cores with the server: raw sockets, one epoll loop, bounded in time."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

Body = Callable[[int, int], bytes]
"""Makes the body of a client's next request from (client, number)."""


@dataclass
class LoadResult:
    """What a run came to. Latencies are in seconds."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    failures: int = 0

    @property
    def rate(self) -> float:
        """Good replies per second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: float) -> float:
        """Latency below which that share of requests stayed."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]


@dataclass
class _Client:
    number: int
    sock: socket.socket
    head: bytes
    sent: int = 0
    started: float = 0.0
    received: bytes = b""

    def send(self, body: bytes) -> None:
        self.sent += 1
        self.received = b""
        self.started = time.perf_counter()
        self.sock.sendall(self.head + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def complete(self) -> bool | None:
        """True for a whole 200 reply, False for another status, None while more is to come."""
        self.received += self.sock.recv(65_536)
        head, mark, body = self.received.partition(b"\r\n\r\n")
        if not mark:
            return None
        length = next(
            int(line[15:]) for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:"
        )
        if len(body) < length:
            return None
        return head.startswith(b"HTTP/1.1 200")


def run(ports: list[int], path: str, cookies: list[str], body: Body, seconds: float) -> LoadResult:
    """Let one client per cookie post as fast as replies come, for that long, spread over the ports."""
    poll = select.epoll()
    clients: dict[int, _Client] = {}
    for number, cookie in enumerate(cookies):
        sock = socket.create_connection(("127.0.0.1", ports[number % len(ports)]))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nCookie: {cookie}\r\n"
        clients[sock.fileno()] = _Client(number, sock, head.encode())
        poll.register(sock, select.EPOLLIN)
    begun = time.perf_counter()
    result = LoadResult(seconds)
    for client in clients.values():
        client.send(body(client.number, client.sent))
    while (now := time.perf_counter()) < begun + seconds:
        for descriptor, _ in poll.poll(0.1):
            client = clients[descriptor]
            good = client.complete()
            if good is None:
                continue
            if good:
                result.latencies.append(time.perf_counter() - client.started)
            else:
                result.failures += 1
            client.send(body(client.number, client.sent))
    result.seconds = now - begun
    for client in clients.values():
        client.sock.close()
    poll.close()
    return result

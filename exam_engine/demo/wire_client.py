"""A candidate's device without a screen: signs in, reads the paper, keeps an outbox (``docs/wire.md``)."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass, field
from typing import Any

import simple_websocket

COOKIE = "exam_device"
NAMESPACE = "/candidate"


class RefusedError(Exception):
    """The server said no; ``code`` is its error code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code


@dataclass
class WireClient:
    """One device. ``device`` is the 32 hexadecimal digits by which a device is known again."""

    host: str
    port: int
    device: str
    seq: int = 0
    heard: int = 0
    status: dict[str, Any] = field(default_factory=dict)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    _cookie: str = ""
    _connection: http.client.HTTPConnection | None = None
    _socket: simple_websocket.Client | None = None
    _offset_ms: int = 0

    def sign_in(self, registration: str, pin: str) -> dict[str, Any]:
        """Sign in; returns the attempt."""
        body = {"registration": registration, "pin": pin, "device": self.device}
        return self._learn(self._call("POST", "sign-in", body))

    def start(self) -> dict[str, Any]:
        """Begin, or go on with, the attempt."""
        return self._learn(self._call("POST", "start", {}))

    def items(self, count: int) -> list[dict[str, Any]]:
        """All ``count`` items in this candidate's order."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            found += self._call("GET", f"paper?from={len(found)}&count=25")["items"]
        return found

    def note(self, kind: str, item: int | None = None, value: object = None) -> None:
        """Put an event into the outbox; it is sent with the next `send`."""
        self.seq += 1
        event: dict[str, Any] = {"seq": self.seq, "kind": kind, "at": round(time.time() * 1000) + self._offset_ms}
        if item is not None:
            event["item"] = item
        if value is not None:
            event["value"] = value
        self.outbox.append(event)

    def send(self) -> dict[str, Any]:
        """Send the outbox (empty: a heartbeat). What is acknowledged leaves it, nothing else does."""
        reply = self._call("POST", "events", {"heard": self.heard, "events": self.outbox[:200]})
        saved = set(reply["saved"])
        self.outbox = [event for event in self.outbox if event["seq"] not in saved]
        self._take(reply)
        return reply

    def listen(self) -> None:
        """Open the receive-only socket and follow it until it closes. Runs in a thread of its own."""
        url = f"ws://{self.host}:{self.port}/socket.io/?EIO=4&transport=websocket"
        socket = simple_websocket.Client(url, headers={"Cookie": f"{COOKIE}={self._cookie}"})
        self._socket = socket
        # Without waiting for the greeting: this library leaves aside a frame that comes together with the handshake.
        socket.send(f"40{NAMESPACE},")
        try:
            while True:
                self._hear(socket, str(socket.receive()))
        except simple_websocket.ConnectionClosed:
            self._socket = None

    def drop(self) -> None:
        """Lose the line: the socket and the connection are gone, the outbox stays."""
        if self._socket is not None:
            self._socket.close()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def cookie(self) -> str:
        """The device's cookie, once signed in: ``name=value``."""
        return f"{COOKIE}={self._cookie}"

    @property
    def is_listening(self) -> bool:
        """Whether the socket is open."""
        return self._socket is not None

    def _hear(self, socket: simple_websocket.Client, frame: str) -> None:
        if frame == "2":
            socket.send("3")
        elif frame.startswith(f"42{NAMESPACE},"):
            _name, status = json.loads(frame.removeprefix(f"42{NAMESPACE},"))
            self._take(status)

    def _learn(self, attempt: dict[str, Any]) -> dict[str, Any]:
        self.seq = max(self.seq, attempt["last_seq"])
        self._take(attempt)
        return attempt

    def _take(self, status: dict[str, Any]) -> None:
        self.status = status
        self.heard = max(self.heard, status["server_seq"])
        self._offset_ms = status["now"] - round(time.time() * 1000)

    def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        headers = {"Cookie": f"{COOKIE}={self._cookie}"} if self._cookie else {}
        payload = None
        if body is not None:
            payload = json.dumps(body)
            headers["Content-Type"] = "application/json"
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            self._connection.request(method, f"/exam/api/{path}", payload, headers)
            reply = self._connection.getresponse()
            text = reply.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise
        self._keep_cookie(reply)
        if not text.startswith(b"{"):
            raise RefusedError(reply.status, "not_json")
        found: dict[str, Any] = json.loads(text)
        if reply.status != 200:
            raise RefusedError(reply.status, found.get("error", {}).get("code", ""))
        return found

    def _keep_cookie(self, reply: http.client.HTTPResponse) -> None:
        for value in reply.headers.get_all("Set-Cookie") or ():
            name, _, rest = value.partition("=")
            if name == COOKIE:
                self._cookie = rest.partition(";")[0]

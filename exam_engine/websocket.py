"""The WebSocket (RFC 6455) under Socket.IO: a greenlet that reads, a lock to write, and nothing else per connection.

Thousands of candidates are connected at once and hardly anything is said to them, so what counts is what a silent
connection weighs. Extensions are not spoken: the window of one compressed connection alone is a quarter of a megabyte.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BufferedReader
from socket import SHUT_RDWR, socket
from typing import Any, Protocol

import gevent
from engineio.async_drivers.gevent import Thread  # type: ignore[import-untyped]
from engineio.packet import PING, Packet  # type: ignore[import-untyped]
from engineio.socket import Socket as EngineSocket  # type: ignore[import-untyped]
from flask_socketio import SocketIO
from gevent.lock import BoundedSemaphore

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_MORE, _TEXT, _BINARY, _CLOSE, _PING, _PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
NORMAL, PROTOCOL_ERROR, NOT_UTF8, TOO_BIG = 1000, 1002, 1007, 1009


def use_plain_websockets(sockets: SocketIO) -> None:
    """Let a Socket.IO server hold its conversations through `WebSocket`."""
    engine_io = sockets.server.eio  # type: ignore[attr-defined]  # the stub does not know it
    engine_io._async = {**engine_io._async, "websocket": WebSocket, "thread": _task}


class _NextPing:
    """The pause before the next ping as a timer; Engine.IO's own way has a greenlet asleep for every connection."""

    def __init__(self, connection: EngineSocket) -> None:
        self._connection = connection

    def start(self) -> None:
        gevent.spawn_later(self._connection.server.ping_interval, self._send)

    def _send(self) -> None:
        if not (self._connection.closing or self._connection.closed):
            self._connection.last_ping = time.time()
            self._connection.send(Packet(PING))


def _task(target: Callable[..., Any], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> Any:
    """A background task as Engine.IO asks for it."""
    if getattr(target, "__func__", None) is EngineSocket._send_ping:
        return _NextPing(target.__self__)  # type: ignore[attr-defined]
    return Thread(target, args, kwargs or {})


class _Limits(Protocol):
    max_http_buffer_size: int


class _Closed(Exception):  # noqa: N818 - it ends a conversation, which is no error
    """The conversation is over; ``code`` is what the other side is told."""

    def __init__(self, code: int = NORMAL) -> None:
        super().__init__(code)
        self.code = code


class WebSocket:
    """One connection, in the shape Engine.IO asks of a driver: call, ``wait``, ``send``, ``close``."""

    def __init__(self, handler: Callable[[WebSocket], Any], server: _Limits) -> None:
        self._handler = handler
        self._most = server.max_http_buffer_size
        self._turn = BoundedSemaphore()
        self._open = False

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Shake hands and hold the conversation; returns when it is over."""
        key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
        if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13" or not key:
            start_response("426 Upgrade Required", [("Sec-WebSocket-Version", "13"), ("Content-Length", "0")])
            return []
        # Where an upgrade is asked for, gevent's server hands over the connection's own reader as the body.
        self._input: BufferedReader = environ["wsgi.input"]
        self._sock: socket = self._input.raw._sock
        accept = base64.b64encode(hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest())
        self._sock.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        self._open = True
        try:
            return self._handler(self)  # type: ignore[no-any-return]
        finally:
            self.close()

    def wait(self) -> str | bytes | None:
        """The next message; None when there will be no more."""
        try:
            return self._message()
        except _Closed as closed:
            self.close(closed.code)
        except OSError:
            self.close()
        return None

    def send(self, message: str | bytes) -> None:
        """Send a message.

        Raises:
            OSError: the connection is gone.
        """
        if isinstance(message, str):
            self._write(_TEXT, message.encode())
        else:
            self._write(_BINARY, message)

    def close(self, code: int = NORMAL) -> None:
        """End the conversation; doing it again is harmless."""
        if not self._open:
            return
        try:
            self._write(_CLOSE, code.to_bytes(2, "big"))
            self._open = False
            # The HTTP server behind us would write a reply to the request that began this: nobody reads it.
            self._sock.shutdown(SHUT_RDWR)
        except OSError:
            self._open = False

    def _message(self) -> str | bytes:
        kind, parts, size = _MORE, [], 0
        while True:
            final, opcode, payload = self._frame()
            if opcode == _CLOSE:
                raise _Closed
            if opcode == _PING:
                self._write(_PONG, payload)
            if opcode >= _CLOSE:
                continue
            if (opcode == _MORE) != bool(kind):
                raise _Closed(PROTOCOL_ERROR)
            kind = kind or opcode
            parts.append(payload)
            size += len(payload)
            if size > self._most:
                raise _Closed(TOO_BIG)
            if final:
                return _decoded(b"".join(parts)) if kind == _TEXT else b"".join(parts)

    def _frame(self) -> tuple[bool, int, bytes]:
        first, second = self._read(2)
        length, opcode = second & 0x7F, first & 0x0F
        control = opcode >= _CLOSE
        # No extension is spoken, clients mask, and control frames are short and whole (RFC 6455, 5.1, 5.2, 5.5).
        if first & 0x70 or not second & 0x80 or (control and (length > 125 or not first & 0x80)):
            raise _Closed(PROTOCOL_ERROR)
        if opcode not in (_MORE, _TEXT, _BINARY, _CLOSE, _PING, _PONG):
            raise _Closed(PROTOCOL_ERROR)
        if length > 125:
            length = int.from_bytes(self._read(2 if length == 126 else 8), "big")
        if length > self._most:
            raise _Closed(TOO_BIG)
        mask = self._read(4)
        return bool(first & 0x80), opcode, _masked(self._read(length), mask)

    def _read(self, count: int) -> bytes:
        data = self._input.read(count)
        if len(data) < count:
            raise ConnectionResetError
        return data

    def _write(self, opcode: int, payload: bytes) -> None:
        if not self._open:
            raise ConnectionResetError
        length = len(payload)
        if length < 126:
            head = bytes((0x80 | opcode, length))
        elif length < 65_536:
            head = bytes((0x80 | opcode, 126)) + length.to_bytes(2, "big")
        else:
            head = bytes((0x80 | opcode, 127)) + length.to_bytes(8, "big")
        # A large message may go out in several pieces; a pong must not slip in between them.
        with self._turn:
            self._sock.sendall(head + payload)


def _masked(payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise _Closed(NOT_UTF8) from error

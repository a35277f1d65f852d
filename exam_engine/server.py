"""Running the application: one gevent process. Several of them behind a reverse proxy make a large installation."""

from __future__ import annotations

import gc
import signal
import socket
from collections.abc import Iterable
from types import FrameType
from typing import Any

import gevent
import structlog
from flask import Flask
from gevent.pywsgi import WSGIHandler, WSGIServer

from exam_engine.app import engine_of
from exam_engine.sweeper import Sweeper

GRACE_SECONDS = 10
READ_BUFFER_BYTES = 1024


class _Handler(WSGIHandler):
    """One connection. Thousands stand open with nothing to say, so each gets a small buffer."""

    def __init__(self, sock: Any, address: Any, server: WSGIServer) -> None:
        super().__init__(sock, address, server)
        self.rfile = sock.makefile("rb", READ_BUFFER_BYTES)

    def log_request(self) -> None:
        """Access lines are the metrics' business; pywsgi's own would cost more than the request."""


def listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A listening socket; ``shared`` lets several workers listen on one port and the kernel deal out connections.

    Raises:
        OSError: the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    # Inherited by every connection: a reply's head and body go out at once, not 40 ms apart.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind((host, port))
    listener.listen(4096)
    listener.setblocking(False)
    return listener


def serve(app: Flask, listener: socket.socket) -> None:
    """Serve until told to stop (SIGTERM, SIGINT). Requests under way are finished first."""
    server = WSGIServer(listener, app, handler_class=_Handler, log=None, error_log=_Errors())
    sweeper = Sweeper(app)

    def stop(_number: int, _frame: FrameType | None) -> None:
        sweeper.stop()
        gevent.spawn(server.stop, timeout=GRACE_SECONDS)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    _collect_seldom()
    sweeper.start()
    try:
        server.serve_forever()
    finally:
        sweeper.stop()
        engine_of(app).database.close()


def _collect_seldom() -> None:
    """Make Python look through all its objects for circles a few times an hour, not a few times a minute.

    With thousands of candidates connected one look takes more than half a second, in which nobody is served. What
    lives from the start on is never looked at again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


class _Errors:
    """pywsgi's complaints (broken connections mostly) as log lines."""

    def write(self, text: str) -> None:
        if text.strip():
            structlog.get_logger("server").warning(text.strip())

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        pass

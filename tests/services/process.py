"""A server as a process of its own: started, killed and started again by tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.services import answers, free_port, wait_for

ROOT = Path(__file__).parents[2]


class ServerProcess:
    """``python -m …`` that listens on a port of the loopback address; what it says goes to a file."""

    def __init__(self, log: Path, port: int | None = None, environment: dict[str, str] | None = None) -> None:
        self.port = port or free_port()
        self._log = log
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process
        return self._process.pid

    def _start(self, *arguments: str, also: Callable[[], bool] = lambda: True) -> None:
        """Start ``python -m arguments…`` and wait until it listens, and until ``also()`` holds.

        Raises:
            RuntimeError: it ended at once; what it said is in the message.
        """
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", *arguments]
            self._process = subprocess.Popen(command, env=self._environment, cwd=ROOT, stdout=log, stderr=log)
        process = self._process

        def ready() -> bool:
            if process.poll() is not None:
                raise RuntimeError(f"the server ended at once:\n{self.log()}")
            return answers(self.port) and also()

        wait_for(ready, "the server", 60)

    def kill(self) -> None:
        """End the process at once, as the kernel or a power cut would."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Ask the process to end."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    def log(self) -> str:
        """What the server has said."""
        return self._log.read_text("utf-8")

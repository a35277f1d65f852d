"""The demo as a user starts it: a process of its own with simulated candidates."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.services import answers, free_port, wait_for

ROOT = Path(__file__).parents[2]
PASSWORD = "coba-dulu-2026"


@dataclass
class Demo:
    """``exam-engine demo`` on a free port and a data directory of its own."""

    folder: Path
    candidates: int = 4
    pace: float = 6.0

    def __post_init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        """Its database, for looking into."""
        return f"sqlite:///{self.folder}/exam-engine.sqlite3"

    def start(self) -> None:
        """Start it (again) and wait until it listens and its sittings are open."""
        command = [sys.executable, "-m", "exam_engine", "demo", "--port", str(self.port)]
        command += ["--data-dir", str(self.folder), "--candidates", str(self.candidates), "--pace", str(self.pace)]
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        process = self._process

        def ready() -> bool:
            if process.poll() is not None:
                raise RuntimeError(f"the demo ended at once:\n{self._log.read_text('utf-8')}")
            return (self.folder / "demo.json").exists() and answers(self.port)

        wait_for(ready, "the demo", 60)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    @property
    def pin(self) -> str:
        """The PIN of the sitting under way."""
        return str(self._live["pin"])

    @property
    def sitting(self) -> int:
        """The sitting under way."""
        return int(self._live["sitting_id"])

    def visitor(self, number: int) -> str:
        """The registration number of the nth place kept free for visitors, from 1."""
        return f"{self._live['prefix']}-{self.candidates + number:04}"

    @property
    def _live(self) -> dict[str, Any]:
        live: dict[str, Any] = json.loads((self.folder / "demo.json").read_text("utf-8"))["live"]
        return live

    @property
    def _log(self) -> Path:
        return self.folder / "demo.log"

"""The demo as a user starts it: a process of its own with simulated candidates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.services.process import ServerProcess

PASSWORD = "coba-dulu-2026"


class Demo(ServerProcess):
    """``exam-engine demo`` on a free port and a data directory of its own."""

    def __init__(self, folder: Path, candidates: int = 4, pace: float = 6.0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder / "demo.log")
        self.folder, self.candidates = folder, candidates
        self._options = ("--data-dir", str(folder), "--candidates", str(candidates), "--pace", str(pace))

    def start(self) -> None:
        """Start it (again) and wait until it listens and its sittings are open."""
        self._start("exam_engine", "demo", "--port", str(self.port), *self._options, also=self._is_set)

    def _is_set(self) -> bool:
        return (self.folder / "demo.json").exists()

    @property
    def database_url(self) -> str:
        """Its database, for looking into."""
        return f"sqlite:///{self.folder}/exam-engine.sqlite3"

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

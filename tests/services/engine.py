"""The real server as a process of its own: started, killed and started again by tests."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from exam_engine.settings import Settings
from tests.services import answers, free_port, wait_for

ROOT = Path(__file__).parents[2]


class EngineServer:
    """One worker process on a port of its own, or one of several on a shared port."""

    def __init__(
        self, settings: Settings, *, port: int | None = None, shared: bool = False, module: str = "exam_engine"
    ) -> None:
        self.port = port or free_port()
        self._shared = shared
        self._module = module
        self._log = Path(tempfile.mkdtemp(prefix="exam-engine-log-")) / "server.log"
        self._environment = {**os.environ, **_as_environment(settings)}
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

    def start(self) -> None:
        """Start the server and wait until it listens."""
        command = [sys.executable, "-m", self._module, "serve", "--port", str(self.port)]
        if self._shared:
            command.append("--shared-port")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, env=self._environment, cwd=ROOT, stdout=log, stderr=log)
        process = self._process

        def ready() -> bool:
            if process.poll() is not None:
                raise RuntimeError(f"the server ended at once:\n{self.log()}")
            return answers(self.port)

        wait_for(ready, "the server")

    def kill(self) -> None:
        """End the process at once, as the kernel would."""
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
        """What the server has logged."""
        return self._log.read_text("utf-8")


def _as_environment(settings: Settings) -> dict[str, str]:
    """The settings as variables: the process starts from the embedded profile and these."""
    return {
        "EXAM_ENGINE_PROFILE": "embedded",
        "EXAM_ENGINE_SECRET_KEY": settings.secret_key.get_secret_value(),
        "EXAM_ENGINE_DATA_DIR": str(settings.data_dir),
        "EXAM_ENGINE_SECURE_COOKIES": "false",
        "EXAM_ENGINE_SECOND_FACTOR": settings.second_factor,
        "EXAM_ENGINE_LOG_LEVEL": "WARNING",
        **({"EXAM_ENGINE_DATABASE_URL": settings.database_url} if settings.database_url else {}),
        **({"EXAM_ENGINE_REDIS_URL": settings.redis_url} if settings.redis_url else {}),
    }

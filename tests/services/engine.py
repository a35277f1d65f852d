"""A worker of the engine as a process of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

from exam_engine.settings import Settings
from tests.services.process import ServerProcess


class EngineServer(ServerProcess):
    """One worker process on a port of its own, or one of several on a shared port."""

    def __init__(
        self, settings: Settings, *, port: int | None = None, shared: bool = False, module: str = "exam_engine"
    ) -> None:
        log = Path(tempfile.mkdtemp(prefix="exam-engine-log-")) / "server.log"
        super().__init__(log, port, _as_environment(settings))
        self._command = (module, "serve", "--port", str(self.port), *(("--shared-port",) if shared else ()))

    def start(self) -> None:
        """Start the worker and wait until it listens."""
        self._start(*self._command)


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

"""The installation that is measured: PostgreSQL and Redis of its own, real workers, candidates who have begun."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from exam_engine import migrate
from exam_engine.app import create_app, engine_of
from exam_engine.demo.wire_client import WireClient
from exam_engine.settings import Settings, load_settings
from tests import world
from tests.services import free_port, wait_for
from tests.services.engine import EngineServer
from tests.services.postgres import Postgres
from tests.services.redis import RedisServer

WORKERS = 2
SIGNING_IN_AT_ONCE = 16


@dataclass(frozen=True)
class Candidate:
    """Somebody whose attempt is running: the cookie of their device, and the server events it has heard."""

    cookie: str
    heard: int

    @property
    def attempt_id(self) -> int:
        """The attempt the cookie is for; it comes first in the token."""
        return int(self.cookie.partition("=")[2].partition(".")[0])


@dataclass(frozen=True)
class Workers:
    """Worker processes that share a port."""

    port: int
    processes: list[EngineServer]

    def memory(self) -> int:
        """Bytes of memory the processes hold: shared pages are counted once, divided among their holders."""
        return sum(_proportional_set(each.pid) for each in self.processes)


@dataclass(frozen=True)
class Installation:
    """What runs, and who may come."""

    postgres: Postgres
    database: str
    settings: Settings
    registrations: list[str]

    @contextmanager
    def workers(self, module: str = "exam_engine") -> Iterator[Workers]:
        """Two workers of a module's ``serve`` command on one port, stopped at the end."""
        port = free_port()
        with ExitStack() as stack:
            processes = []
            for _ in range(WORKERS):
                process = EngineServer(self.settings, port=port, shared=True, module=module)
                stack.callback(process.stop)
                process.start()
                processes.append(process)
            wait_for(lambda: _listeners(port) == WORKERS, "the workers")
            yield Workers(port, processes)

    def rows_of(self, attempts: list[int]) -> int:
        """The answers these attempts have in the log."""
        query = "SELECT count(*) FROM event WHERE kind = 'answered' AND attempt_id = ANY(%s)"
        with psycopg.connect(self.postgres.conninfo(self.database)) as connection:
            row = connection.execute(query, (attempts,)).fetchone()
        assert row
        return int(row[0])

    def sign_in(self, workers: Workers, registrations: list[str]) -> list[Candidate]:
        """Let these candidates sign in and begin, over the wire."""

        def come_in(number: int, registration: str) -> Candidate:
            client = WireClient("127.0.0.1", workers.port, f"{number:032x}")
            client.sign_in(registration, world.PIN)
            client.start()
            client.drop()
            return Candidate(client.cookie, client.heard)

        with ThreadPoolExecutor(SIGNING_IN_AT_ONCE) as pool:
            return list(pool.map(come_in, range(len(registrations)), registrations))


@contextmanager
def installed(candidates: int) -> Iterator[Installation]:
    """A fresh installation with an open sitting of so many candidates; all of it is gone at the end."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="exam-engine-benchmark-"))
        postgres, redis = Postgres(), RedisServer()
        stack.callback(postgres.stop)
        postgres.start()
        stack.callback(redis.stop)
        redis.start()
        url = postgres.new_database()
        settings = _settings(Path(folder), url, redis.url)
        migrate.upgrade(url, settings.parts)
        # Without Redis here: the one who prepares neither hears nor tells.
        app = create_app(_settings(Path(folder), url, None))
        sitting = world.build(app, candidates, datetime.now(UTC))
        engine_of(app).database.close()
        yield Installation(postgres, url.rpartition("/")[2], settings, sitting.registrations)


def _settings(folder: Path, database_url: str, redis_url: str | None) -> Settings:
    return load_settings(
        "embedded",
        data_dir=folder,
        secret_key="only-for-benchmarks-" * 2,
        secure_cookies=False,
        second_factor="optional",
        log_level="WARNING",
        database_url=database_url,
        redis_url=redis_url,
    )


def _listeners(port: int) -> int:
    wanted, listening = f":{port:04X}", "0A"
    rows = (line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:])
    return sum(row[1].endswith(wanted) and row[3] == listening for row in rows)


def _proportional_set(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))

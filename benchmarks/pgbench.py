"""What PostgreSQL itself can do: its own ``pgbench`` inserts the same single row, a transaction each."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from benchmarks.load import percentile
from tests.services.postgres import Postgres

# Attempts of pgbench's own, out of the way of those that exist. A variable lives as long as its client, so every
# client counts its own events from 1, as a device does.
ATTEMPTS_FROM = 1_000_000_000
SCRIPT = r"""
\set attempt :first + :client_id
\set seq :seq + 1
INSERT INTO event (attempt_id, lane, seq, kind, item, value, at, received_at, late)
VALUES (:attempt, 1, :seq, 'answered', 3, '"C"', now(), now(), false);
"""
_runs = count()


@dataclass(frozen=True)
class Transactions:
    """What a run came to. Latencies are in seconds."""

    rate: float
    latencies: list[float]

    def percentile(self, percent: float) -> float:
        """Latency below which that share of transactions stayed."""
        return percentile(self.latencies, percent)


def run(postgres: Postgres, database: str, clients: int, seconds: float) -> Transactions:
    """Let so many clients insert for that long (whole seconds), with prepared statements, over TCP.

    Raises:
        RuntimeError: pgbench failed.
    """
    with tempfile.TemporaryDirectory(prefix="exam-engine-pgbench-") as name:
        folder = Path(name)
        script = folder / "insert.sql"
        script.write_text(SCRIPT, "ascii")
        command = [str(postgres.program("pgbench")), "--no-vacuum", "--protocol=prepared", "--jobs=2"]
        command += [f"--client={clients}", f"--time={max(round(seconds), 1)}", f"--file={script}"]
        command += ["--define=seq=0", f"--define=first={ATTEMPTS_FROM + 1000 * next(_runs)}"]
        command += ["--log", "--sampling-rate=0.05", f"--log-prefix={folder / 'log'}"]
        command += ["-h", "127.0.0.1", "-p", str(postgres.port), "-U", "exam", database]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=seconds + 60)
        found = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
        if done.returncode or found is None:
            raise RuntimeError(f"pgbench failed: {done.stderr[:1000]}")
        return Transactions(float(found.group(1)), _latencies(folder))


def _latencies(folder: Path) -> list[float]:
    # A line per transaction: client, number, microseconds, …
    lines = (line for log in folder.glob("log*") for line in log.read_text("ascii").splitlines())
    return [int(line.split()[2]) / 1_000_000 for line in lines]

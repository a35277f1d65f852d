"""The command as scripts and service managers use it: by what it exits with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``exam-engine arguments…`` with its data in a folder."""
    own = {"EXAM_ENGINE_DATA_DIR": str(folder), "EXAM_ENGINE_SECRET_KEY": "only-for-tests-" * 4}
    command = [sys.executable, "-m", "exam_engine", *arguments]
    return subprocess.run(command, env={**os.environ, **own}, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data directory with all tables."""
    assert run(tmp_path, "migrate").returncode == 0
    return tmp_path


def test_a_file_with_faults_fails(folder: Path) -> None:
    (folder / "broken.xlsx").write_bytes(b"PK no workbook")
    for options in ((), ("--dry-run",)):
        done = run(folder, "bank", "import", str(folder / "broken.xlsx"), *options)
        assert done.returncode == 1
        assert "1 fault. Nothing was changed." in done.stderr


def test_what_ends_well_exits_with_nothing(folder: Path) -> None:
    assert run(folder, "bank", "import", str(ROOT / "item_bank/sample/health-bank.xlsx")).returncode == 0
    assert run(folder, "log", "verify").returncode == 0


def test_what_is_refused_is_told_without_a_traceback(folder: Path) -> None:
    (folder / "exam.yaml").write_text("code: x\nminutes: -3\n", "utf-8")
    done = run(folder, "exam", "load", str(folder / "exam.yaml"))
    assert done.returncode == 1
    assert "minutes" in done.stderr and "Traceback" not in done.stderr
    assert run(folder, "no-such-command").returncode == 2

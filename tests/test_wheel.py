"""The wheel is the product: without Node, without the project's folder, ``exam-engine demo`` runs from it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

import pytest

from tests.conftest import ROOT
from tests.services import free_port


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which only the wheel is installed; its dependencies come from the environment of the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    target = folder / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    return target


def fetched(url: str, seconds: float = 60) -> str:
    """The page at that address, once somebody answers there."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as reply:
                return str(reply.read().decode("utf-8"))
        except (URLError, ConnectionError):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def test_the_demo_runs_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    port = free_port()
    environment = {**os.environ, "PYTHONPATH": str(installed), "PATH": "/nowhere"}
    command = [sys.executable, "-P", "-m", "exam_engine", "demo", "--port", str(port), "--candidates", "1"]
    command += ["--data-dir", str(tmp_path / "data")]
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    try:
        start = fetched(f"http://127.0.0.1:{port}/")
        assert "Bahasa Indonesia" in start and "/exam/" in start
        player = fetched(f"http://127.0.0.1:{port}/exam/")
        assert "player-" in player
        assert "wall" in (installed / "proctoring/static/manifest.json").read_text("utf-8")
    finally:
        running.terminate()
        running.wait(15)
    assert str(installed) in subprocess.run(
        [sys.executable, "-P", "-c", "import exam_engine; print(exam_engine.__file__)"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_the_wheel_carries_what_the_parts_need(installed: Path) -> None:
    for pattern in (
        "*/translations/id/LC_MESSAGES/messages.mo",
        "*/migrations/versions/*_0001_*.py",
        "item_bank/sample/*.xlsx",
        "exam_engine/exams/bundled/*.yaml",
        "config/*.toml",
        "exam_engine/static/player-*.js.br",
        "proctoring/static/wall-*.js",
    ):
        assert list(installed.glob(pattern)), pattern
    assert not list(installed.glob("tests/*"))

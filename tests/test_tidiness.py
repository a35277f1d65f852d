"""Sources stay small, and each is named for its one purpose."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = (
    "psychometrics",
    "exam_engine",
    "item_bank",
    "proctoring",
    "config",
    "setup",
    "benchmarks",
    "tests",
    "web/src",
    "web/scripts",
)
KINDS = (".py", ".ts", ".tsx", ".mjs")
MOST_LINES = 400
SAY_NOTHING = {"util", "utils", "helper", "helpers", "manager", "managers", "misc", "common"}


def sources() -> list[Path]:
    """Every source file of ours; what is built lies in folders named ``static``."""
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in KINDS)
    return sorted(path for path in found if "static" not in path.relative_to(ROOT).parts)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_folders_looked_at_hold_sources(folder: str) -> None:
    assert any(path.is_relative_to(ROOT / folder) for path in sources())


def test_no_source_file_is_long() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in sources()}
    long = [f"{path.relative_to(ROOT)}: {lines} lines" for path, lines in lengths.items() if lines > MOST_LINES]
    assert long == []


def test_every_module_is_named_for_what_it_does() -> None:
    vague = [
        str(path.relative_to(ROOT))
        for path in sources()
        if SAY_NOTHING & {part.split(".")[0].lower() for part in path.relative_to(ROOT).parts}
    ]
    assert vague == []

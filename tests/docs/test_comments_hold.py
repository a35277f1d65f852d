"""What comments and docstrings point at is there: classes that signals carry, goals of the Makefile."""

from __future__ import annotations

import importlib
import re

from tests.conftest import ROOT

FOLDERS = ("exam_engine", "item_bank", "proctoring", "psychometrics", "config", "setup", "benchmarks", "tests", "docs")


def test_signals_name_classes_that_exist() -> None:
    named = re.findall(r"``([a-z_.]+)\.([A-Z]\w+)``", (ROOT / "exam_engine" / "signals.py").read_text("utf-8"))
    assert named
    for module, name in named:
        assert hasattr(importlib.import_module(f"exam_engine.{module}"), name), f"{module}.{name}"


def test_goals_named_are_in_the_makefile() -> None:
    goals = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    files = [*ROOT.glob("*.toml"), *ROOT.glob("*.md"), ROOT / "Makefile"]
    files += [file for folder in FOLDERS for kind in ("*.py", "*.md") for file in (ROOT / folder).rglob(kind)]
    gone = [
        f"{file.relative_to(ROOT)}: make {goal}"
        for file in files
        for goal in re.findall(r"`make ([a-z]+)", file.read_text("utf-8"))
        if goal not in goals
    ]
    assert gone == []

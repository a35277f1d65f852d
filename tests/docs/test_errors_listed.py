"""``docs/errors.md`` lists every error code, with its status, and none that is gone."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

from exam_engine.delivery.words import MESSAGES as DELIVERY_WORDS
from exam_engine.errors import ExamEngineError
from exam_engine.web.messages import MESSAGES as ENGINE_WORDS
from item_bank.words import MESSAGES as BANK_WORDS
from proctoring.words import MESSAGES as SUPERVISION_WORDS

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
PACKAGES = ("exam_engine", "item_bank", "proctoring")
ROW = re.compile(r"^\| `([a-z_.]+)` \| (\d{3}) \| \S.* \| \S.* \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def listed() -> dict[str, int]:
    """Code and status of every row of the page."""
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    codes = [code for code, _ in rows]
    assert len(codes) == len(set(codes)), "a code is listed twice"
    return {code: int(status) for code, status in rows}


@pytest.fixture(scope="module")
def raised() -> dict[str, set[int]]:
    """Statuses of every error class of the product, by code."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            # The entry point patches the process when imported; revisions need a migration under way.
            if module.name in ("exam_engine.cli", "exam_engine.__main__") or ".migrations" in module.name:
                continue
            importlib.import_module(module.name)
    found: dict[str, set[int]] = {}
    waiting: list[type[ExamEngineError]] = [ExamEngineError]
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        if error.__module__.startswith(PACKAGES):
            found.setdefault(error.code, set()).add(error.status)
    return found


def worded() -> set[str]:
    """Every code that has words."""
    return {*ENGINE_WORDS, *DELIVERY_WORDS, *BANK_WORDS, *SUPERVISION_WORDS}


def test_every_code_is_listed(listed: dict[str, int], raised: dict[str, set[int]]) -> None:
    missing = sorted((worded() | raised.keys()) - listed.keys())
    assert not missing, f"docs/errors.md lacks {', '.join(missing)}"


def test_no_listed_code_is_gone(listed: dict[str, int], raised: dict[str, set[int]]) -> None:
    stale = sorted(listed.keys() - worded() - raised.keys())
    assert not stale, f"docs/errors.md lists codes that no longer exist: {', '.join(stale)}"


def test_every_error_class_has_words(raised: dict[str, set[int]]) -> None:
    wordless = sorted(raised.keys() - worded())
    assert not wordless, f"no words for {', '.join(wordless)}"


def test_the_statuses_are_those_of_the_classes(listed: dict[str, int], raised: dict[str, set[int]]) -> None:
    wrong = {
        code: sorted(statuses) for code, statuses in raised.items() if code in listed and statuses != {listed[code]}
    }
    assert not wrong, f"docs/errors.md tells another status than the code: {wrong}"

"""Every example in the documentation runs and gives what it says."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import psychometrics

PAGE = Path(__file__).parents[2] / "docs" / "psychometrics.md"
MODULES = [
    module.name.removeprefix("psychometrics.")
    for module in pkgutil.walk_packages(psychometrics.__path__, "psychometrics.")
]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    module = importlib.import_module(f"psychometrics.{name}")
    assert doctest.testmod(module).failed == 0


def test_the_page_runs_from_top_to_bottom() -> None:
    result = doctest.testfile(str(PAGE), module_relative=False)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("name", [name for name in MODULES if "." not in name])
def test_the_page_and_the_package_name_every_module(name: str) -> None:
    assert f"`psychometrics.{name}`" in PAGE.read_text(encoding="utf-8")
    if name not in ("arrays", "errors"):
        assert f"``{name}``" in (psychometrics.__doc__ or "")

"""Every example in the documentation runs and gives what it says."""

from __future__ import annotations

import ast
import doctest
import importlib
import importlib.util
import pkgutil
import sys
from pathlib import Path

import pytest

import psychometrics

DOCS = Path(__file__).parents[2] / "docs" / "psychometrics"
INDEX = DOCS / "README.md"
PAGES = sorted(DOCS.glob("*.md"))
MODULES = [
    module.name.removeprefix("psychometrics.")
    for module in pkgutil.walk_packages(psychometrics.__path__, "psychometrics.")
]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    module = importlib.import_module(f"psychometrics.{name}")
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_runs_from_top_to_bottom(page: Path) -> None:
    result = doctest.testfile(str(page), module_relative=False)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("page", [page for page in PAGES if page != INDEX], ids=lambda page: page.stem)
def test_every_page_is_in_the_index(page: Path) -> None:
    assert f"]({page.name})" in INDEX.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in MODULES if "." not in name])
def test_the_index_and_the_package_name_every_module(name: str) -> None:
    assert f"`psychometrics.{name}`" in INDEX.read_text(encoding="utf-8")
    if name not in ("arrays", "errors"):
        assert f"``{name}``" in (psychometrics.__doc__ or "")


@pytest.mark.parametrize("name", [name for name in MODULES if not name.startswith("plots")])
def test_nothing_but_numpy_and_scipy_is_imported(name: str) -> None:
    spec = importlib.util.find_spec(f"psychometrics.{name}")
    assert spec is not None and spec.origin is not None
    imported = {
        module.split(".")[0]
        for node in ast.walk(ast.parse(Path(spec.origin).read_text(encoding="utf-8")))
        for module in _imported(node)
    }
    assert imported - set(sys.stdlib_module_names) <= {"numpy", "scipy", "psychometrics"}


@pytest.mark.parametrize("name", MODULES)
def test_every_public_function_and_class_says_what_it_does(name: str) -> None:
    module = importlib.import_module(f"psychometrics.{name}")
    silent = [
        title
        for title, thing in vars(module).items()
        if not title.startswith("_")
        and getattr(thing, "__module__", None) == module.__name__
        and (isinstance(thing, type) or callable(thing))
        and not (thing.__doc__ or "").strip()
    ]
    assert silent == []


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []

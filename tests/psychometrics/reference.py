"""Published and independently computed numbers, kept beside the project, not in it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from psychometrics.arrays import Floats
from psychometrics.items import ItemTable

_FILE = Path(__file__).parents[3] / "shared" / "reference" / "psychometrics" / "reference.json"


@cache
def _entries() -> dict[str, dict[str, Any]]:
    assert _FILE.is_file(), f"the reference numbers are missing: {_FILE.name} is not at {_FILE}"
    return {entry["name"]: entry for entry in json.loads(_FILE.read_text(encoding="utf-8"))}


def entry(name: str) -> dict[str, Any]:
    """One entry by its exact name."""
    assert name in _entries(), f"the reference file has no entry {name!r}"
    return _entries()[name]


def numbers(rows: list[list[float | None]]) -> Floats:
    """A table of numbers with null as NaN."""
    return np.array([[np.nan if value is None else value for value in row] for row in rows])


def lsat7() -> ItemTable:
    """The five LSAT7 items at their 2PL estimates."""
    rows = entry("LSAT7 2PL MML")["expected"]["coefIRT"]
    return ItemTable.from_dicts(
        {"item": f"Item.{i}", "model": "2PL", "a": row[0], "b": row[1]}
        for i, row in enumerate(rows, 1)
    )


def science_grm() -> ItemTable:
    """The four Science items at their graded response estimates."""
    rows = entry("Science GRM / GPCM / PCM / NRM")["expected"]["grmIRT"]
    return ItemTable.from_dicts(
        {"item": f"Item.{i}", "model": "GRM", "a": row[0], "steps": row[1:]}
        for i, row in enumerate(rows, 1)
    )


def columns(table: dict[str, list[int]], names: list[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Persons x items from a table of columns."""
    return np.array([table[name] for name in names], dtype=np.int64).T

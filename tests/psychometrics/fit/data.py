"""Reference data as persons x items, with the parameters the reference was computed at."""

from __future__ import annotations

from typing import Any

import numpy as np

from psychometrics.arrays import Integers
from psychometrics.items import ItemTable
from tests.psychometrics.reference import columns, entry, science_grm

SAT12 = "SAT12 2PL and 3PL with priors"
SCIENCE = "Science GRM / GPCM / PCM / NRM"
LSAT6 = "LSAT6 Rasch/2PL"
RASCH = "LSAT7 Rasch (N(0,s2) prior)"
TAM = "TAM PCM/GPCM, WLE, infit/outfit (data.gpcm)"


def persons(table: dict[str, list[int]]) -> Integers:
    """A frequency table, its last column the frequency, as one row a person."""
    *items, count = list(table)
    return np.repeat(columns(table, items), table[count], axis=0)


def two_pl(rows: list[list[float]]) -> ItemTable:
    """mirt's slope and intercept of each item."""
    return ItemTable.from_dicts(
        {"item": f"Item.{i}", "model": "2PL", "a": row[0], "b": -row[1] / row[0]} for i, row in enumerate(rows, 1)
    )


def rasch(rows: list[list[float]]) -> ItemTable:
    """mirt's intercepts of items with slope 1."""
    return ItemTable.from_dicts({"item": f"Item.{i}", "model": "Rasch", "b": -row[1]} for i, row in enumerate(rows, 1))


def sat12() -> tuple[ItemTable, Integers]:
    """32 multiple-choice items of 600 persons, scored by the key."""
    data = entry(SAT12)["data"]
    scored = columns(data["raw"], list(data["raw"])) == np.array(data["key"])
    return two_pl(entry(SAT12)["expected"]["pl2"]), scored.astype(np.int64)


def science() -> tuple[ItemTable, Integers]:
    """Four statements, four categories, at the graded response estimates."""
    data: dict[str, Any] = entry(SCIENCE)["data"]["table"]
    return science_grm(), columns(data, list(data)) - 1

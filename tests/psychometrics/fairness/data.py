"""The two data sets with groups of the reference file, and simulated ones."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psychometrics.items import ItemTable, Model
from psychometrics.responses import MissingPolicy
from psychometrics.simulate import simulate_responses
from tests.psychometrics.reference import columns, entry

IGNORE = MissingPolicy.ignore_all()
VERBAL = "Verbal aggression DIF (MH, standardisation, logistic, Breslow-Day)"
MULTIGROUP = "Multigroup 2PL scalar/configural + LRT DIF + SIBTEST"
_SHARED = Path(__file__).parents[4] / "shared" / "reference" / "psychometrics"

Responses = NDArray[Any]


@cache
def verbal() -> tuple[Responses, Responses]:
    """316 persons x 24 items, and the group (focal 1)."""
    data = entry(VERBAL)["data"]["data"]
    return columns(data, [name for name in data if name != "Gender"]), np.array(data["Gender"])


@cache
def multigroup() -> tuple[Responses, Responses]:
    """2,000 persons x 15 items of two groups; items 3 and 5 have DIF."""
    with (_SHARED / entry(MULTIGROUP)["data"]["path"]).open(encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return np.array([row[1:] for row in rows]).astype(np.int64), np.array([row[0] for row in rows])


def two_samples(
    persons: int, shift: float, *, items: int = 20, seed: int = 7, polytomous: bool = False
) -> tuple[Responses, Responses]:
    """Two equally able groups, the first item harder by ``shift`` for the group "f"."""
    rng = np.random.default_rng(seed)
    b = np.linspace(-1.5, 1.5, items)
    harder = b + shift * (np.arange(items) == 0)
    drawn = [simulate_responses(_table(steps, polytomous), rng.normal(size=persons), rng) for steps in (b, harder)]
    return np.concatenate(drawn), np.repeat(["r", "f"], persons)


def _table(b: NDArray[np.float64], polytomous: bool) -> ItemTable:
    if polytomous:
        return ItemTable.from_arrays(Model.PCM, steps=b[:, None] + np.array([-0.8, 0.0, 0.8]))
    return ItemTable.from_arrays(Model.RASCH, b=b)

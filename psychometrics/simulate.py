"""Responses drawn from the models, for studies and tests."""

from __future__ import annotations

import numpy as np

from psychometrics.arrays import Codes, FloatsLike, row_blocks
from psychometrics.items import ItemTable
from psychometrics.models import category_probabilities


def simulate_responses(table: ItemTable, theta: FloatsLike, rng: np.random.Generator) -> Codes:
    """One response a person and item, persons x items, independent given theta.

    >>> table = ItemTable.from_dicts([{"item": "i", "model": "2PL", "a": 1.0, "b": 0.0}])
    >>> simulate_responses(table, [-50.0, 50.0], np.random.default_rng(1)).tolist()
    [[0], [1]]
    """
    abilities = np.atleast_1d(np.asarray(theta, dtype=np.float64))
    drawn = np.empty((abilities.size, len(table)), dtype=np.int8)
    last = (table.categories - 1).astype(np.int8)
    for rows in row_blocks(abilities.size, len(table) * int(table.categories.max())):
        reached = np.cumsum(category_probabilities(table, abilities[rows]), axis=2)
        uniform = rng.random(reached.shape[:2])
        # Rounding can leave the last sum a hair under one; the draw must not fall beyond it.
        drawn[rows] = np.minimum((uniform[:, :, None] >= reached).sum(axis=2), last)
    return drawn

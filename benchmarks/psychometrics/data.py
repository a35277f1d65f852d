"""Simulated banks and answers, the same for everybody who is measured."""

from __future__ import annotations

from functools import cache

import numpy as np

from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.items import ItemTable, Model
from psychometrics.simulate import simulate_responses


@cache
def bank(model: Model, items: int, categories: int = 2) -> ItemTable:
    """Slopes around 1, locations around 0; guessing about 0.2 where the model has it."""
    rng = np.random.default_rng(items)
    a, b = rng.lognormal(0.0, 0.3, items), rng.normal(size=items)
    if model in (Model.GRM, Model.GPCM):
        gaps = np.sort(rng.normal(0.0, 1.2, (items, categories - 1)), axis=1)
        return ItemTable.from_arrays(model, a=a, steps=gaps + 0.3 * np.arange(categories - 1) + 0.3 * b[:, None])
    c = rng.beta(5.0, 17.0, items) if model is Model.THREE_PL else None
    return ItemTable.from_arrays(model, a=a, b=b, c=c)


@cache
def answers(model: Model, persons: int, items: int, categories: int = 2) -> Codes:
    """Answers of persons drawn from the standard normal population; read-only."""
    rng = np.random.default_rng(persons)
    drawn = simulate_responses(bank(model, items, categories), rng.normal(size=persons), rng)
    drawn.setflags(write=False)
    return drawn


@cache
def plain(model: Model, persons: int, items: int, categories: int = 2) -> Integers:
    """The same answers as the integers most packages ask for."""
    return answers(model, persons, items, categories).astype(np.int64)


def parameters(table: ItemTable) -> Floats:
    """Items x (a, b, c, d), as catsim and catpie take them."""
    return np.stack((table.a, table.steps[:, 0], table.c, table.d), axis=1)

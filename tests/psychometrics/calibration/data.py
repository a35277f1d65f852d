"""Responses that the tests of calibration share."""

from __future__ import annotations

import numpy as np

from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.items import ItemTable, Model
from psychometrics.simulate import simulate_responses
from tests.psychometrics.reference import columns, entry


def patterns(name: str) -> tuple[Integers, Integers, list[str]]:
    """Patterns, frequencies and item names of an entry that is a frequency table."""
    table = entry(name)["data"]["table"]
    items = [column for column in table if column.startswith("Item")]
    frequency = next(column for column in table if not column.startswith("Item"))
    return columns(table, items), np.array(table[frequency]), items


def science() -> tuple[Integers, list[str]]:
    """392 persons, four statements, categories from 0."""
    table = entry("Science GRM / GPCM / PCM / NRM")["data"]["table"]
    return columns(table, list(table)) - 1, list(table)


def sat12() -> Integers:
    """600 persons, 32 items, right or wrong."""
    data = entry("SAT12 2PL and 3PL with priors")["data"]
    right: Integers = (columns(data["raw"], list(data["raw"])) == np.array(data["key"])).astype(np.int64)
    return right


def pool(count: int, model: Model, rng: np.random.Generator, categories: int = 2) -> ItemTable:
    """Items as a test might have."""
    records = []
    for i in range(count):
        steps = np.sort(rng.normal(0.0, 1.0, categories - 1)) + 0.2 * np.arange(categories - 1)
        values = {
            "a": float(rng.lognormal(0.0, 0.3)),
            "b": float(steps[0]),
            "c": float(rng.uniform(0.1, 0.25)),
            "d": float(rng.uniform(0.9, 0.98)),
            "steps": steps.tolist(),
            "slopes": [0.0, *np.cumsum(rng.uniform(0.3, 0.9, categories - 1)).tolist()],
            "intercepts": [0.0, *rng.normal(0.0, 0.7, categories - 1).tolist()],
        }
        own = {field: values[field] for field in model.fields}
        records.append({"item": f"item-{i + 1}", "model": model.value, **own})
    return ItemTable.from_dicts(records)


def answers(table: ItemTable, persons: int, rng: np.random.Generator, mean: float = 0.0, sd: float = 1.0) -> Codes:
    """Responses of a normal population."""
    theta: Floats = rng.normal(mean, sd, persons)
    return simulate_responses(table, theta, rng)

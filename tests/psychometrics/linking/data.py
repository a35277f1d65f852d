"""The two forms of Kolen & Brennan (2004, Table 6.5), and tables for other cases."""

from __future__ import annotations

import numpy as np

from psychometrics.items import ItemTable, Model
from tests.psychometrics.reference import entry

KB = "Linking K&B (2004) Table 6.5 36-item 3PL forms, 12 common items"


def kolen_brennan(form: str) -> ItemTable:
    """A form of 36 items; the slopes of the book are for D = 1.7."""
    pars = entry(KB)["data"]["pars"][form]
    return ItemTable.from_arrays(
        Model.THREE_PL,
        a=entry(KB)["data"]["D"] * np.array(pars["discrimination"]),
        b=pars["difficulty"],
        c=pars["asymptote"],
    )


def common(without: tuple[int, ...] = ()) -> list[str]:
    """Names of the common items."""
    return [f"item-{number}" for number, _ in entry(KB)["data"]["common"] if number not in without]


MIXED = ItemTable.from_dicts(
    [
        {"item": "rasch", "model": "Rasch", "b": 0.3},
        {"item": "2pl", "model": "2PL", "a": 1.3, "b": -0.7},
        {"item": "3pl", "model": "3PL", "a": 1.1, "b": 0.9, "c": 0.2},
        {"item": "pcm", "model": "PCM", "steps": [-0.5, 0.7]},
        {"item": "gpcm", "model": "GPCM", "a": 0.8, "steps": [-1.2, 0.1, 0.4]},
        {"item": "grm", "model": "GRM", "a": 1.6, "steps": [-1.0, 0.0, 1.3]},
        {"item": "nominal", "model": "Nominal", "slopes": [-0.8, 0.1, 0.7], "intercepts": [0.2, 0.5, -0.7]},
    ]
)

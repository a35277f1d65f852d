"""Banks and designs that the tests share."""

from __future__ import annotations

from typing import Any

import numpy as np

from psychometrics.adaptive.bank import ItemBank
from psychometrics.adaptive.design import AdaptiveDesign
from psychometrics.adaptive.session import AdaptiveSession
from psychometrics.adaptive.stopping import Stopping
from psychometrics.items import ItemTable, Model
from psychometrics.responses import MissingPolicy

BLANKS_WRONG = MissingPolicy.count_blanks()
CLASSES = ("law", "health", "logic")


def two_pl(items: int = 120, seed: int = 5) -> ItemTable:
    """Items of ordinary slopes, difficulties as in the population."""
    rng = np.random.default_rng(seed)
    return ItemTable.from_arrays(Model.TWO_PL, a=rng.lognormal(0.1, 0.25, items), b=rng.normal(size=items))


def three_pl(items: int = 120, seed: int = 6) -> ItemTable:
    """The same with guessing."""
    rng = np.random.default_rng(seed)
    return ItemTable.from_arrays(
        Model.THREE_PL,
        a=rng.lognormal(0.2, 0.25, items),
        b=rng.normal(size=items),
        c=rng.uniform(0.1, 0.3, items),
    )


def mixed(items: int = 40, seed: int = 7) -> ItemTable:
    """Right-or-wrong, graded, partial credit and nominal items in turn."""
    rng = np.random.default_rng(seed)
    records: list[dict[str, Any]] = []
    for number in range(items):
        a, b = float(rng.lognormal(0, 0.2)), float(rng.normal())
        kind = number % 4
        if kind == 0:
            record: dict[str, Any] = {"model": "3PL", "a": a, "b": b, "c": 0.2}
        elif kind == 1:
            record = {"model": "GRM", "a": a, "steps": [b - 0.7, b, b + 0.9]}
        elif kind == 2:
            record = {"model": "GPCM", "a": a, "steps": [b + 0.2, b - 0.4]}
        else:
            record = {"model": "Nominal", "slopes": [-1.0, 0.2, a], "intercepts": [0.1, 0.3, -0.4]}
        records.append({"item": f"i{number}", **record})
    return ItemTable.from_dicts(records)


def design(table: ItemTable, most_items: int = 10, **parts: Any) -> AdaptiveDesign:
    """A design of that length, with whatever parts are given."""
    bank = parts.pop("bank", None) or ItemBank(table)
    stopping = parts.pop("stopping", None) or Stopping(most_items)
    policy = parts.pop("policy", BLANKS_WRONG)
    return AdaptiveDesign(bank, policy, stopping, **parts)


def run(session: AdaptiveSession, rng: np.random.Generator) -> AdaptiveSession:
    """Answer at random until the session is over."""
    while not session.finished:
        column = session.design.bank.index(session.next_item())
        session.administer(int(rng.integers(session.design.bank.table.categories[column])))
    return session

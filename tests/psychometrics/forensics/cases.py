"""The reference session of aberrance, and sessions drawn from a model with planted copiers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psychometrics.arrays import Codes, Floats
from psychometrics.items import ItemTable, Model
from psychometrics.simulate import simulate_responses
from tests.psychometrics.reference import entry

ABERRANCE = (
    "Answer copying / similarity (scores): omega, GBT, M4, weighted omega; "
    "person misfit lz-type and U3/HT"
)


@dataclass(frozen=True, eq=False)
class Session:
    """Items, abilities and answers."""

    table: ItemTable
    theta: Floats
    responses: Codes


def reference_session() -> Session:
    """20 persons, 40 items of the 3PL; person 1 copied 16 items of person 0."""
    data = entry(ABERRANCE)["data"]
    psi = np.array(data["psi"])
    table = ItemTable.from_arrays(Model.THREE_PL, a=psi[:, 0], b=psi[:, 1], c=psi[:, 2])
    return Session(table, np.array(data["theta"])[:, 0], np.array(data["x"], dtype=np.int8))


def options(items: int, rng: np.random.Generator, categories: int = 4) -> ItemTable:
    """Multiple-choice items as nominal ones, the last option being the right one."""
    slopes = np.column_stack((rng.normal(-0.4, 0.3, (items, categories - 1)), rng.normal(1.0, 0.2, items)))
    intercepts = np.column_stack((rng.normal(0.0, 0.5, (items, categories - 1)), rng.normal(0.8, 0.5, items)))
    return ItemTable.from_dicts(
        {"item": f"i{i}", "model": "Nominal", "slopes": a.tolist(), "intercepts": b.tolist()}
        for i, (a, b) in enumerate(zip(slopes, intercepts, strict=True))
    )


def honest_session(persons: int, items: int, seed: int) -> Session:
    """Persons who work alone on multiple-choice items."""
    rng = np.random.default_rng(seed)
    table, theta = options(items, rng), rng.normal(size=persons)
    return Session(table, theta, simulate_responses(table, theta, rng))


def plant_copiers(session: Session, source: int, copiers: list[int], share: float, seed: int) -> Session:
    """The same session where ``copiers`` took a random share of the answers of ``source``."""
    rng = np.random.default_rng(seed)
    responses = session.responses.copy()
    for copier in copiers:
        copied = rng.random(responses.shape[1]) < share
        responses[copier, copied] = responses[source, copied]
    return Session(session.table, session.theta, responses)

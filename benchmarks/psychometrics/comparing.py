"""Similar answers: all 50 million pairs of a session."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from benchmarks.psychometrics.measure import Job
from psychometrics.arrays import Codes, Floats
from psychometrics.blocks import blocks_of, map_blocks
from psychometrics.forensics.matching import match_counts
from psychometrics.forensics.screening import all_p_values
from psychometrics.forensics.surface import Statistic
from psychometrics.items import ItemTable
from psychometrics.responses import MissingPolicy
from psychometrics.simulate import simulate_responses

_PERSONS, _ITEMS, _OPTIONS = 10_000, 110, 5
_POLICY = MissingPolicy.count_blanks()


def jobs() -> list[Job]:
    """Counts of matches, then the p-value of every pair by omega and by GBT."""
    size = f"{_PERSONS:,} candidates x {_ITEMS} x {_OPTIONS}"
    counts = Job(f"identical answers, {size}: all pairs", _counts, 0.6, limit=_products)
    return [counts] + [
        Job(f"{statistic.name} p-values, {size}: all pairs", _p_values(statistic), 30.0, most_runs=1)
        for statistic in (Statistic.OMEGA, Statistic.GBT)
    ]


@cache
def _session() -> tuple[ItemTable, Codes, Floats]:
    rng = np.random.default_rng(7)
    table = ItemTable.from_dicts(
        {
            "item": f"item-{item}",
            "model": "Nominal",
            "slopes": np.append(rng.uniform(0.6, 1.4), rng.normal(-0.3, 0.3, _OPTIONS - 1)).tolist(),
            "intercepts": np.append(rng.normal(0.8, 0.8), rng.normal(0.0, 0.6, _OPTIONS - 1)).tolist(),
        }
        for item in range(_ITEMS)
    )
    theta = rng.normal(size=_PERSONS)
    return table, simulate_responses(table, theta, rng), theta


def _counts() -> Callable[[], Any]:
    _, responses, _ = _session()
    key = np.zeros(_ITEMS, dtype=np.int64)
    return lambda: match_counts(responses, _POLICY, key)


def _products() -> Callable[[], Any]:
    """One-hot answers times themselves, every pair twice, and nothing kept."""
    _, responses, _ = _session()
    marks = np.eye(_OPTIONS, dtype=np.float32)[responses].reshape(_PERSONS, -1)

    def block(rows: slice) -> None:
        _ = marks[rows] @ marks.T

    return lambda: map_blocks(block, blocks_of(_PERSONS, 512))


def _p_values(statistic: Statistic) -> Callable[[], Callable[[], Any]]:
    def build() -> Callable[[], Any]:
        table, responses, theta = _session()
        return lambda: all_p_values(table, responses, _POLICY, theta, statistic)

    return build

"""The distribution of a domain's scores, as the geometry of a histogram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 15
WIDTH, HEIGHT = 300.0, 120.0


@dataclass(frozen=True)
class Bar:
    """A column: how many scores lie from ``low`` to ``high``, and its box in a 300 x 120 drawing."""

    low: float
    high: float
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Distribution:
    """A histogram with its threshold line, if there is one (``threshold_x`` in the drawing)."""

    label: str
    count: int
    mean: float
    sd: float
    lowest: float
    highest: float
    bars: tuple[Bar, ...]
    threshold: float | None
    threshold_x: float | None


def distribution(
    label: str, scores: Sequence[float], lowest: float, highest: float, threshold: float | None = None
) -> Distribution:
    """Histogram of scores over the whole range they could have.

    An empty list gives empty bars; scores outside the range are counted in the outermost bars.
    """
    values = np.clip(np.asarray(scores, dtype=np.float64), lowest, highest)
    counts, edges = np.histogram(values, bins=BINS, range=(lowest, highest))
    tallest = max(int(counts.max()), 1)
    width = WIDTH / BINS
    bars = tuple(
        Bar(
            float(edges[place]),
            float(edges[place + 1]),
            int(count),
            place * width + 1,
            HEIGHT - HEIGHT * count / tallest,
            width - 2,
            HEIGHT * count / tallest,
        )
        for place, count in enumerate(counts)
    )
    at = None
    if threshold is not None:
        at = WIDTH * min(max((threshold - lowest) / (highest - lowest), 0.0), 1.0)
    mean = float(values.mean()) if values.size else 0.0
    sd = float(values.std(ddof=1)) if values.size > 1 else 0.0
    return Distribution(label, int(values.size), mean, sd, lowest, highest, bars, threshold, at)

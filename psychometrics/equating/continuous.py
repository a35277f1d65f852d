"""Whole scores as a continuous distribution: each is spread evenly over half a point on both sides.

The definitions of Kolen & Brennan (2014, 2.5.1 and 2.5.3), as in R's equate.
"""

from __future__ import annotations

import numpy as np

from psychometrics.arrays import Floats, FloatsLike, Integers
from psychometrics.equating.frequencies import ScoreFrequencies

# Sums of shares that should be equal differ in their last digits; R's equate rounds here too.
_DIGITS = 10


def percentile_ranks(frequencies: ScoreFrequencies, at: FloatsLike | None = None) -> Floats:
    """P(score < x), from 0 to 1, at each x, or at the scores of the scale.

    >>> percentile_ranks(ScoreFrequencies(0, np.array([1.0, 2.0, 1.0]))).tolist()
    [0.125, 0.5, 0.875]
    """
    x = frequencies.scores if at is None else np.asarray(at, dtype=np.float64)
    edges, reached = _steps(frequencies)
    return np.round(np.interp(x, edges, reached), _DIGITS)


def scores_at(frequencies: ScoreFrequencies, ranks: FloatsLike) -> Floats:
    """The score with each percentile rank, the inverse of `percentile_ranks`.

    Where no score of a stretch occurred, all of it has the same rank; its middle is taken. Rank 0
    is half a point below the scale, rank 1 half a point above it.
    """
    edges, reached = _steps(frequencies)
    p = np.asarray(ranks, dtype=np.float64)
    last = reached.size - 1
    # The first edge with at least this rank, and the last with at most this rank.
    from_left = np.clip(np.searchsorted(reached, p, side="left"), 1, last)
    from_right = np.clip(np.searchsorted(reached, p, side="right") - 1, 0, last - 1)
    lower = _between(edges, reached, from_left - 1, p)
    upper = _between(edges, reached, from_right, p)
    middle = np.where(np.isin(p, reached), (lower + upper) / 2.0, upper)
    return np.where(p <= 0.0, edges[0], np.where(p >= 1.0, edges[-1], middle))


def _steps(frequencies: ScoreFrequencies) -> tuple[Floats, Floats]:
    """Edges between the scores, and the share of persons below each."""
    edges: Floats = frequencies.lowest - 0.5 + np.arange(frequencies.counts.size + 1.0)
    reached: Floats = np.zeros(edges.size)
    reached[1:] = np.cumsum(frequencies.counts) / frequencies.persons
    return edges, np.round(reached, _DIGITS)


def _between(edges: Floats, reached: Floats, cell: Integers, p: Floats) -> Floats:
    height = reached[cell + 1] - reached[cell]
    part = np.divide(p - reached[cell], height, out=np.zeros_like(p), where=height > 0)
    return np.asarray(edges[cell] + part, dtype=np.float64)

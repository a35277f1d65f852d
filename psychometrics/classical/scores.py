"""The distribution of the total score, and who has one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.errors import DataError
from psychometrics.responses import MissingPolicy, resolve_categories


@dataclass(frozen=True, eq=False)
class ScoreDistribution:
    """``counts[s]`` persons of score s = ``scores[s]``, from 0 to the highest score anybody has.

    Only persons with nothing missing (after the policy) have a total score: ``persons`` of them;
    ``incomplete`` others are left out. ``sd`` has divisor n - 1, NaN for one person; ``skewness`` and
    excess ``kurtosis`` are the moment ratios, NaN where all scores are equal.
    """

    scores: Integers
    counts: Integers
    mean: float
    sd: float
    median: float
    skewness: float
    kurtosis: float
    persons: int
    incomplete: int

    @property
    def cumulative(self) -> Floats:
        """Share of persons with each score or a lower one."""
        shares: Floats = np.cumsum(self.counts) / self.persons
        return shares


def score_distribution(responses: ArrayLike, policy: MissingPolicy) -> ScoreDistribution:
    """Total scores (sums of categories) of the persons with nothing missing.

    ``responses``: persons x items, categories from 0 or `Missing` codes. Raises `DataError` if
    nobody is complete.

    >>> found = score_distribution([[1, 0], [1, 1], [0, -3]], MissingPolicy.count_blanks())
    >>> found.counts.tolist(), found.mean, found.incomplete
    ([0, 1, 1], 1.5, 1)
    """
    resolved = resolve_categories(responses, policy)
    totals = complete_totals(resolved)
    known = totals[~np.isnan(totals)].astype(np.int64)
    if not known.size:
        raise DataError(field="responses", reason="no_complete_rows", persons=resolved.shape[0])
    counts = np.bincount(known)
    distance = known - known.mean()
    variance = float(np.mean(distance**2))
    spread = float(np.std(known, ddof=1)) if known.size > 1 else float("nan")
    skewness = float(np.mean(distance**3)) / variance**1.5 if variance > 0 else float("nan")
    kurtosis = float(np.mean(distance**4)) / variance**2 - 3.0 if variance > 0 else float("nan")
    return ScoreDistribution(
        np.arange(counts.size),
        counts,
        float(known.mean()),
        spread,
        float(np.median(known)),
        skewness,
        kurtosis,
        int(known.size),
        int(totals.size - known.size),
    )


def complete_totals(resolved: Codes) -> Floats:
    """Sum of categories of each person, NaN where anything is missing."""
    totals: Floats = resolved.sum(axis=1, dtype=np.float64)
    totals[(resolved < 0).any(axis=1)] = np.nan
    return totals


def criterion(resolved: Codes, score: ArrayLike | None) -> tuple[Floats, bool]:
    """What items are held against: the score given (NaN: leave out), or totals; and whether items are in it."""
    if score is None:
        return complete_totals(resolved), True
    given = np.asarray(score, dtype=np.float64)
    if given.shape != (resolved.shape[0],):
        raise DataError(field="score", shape=given.shape, persons=resolved.shape[0])
    if np.isinf(given).any():
        raise DataError(field="score", reason="not_finite")
    return given, False

"""Breslow and Day's test: is the odds ratio of the groups the same at every score?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2 as chi2_distribution

from psychometrics.arrays import Floats, Integers
from psychometrics.errors import DataError
from psychometrics.fairness.strata import Matching, StratifiedTable, two_groups
from psychometrics.responses import MissingPolicy


@dataclass(frozen=True, eq=False)
class BreslowDay:
    """One entry an item: ``chi2`` with ``df`` (strata - 1) and ``p_value``, large if DIF is nonuniform.

    ``trend_chi2`` and ``trend_p_value`` (1 degree of freedom) ask whether the odds ratio rises or
    falls with the score, which has more power (Penfield 2003). NaN where fewer than two strata or
    no common odds ratio is there.
    """

    chi2: Floats
    df: Integers
    p_value: Floats
    trend_chi2: Floats
    trend_p_value: Floats


def breslow_day(
    responses: ArrayLike,
    policy: MissingPolicy,
    groups: ArrayLike,
    focal: object,
    *,
    matching: Matching | None = None,
) -> BreslowDay:
    """Breslow & Day 1980 (eq. 4.30) with the Mantel-Haenszel odds ratio, without Tarone's correction.

    Arguments as in `mantel_haenszel`. As in difR, strata take part that hold persons of both
    groups and both answers, and the odds ratio is that of those strata.
    Raises `DataError` if an item has more than two categories.
    """
    matched = two_groups(responses, policy, groups, focal, matching)
    rows = np.array([_homogeneity(table, item) for item, table in enumerate(matched.tables())]).reshape(-1, 3)
    chi2, trend = rows[:, 0], rows[:, 2]
    df = rows[:, 1].astype(np.int64)
    p_value = np.where(df > 0, chi2_distribution.sf(chi2, np.maximum(df, 1)), np.nan)
    return BreslowDay(chi2, df, p_value, trend, chi2_distribution.sf(trend, 1))


def _homogeneity(table: StratifiedTable, item: int) -> tuple[float, float, float]:
    if table.counts.shape[2] > 2:
        raise DataError(field="responses", item=item, categories=table.counts.shape[2])
    margins = np.concatenate((table.counts.sum(axis=1), table.counts.sum(axis=2)), axis=1)
    used = (margins > 0).all(axis=1)
    counts, scores = table.counts[used], table.scores[used]
    (b, a), (d, c) = counts[:, 0].T, counts[:, 1].T
    total = counts.sum(axis=(1, 2))
    upper, lower = (a * d / total).sum(), (b * c / total).sum()
    if len(counts) < 2 or upper == 0.0 or lower == 0.0:
        return np.nan, 0.0, np.nan
    reference, focal, right = a + b, c + d, a + c
    expected = _expected(upper / lower, reference, focal, right)
    cells = np.stack((expected, reference - expected, right - expected, focal - right + expected))
    variance = 1.0 / (1.0 / cells).sum(axis=0)
    off = a - expected
    slope = scores @ off
    trend = (scores**2 @ variance) - (scores @ variance) ** 2 / variance.sum()
    return float((off**2 / variance).sum()), float(len(counts) - 1), float(slope**2 / trend) if trend > 0 else np.nan


def _expected(alpha: float, reference: Floats, focal: Floats, right: Floats) -> Floats:
    """Right answers of the reference group that give the odds ratio ``alpha`` with these margins.

    The root of (alpha - 1) e^2 - s e + alpha n_R m = 0 within the margins, in the form that stays
    exact as alpha passes through 1.
    """
    s = alpha * (reference + right) + focal - right
    root = np.sqrt(np.maximum(s**2 - 4.0 * alpha * (alpha - 1.0) * reference * right, 0.0))
    return 2.0 * alpha * reference * right / (s + root)

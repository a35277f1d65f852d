"""The Mantel-Haenszel test of DIF for items scored right or wrong, with the classes of ETS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2 as chi2_distribution
from scipy.stats import norm

from psychometrics.arrays import Floats, Integers
from psychometrics.errors import DataError
from psychometrics.fairness.classes import DifClass, SampleRule, classify, classify_size
from psychometrics.fairness.strata import Matching, StratifiedTable, two_groups
from psychometrics.responses import MissingPolicy

# One logit of log odds ratio in the units of ETS's delta scale of difficulty.
DELTA = -2.35


@dataclass(frozen=True, eq=False)
class MantelHaenszel:
    """One entry an item; NaN where the data do not determine it (nobody wrong, one group absent).

    ``alpha``: common odds ratio, above 1 if matched persons of the reference group do better;
    ``log_alpha_variance`` its log's variance; ``delta`` = -2.35 log alpha, negative if the item is
    harder for the focal group, with its standard error and interval (``delta_low`` to
    ``delta_high``). ``chi2`` and ``p_value`` have the continuity correction, ``chi2_uncorrected``
    and ``p_uncorrected`` have not (1 degree of freedom). ``size_class`` judges the size of delta
    alone; ``ets_class`` is the full rule of ETS. The numbers of persons are those that took part.
    """

    reference_persons: Integers
    focal_persons: Integers
    alpha: Floats
    log_alpha_variance: Floats
    delta: Floats
    delta_se: Floats
    delta_low: Floats
    delta_high: Floats
    chi2: Floats
    p_value: Floats
    chi2_uncorrected: Floats
    p_uncorrected: Floats
    size_class: tuple[DifClass, ...]
    ets_class: tuple[DifClass, ...]


def mantel_haenszel(
    responses: ArrayLike,
    policy: MissingPolicy,
    groups: ArrayLike,
    focal: object,
    *,
    matching: Matching | None = None,
    confidence: float = 0.95,
    significance: float = 0.05,
    sample: SampleRule | None = None,
) -> MantelHaenszel:
    """Do matched persons of two groups have the same odds of a right answer? Each item tested.

    ``responses``: persons x items, 0 or 1 or `Missing` codes; ``groups``: a label a person, two
    labels in all, ``focal`` being the focal group's. Mantel & Haenszel 1959; Holland & Thayer
    1988; variance of log alpha by Robins, Breslow & Greenland 1986 and Phillips & Holland 1987
    (eq. 3), as in difR.

    ETS (Zieky 1993; Zwick 2012): A if delta does not differ from 0 (chi2, ``significance``) or
    |delta| < 1; C if |delta| >= 1.5 and it exceeds 1 significantly (one-sided, normal); else B.
    Insufficient if ``sample`` is not met. Raises `ResponseError`, `RuleError`, and `DataError` if
    an item has more than two categories (see `mantel_test`).

    >>> right = [[1, 1]] * 30 + [[1, 0]] * 10 + [[1, 1]] * 12 + [[1, 0]] * 28
    >>> groups = ["r"] * 40 + ["f"] * 40
    >>> found = mantel_haenszel(right, MissingPolicy.ignore_all(), groups, "f", matching=Matching([0], False))
    >>> found.alpha.round(2).tolist(), found.delta.round(2).tolist()
    ([nan, 7.0], [nan, -4.57])
    >>> [verdict.value for verdict in found.ets_class]
    ['insufficient', 'insufficient']
    """
    matched = two_groups(responses, policy, groups, focal, matching)
    tables = matched.tables()
    rows = np.array([_statistics(table, item) for item, table in enumerate(tables)]).reshape(-1, 4)
    alpha, variance, corrected, uncorrected = rows.T
    reference, focals = np.array([table.persons for table in tables]).reshape(-1, 2).T
    with np.errstate(divide="ignore", invalid="ignore"):
        delta = DELTA * np.log(alpha)
    se = -DELTA * np.sqrt(variance)
    half = norm.isf((1.0 - confidence) / 2.0) * se
    p_value = chi2_distribution.sf(corrected, 1)
    known = np.isfinite(delta) & np.isfinite(se) & (sample or SampleRule()).met(reference, focals)
    away = (np.abs(delta) >= 1.0) & (p_value < significance)
    far = (np.abs(delta) >= 1.5) & (np.abs(delta) - norm.isf(significance) * se > 1.0)
    return MantelHaenszel(
        reference,
        focals,
        alpha,
        variance,
        delta,
        se,
        delta - half,
        delta + half,
        corrected,
        p_value,
        uncorrected,
        chi2_distribution.sf(uncorrected, 1),
        classify_size(delta, 1.0, 1.5),
        classify(away, away & far, known),
    )


def _statistics(table: StratifiedTable, item: int) -> tuple[float, float, float, float]:
    """Alpha, variance of log alpha, chi2 with and without the continuity correction."""
    if table.counts.shape[2] > 2:
        raise DataError(field="responses", item=item, categories=table.counts.shape[2])
    total = table.counts.sum(axis=(1, 2))
    counts, total = table.counts[total > 1], total[total > 1]
    (b, a), (d, c) = counts[:, 0].T, counts[:, 1].T
    right, wrong = a + c, b + d
    difference = abs((a - (a + b) * right / total).sum())
    variance = ((a + b) * (c + d) * right * wrong / (total**2 * (total - 1.0))).sum()
    upper, lower = (a * d / total).sum(), (b * c / total).sum()
    if variance <= 0.0:
        return np.nan, np.nan, np.nan, np.nan
    alpha = upper / lower if lower > 0.0 else np.inf
    spread = np.nan
    if upper > 0.0 and lower > 0.0:
        spread = ((a * d + alpha * b * c) * (a + d + alpha * (b + c)) / total**2).sum() / (2.0 * upper**2)
    return alpha, spread, (difference - 0.5) ** 2 / variance, difference**2 / variance

"""Criterion validity: correlations with intervals, and what selection and unreliability took from them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm
from scipy.stats import t as t_distribution

from psychometrics.errors import DataError, RuleError


@dataclass(frozen=True)
class Correlation:
    """Pearson's r of ``persons`` who have both values, interval ``low`` to ``high``, ``p_value`` of r = 0 (t).

    The interval is Fisher's (1921) z +- normal quantile / sqrt(n - 3): NaN below four persons.
    """

    r: float
    low: float
    high: float
    p_value: float
    persons: int


def correlation(predictor: ArrayLike, criterion: ArrayLike, *, confidence: float = 0.95) -> Correlation:
    """Test score with a criterion, such as performance in the job; NaN of either leaves the person out.

    Raises `DataError` with fewer than three persons or values all alike, `RuleError` for shapes.

    >>> found = correlation([1, 2, 3, 4, 5, 6], [1, 3, 2, 5, 4, 6])
    >>> round(found.r, 3), round(found.low, 3), round(found.high, 3), round(found.p_value, 3)
    (0.886, 0.264, 0.987, 0.019)
    """
    one, other = np.asarray(predictor, dtype=np.float64), np.asarray(criterion, dtype=np.float64)
    if one.ndim != 1 or one.shape != other.shape:
        raise RuleError(field="predictor", shape=one.shape, criterion=other.shape)
    both = np.isfinite(one) & np.isfinite(other)
    one, other, n = one[both], other[both], int(both.sum())
    if n < 3 or np.ptp(one) == 0.0 or np.ptp(other) == 0.0:
        raise DataError(field="predictor", persons=n)
    r = float(np.clip(np.corrcoef(one, other)[0, 1], -1.0, 1.0))
    low, high = fisher_interval(r, n, confidence)
    t = r * math.sqrt((n - 2) / max(1.0 - r**2, 1e-300))
    return Correlation(r, low, high, float(2.0 * t_distribution.sf(abs(t), n - 2)), n)


def fisher_interval(r: float, persons: int, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of a correlation of so many persons (Fisher 1921)."""
    if persons < 4:
        return math.nan, math.nan
    if abs(r) >= 1.0:
        return r, r
    half = float(norm.isf((1.0 - confidence) / 2.0)) / math.sqrt(persons - 3)
    return math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)


def direct_restriction(r: float, sd_ratio: float) -> float:
    """Thorndike's (1949) case 2: selection was on the predictor itself.

    R = r U / sqrt(1 + r^2 (U^2 - 1)); ``r`` among those selected, ``sd_ratio`` U = sd of the
    predictor in all applicants / sd among the selected. Apply it to the ends of an interval too.

    >>> round(direct_restriction(0.3, 1.5), 4)
    0.4266
    """
    _correlations(r=r)
    _positive(sd_ratio=sd_ratio)
    return r * sd_ratio / math.sqrt(1.0 + r**2 * (sd_ratio**2 - 1.0))


def restriction_by_third(r: float, r_predictor: float, r_criterion: float, sd_ratio: float) -> float:
    """Thorndike's (1949) case 3: selection was on a third variable, such as another test.

    R = (r + r_xz r_yz (U^2 - 1)) / sqrt((1 + r_xz^2 (U^2 - 1)) (1 + r_yz^2 (U^2 - 1))); ``r_predictor``
    and ``r_criterion`` are its correlations with predictor and criterion among the selected,
    ``sd_ratio`` U its sd in all applicants / among the selected.
    """
    _correlations(r=r, r_predictor=r_predictor, r_criterion=r_criterion)
    _positive(sd_ratio=sd_ratio)
    more = sd_ratio**2 - 1.0
    bottom = (1.0 + r_predictor**2 * more) * (1.0 + r_criterion**2 * more)
    if bottom <= 0.0:
        raise RuleError(field="sd_ratio", value=sd_ratio)
    return (r + r_predictor * r_criterion * more) / math.sqrt(bottom)


@dataclass(frozen=True)
class IndirectRestriction:
    """``true_sd_ratio``: of true scores, all applicants / selected; ``operational``: validity of the test as
    it is, in all applicants; ``true_score``: of a test without error."""

    true_sd_ratio: float
    operational: float
    true_score: float


def indirect_restriction(
    r: float, sd_ratio: float, reliability: float, criterion_reliability: float = 1.0
) -> IndirectRestriction:
    """Case 4: selection was on something unknown that the predictor correlates with (Hunter, Schmidt & Le 2006).

    ``r`` among the selected; ``sd_ratio`` U = sd of the predictor in all applicants / among the
    selected; ``reliability`` of the predictor in all applicants; ``criterion_reliability`` among the
    selected (1 leaves criterion errors in). With u = 1 / U the true scores' ratio is
    u_T = sqrt((u^2 - (1 - r_xx)) / r_xx) (eq. 22); r is freed of both errors, corrected as in case 2 with
    1 / u_T, and the predictor's errors put back. Raises `RuleError` where u^2 is not above 1 - r_xx:
    then the restriction is more than error alone would leave.
    """
    _correlations(r=r)
    _positive(sd_ratio=sd_ratio, reliability=reliability, criterion_reliability=criterion_reliability)
    if reliability > 1.0 or criterion_reliability > 1.0:
        raise RuleError(field="reliability", value=max(reliability, criterion_reliability))
    true_square = (sd_ratio**-2 - (1.0 - reliability)) / reliability
    if true_square <= 0.0:
        raise RuleError(field="sd_ratio", value=sd_ratio, reliability=reliability)
    restricted_reliability = 1.0 - (1.0 - reliability) * sd_ratio**2
    ratio = 1.0 / math.sqrt(true_square)
    without_error = attenuation(r, restricted_reliability, criterion_reliability)
    corrected = direct_restriction(without_error, ratio)
    return IndirectRestriction(ratio, corrected * math.sqrt(reliability), corrected)


def attenuation(r: float, reliability: float = 1.0, criterion_reliability: float = 1.0) -> float:
    """r / sqrt(r_xx r_yy) (Spearman 1904): for a forecast correct the criterion alone.

    Raises `RuleError` if the result is beyond 1: the reliabilities do not fit the correlation.

    >>> round(attenuation(0.35, criterion_reliability=0.6), 3)
    0.452
    """
    _correlations(r=r)
    _positive(reliability=reliability, criterion_reliability=criterion_reliability)
    if reliability > 1.0 or criterion_reliability > 1.0:
        raise RuleError(field="reliability", value=max(reliability, criterion_reliability))
    corrected = r / math.sqrt(reliability * criterion_reliability)
    if abs(corrected) > 1.0 + 1e-12:
        raise RuleError(field="reliability", corrected=corrected)
    return max(-1.0, min(1.0, corrected))


def _correlations(**values: float) -> None:
    for name, value in values.items():
        if not abs(value) <= 1.0:
            raise RuleError(field=name, value=value)


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not (value > 0.0 and math.isfinite(value)):
            raise RuleError(field=name, value=value)

"""Classification from scores and a reliability alone: the beta-binomial model of Livingston and Lewis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import quad_vec
from scipy.special import bdtr, betainc, betaincinv

from psychometrics.arrays import Floats
from psychometrics.errors import DataError, RuleError
from psychometrics.standards.classification import Decisions, rising_cuts


class TrueScores(Enum):
    """The distribution of true proportions: a beta on an interval that is estimated, or on 0 to 1."""

    FOUR_PARAMETERS = "4P"
    TWO_PARAMETERS = "2P"


@dataclass(frozen=True, eq=False)
class LivingstonLewis(Decisions):
    """`Decisions`, and the model they were computed from.

    ``effective_length``: of a test of right-wrong items as reliable as this one; used rounded.
    True proportions: beta with ``shape`` (alpha, beta) on ``low`` to ``high``; ``model`` is what was
    fitted (two parameters if four gave an interval beyond 0 to 1, or none at all).
    """

    effective_length: float
    model: TrueScores
    shape: tuple[float, float]
    low: float
    high: float


def livingston_lewis(
    scores: ArrayLike,
    reliability: float,
    cuts: ArrayLike,
    minimum: float,
    maximum: float,
    *,
    model: TrueScores = TrueScores.FOUR_PARAMETERS,
) -> LivingstonLewis:
    """Livingston & Lewis (1995), moments by Lord (1965, eq. 37) and Hanson (1991), as LL.CA.MC of the
    R package betafunctions.

    ``scores``: one a person, of any kind of test scored from ``minimum`` to ``maximum``;
    ``cuts`` on the same scale; ``reliability`` above 0 and below 1. Weighted or scaled scores are
    allowed: nothing is assumed of the items. Raises `RuleError`, and `DataError` where scores are all
    alike or more spread out than a test of this reliability can be.
    """
    values = np.asarray(scores, dtype=np.float64)
    levels = rising_cuts(cuts)
    if not 0.0 < reliability < 1.0:
        raise RuleError(field="reliability", value=reliability)
    if values.ndim != 1 or not np.isfinite(values).all() or values.size < 2:
        raise DataError(field="scores", shape=values.shape)
    if values.min() < minimum or values.max() > maximum or not minimum < levels[0] <= levels[-1] < maximum:
        raise RuleError(field="maximum", minimum=minimum, maximum=maximum, cuts=levels.tolist())
    mean, variance = float(values.mean()), float(values.var(ddof=1))
    if variance <= 0.0:
        raise DataError(field="scores", reason="constant")
    length = ((mean - minimum) * (maximum - mean) - reliability * variance) / (variance * (1.0 - reliability))
    if round(length) < 2:
        raise DataError(field="scores", effective_length=length)
    moments = _true_moments((values - minimum) / (maximum - minimum) * length, length)
    used, (alpha, beta, low, high) = _fit(moments, model)
    confusion, agreement = _integrate(alpha, beta, low, high, (levels - minimum) / (maximum - minimum), round(length))
    return LivingstonLewis(levels, confusion, agreement, length, used, (alpha, beta), low, high)


def _true_moments(effective: Floats, length: float) -> Floats:
    """Mean, variance, skewness, kurtosis of true proportions, from factorial moments of scores."""
    raw = [float(effective.mean()) / length]
    for order in (2, 3, 4):
        falling = np.where(effective < order, 0.0, math.prod(effective - at for at in range(order)))
        raw.append(float(np.mean(falling)) / math.prod(length - at for at in range(order)))
    first, second, third, fourth = raw
    variance = second - first**2
    if variance <= 0.0:
        raise DataError(field="scores", true_variance=variance)
    skewness = (third - 3 * first * second + 2 * first**3) / variance**1.5
    kurtosis = (fourth - 4 * first * third + 6 * first**2 * second - 3 * first**4) / variance**2
    return np.array([first, variance, skewness, kurtosis])


def _fit(moments: Floats, model: TrueScores) -> tuple[TrueScores, tuple[float, float, float, float]]:
    if model is TrueScores.FOUR_PARAMETERS:
        four = _four_parameters(*moments.tolist())
        if four is not None and four[2] >= 0.0 and four[3] <= 1.0:
            return model, four
    mean, variance = moments[:2].tolist()
    total = mean * (1.0 - mean) / variance - 1.0
    if total <= 0.0:
        raise DataError(field="scores", true_mean=mean, true_variance=variance)
    return TrueScores.TWO_PARAMETERS, (mean * total, (1.0 - mean) * total, 0.0, 1.0)


def _four_parameters(
    mean: float, variance: float, skewness: float, kurtosis: float
) -> tuple[float, float, float, float] | None:
    """Alpha, beta, low, high of the beta with these moments (Hanson 1991); None if there is none."""
    bottom = 6.0 + 3.0 * skewness**2 - 2.0 * kurtosis
    if bottom == 0.0:
        return None
    r = 6.0 * (kurtosis - skewness**2 - 1.0) / bottom
    lower = (r + 2.0) * (r + 3.0) * kurtosis - 3.0 * (r - 6.0) * (r + 1.0)
    if lower == 0.0 or 1.0 - 24.0 * (r + 1.0) / lower < 0.0:
        return None
    root = math.sqrt(1.0 - 24.0 * (r + 1.0) / lower)
    larger, smaller = r / 2.0 * (1.0 + root), r / 2.0 * (1.0 - root)
    alpha, beta = (larger, smaller) if skewness < 0.0 else (smaller, larger)
    if alpha <= 0.0 or beta <= 0.0:
        return None
    spread = math.sqrt(variance * (alpha + beta + 1.0) / (alpha * beta))
    return alpha, beta, mean - alpha * spread, mean + beta * spread


def _integrate(alpha: float, beta: float, low: float, high: float, cuts: Floats, length: int) -> tuple[Floats, Floats]:
    """Confusion and agreement. A score is placed by the effective test's whole scores.

    Over the quantile of the true proportion: its density is infinite at an end if a shape is below 1.
    """
    observed = np.array([round(cut * length) for cut in cuts], dtype=np.int64)
    size = cuts.size + 1

    def both(quantile: float) -> Floats:
        x = low + (high - low) * float(betaincinv(alpha, beta, quantile))
        below = np.where(observed > 0, bdtr(np.maximum(observed - 1, 0), length, x), 0.0)
        p = np.diff(np.concatenate(([0.0], below, [1.0])))
        return np.concatenate((p, np.outer(p, p).ravel()))

    edges = betainc(alpha, beta, np.clip((cuts - low) / (high - low), 0.0, 1.0))
    confusion, agreement = np.zeros((size, size)), np.zeros((size, size))
    for level, (start, stop) in enumerate(pairwise([0.0, *edges.tolist(), 1.0])):
        if stop > start:
            part = quad_vec(both, start, stop, epsabs=1e-11, epsrel=1e-9, norm="max", limit=2000)[0]
            confusion[level] = part[:size]
            agreement += part[size:].reshape(size, size)
    return confusion, agreement

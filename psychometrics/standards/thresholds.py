"""The probability that a person truly meets each threshold of a rule, and all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from psychometrics.arrays import Floats
from psychometrics.errors import RuleError


@dataclass(frozen=True, eq=False)
class ThresholdChances:
    """``each``: persons x domains, P(true ability >= the domain's threshold); ``all``: of meeting every one.

    ``all_se``: Monte Carlo error of ``all``, 0 where none was used.
    """

    each: Floats
    all: Floats
    all_se: Floats


def independent_chances(theta: ArrayLike, se: ArrayLike, cuts: ArrayLike) -> ThresholdChances:
    """Domains scored apart: persons x domains of estimates with errors, normal and independent.

    ``theta`` and ``se`` as in `AbilityEstimate`, one column a domain; ``cuts`` one a domain, in logits
    (-inf where a domain has no threshold). For EAP scores with posterior standard deviations it is the
    posterior probability; given ML and their errors it stands for one under a flat prior. Independence
    makes ``all`` too low where abilities correlate: see `chances_from_draws`.
    Raises `RuleError` for shapes that differ.

    >>> found = independent_chances([[0.5, 0.0]], [[0.5, 0.5]], [0.0, 0.0])
    >>> found.each.round(3).tolist(), found.all.round(3).tolist()
    ([[0.841, 0.5]], [0.421])
    """
    mean, error = np.asarray(theta, dtype=np.float64), np.asarray(se, dtype=np.float64)
    limits = _limits(cuts, mean)
    if mean.shape != error.shape or not (error > 0).all():
        raise RuleError(field="se", theta=mean.shape, se=error.shape)
    each = np.asarray(ndtr((mean - limits) / error), dtype=np.float64)
    return ThresholdChances(each, each.prod(axis=1), np.zeros(len(each)))


def correlated_chances(
    mean: ArrayLike, covariance: ArrayLike, cuts: ArrayLike, rng: np.random.Generator, *, draws: int = 2000
) -> ThresholdChances:
    """Posterior means, persons x domains, with a covariance each, persons x domains x domains, normal.

    ``each`` is exact; ``all`` is a share of ``draws`` pairs of opposite draws that meet every
    threshold. Raises `RuleError` for shapes that differ or a matrix that is no covariance.
    """
    center, spread = np.asarray(mean, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    limits = _limits(cuts, center)
    if spread.shape != (*center.shape, center.shape[1]) or not np.allclose(spread, spread.transpose(0, 2, 1)):
        raise RuleError(field="covariance", mean=center.shape, covariance=spread.shape)
    try:
        root = np.linalg.cholesky(spread)
    except np.linalg.LinAlgError:
        raise RuleError(field="covariance", reason="not_positive_definite") from None
    each = ndtr((center - limits) / np.sqrt(np.diagonal(spread, axis1=1, axis2=2)))
    normal = rng.standard_normal((draws, center.shape[1]))
    share, error = np.empty(len(center)), np.empty(len(center))
    for person, (middle, factor) in enumerate(zip(center - limits, root, strict=True)):
        step = normal @ factor.T
        met = ((middle + step >= 0).all(axis=1) + (middle - step >= 0).all(axis=1).astype(np.float64)) / 2.0
        share[person], error[person] = met.mean(), met.std() / np.sqrt(draws)
    return ThresholdChances(each, share, error)


def chances_from_draws(draws: ArrayLike, cuts: ArrayLike) -> ThresholdChances:
    """Plausible values, persons x draws x domains: the shares of draws that meet the thresholds.

    It asks nothing of the shape of the posterior. Raises `RuleError` for shapes that differ.

    >>> chances_from_draws([[[0.2, 1.0], [-0.1, 0.5]]], [0.0, 0.0]).all.tolist()
    [0.5]
    """
    values = np.asarray(draws, dtype=np.float64)
    if values.ndim != 3 or values.shape[1] == 0 or np.isnan(values).any():
        raise RuleError(field="draws", shape=values.shape)
    met = values >= _limits(cuts, values[:, 0])
    everything = met.all(axis=2)
    share = everything.mean(axis=1)
    return ThresholdChances(met.mean(axis=1), share, np.sqrt(share * (1.0 - share) / values.shape[1]))


def _limits(cuts: ArrayLike, mean: Floats) -> Floats:
    limits = np.atleast_1d(np.asarray(cuts, dtype=np.float64))
    if mean.ndim != 2 or limits.shape != (mean.shape[1],) or np.isnan(limits).any() or np.isnan(mean).any():
        raise RuleError(field="cuts", cuts=limits.shape, theta=mean.shape)
    return limits

"""Several domains as one score: weights, how much each of them really counts, and how well they predict."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import hyp2f1
from scipy.stats import f as f_distribution

from psychometrics.arrays import Floats
from psychometrics.errors import DataError, RuleError
from psychometrics.standards.validity import Correlation, correlation


@dataclass(frozen=True, eq=False)
class RegressionValidity:
    """Criterion regressed on domains. ``weights`` and ``intercept`` in raw units, ``beta`` standardised.

    ``r`` is the multiple correlation in this sample, ``r2`` its square. What to expect of it:
    ``population_r2`` with the best weights (``olkin_pratt``, unbiased; ``wherry``, the usual
    adjusted R^2), ``cross_r2`` with these weights in new persons (Browne 1975), and by leaving out
    each person in turn ``left_out_r`` (correlation of forecast and criterion) and ``left_out_r2``
    (1 - sum of squared errors of forecast / total). ``persons`` with all values took part.
    ``cross_r2`` is too high where few persons and a low validity come together.
    """

    weights: Floats
    intercept: float
    beta: Floats
    r: float
    r2: float
    wherry: float
    olkin_pratt: float
    cross_r2: float
    left_out_r: float
    left_out_r2: float
    persons: int


def regression_validity(domains: ArrayLike, criterion: ArrayLike) -> RegressionValidity:
    """Multiple correlation with its shrinkage: Wherry 1931; Olkin & Pratt 1958; Browne 1975; Stone 1974.

    ``domains``: persons x domains; ``criterion``: one a person; NaN leaves a person out. Raises
    `DataError` with fewer persons than domains + 4, or domains that determine each other.
    """
    x, y = _complete(domains, criterion)
    n, k = x.shape
    coefficients, hat, residual = _least_squares(x, y)
    total = float(((y - y.mean()) ** 2).sum())
    r2 = 1.0 - float(residual @ residual) / total
    wherry = 1.0 - (1.0 - r2) * (n - 1) / (n - k - 1)
    olkin = 1.0 - (n - 3) / (n - k - 1) * (1.0 - r2) * float(hyp2f1(1.0, 1.0, (n - k + 1) / 2.0, 1.0 - r2))
    forecast = y - residual / (1.0 - hat)
    varies = np.ptp(forecast) > 0
    return RegressionValidity(
        coefficients[1:],
        float(coefficients[0]),
        coefficients[1:] * x.std(axis=0) / y.std(),
        math.sqrt(max(r2, 0.0)),
        r2,
        wherry,
        olkin,
        _browne(max(wherry, 0.0), n, k),
        float(np.corrcoef(forecast, y)[0, 1]) if varies else math.nan,
        1.0 - float(((y - forecast) ** 2).sum()) / total,
        n,
    )


def fixed_weights_validity(
    domains: ArrayLike, criterion: ArrayLike, weights: ArrayLike, *, confidence: float = 0.95
) -> Correlation:
    """The validity of a composite whose weights a regulation fixes: nothing was fitted, nothing shrinks.

    ``domains``: persons x domains; ``weights``: one a domain.
    """
    values, fixed = _weighted(domains, weights)
    return correlation(values @ fixed, criterion, confidence=confidence)


@dataclass(frozen=True)
class IncrementalValidity:
    """``gain``: R^2 of all minus that of the base (``base_r2``), F test with ``df``, ``p_value``;
    ``cross_gain``: the gain in R^2 of forecasts for persons left out, which may be below 0."""

    base_r2: float
    gain: float
    f: float
    df: tuple[int, int]
    p_value: float
    cross_gain: float


def incremental_validity(base: ArrayLike, added: ArrayLike, criterion: ArrayLike) -> IncrementalValidity:
    """What ``added`` domains forecast of the criterion beyond ``base`` (both persons x domains)."""
    first, second = (np.asarray(one, dtype=np.float64) for one in (base, added))
    first, second = (one[:, None] if one.ndim == 1 else one for one in (first, second))
    if first.ndim != 2 or second.ndim != 2 or first.shape[0] != second.shape[0]:
        raise RuleError(field="added", base=first.shape, added=second.shape)
    x, y = _complete(np.concatenate((first, second), axis=1), criterion)
    split = first.shape[1]
    small, large = regression_validity(x[:, :split], y), regression_validity(x, y)
    df = second.shape[1], y.size - x.shape[1] - 1
    gain = large.r2 - small.r2
    f = gain / df[0] / ((1.0 - large.r2) / df[1]) if large.r2 < 1.0 else math.inf
    p_value = float(f_distribution.sf(f, *df))
    return IncrementalValidity(small.r2, gain, f, df, p_value, large.left_out_r2 - small.left_out_r2)


def effective_weights(domains: ArrayLike, weights: ArrayLike) -> Floats:
    """How much each domain counts in a weighted sum: w_j cov(x_j, composite) / var(composite).

    They sum to one. A domain on which all are alike counts for nothing, whatever its weight
    (Wang & Stanley 1970). ``domains``: persons x domains. Raises `DataError` if the composite is constant.

    >>> effective_weights([[1.0, 10.0], [2.0, 10.0], [3.0, 10.0]], [0.5, 0.5]).tolist()
    [1.0, 0.0]
    """
    values, fixed = _weighted(domains, weights)
    if not np.isfinite(values).all() or len(values) < 2:
        raise DataError(field="domains", persons=len(values))
    covariance = np.atleast_2d(np.cov(values.T))
    variance = float(fixed @ covariance @ fixed)
    if variance <= 0.0:
        raise DataError(field="domains", reason="constant")
    shares: Floats = fixed * (covariance @ fixed) / variance
    return shares


def composite_reliability(
    weights: ArrayLike, sds: ArrayLike, reliabilities: ArrayLike, correlations: ArrayLike
) -> float:
    """Reliability of a weighted sum of domains (Mosier 1943, eq. 9), errors uncorrelated.

    1 - sum w^2 s^2 (1 - r_jj) / variance of the composite; one weight, sd and reliability a
    domain, ``correlations`` domains x domains between observed scores. Raises `RuleError`.

    >>> round(composite_reliability([1, 1], [10, 10], [0.8, 0.7], [[1.0, 0.5], [0.5, 1.0]]), 4)
    0.8333
    """
    fixed, sd, reliability = (np.asarray(one, dtype=np.float64) for one in (weights, sds, reliabilities))
    matrix = np.asarray(correlations, dtype=np.float64)
    if fixed.ndim != 1 or not fixed.shape == sd.shape == reliability.shape or matrix.shape != (fixed.size,) * 2:
        raise RuleError(field="weights", shape=fixed.shape, correlations=matrix.shape)
    if not ((reliability >= 0) & (reliability <= 1)).all() or not (sd >= 0).all():
        raise RuleError(field="reliabilities", values=reliability.tolist())
    if not np.allclose(np.diag(matrix), 1.0) or not np.allclose(matrix, matrix.T):
        raise RuleError(field="correlations", reason="not_a_correlation_matrix")
    scaled = fixed * sd
    variance = float(scaled @ matrix @ scaled)
    if variance <= 0.0:
        raise RuleError(field="correlations", variance=variance)
    return 1.0 - float(scaled**2 @ (1.0 - reliability)) / variance


def _browne(rho2: float, n: int, k: int) -> float:
    """Squared cross-validity of a sample's weights in the population (Browne 1975, eq. 2.6 to 2.10).

    ``rho2`` is the adjusted squared multiple correlation, whose square is freed of its bias.
    """
    rho4 = max(rho2**2 - 2.0 * k * (1.0 - rho2) ** 2 / ((n - 1) * (n - k + 1)), 0.0)
    return ((n - k - 3) * rho4 + rho2) / ((n - 2 * k - 2) * rho2 + k) if n > 2 * k + 2 else math.nan


def _least_squares(x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    """Coefficients (intercept first), leverages and residuals."""
    design = np.column_stack((np.ones(len(x)), x))
    scale = np.maximum(np.abs(design).max(axis=0), 1e-300)
    q, r = np.linalg.qr(design / scale)
    if np.abs(np.diag(r)).min() < 1e-10 * np.abs(np.diag(r)).max():
        raise DataError(field="domains", reason="collinear")
    hat = (q**2).sum(axis=1)
    # A person alone in a direction is fitted exactly, and cannot be forecast from the others.
    if hat.max() > 1.0 - 1e-10:
        raise DataError(field="domains", person=int(np.argmax(hat)), reason="fitted_exactly")
    coefficients: Floats = np.linalg.solve(r, q.T @ y) / scale
    return coefficients, hat, y - design @ coefficients


def _complete(domains: ArrayLike, criterion: ArrayLike) -> tuple[Floats, Floats]:
    x, y = np.asarray(domains, dtype=np.float64), np.asarray(criterion, dtype=np.float64)
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or y.shape != x.shape[:1]:
        raise RuleError(field="domains", shape=x.shape, criterion=y.shape)
    known = np.isfinite(x).all(axis=1) & np.isfinite(y)
    x, y = x[known], y[known]
    if len(y) < x.shape[1] + 4 or np.ptp(y) == 0.0:
        raise DataError(field="criterion", persons=len(y), domains=x.shape[1])
    return x, y


def _weighted(domains: ArrayLike, weights: ArrayLike) -> tuple[Floats, Floats]:
    values, fixed = np.asarray(domains, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if values.ndim != 2 or fixed.shape != (values.shape[1],) or not np.isfinite(fixed).all():
        raise RuleError(field="weights", shape=fixed.shape, domains=values.shape)
    return values, fixed

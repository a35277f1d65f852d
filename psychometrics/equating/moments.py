"""The linear methods for groups that differ, as functions of means, variances and covariances.

A group's moments are (mean of total, mean of anchor, variance of total, covariance, variance of
anchor). Everything below is a smooth function of the ten of both groups. Its derivatives come by
complex steps, exact to rounding, and with the moments' covariances they give the standard errors
(delta method; Kolen & Brennan 2014, 7.2; Hanson, Zeng & Kolen 1993).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from psychometrics.arrays import Floats
from psychometrics.equating.frequencies import JointFrequencies

Moments = NDArray[np.complexfloating] | Floats
# Slope and intercept from the moments of X's group and of Y's group.
Line = Callable[[Moments, Moments], tuple[complex, complex]]

_STEP = 1e-30


def moments_of(joint: JointFrequencies) -> Floats:
    """The five moments, with divisor n - 1."""
    total, anchor = joint.total, joint.anchor
    return np.array([total.mean, anchor.mean, total.variance, joint.covariance, anchor.variance])


def tucker(weight: float) -> Line:
    """Regressions of totals on the anchor are alike in both groups (Kolen & Brennan 2014, 4.1)."""
    return _synthetic(weight, lambda m: m[3] / m[4])


def levine(weight: float, internal: bool) -> Line:
    """True scores of total and anchor are one line in both groups (Kolen & Brennan 2014, 4.2)."""
    return _synthetic(weight, _levine_gamma(internal))


def levine_true(internal: bool) -> Line:
    """Levine's line for true scores: needs no population (Kolen & Brennan 2014, 4.3)."""
    gamma = _levine_gamma(internal)

    def line(x: Moments, y: Moments) -> tuple[complex, complex]:
        slope = gamma(y) / gamma(x)
        return slope, y[0] + gamma(y) * (x[1] - y[1]) - slope * x[0]

    return line


def nominal(weight: float, x_ratio: float, y_ratio: float) -> Line:
    """Total and anchor differ in length only; ratios are total length / anchor length (Babcock et al. 2012)."""

    def line(x: Moments, y: Moments) -> tuple[complex, complex]:
        return _through_synthetic(x, y, weight, x_ratio, y_ratio)

    return line


def chained(x: Moments, y: Moments) -> tuple[complex, complex]:
    """From X to the anchor in one group, from the anchor to Y in the other (Kolen & Brennan 2014, 4.5)."""
    to_anchor, from_anchor = np.sqrt(x[4] / x[2]), np.sqrt(y[2] / y[4])
    slope = to_anchor * from_anchor
    return slope, y[0] + from_anchor * (x[1] - y[1]) - slope * x[0]


def errors(line: Line, x: JointFrequencies, y: JointFrequencies, normal: bool) -> Floats:
    """Standard error of the equivalent of every score of X.

    ``normal``: the scores are taken to be bivariate normal, else their own fourth moments are used.
    """
    at = np.concatenate((moments_of(x), moments_of(y)))
    gradient = np.empty((x.counts.shape[0], 10))
    for place in range(10):
        moved = at.astype(np.complex128)
        moved[place] += 1j * _STEP
        slope, intercept = line(moved[:5], moved[5:])
        gradient[:, place] = (intercept + slope * x.total.scores).imag / _STEP
    covariance = np.zeros((10, 10))
    covariance[:5, :5], covariance[5:, 5:] = _covariance(x, normal), _covariance(y, normal)
    variance: Floats = np.einsum("ij,jk,ik->i", gradient, covariance, gradient)
    return np.sqrt(variance)


def _synthetic(weight: float, gamma: Callable[[Moments], complex]) -> Line:
    def line(x: Moments, y: Moments) -> tuple[complex, complex]:
        return _through_synthetic(x, y, weight, gamma(x), gamma(y))

    return line


def _through_synthetic(
    x: Moments, y: Moments, weight: float, gamma_x: complex, gamma_y: complex
) -> tuple[complex, complex]:
    """Kolen & Brennan (2014), eq. 4.9 to 4.12: mean and variance of both forms in one population."""
    other = 1.0 - weight
    means, spreads = x[1] - y[1], x[4] - y[4]
    between = weight * other * means**2
    mean_x = x[0] - other * gamma_x * means
    mean_y = y[0] + weight * gamma_y * means
    variance_x = x[2] - other * gamma_x**2 * spreads + gamma_x**2 * between
    variance_y = y[2] + weight * gamma_y**2 * spreads + gamma_y**2 * between
    slope = np.sqrt(variance_y / variance_x)
    return slope, mean_y - slope * mean_x


def _levine_gamma(internal: bool) -> Callable[[Moments], complex]:
    if internal:
        return lambda m: m[2] / m[3]
    return lambda m: (m[2] + m[3]) / (m[4] + m[3])


def _covariance(joint: JointFrequencies, normal: bool) -> Floats:
    """Sampling covariance of the five moments."""
    total = joint.total.scores - joint.total.mean
    anchor = joint.anchor.scores - joint.anchor.mean
    share = joint.counts / joint.persons
    powers = np.stack(np.broadcast_arrays(total[:, None] + 0 * anchor, anchor + 0 * total[:, None]))
    first, second = powers
    terms = np.stack((first, second, first**2, first * second, second**2))
    means = (terms * share).sum(axis=(1, 2))
    if not normal:
        terms = terms - means[:, None, None]
        return np.asarray(np.einsum("aij,bij,ij->ab", terms, terms, share) / joint.persons, dtype=np.float64)
    s = np.array([[means[2], means[3]], [means[3], means[4]]])
    pairs = ((0, 0), (0, 1), (1, 1))
    covariance = np.zeros((5, 5))
    covariance[:2, :2] = s
    for row, (i, j) in enumerate(pairs):
        for column, (k, m) in enumerate(pairs):
            covariance[2 + row, 2 + column] = s[i, k] * s[j, m] + s[i, m] * s[j, k]
    return covariance / joint.persons

"""Proportional-odds regression of counted data, which with two categories is logistic regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from psychometrics.arrays import Floats

_CYCLES = 100
# Relative change of the deviance below which it has settled: R's glm stops at 1e-8.
_SETTLED = 1e-12
_LEAST = 1e-300


@dataclass(frozen=True, eq=False)
class OrdinalFit:
    """``log_likelihood``; ``coefficients`` of the design's columns and their ``covariance``.

    ``intercepts``: logit of P(this category or higher) where the design is 0, falling. Not
    ``converged`` where categories are separated by the design: the likelihood given is
    then its limit, and coefficients and covariance mean nothing.
    """

    log_likelihood: float
    intercepts: Floats
    coefficients: Floats
    covariance: Floats
    converged: bool


def fit_ordinal(design: Floats, counts: Floats) -> OrdinalFit:
    """Maximum likelihood by Fisher scoring (McCullagh 1980): logit P(k or higher) = c_k + x'b.

    ``design``: cells x columns without a constant; ``counts``: cells x categories, at least two
    of which occur. Categories that never occur are left out.
    """
    counts = counts[:, counts.sum(axis=0) > 0]
    # Columns in like units keep the information matrix well conditioned.
    unit = np.maximum(np.abs(design).max(axis=0, initial=1.0), 1.0)
    scaled = design / unit
    steps = counts.shape[1] - 1
    above = counts[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:].sum(axis=0) / counts.sum()
    x = np.concatenate((np.log(above / (1.0 - above)), np.zeros(design.shape[1])))
    log_likelihood, gradient, information = _derivatives(x, scaled, counts)
    converged = False
    for _ in range(_CYCLES):
        step = np.linalg.pinv(information, hermitian=True) @ gradient
        following, x_following = _climb(x, step, scaled, counts, log_likelihood)
        change = following - log_likelihood
        x = x_following
        log_likelihood, gradient, information = _derivatives(x, scaled, counts)
        if change <= _SETTLED * (abs(log_likelihood) + 0.1):
            converged = bool(np.abs(step).max() < 1e-3)
            break
    covariance = np.linalg.pinv(information, hermitian=True)[steps:, steps:]
    return OrdinalFit(log_likelihood, x[:steps], x[steps:] / unit, covariance / np.outer(unit, unit), converged)


def _climb(x: Floats, step: Floats, design: Floats, counts: Floats, before: float) -> tuple[float, Floats]:
    """Go along ``step``, halved until the likelihood does not fall."""
    for _ in range(30):
        moved = x + step
        after = _log_likelihood(moved, design, counts)
        if after >= before:
            return after, moved
        step = step / 2.0
    return before, x


def _categories(x: Floats, design: Floats, steps: int) -> tuple[Floats, Floats]:
    """P(k or higher) with its ends 1 and 0, and P(k), cells x categories; disordered steps give P < 0."""
    eta = x[:steps] + (design @ x[steps:])[:, None]
    above = np.pad(expit(eta), ((0, 0), (1, 1)), constant_values=((0, 0), (1, 0)))
    return above, above[:, :-1] - above[:, 1:]


def _log_likelihood(x: Floats, design: Floats, counts: Floats) -> float:
    _, p = _categories(x, design, counts.shape[1] - 1)
    if (p < 0.0).any():
        return -np.inf
    return float((counts * np.log(np.maximum(p, _LEAST)))[counts > 0].sum())


def _derivatives(x: Floats, design: Floats, counts: Floats) -> tuple[float, Floats, Floats]:
    """Log-likelihood, gradient and expected information in intercepts and coefficients."""
    steps = counts.shape[1] - 1
    above, p = _categories(x, design, steps)
    p = np.maximum(p, _LEAST)
    slope = above[:, 1:-1] * (1.0 - above[:, 1:-1])
    ratio = counts / p
    by_step = slope * (ratio[:, 1:] - ratio[:, :-1])
    total = counts.sum(axis=1)[:, None]
    weight = np.zeros((len(p), steps, steps))
    at = np.arange(steps)
    weight[:, at, at] = total * slope**2 * (1.0 / p[:, 1:] + 1.0 / p[:, :-1])
    off = -total * slope[:, 1:] * slope[:, :-1] / p[:, 1:-1]
    weight[:, at[1:], at[:-1]] = off
    weight[:, at[:-1], at[1:]] = off
    information = np.empty((x.size, x.size))
    information[:steps, :steps] = weight.sum(axis=0)
    information[:steps, steps:] = weight.sum(axis=2).T @ design
    information[steps:, :steps] = information[:steps, steps:].T
    information[steps:, steps:] = design.T @ (weight.sum(axis=(1, 2))[:, None] * design)
    gradient = np.concatenate((by_step.sum(axis=0), by_step.sum(axis=1) @ design))
    return _log_likelihood(x, design, counts), gradient, information

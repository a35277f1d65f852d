"""The lognormal model of response times, and how well it fits a person.

log T = b - speed + e, with e normal of standard deviation 1 / a (van der Linden 2006): ``b`` is an
item's time intensity, ``a`` its discrimination, and speed is normal around 0. Fast answers to
items that cost everybody else much time are what leaked items look like.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri
from scipy.stats import chi2

from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.errors import ConvergenceError, DataError, RuleError

_LEAST_SPREAD = 1e-3


@dataclass(frozen=True, eq=False)
class TimeModel:
    """``intensity`` (log seconds) and ``discrimination`` of each item, and the spread of speed."""

    intensity: Floats
    discrimination: Floats
    speed_sd: float
    log_likelihood: float
    cycles: int


@dataclass(frozen=True, eq=False)
class SpeedFit:
    """One value a person unless said otherwise; NaN where no time is known.

    ``speed`` (high is fast) with its ``se``: by maximum likelihood; ``posterior`` and
    ``posterior_sd`` in the population. ``residuals`` (persons x items): standardised log times,
    negative for faster than the person's own speed. ``chi2`` with ``df`` and ``p``: large where
    somebody's times do not go together (Marianti et al. 2014; Sinharay 2018).
    """

    speed: Floats
    se: Floats
    posterior: Floats
    posterior_sd: Floats
    residuals: Floats
    chi2: Floats
    df: Integers
    p: Floats


@dataclass(frozen=True)
class SpeedAccuracy:
    """Correlation of ability and speed, freed of both errors of measurement, with its interval."""

    correlation: float
    low: float
    high: float
    persons: int


def fit_response_times(seconds: ArrayLike, tolerance: float = 1e-8, cycles: int = 1000) -> TimeModel:
    """Parameters by marginal maximum likelihood (EM; every step has a closed form).

    ``seconds``: persons x items, above 0; NaN where no time is known. Raises `DataError` for
    fewer than 2 items or 3 persons, a time not above 0 (naming it), an item without two different
    times; `ConvergenceError` after ``cycles``. ``tolerance`` is on the log-likelihood, relative.
    """
    log_times, seen = _log_times(seconds)
    persons = seen.sum(axis=0)
    usable = log_times.size > 0 and min(log_times.shape) >= 2 and log_times.shape[0] >= 3
    if not usable or (persons < 2).any():
        raise DataError(
            field="seconds", shape=log_times.shape, items_without_times=np.flatnonzero(persons < 2).tolist()
        )
    b = log_times.sum(axis=0) / persons
    variance = (np.where(seen, log_times - b, 0.0) ** 2).sum(axis=0) / persons
    if (variance <= 0).any():
        raise DataError(field="seconds", reason="times_all_alike", items=np.flatnonzero(variance <= 0).tolist())
    spread, before = float(variance.mean()) / 2.0, -math.inf
    variance = variance / 2.0
    for cycle in range(1, cycles + 1):
        mean, sd = _posterior(log_times, seen, b, variance, spread)
        height = _log_likelihood(log_times, seen, b, variance, spread, mean, sd)
        if abs(height - before) < tolerance * (1.0 + abs(height)):
            return TimeModel(b, 1.0 / np.sqrt(variance), math.sqrt(spread), height, cycle)
        before = height
        b = np.where(seen, log_times + mean[:, None], 0.0).sum(axis=0) / persons
        left = np.where(seen, (log_times - b + mean[:, None]) ** 2 + sd[:, None] ** 2, 0.0)
        variance = np.maximum(left.sum(axis=0) / persons, _LEAST_SPREAD**2)
        some = seen.any(axis=1)
        spread = max(float((mean**2 + sd**2)[some].mean()), _LEAST_SPREAD**2)
    raise ConvergenceError(field="cycles", cycles=cycles, log_likelihood=height)


def speed_fit(model: TimeModel, seconds: ArrayLike) -> SpeedFit:
    """Speed, residuals and the person's chi-square under a fitted model.

    ``seconds`` as for `fit_response_times`; the chi-square of n times has n - 1 degrees of
    freedom, since the speed is the person's own. Raises `DataError`.
    """
    log_times, seen = _log_times(seconds)
    if log_times.shape[1] != model.intensity.size:
        raise DataError(field="seconds", shape=log_times.shape, items=model.intensity.size)
    weight = np.where(seen, model.discrimination**2, 0.0)
    total = weight.sum(axis=1)
    known = total > 0
    pulled = (weight * (model.intensity - log_times)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        speed, se = np.where(known, pulled / total, np.nan), np.where(known, 1.0 / np.sqrt(total), np.nan)
    residuals = np.where(seen, model.discrimination * (log_times - model.intensity + speed[:, None]), np.nan)
    statistic = np.where(known, np.where(seen, residuals, 0.0) ** 2 @ np.ones(residuals.shape[1]), np.nan)
    df = np.maximum(seen.sum(axis=1) - 1, 0)
    p = np.where(df > 0, chi2.sf(statistic, np.maximum(df, 1)), np.nan)
    mean, sd = _posterior(log_times, seen, model.intensity, model.discrimination**-2.0, model.speed_sd**2)
    return SpeedFit(speed, se, mean, sd, residuals, statistic, df, p)


def speed_accuracy(theta: ArrayLike, theta_se: ArrayLike, speed: SpeedFit, level: float = 0.95) -> SpeedAccuracy:
    """Do the able work fast? Correlation of ability and speed in the hierarchical model (van der Linden 2007).

    ``theta`` and ``theta_se``: EAP scores. The correlation of both posteriors' means is divided by
    the root of their reliabilities; its interval is Fisher's, divided the same way. Raises
    `DataError` for fewer than 4 persons with both, or where one does not vary.
    """
    ability, error = np.asarray(theta, dtype=np.float64), np.asarray(theta_se, dtype=np.float64)
    if not 0.0 < level < 1.0:
        raise RuleError(field="level", value=level)
    if ability.shape != speed.posterior.shape or error.shape != ability.shape:
        raise DataError(field="theta", persons=ability.shape, times=speed.posterior.shape)
    both = np.isfinite(ability) & np.isfinite(speed.speed)
    if both.sum() < 4 or not (np.ptp(ability[both]) > 0 and np.ptp(speed.posterior[both]) > 0):
        raise DataError(field="theta", persons=int(both.sum()), reason="too_few_or_all_alike")
    shares = [
        np.var(mean[both]) / (np.var(mean[both]) + np.mean(sd[both] ** 2))
        for mean, sd in ((ability, error), (speed.posterior, speed.posterior_sd))
    ]
    scale = math.sqrt(float(shares[0] * shares[1]))
    r = float(np.corrcoef(ability[both], speed.posterior[both])[0, 1])
    z = math.atanh(min(max(r, -0.999999), 0.999999))
    half = float(ndtri((1.0 + level) / 2.0)) / math.sqrt(both.sum() - 3)
    ends = [math.tanh(z + side * half) / scale for side in (-1.0, 0.0, 1.0)]
    low, middle, high = (min(1.0, max(-1.0, end)) for end in ends)
    return SpeedAccuracy(middle, low, high, int(both.sum()))


def _log_times(seconds: ArrayLike) -> tuple[Floats, Booleans]:
    """Log seconds with 0 where none is known, and where one is."""
    times = np.asarray(seconds, dtype=np.float64)
    if times.ndim != 2:
        raise DataError(field="seconds", shape=times.shape)
    seen = ~np.isnan(times)
    bad = seen & ~((times > 0) & np.isfinite(times))
    if bad.any():
        person, item = (int(index) for index in np.argwhere(bad)[0])
        raise DataError(field="seconds", person=person, item=item, value=float(times[person, item]))
    return np.log(np.where(seen, times, 1.0)), seen


def _posterior(log_times: Floats, seen: Booleans, b: Floats, variance: Floats, spread: float) -> tuple[Floats, Floats]:
    weight = np.where(seen, 1.0 / variance, 0.0)
    precision = weight.sum(axis=1) + 1.0 / spread
    mean: Floats = (weight * (b - log_times)).sum(axis=1) / precision
    return mean, 1.0 / np.sqrt(precision)


def _log_likelihood(
    log_times: Floats, seen: Booleans, b: Floats, variance: Floats, spread: float, mean: Floats, sd: Floats
) -> float:
    """The normal density of each person's times, speed integrated out."""
    alone = -0.5 * (np.log(2.0 * math.pi * variance) + (log_times - b) ** 2 / variance)
    joint = np.where(seen, alone, 0.0).sum(axis=1) + np.log(sd) - 0.5 * math.log(spread) + 0.5 * (mean / sd) ** 2
    return float(joint.sum())

"""Cuts from judgments of people, or of their number: contrasting groups, borderline, Hofstee."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.errors import DataError, RuleError
from psychometrics.fairness.ordinal import fit_ordinal


@dataclass(frozen=True, eq=False)
class EstimatedCut:
    """A cut with its bootstrap ``se`` and percentile interval ``low`` to ``high``; ``persons`` used.

    NaN where the data have no such cut; ``failed`` counts the bootstrap samples that had none.
    """

    cut: float
    se: float
    low: float
    high: float
    persons: int
    failed: int


@dataclass(frozen=True, eq=False)
class ContrastingGroups:
    """Three cuts between those judged competent and those judged not.

    ``logistic``: the score at which half are competent, by logistic regression; ``normal``: where
    the normal densities of the groups meet, weighted by their sizes, between the means;
    ``midpoint``: half way between the means.
    """

    logistic: EstimatedCut
    normal: EstimatedCut
    midpoint: EstimatedCut


def contrasting_groups(
    scores: ArrayLike,
    competent: ArrayLike,
    rng: np.random.Generator,
    *,
    cost_ratio: float = 1.0,
    replications: int = 500,
    confidence: float = 0.95,
) -> ContrastingGroups:
    """Livingston & Zieky (1982); the normal cut solves a quadratic (Berk 1976; Brandon 2002).

    ``scores``: one a person; ``competent``: True or False of each, by judges who did not know the
    score. ``cost_ratio``: how many times worse it is to pass who is not competent than to fail who
    is; the logistic cut is where P(competent) = ratio / (1 + ratio), the normal one where the densities
    weighted by size and cost meet. Persons are drawn within the groups for the bootstrap.
    Raises `DataError` with fewer than two persons of a group, `RuleError`.
    """
    values, able = _pairs(scores, competent)
    members = able.astype(np.bool_)
    if not np.isin(able, (0.0, 1.0)).all():
        raise RuleError(field="competent", values=np.unique(able).tolist()[:5])
    if not cost_ratio > 0:
        raise RuleError(field="cost_ratio", value=cost_ratio)
    groups: list[Integers] = [np.flatnonzero(~members), np.flatnonzero(members)]
    if min(map(len, groups)) < 2:
        raise DataError(field="competent", persons=tuple(map(len, groups)))

    def estimate(cut: Callable[[Floats, Booleans], float]) -> EstimatedCut:
        return _bootstrapped(lambda rows: cut(values[rows], members[rows]), groups, rng, replications, confidence)

    return ContrastingGroups(
        estimate(lambda x, able: _logistic_cut(x, able, cost_ratio)),
        estimate(lambda x, able: _normal_cut(x[~able], x[able], cost_ratio)),
        estimate(lambda x, able: float(x[able].mean() + x[~able].mean()) / 2.0),
    )


def borderline_group(
    scores: ArrayLike, rng: np.random.Generator, *, replications: int = 500, confidence: float = 0.95
) -> EstimatedCut:
    """The median score of persons judged to be borderline (Livingston & Zieky 1982)."""
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim != 1 or values.size < 2 or not np.isfinite(values).all():
        raise DataError(field="scores", shape=values.shape)
    return _bootstrapped(
        lambda rows: float(np.median(values[rows])), [np.arange(values.size)], rng, replications, confidence
    )


@dataclass(frozen=True, eq=False)
class BorderlineRegression:
    """``cut``: the score the line gives the borderline rating; ``prediction_se`` of that point by
    theory; ``slope``, ``intercept`` and ``r2`` of the line."""

    cut: EstimatedCut
    prediction_se: float
    slope: float
    intercept: float
    r2: float


def borderline_regression(
    scores: ArrayLike,
    ratings: ArrayLike,
    borderline: float,
    rng: np.random.Generator,
    *,
    replications: int = 500,
    confidence: float = 0.95,
) -> BorderlineRegression:
    """Scores regressed on global ratings, such as 0 fail to 4 excellent (Wood, Humphrey-Murto & Norman 2006).

    The cut is the score predicted for the rating called ``borderline``. Raises `DataError` with fewer
    than three persons or one rating only, `RuleError`.
    """
    values, rated = _pairs(scores, ratings)
    if values.size < 3 or np.ptp(rated) == 0.0:
        raise DataError(field="ratings", persons=int(values.size), ratings=np.unique(rated).size)
    if not np.isfinite(borderline):
        raise RuleError(field="borderline", value=borderline)

    def cut(rows: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> float:
        return _line(values[rows], rated[rows], borderline)[0]

    at, slope, residual = _line(values, rated, borderline)
    center, spread, n = rated.mean(), float(((rated - rated.mean()) ** 2).sum()), values.size
    total = float(((values - values.mean()) ** 2).sum())
    return BorderlineRegression(
        _bootstrapped(cut, [np.arange(n)], rng, replications, confidence),
        float(np.sqrt(residual / (n - 2) * (1.0 / n + (borderline - center) ** 2 / spread))),
        slope,
        at - slope * borderline,
        1.0 - residual / total if total > 0 else np.nan,
    )


@dataclass(frozen=True, eq=False)
class Hofstee:
    """``cut``: a score, passed from there on; ``fail_rate`` at it; ``met``: whether the line crosses the curve.

    If not, the cut is the corner of the judges' box nearest to the curve.
    """

    cut: float
    fail_rate: float
    met: bool


def hofstee(
    scores: ArrayLike,
    lowest_cut: ArrayLike,
    highest_cut: ArrayLike,
    lowest_fail_rate: ArrayLike,
    highest_fail_rate: ArrayLike,
) -> Hofstee:
    """The compromise of Hofstee (1983): where the curve of fail rates meets the judges' diagonal.

    ``scores``: of all persons; the others one number a judge, averaged: the lowest and highest cut
    that would be acceptable, and the lowest and highest share (0 to 1) of persons who fail. The
    diagonal goes from (lowest cut, highest rate) to (highest cut, lowest rate). The curve is the share of
    scores below a cut, a step function made continuous between different scores.
    Raises `RuleError` if the limits are not in order.
    """
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim != 1 or not values.size or not np.isfinite(values).all():
        raise DataError(field="scores", shape=values.shape)
    asked = (lowest_cut, highest_cut, lowest_fail_rate, highest_fail_rate)
    low, high, least, most = (float(np.mean(np.asarray(one, dtype=np.float64))) for one in asked)
    if not (low < high and 0.0 <= least < most <= 1.0):
        raise RuleError(field="lowest_cut", cuts=(low, high), fail_rates=(least, most))
    levels = np.unique(values)
    share = np.searchsorted(np.sort(values), levels, side="left") / values.size
    knots = np.unique(np.concatenate(([low, high], levels[(levels > low) & (levels < high)])))
    # Above the highest score everybody fails, below the lowest nobody.
    curve = np.interp(knots, np.append(levels, levels[-1] + 1.0), np.append(share, 1.0), left=0.0)
    gap = curve - (most + (least - most) * (knots - low) / (high - low))
    if gap[0] > 0.0 or gap[-1] < 0.0:
        at = 0 if gap[0] > 0.0 else -1
        return Hofstee(float(knots[at]), float(curve[at]), False)
    after = int(np.argmax(gap >= 0.0))
    if gap[after] == 0.0:
        return Hofstee(float(knots[after]), float(curve[after]), True)
    part = -gap[after - 1] / (gap[after] - gap[after - 1])
    cut, rate = (float(one[after - 1] + part * (one[after] - one[after - 1])) for one in (knots, curve))
    return Hofstee(cut, rate, True)


def _pairs(scores: ArrayLike, others: ArrayLike) -> tuple[Floats, Floats]:
    values, second = np.asarray(scores, dtype=np.float64), np.asarray(others, dtype=np.float64)
    if values.ndim != 1 or values.shape != second.shape:
        raise RuleError(field="scores", shape=values.shape, other=second.shape)
    if not (np.isfinite(values).all() and np.isfinite(second).all()):
        raise DataError(field="scores", reason="not_finite")
    return values, second


def _bootstrapped(
    cut: Callable[[np.ndarray[tuple[int, ...], np.dtype[np.int64]]], float],
    groups: list[np.ndarray[tuple[int, ...], np.dtype[np.int64]]],
    rng: np.random.Generator,
    replications: int,
    confidence: float,
) -> EstimatedCut:
    """The cut of all, and of samples with replacement drawn within each group (Efron 1979)."""
    whole = np.concatenate(groups)
    drawn = np.array([cut(np.concatenate([rng.choice(one, one.size) for one in groups])) for _ in range(replications)])
    found = drawn[np.isfinite(drawn)]
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(found, [tail, 1.0 - tail]) if found.size else (np.nan, np.nan)
    se = float(found.std(ddof=1)) if found.size > 1 else np.nan
    return EstimatedCut(cut(whole), se, float(low), float(high), int(whole.size), int(drawn.size - found.size))


def _logistic_cut(scores: Floats, able: Booleans, cost_ratio: float) -> float:
    levels, place = np.unique(scores, return_inverse=True)
    counts = np.stack([np.bincount(place[able == side], minlength=levels.size) for side in (False, True)], axis=1)
    fit = fit_ordinal(levels[:, None], counts.astype(np.float64))
    slope = float(fit.coefficients[0])
    # Groups apart have no regression, groups alike no cut.
    if not fit.converged or slope <= 0.0:
        return np.nan
    return (float(np.log(cost_ratio)) - float(fit.intercepts[0])) / slope


def _normal_cut(below: Floats, above: Floats, cost_ratio: float) -> float:
    """The root between the means of log(n1 f1) - log(n2 f2) = 0, a quadratic in the score."""
    m1, m2, v1, v2 = below.mean(), above.mean(), below.var(ddof=1), above.var(ddof=1)
    if m1 >= m2 or v1 <= 0.0 or v2 <= 0.0:
        return np.nan
    weight = np.log(below.size * cost_ratio / above.size)
    square, linear = (1.0 / v2 - 1.0 / v1) / 2.0, m1 / v1 - m2 / v2
    constant = weight + (m2**2 / v2 - m1**2 / v1 + np.log(v2 / v1)) / 2.0
    roots = np.roots([square, linear, constant]) if square != 0.0 else np.array([-constant / linear])
    inside = [float(root.real) for root in roots if abs(root.imag) < 1e-9 and m1 <= root.real <= m2]
    return inside[0] if inside else np.nan


def _line(scores: Floats, ratings: Floats, at: float) -> tuple[float, float, float]:
    """The line's value at a rating, its slope, and the residual sum of squares."""
    center = ratings - ratings.mean()
    spread = float(center @ center)
    if spread == 0.0:
        return np.nan, np.nan, np.nan
    slope = float(center @ scores) / spread
    residual = scores - scores.mean() - slope * center
    return float(scores.mean() + slope * (at - ratings.mean())), slope, float(residual @ residual)

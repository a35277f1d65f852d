"""Cuts from judgments of items: modified Angoff, with what is known of the judges' agreement; Ebel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as t_distribution

from psychometrics.arrays import Floats, Integers
from psychometrics.errors import DataError, RuleError


@dataclass(frozen=True, eq=False)
class VarianceComponents:
    """Of ratings judges x items: ``judge``, ``item``, and ``residual`` (interaction with error).

    From the mean squares of the crossed design; a negative estimate is 0. NaN with fewer than
    two judges or items.
    """

    judge: float
    item: float
    residual: float


@dataclass(frozen=True, eq=False)
class AgreementWithData:
    """Judgments against the items' empirical difficulty for borderline persons, or for all.

    ``correlation`` of the items' mean ratings with it, ``judge_correlation`` of each judge's
    ratings; ``bias``, mean rating minus difficulty, and ``root_mean_square``, its size by item.
    NaN correlations where ratings are all alike.
    """

    correlation: float
    judge_correlation: Floats
    bias: float
    root_mean_square: float


@dataclass(frozen=True, eq=False)
class Angoff:
    """One round of an Angoff study; ratings and cuts in points.

    ``cut``: sum of the items' mean ratings; ``se``: standard error if other judges of the kind were
    asked about these items, sd of the judges' cuts / sqrt(judges), with the t interval ``low`` to
    ``high``; ``se_items``: if other items of the kind had been judged as well.
    ``judge_cuts`` with ``judge_sd``; ``judge_correlation``: of each judge with the mean of the others;
    ``judge_distance``: mean absolute difference from it. ``item_means``, ``item_sds`` (NaN for one
    rating), ``ratings`` a count by item. ``components``; ``generalizability`` of the
    items' mean ratings over judges: relative (ranking the items, an intraclass correlation) and
    ``dependability``, absolute; ``with_data`` if difficulties were given.
    """

    cut: float
    se: float
    low: float
    high: float
    se_items: float
    judge_cuts: Floats
    judge_sd: float
    judge_correlation: Floats
    judge_distance: Floats
    item_means: Floats
    item_sds: Floats
    ratings: Integers
    components: VarianceComponents
    generalizability: float
    dependability: float
    with_data: AgreementWithData | None


def angoff(
    ratings: ArrayLike,
    *,
    maxima: ArrayLike | None = None,
    difficulty: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Angoff:
    """Modified Angoff (Angoff 1971), and for items worth more points the extended one (Hambleton & Plake 1995).

    ``ratings``: judges x items, the points a borderline person is expected to get: for right-wrong
    items the probability of a right answer; NaN where a judge did not rate an item. ``maxima``: points
    of each item, 1 if None. ``difficulty``: mean points of each item in data, NaN where unknown.

    A judge who skipped items gets the cut the others' means give there, moved by the judge's mean
    difference from them. Variance components come from judges who rated all items (Brennan &
    Lockwood 1980; Brennan 2001, ch. 2). Raises `RuleError` for ratings out of range, `DataError` for
    an item or judge without any.

    >>> found = angoff([[0.6, 0.8, 0.5], [0.7, 0.9, 0.4], [0.5, 0.7, 0.6]])
    >>> round(found.cut, 3), round(found.se, 3), found.judge_cuts.round(2).tolist()
    (1.9, 0.058, [1.9, 2.0, 1.8])
    """
    given, top = _ratings(ratings, maxima)
    rated = ~np.isnan(given)
    counts = rated.sum(axis=0)
    means = np.nanmean(given, axis=0)
    judges, items = given.shape
    moved = np.nanmean(given - means, axis=1)
    judge_cuts = means.sum() + items * moved if not rated.all() else given.sum(axis=1)
    judge_sd = float(judge_cuts.std(ddof=1)) if judges > 1 else np.nan
    se = judge_sd / math.sqrt(judges)
    half = float(t_distribution.isf((1.0 - confidence) / 2.0, judges - 1)) * se if judges > 1 else np.nan
    cut = float(means.sum())
    components = variance_components(given[rated.all(axis=1)])
    error = components.residual / judges
    correlation, distance = _against_others(given)
    return Angoff(
        cut,
        se,
        cut - half,
        cut + half,
        float(np.sqrt(se**2 + items * components.item)),
        judge_cuts,
        judge_sd,
        correlation,
        distance,
        means,
        np.array(
            [
                column[~np.isnan(column)].std(ddof=1) if n > 1 else np.nan
                for column, n in zip(given.T, counts, strict=True)
            ]
        ),
        counts,
        components,
        _share(components.item, error),
        _share(components.item, error + components.judge / judges),
        None if difficulty is None else _with_data(given, means, top, difficulty),
    )


@dataclass(frozen=True, eq=False)
class AngoffRounds:
    """Rounds of one study: each by itself, and what changed from one to the next.

    ``shifts``: of the cut; ``spread_ratios``: sd of the judges' cuts over that before, below 1
    where they came together; ``changed``: share of ratings that were changed.
    """

    rounds: tuple[Angoff, ...]
    shifts: Floats
    spread_ratios: Floats
    changed: Floats

    @property
    def final(self) -> Angoff:
        """The last round's."""
        return self.rounds[-1]


def angoff_rounds(
    rounds: Sequence[ArrayLike],
    *,
    maxima: ArrayLike | None = None,
    difficulty: ArrayLike | None = None,
    confidence: float = 0.95,
) -> AngoffRounds:
    """`angoff` of each round, judges and items in the same order; `RuleError` if shapes differ."""
    matrices = [np.asarray(one, dtype=np.float64) for one in rounds]
    if not matrices or len({one.shape for one in matrices}) != 1:
        raise RuleError(field="rounds", shapes=[one.shape for one in matrices])
    found = tuple(angoff(one, maxima=maxima, difficulty=difficulty, confidence=confidence) for one in matrices)
    sds = np.array([one.judge_sd for one in found])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = sds[1:] / sds[:-1]
    changed = [
        float(np.mean(one[both] != other[both])) if (both := ~np.isnan(one) & ~np.isnan(other)).any() else 0.0
        for one, other in pairwise(matrices)
    ]
    return AngoffRounds(found, np.diff([one.cut for one in found]), ratios, np.array(changed))


def ebel(cells: ArrayLike, proportions: ArrayLike) -> float:
    """The cut of Ebel (1972): items are sorted into cells of relevance and difficulty.

    ``cells``: the cell of each item, numbered from 0; ``proportions``: judges x cells, the share of a
    cell's items that a borderline person answers right. The cut is in items right, the mean of the
    judges. Raises `RuleError`.

    >>> ebel([0, 0, 1, 1], [[1.0, 0.5], [0.5, 0.25]])
    2.25
    """
    place, shares = np.asarray(cells), np.asarray(proportions, dtype=np.float64)
    if shares.ndim != 2 or not ((shares >= 0) & (shares <= 1)).all():
        raise RuleError(field="proportions", shape=shares.shape)
    if (
        place.ndim != 1
        or not place.size
        or place.dtype.kind not in "iu"
        or place.min() < 0
        or place.max() >= shares.shape[1]
    ):
        raise RuleError(field="cells", cells=place.shape, columns=shares.shape[1])
    return float((shares.mean(axis=0) * np.bincount(place, minlength=shares.shape[1])).sum())


def variance_components(ratings: Floats) -> VarianceComponents:
    """Expected mean squares of a crossed judges x items design (Cornfield & Tukey 1956)."""
    judges, items = ratings.shape
    if judges < 2 or items < 2:
        return VarianceComponents(np.nan, np.nan, np.nan)
    by_judge, by_item, grand = ratings.mean(axis=1), ratings.mean(axis=0), ratings.mean()
    rest = ratings - by_judge[:, None] - by_item + grand
    residual = float((rest**2).sum() / ((judges - 1) * (items - 1)))
    return VarianceComponents(
        max(0.0, float(by_judge.var(ddof=1)) - residual / items),
        max(0.0, float(by_item.var(ddof=1)) - residual / judges),
        residual,
    )


def _ratings(ratings: ArrayLike, maxima: ArrayLike | None) -> tuple[Floats, Floats]:
    given = np.asarray(ratings, dtype=np.float64)
    if given.ndim != 2 or not given.size:
        raise RuleError(field="ratings", shape=given.shape)
    top = np.ones(given.shape[1]) if maxima is None else np.asarray(maxima, dtype=np.float64)
    if top.shape != given.shape[1:] or not (top > 0).all():
        raise RuleError(field="maxima", shape=top.shape, items=given.shape[1])
    wrong = np.argwhere((given < 0) | (given > top))
    if wrong.size:
        raise RuleError(
            field="ratings", judge=int(wrong[0, 0]), item=int(wrong[0, 1]), value=float(given[tuple(wrong[0])])
        )
    for axis, name in ((0, "item"), (1, "judge")):
        empty = np.isnan(given).all(axis=axis)
        if empty.any():
            raise DataError(field="ratings", **{name: int(np.argmax(empty))})
    return given, top


def _against_others(given: Floats) -> tuple[Floats, Floats]:
    """Each judge's correlation with the others' mean, and mean absolute difference from it."""
    rated = ~np.isnan(given)
    others_count = rated.sum(axis=0) - rated
    others = (np.nansum(given, axis=0) - np.where(rated, given, 0.0)) / np.where(others_count > 0, others_count, np.nan)
    both = rated & (others_count > 0)
    correlation = np.array(
        [_correlation(one[use], other[use]) for one, other, use in zip(given, others, both, strict=True)]
    )
    distance = [
        np.abs(one[use] - other[use]).mean() if use.any() else np.nan
        for one, other, use in zip(given, others, both, strict=True)
    ]
    return correlation, np.array(distance)


def _with_data(given: Floats, means: Floats, top: Floats, difficulty: ArrayLike) -> AgreementWithData:
    data = np.asarray(difficulty, dtype=np.float64)
    if data.shape != means.shape or ((data < 0) | (data > top)).any():
        raise RuleError(field="difficulty", shape=data.shape, items=means.size)
    known = ~np.isnan(data)
    off = means[known] - data[known]
    used = known & ~np.isnan(given)
    by_judge = [_correlation(one[use], data[use]) for one, use in zip(given, used, strict=True)]
    return AgreementWithData(
        _correlation(means[known], data[known]),
        np.array(by_judge),
        float(off.mean()) if off.size else np.nan,
        float(np.sqrt((off**2).mean())) if off.size else np.nan,
    )


def _correlation(one: Floats, other: Floats) -> float:
    if one.size < 2 or np.ptp(one) == 0.0 or np.ptp(other) == 0.0:
        return np.nan
    return float(np.corrcoef(one, other)[0, 1])


def _share(wanted: float, error: float) -> float:
    return wanted / (wanted + error) if wanted + error > 0 else np.nan

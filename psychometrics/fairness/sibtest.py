"""SIBTEST and crossing SIBTEST: DIF of an item, or of a bundle, with a regression correction.

Groups of unequal ability that have the same observed score do not have the same true score. Both
groups' means on the suspect items are therefore moved to a common true score, along the
regression of true on observed score in each group, before they are compared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2 as chi2_distribution
from scipy.stats import norm

from psychometrics.arrays import Booleans, Codes, Floats, Integers
from psychometrics.errors import DataError, RuleError
from psychometrics.fairness.strata import anchor_mask, group_numbers, other_group
from psychometrics.responses import MissingPolicy, resolve_categories


@dataclass(frozen=True)
class Sibtest:
    """One test of the suspect items together.

    ``beta``: weighted mean of reference minus focal in points of the suspect items, above 0 if
    they are harder for the focal group; ``se``, the interval ``low`` to ``high``, ``chi2`` (1
    degree of freedom), ``p_value``. The crossing test adds what lies on each side of the
    score where the difference changes its sign: ``crossing_beta`` (absolute), ``crossing_chi2``,
    ``crossing_df`` (2 if scores lie on both sides, else 1), ``crossing_p_value``, and
    ``crossing_score``. ``persons``: reference, focal, as used; ``scores_used``: matched scores
    compared, ``share_used`` the share of persons at them.
    """

    beta: float
    se: float
    low: float
    high: float
    chi2: float
    p_value: float
    crossing_beta: float
    crossing_chi2: float
    crossing_df: int
    crossing_p_value: float
    crossing_score: float
    persons: tuple[int, int]
    scores_used: int
    share_used: float


@dataclass(frozen=True)
class SibtestRule:
    """``minimum``: a matched score is compared if more persons than this of each group have it.

    ``focal_weights``: weight scores by the focal group, not by all persons. ``corrected``: apply
    the regression correction. ``guessing``: chance of a right answer by guessing, for each column;
    it corrects the reliability and leaves out scores that guessing alone reaches.
    The defaults are those of Shealy & Stout and of mirt.
    """

    minimum: int = 5
    focal_weights: bool = False
    corrected: bool = True
    guessing: float | Sequence[float] = 0.0

    def __post_init__(self) -> None:
        if self.minimum < 2:
            raise RuleError(field="minimum", value=self.minimum)


def sibtest(
    responses: ArrayLike,
    policy: MissingPolicy,
    groups: ArrayLike,
    focal: object,
    suspect: Sequence[int],
    *,
    anchors: Sequence[int] | None = None,
    rule: SibtestRule | None = None,
    confidence: float = 0.95,
) -> Sibtest:
    """Shealy & Stout 1993 (eq. 19 to 25); polytomous: Chang, Mazzeo & Roussos 1996; crossing:
    Li & Stout 1996 with the chi2 of Chalmers 2018; in all details as mirt's SIBTEST.

    ``suspect``: columns tested together; ``anchors``: columns matched on, all others if None;
    other arguments as in `mantel_haenszel`. Persons with a missing response in either
    set take no part. Raises `DataError` if no matched score has enough persons of both groups.
    """
    codes = resolve_categories(responses, policy)
    group = group_numbers(groups, other_group(groups, focal), codes.shape[0])
    studied = anchor_mask(suspect, codes.shape[1])
    matched = ~studied if anchors is None else anchor_mask(anchors, codes.shape[1])
    if not matched.any() or (matched & studied).any():
        raise RuleError(field="anchors", suspect=list(suspect), anchors=np.flatnonzero(matched).tolist())
    rule = rule or SibtestRule()
    guessing = np.broadcast_to(np.asarray(rule.guessing, dtype=np.float64), (codes.shape[1],))
    complete = (codes[:, matched | studied] >= 0).all(axis=1)
    sides = [_side(codes[complete & (group == side)], matched, studied, guessing) for side in (0, 1)]
    return _compare(sides[0], sides[1], guessing, rule, confidence)


def sibtest_items(
    responses: ArrayLike,
    policy: MissingPolicy,
    groups: ArrayLike,
    focal: object,
    *,
    suspects: Sequence[int] | None = None,
    anchors: Sequence[int] | None = None,
    rule: SibtestRule | None = None,
) -> tuple[Sibtest, ...]:
    """`sibtest` of one item after another (all if ``suspects`` is None).

    Each is matched on ``anchors`` (all items if None) without itself.
    """
    items = np.asarray(responses).shape[-1]
    tested = range(items) if suspects is None else suspects
    pool = range(items) if anchors is None else anchors
    return tuple(
        sibtest(responses, policy, groups, focal, [item], anchors=[at for at in pool if at != item], rule=rule)
        for item in tested
    )


@dataclass(frozen=True, eq=False)
class _Side:
    """One group: each person's matched and suspect score, and the reliability of the former."""

    matched: Integers
    suspect: Integers
    reliability: float
    items: int


@dataclass(frozen=True, eq=False)
class _AtScores:
    """One group at every matched score: persons, mean and variance on the suspect items, true score."""

    count: Floats
    mean: Floats
    variance: Floats
    true: Floats


def _side(codes: Codes, matched: Booleans, studied: Booleans, guessing: Floats) -> _Side:
    if codes.shape[0] < 2:
        raise DataError(field="groups", persons=codes.shape[0])
    anchors = codes[:, matched]
    return _Side(
        anchors.sum(axis=1, dtype=np.int64),
        codes[:, studied].sum(axis=1, dtype=np.int64),
        _reliability(anchors, guessing[matched]),
        anchors.shape[1],
    )


def _reliability(anchors: Codes, guessing: Floats) -> float:
    """Coefficient alpha, each dichotomous variance taken as if nobody had guessed right."""
    items = anchors.shape[1]
    if items < 2:
        raise DataError(field="anchors", items=items)
    variances = _variances(anchors)
    for item in np.flatnonzero(guessing > 0):
        if np.unique(anchors[:, item]).size == 2:
            right = anchors[:, item].mean() - anchors[:, item].min()
            known = max((right - guessing[item]) / (1.0 - guessing[item]), 0.0)
            variances[item] = known * (1.0 - known)
    total = anchors.sum(axis=1, dtype=np.int64).var(ddof=1)
    if total <= 0.0:
        raise DataError(field="anchors", reason="constant")
    return float(items / (items - 1.0) * (1.0 - variances.sum() / total))


def _variances(codes: Codes) -> Floats:
    """Of each column, from counts of its categories: the bytes are never widened."""
    persons = codes.shape[0]
    first, second = np.zeros(codes.shape[1]), np.zeros(codes.shape[1])
    for category in range(1, int(codes.max(initial=0)) + 1):
        count = (codes == category).sum(axis=0)
        first += category * count
        second += category**2 * count
    variances: Floats = (second - first**2 / persons) / (persons - 1.0)
    return variances


def _at_scores(side: _Side, scores: Integers) -> _AtScores:
    """As mirt has it, mean and variance are 0 where the group has nobody."""
    place = np.searchsorted(scores, side.matched)
    count = np.bincount(place, minlength=scores.size).astype(np.float64)
    some = np.maximum(count, 1.0)
    mean = np.bincount(place, side.suspect, scores.size) / some
    squares = np.bincount(place, (side.suspect - mean[place]) ** 2, scores.size)
    center = side.matched.mean()
    true = (center + side.reliability * (scores - center)) / side.items
    return _AtScores(count, mean, squares / np.maximum(count - 1.0, 1.0), true)


def _compare(reference: _Side, focal: _Side, guessing: Floats, rule: SibtestRule, confidence: float) -> Sibtest:
    scores, frequency = np.unique(np.concatenate((reference.matched, focal.matched)), return_counts=True)
    one, two = _at_scores(reference, scores), _at_scores(focal, scores)
    used = (one.count > rule.minimum) & (two.count > rule.minimum) & (one.variance > 0) & (two.variance > 0)
    used[[0, -1]] = False
    used &= scores >= guessing.sum()
    weight = np.where(used, two.count if rule.focal_weights else frequency, 0.0)
    if weight.sum() == 0.0:
        raise DataError(field="groups", persons=(reference.matched.size, focal.matched.size), scores=0)
    weight = weight / weight.sum()
    difference = np.where(used, _corrected(one, two, rule) - _corrected(two, one, rule), 0.0)
    error = np.where(used, one.variance / np.maximum(one.count, 1) + two.variance / np.maximum(two.count, 1), 0.0)
    beta = float(weight @ difference)
    se = math.sqrt(float(weight**2 @ error))
    half = float(norm.isf((1.0 - confidence) / 2.0)) * se
    chi2 = (beta / se) ** 2
    crossing = _crossing_score(scores, difference, one.count, two.count)
    above = scores > crossing
    sides = [
        (float((weight * difference)[part].sum()), float((weight**2 * error)[part].sum())) for part in (~above, above)
    ]
    crossing_chi2 = sum(shift**2 / spread for shift, spread in sides if spread > 0)
    df = sum(spread > 0 for _, spread in sides)
    return Sibtest(
        beta,
        se,
        beta - half,
        beta + half,
        chi2,
        float(chi2_distribution.sf(chi2, 1)),
        abs(sides[0][0] - sides[1][0]),
        crossing_chi2,
        df,
        float(chi2_distribution.sf(crossing_chi2, df)),
        crossing,
        (reference.matched.size, focal.matched.size),
        int(used.sum()),
        float(frequency[used].sum() / frequency.sum()),
    )


def _corrected(group: _AtScores, other: _AtScores, rule: SibtestRule) -> Floats:
    """Means on the suspect items at the true score half way between the groups' (eq. 22).

    The slope comes from the two neighbouring scores. The ends are never used.
    """
    if not rule.corrected:
        return group.mean
    corrected = group.mean.copy()
    slope = (group.mean[2:] - group.mean[:-2]) / (group.true[2:] - group.true[:-2])
    corrected[1:-1] += slope * (other.true - group.true)[1:-1] / 2.0
    return corrected


def _crossing_score(scores: Integers, difference: Floats, one: Floats, two: Floats) -> float:
    """Where the weighted regression line of the difference on the score is 0, to one digit.

    It takes the scores that both groups have and that hold over 1 % of the persons (mirt).
    """
    weight = np.where((one > 0) & (two > 0), np.maximum(one, two), 0.0)
    weight = np.where(weight > 0.01 * (one.sum() + two.sum()), weight, 0.0)
    if np.count_nonzero(weight) < 2:
        return float(scores[-1])
    center, level = weight @ scores / weight.sum(), weight @ difference / weight.sum()
    spread = weight @ (scores - center) ** 2
    slope = weight @ ((scores - center) * (difference - level)) / spread
    if slope == 0.0:
        return float(scores[-1])
    crossing = float(center - level / slope)
    if crossing == 0.0:
        return crossing
    unit = 10.0 ** math.floor(math.log10(abs(crossing)))
    return round(crossing / unit) * unit

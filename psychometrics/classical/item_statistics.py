"""Difficulty and discrimination of items without a model, with intervals and flags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.classical.association import biserial, correlation, correlation_interval, extreme_weights
from psychometrics.classical.proportions import wilson_interval
from psychometrics.classical.scores import criterion
from psychometrics.errors import DataError, RuleError
from psychometrics.responses import Missing, MissingPolicy, resolve_categories


class ItemFlag(Enum):
    """What deserves a look; the whole interval must lie beyond the border."""

    HARD = "hard"
    EASY = "easy"
    WEAK = "weak"
    NEGATIVE = "negative"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True)
class ItemRule:
    """Borders of the flags: difficulty below ``hard`` or above ``easy``, item-rest correlation below ``weak`` or 0.

    An item with fewer than ``least_persons`` is INSUFFICIENT and gets no other flag. ``level`` is
    that of all intervals, ``share`` the size of the extreme groups.
    """

    hard: float = 0.2
    easy: float = 0.95
    weak: float = 0.15
    least_persons: int = 100
    level: float = 0.95
    share: float = 0.27

    def __post_init__(self) -> None:
        if not (0 <= self.hard < self.easy <= 1 and self.least_persons >= 2 and 0 < self.level < 1):
            raise RuleError(field="rule", hard=self.hard, easy=self.easy, least=self.least_persons, level=self.level)


@dataclass(frozen=True, eq=False)
class ItemStatistics:
    """One value an item.

    ``answered``, ``omitted``, ``not_reached``, ``not_presented``: counts of the codes as given, before the
    policy. ``persons``: whose response counts after it. ``maximum``: the highest category.
    ``difficulty``: mean score / maximum, for items right or wrong the share right, with ``low``
    and ``high`` (Wilson's; for more categories normal). The others rest on ``correlated`` persons, those with
    a score: ``item_total`` and ``item_rest`` are Pearson correlations (point-biserial for two
    categories; rest = without the item) with ``rest_low`` and ``rest_high``; ``biserial`` and
    ``biserial_rest`` are NaN for more categories; ``upper_lower`` is the difficulty in the upper less
    that in the lower 27 %; ``alpha_if_deleted`` is NaN with fewer than three items.
    """

    answered: Integers
    omitted: Integers
    not_reached: Integers
    not_presented: Integers
    persons: Integers
    maximum: Integers
    difficulty: Floats
    low: Floats
    high: Floats
    correlated: Integers
    item_total: Floats
    item_rest: Floats
    rest_low: Floats
    rest_high: Floats
    biserial: Floats
    biserial_rest: Floats
    upper_lower: Floats
    alpha: float
    alpha_if_deleted: Floats
    flags: tuple[tuple[ItemFlag, ...], ...]


def item_statistics(
    responses: ArrayLike,
    policy: MissingPolicy,
    *,
    maximum: Sequence[int] | None = None,
    score: ArrayLike | None = None,
    rule: ItemRule | None = None,
) -> ItemStatistics:
    """Classical statistics of every item (Lord & Novick 1968; alpha: Cronbach 1951, KR-20 for 0/1).

    ``responses``: persons x items, scored categories from 0 or `Missing` codes. ``maximum``: highest
    category of each item, by default the highest seen. ``score``: what items are correlated with,
    NaN for nobody; by default the total of the persons with nothing missing, since sums over
    different items do not compare. A score given is taken to hold no item: rest is then total.
    """
    rule = rule or ItemRule()
    raw = np.asarray(responses)
    resolved = resolve_categories(responses, policy)
    if not resolved.size:
        raise DataError(field="responses", reason="empty")
    most = _maxima(resolved, maximum)
    against, holds_items = criterion(resolved, score)
    difficulty, low, high = _difficulty(resolved, most, rule.level)
    by_item = [_against(resolved[:, i], against, int(most[i]), holds_items, rule) for i in range(most.size)]
    columns = np.array(by_item).T
    total, rest, rest_low, rest_high, bis, bis_rest, spread, correlated = columns
    alpha, without = _alphas(resolved)
    persons = (resolved >= 0).sum(axis=0)
    codes = {code: (raw == code).sum(axis=0) for code in Missing}
    return ItemStatistics(
        (raw >= 0).sum(axis=0),
        codes[Missing.OMITTED],
        codes[Missing.NOT_REACHED],
        codes[Missing.NOT_PRESENTED],
        persons,
        most,
        difficulty,
        low,
        high,
        correlated.astype(np.int64),
        total,
        rest,
        rest_low,
        rest_high,
        bis,
        bis_rest,
        spread,
        alpha,
        without,
        tuple(_flags(*ends, rule) for ends in zip(persons, low, high, rest_high, strict=True)),
    )


def _maxima(resolved: Codes, given: Sequence[int] | None) -> Integers:
    seen = resolved.max(axis=0).astype(np.int64)
    least: Integers = np.maximum(seen, 1)
    if given is None:
        return least
    most = np.asarray(given, dtype=np.int64)
    if most.shape != seen.shape or (most < least).any():
        raise DataError(field="maximum", given=most.tolist(), seen=seen.tolist())
    return most


def _difficulty(resolved: Codes, most: Integers, level: float) -> tuple[Floats, Floats, Floats]:
    scores = np.where(resolved >= 0, resolved, np.nan).astype(np.float64) / most
    n = (resolved >= 0).sum(axis=0)
    sums = np.nansum(scores, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = sums / n
        deviation = np.sqrt(np.nansum((scores - mean) ** 2, axis=0) / (n - 1.0) / n)
    reach = float(ndtri((1.0 + level) / 2.0)) * np.where(n > 1, deviation, np.nan)
    low, high = wilson_interval(sums, n, level)
    two = most == 1
    low = np.where(two, low, np.maximum(mean - reach, 0.0))
    return mean, low, np.where(two, high, np.minimum(mean + reach, 1.0))


def _against(
    column: Codes, against: Floats, most: int, holds_items: bool, rule: ItemRule
) -> tuple[float, float, float, float, float, float, float, float]:
    known = (column >= 0) & ~np.isnan(against)
    x, score = column[known].astype(np.float64), against[known]
    rest_score = score - x if holds_items else score
    total, rest = correlation(x, score), correlation(x, rest_score)
    low, high = correlation_interval(rest, x.size, rule.level)
    p = float(x.mean()) if x.size and most == 1 else float("nan")
    spread = float("nan")
    if x.size > 1:
        lower, upper = extreme_weights(score, rule.share)
        spread = float((upper @ x / upper.sum() - lower @ x / lower.sum()) / most)
    return total, rest, low, high, biserial(total, p), biserial(rest, p), spread, float(x.size)


def _alphas(resolved: Codes) -> tuple[float, Floats]:
    """Alpha of all items, and of the others without each: k / (k - 1) (1 - trace / sum of covariances)."""
    complete = resolved[(resolved >= 0).all(axis=1)].astype(np.float64)
    items = resolved.shape[1]
    none = np.full(items, np.nan)
    if complete.shape[0] < 2:
        return float("nan"), none
    covariance = np.atleast_2d(np.cov(complete, rowvar=False))
    variances, total = np.diag(covariance), float(covariance.sum())
    without = total - 2.0 * covariance.sum(axis=0) + variances
    alpha = _alpha(np.array([float(variances.sum())]), np.array([total]), items)
    return float(alpha[0]), _alpha(variances.sum() - variances, without, items - 1) if items > 2 else none


def _alpha(trace: Floats, total: Floats, items: int) -> Floats:
    if items < 2:
        return np.full(trace.shape, np.nan)
    varies = total > 1e-12
    return np.where(varies, items / (items - 1.0) * (1.0 - trace / np.where(varies, total, 1.0)), np.nan)


def _flags(persons: int, low: float, high: float, rest_high: float, rule: ItemRule) -> tuple[ItemFlag, ...]:
    if persons < rule.least_persons:
        return (ItemFlag.INSUFFICIENT,)
    checks = (
        (high < rule.hard, ItemFlag.HARD),
        (low > rule.easy, ItemFlag.EASY),
        (rest_high < rule.weak, ItemFlag.WEAK),
        (rest_high < 0.0, ItemFlag.NEGATIVE),
    )
    return tuple(flag for met, flag in checks if met)

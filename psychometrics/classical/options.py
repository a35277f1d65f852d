"""Which options persons of each score choose: distractors that attract the able, or nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.classical.association import correlation
from psychometrics.classical.proportions import wilson_interval
from psychometrics.errors import DataError, RuleError
from psychometrics.responses import MissingPolicy, resolve_categories


@dataclass(frozen=True, eq=False)
class OptionStatistics:
    """One item, one value an option (numbered from 0) unless said otherwise.

    ``counts`` and ``shares`` of the persons who chose something, with Wilson ``low`` and ``high``;
    ``mean_score``: mean of the choosers' scores without this item, NaN where there are none;
    ``point_biserial``: of choosing the option with that score. By group of score, rising:
    ``group_score`` (mean), ``group_persons``, and groups x options ``group_shares`` with
    ``group_low`` and ``group_high``. ``blank``: how many chose nothing, whatever the reason.
    """

    key: int
    counts: Integers
    shares: Floats
    low: Floats
    high: Floats
    mean_score: Floats
    point_biserial: Floats
    group_score: Floats
    group_persons: Integers
    group_shares: Floats
    group_low: Floats
    group_high: Floats
    blank: int


def option_statistics(
    choices: ArrayLike,
    keys: Sequence[int],
    policy: MissingPolicy,
    *,
    options: int | Sequence[int] | None = None,
    groups: int = 5,
    level: float = 0.95,
) -> tuple[OptionStatistics, ...]:
    """Distractor analysis of every item.

    ``choices``: persons x items, the option chosen, from 0, or a `Missing` code; ``keys``: the right
    option of each item. ``options``: how many an item has, by default up to the highest chosen or
    keyed. The score is the number right on the other items; ``policy`` says whether a blank there
    counts as wrong, and a person with any that does not has no score and is in the counts only.
    A blank on the item itself is no option. Persons of equal score stay in one of about ``groups``
    groups of equal size.
    """
    raw = resolve_categories(choices, MissingPolicy.ignore_all())
    right = np.asarray(keys, dtype=np.int64)
    if right.shape != (raw.shape[1],) or (right < 0).any():
        raise DataError(field="keys", keys=right.shape, items=raw.shape[1])
    if groups < 1:
        raise RuleError(field="groups", value=groups)
    widths = _widths(raw, right, options)
    # A blank the policy counts becomes option 0, which is right or wrong by chance: it is wrong here.
    missing = resolve_categories(choices, policy) < 0
    correct = ((raw == right) & (raw >= 0)).astype(np.float64)
    found = []
    for i in range(raw.shape[1]):
        others = np.delete(missing, i, axis=1).any(axis=1)
        rest = np.where(others, np.nan, correct.sum(axis=1) - correct[:, i])
        found.append(_item(raw[:, i], rest, int(right[i]), int(widths[i]), groups, level))
    return tuple(found)


def _widths(raw: Codes, right: Integers, options: int | Sequence[int] | None) -> Integers:
    least: Integers = np.maximum(raw.max(axis=0, initial=-1), right).astype(np.int64) + 1
    if options is None:
        return least
    widths: Integers = np.broadcast_to(np.asarray(options, dtype=np.int64), least.shape)
    if (widths < least).any():
        raise DataError(field="options", given=widths.tolist(), least=least.tolist())
    return widths


def _item(column: Codes, rest: Floats, key: int, width: int, groups: int, level: float) -> OptionStatistics:
    chosen = column[:, None] == np.arange(width)
    counts = chosen.sum(axis=0)
    answered = int(counts.sum())
    low, high = wilson_interval(counts, np.full(width, answered), level)
    known = (column >= 0) & ~np.isnan(rest)
    member, score = chosen[known].astype(np.float64), rest[known]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = score @ member / member.sum(axis=0)
        shares = counts / answered if answered else np.full(width, np.nan)
    place = _groups(score, groups)
    sizes = np.bincount(place)
    by_group = np.zeros((sizes.size, width))
    np.add.at(by_group, place, member)
    n = np.broadcast_to(sizes[:, None], by_group.shape)
    group_low, group_high = wilson_interval(by_group, n, level)
    return OptionStatistics(
        key,
        counts,
        shares,
        low,
        high,
        mean,
        np.array([correlation(member[:, k], score) for k in range(width)]),
        np.bincount(place, weights=score) / sizes,
        sizes,
        by_group / n,
        group_low,
        group_high,
        column.size - answered,
    )


def _groups(score: Floats, groups: int) -> Integers:
    """The group of each person, from 0 without gaps: by the middle of the ranks of their score."""
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    middle = (np.cumsum(counts) - counts / 2.0) / max(1, score.size)
    of_value = np.minimum((middle * groups).astype(np.int64), groups - 1)
    group: Integers = np.unique(of_value, return_inverse=True)[1][place].astype(np.int64)
    return group

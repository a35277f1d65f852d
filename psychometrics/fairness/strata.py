"""Persons of each group, matched on a score: the table every classical DIF statistic starts from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Booleans, Codes, Floats, Integers
from psychometrics.errors import RuleError
from psychometrics.responses import MissingPolicy, resolve_categories


@dataclass(frozen=True, eq=False)
class Matching:
    """What persons are matched on, usually the sum score.

    ``anchors``: columns summed, all if None. ``include_item``: the studied item counts in its own
    score even if it is no anchor, without which groups of unequal ability show DIF where there is
    none (Holland & Thayer 1988; difR does the same). ``score``: one number a person to match on
    instead, such as an ability where not everybody was given the same items; NaN leaves a
    person out. Each different value is a stratum, so round it first.
    """

    anchors: Sequence[int] | None = None
    include_item: bool = True
    score: ArrayLike | None = None


@dataclass(frozen=True, eq=False)
class StratifiedTable:
    """One item: ``counts`` of persons, strata x groups x categories; ``scores`` rise with the strata.

    The first group is the reference group. Categories are 0 up to the highest anybody chose, at
    least two. Strata without anybody are not in it.
    """

    scores: Floats
    counts: Floats

    @property
    def persons(self) -> Integers:
        """How many persons of each group take part."""
        totals: Integers = self.counts.sum(axis=(0, 2)).astype(np.int64)
        return totals

    @property
    def group_sizes(self) -> Floats:
        """Strata x groups."""
        sizes: Floats = self.counts.sum(axis=2)
        return sizes

    def moments(self) -> tuple[Floats, Floats]:
        """Mean and variance (divisor n) of the category, strata x groups; NaN where nobody is."""
        values = np.arange(self.counts.shape[2], dtype=np.float64)
        with np.errstate(invalid="ignore"):
            mean = self.counts @ values / self.group_sizes
            variance = self.counts @ values**2 / self.group_sizes - mean**2
        return mean, np.maximum(variance, 0.0)


class MatchedGroups:
    """Responses, groups and matching rule, checked once; `table` counts one item.

    A person takes part in an item if it and every item of the matching score are answered: with
    one of them missing there is no score to match on. What the policy counts as the lowest
    category is answered.
    """

    def __init__(
        self, responses: ArrayLike, policy: MissingPolicy, groups: ArrayLike, reference: object, matching: Matching
    ) -> None:
        self.codes: Codes = resolve_categories(responses, policy)
        self._group = group_numbers(groups, reference, self.codes.shape[0])
        self._groups = int(self._group.max()) + 1
        self.items = self.codes.shape[1]
        self._include = matching.include_item
        self._given = _given_score(matching, self.codes.shape[0])
        self._anchor = anchor_mask(matching.anchors, self.items)
        anchors = self.codes[:, self._anchor]
        self._sum = np.maximum(anchors, 0).sum(axis=1, dtype=np.int64)
        self._blanks = (anchors < 0).sum(axis=1)

    def table(self, item: int) -> StratifiedTable:
        """The persons that take part in one item, counted."""
        response = self.codes[:, item].astype(np.int64)
        answered = response >= 0
        score: Floats | Integers
        if self._given is not None:
            score, takes_part = self._given, answered & ~np.isnan(self._given)
        else:
            own = int(self._include) - int(self._anchor[item])
            score = self._sum + own * np.maximum(response, 0)
            blanks = self._blanks - (~answered if self._anchor[item] else 0)
            takes_part = answered & (blanks == 0)
        levels, level = np.unique(score[takes_part], return_inverse=True)
        width = max(2, int(response.max(initial=1)) + 1)
        shape = (levels.size, self._groups, width)
        cell = (level * shape[1] + self._group[takes_part]) * width + response[takes_part]
        counts = np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)
        return StratifiedTable(levels.astype(np.float64), counts.astype(np.float64))

    def tables(self) -> list[StratifiedTable]:
        """Every item's."""
        return [self.table(item) for item in range(self.items)]


def two_groups(
    responses: ArrayLike, policy: MissingPolicy, groups: ArrayLike, focal: object, matching: Matching | None
) -> MatchedGroups:
    """A reference and a focal group: ``groups`` must hold two labels, one of them ``focal``."""
    return MatchedGroups(responses, policy, groups, other_group(groups, focal), matching or Matching())


def other_group(groups: ArrayLike, focal: object) -> object:
    """The reference group's label, where there are two labels; `RuleError` if not."""
    labels = dict.fromkeys(np.asarray(groups).ravel().tolist())
    others = [label for label in labels if label != focal]
    if len(labels) != 2 or len(others) != 1:
        raise RuleError(field="focal", focal=focal, labels=list(labels))
    return others[0]


def group_numbers(groups: ArrayLike, reference: object, persons: int) -> Integers:
    """Each person's group as a number: 0 the reference group, the others in the order first met."""
    labels = np.asarray(groups)
    if labels.shape != (persons,):
        raise RuleError(field="groups", shape=labels.shape, persons=persons)
    given = labels.tolist()
    names = list(dict.fromkeys(given))
    if any(name is None or name != name for name in names):
        raise RuleError(field="groups", reason="missing")
    if len(names) < 2 or reference not in names:
        raise RuleError(field="reference", reference=reference, labels=names)
    order = [reference, *(name for name in names if name != reference)]
    place = {name: at for at, name in enumerate(order)}
    return np.array([place[label] for label in given], dtype=np.int64)


def anchor_mask(anchors: Sequence[int] | None, items: int) -> Booleans:
    """Which columns are summed."""
    mask = np.ones(items, dtype=np.bool_)
    if anchors is not None:
        chosen = np.asarray(list(anchors))
        # A mask of columns read as numbers would match on columns 0 and 1.
        numbers = chosen.ndim == 1 and chosen.size > 0 and chosen.dtype.kind in "iu"
        if not numbers or chosen.min() < 0 or chosen.max() >= items:
            raise RuleError(field="anchors", anchors=chosen.tolist(), items=items)
        mask[:] = False
        mask[chosen] = True
    return mask


def _given_score(matching: Matching, persons: int) -> Floats | None:
    if matching.score is None:
        return None
    score = np.asarray(matching.score, dtype=np.float64)
    if score.shape != (persons,):
        raise RuleError(field="matching.score", shape=score.shape, persons=persons)
    return score

"""Raw points by rule, without a model: what a regulation fixes for keys and option weights."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Floats
from psychometrics.errors import ResponseError, RuleError
from psychometrics.responses import Missing


@dataclass(frozen=True)
class RawItem:
    """Points of one item: one number an option chosen, one for each kind of missing response."""

    item: str
    points: tuple[float, ...]
    omitted: float
    not_reached: float
    not_presented: float = 0.0

    def __post_init__(self) -> None:
        if not self.points:
            raise RuleError(field="points", item=self.item, reason="empty")
        values = (*self.points, self.omitted, self.not_reached, self.not_presented)
        if not all(math.isfinite(value) for value in values):
            raise RuleError(field="points", item=self.item, reason="not_finite")

    @classmethod
    def keyed(
        cls,
        item: str,
        options: int,
        keys: Collection[int],
        *,
        correct: float,
        wrong: float,
        blank: float,
    ) -> RawItem:
        """An item with right options ``keys`` (from 0); blank is omitted or not reached."""
        if not keys or not all(0 <= key < options for key in keys):
            raise RuleError(field="keys", item=item, options=options, keys=sorted(keys))
        points = tuple(correct if option in keys else wrong for option in range(options))
        return cls(item, points, blank, blank)

    @classmethod
    def weighted(cls, item: str, weights: Sequence[float], *, blank: float) -> RawItem:
        """An item each of whose options has its own weight."""
        return cls(item, tuple(weights), blank, blank)

    @property
    def maximum(self) -> float:
        """The most points the item gives."""
        return max(self.points)


@dataclass(frozen=True)
class RawScoring:
    """The rule of a whole form.

    >>> rule = RawScoring((
    ...     RawItem.keyed("TIU-1", 5, {2}, correct=5, wrong=0, blank=0),
    ...     RawItem.weighted("TKP-1", [1, 2, 3, 4, 5], blank=0),
    ... ))
    >>> rule.totals([[2, 4], [0, 1], [Missing.OMITTED, Missing.NOT_REACHED]]).tolist()
    [10.0, 2.0, 0.0]
    """

    items: tuple[RawItem, ...]

    def points(self, choices: ArrayLike) -> Floats:
        """Points of each response, persons x items; ``choices`` are options from 0 or `Missing`.

        Raises `ResponseError` for a matrix of another width, a non-integer one, or an option an
        item does not have, naming the first person and item.
        """
        matrix = np.asarray(choices)
        if matrix.ndim != 2 or matrix.shape[1] != len(self.items) or matrix.dtype.kind not in "iu":
            raise ResponseError(
                field="choices", shape=matrix.shape, items=len(self.items), dtype=str(matrix.dtype)
            )
        column = matrix.astype(np.int64) - min(Missing)
        outside = (column < 0) | (column >= self._widths)
        if outside.any():
            person, item = (int(index) for index in np.argwhere(outside)[0])
            raise ResponseError(
                field="choices",
                person=person,
                item=self.items[item].item,
                value=int(matrix[person, item]),
            )
        found: Floats = self._lookup[np.arange(len(self.items)), column]
        return found

    def totals(self, choices: ArrayLike) -> Floats:
        """Points of each person."""
        total: Floats = self.points(choices).sum(axis=1)
        return total

    def totals_by(self, choices: ArrayLike, groups: Sequence[str]) -> dict[str, Floats]:
        """Points of each person in each group of items (domains); ``groups`` names one an item."""
        if len(groups) != len(self.items):
            raise RuleError(field="groups", items=len(self.items), groups=len(groups))
        points, labels = self.points(choices), np.asarray(groups)
        return {name: points[:, labels == name].sum(axis=1) for name in dict.fromkeys(groups)}

    @cached_property
    def _widths(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array([len(entry.points) + len(Missing) for entry in self.items], dtype=np.int64)

    @cached_property
    def _lookup(self) -> Floats:
        """Items x (missing codes from the lowest, then options)."""
        table = np.full((len(self.items), int(self._widths.max())), np.nan)
        for row, entry in enumerate(self.items):
            missing = {
                Missing.NOT_PRESENTED: entry.not_presented,
                Missing.NOT_REACHED: entry.not_reached,
                Missing.OMITTED: entry.omitted,
            }
            values = [missing[code] for code in sorted(Missing)] + list(entry.points)
            table[row, : len(values)] = values
        return table

"""How well a test places people: accuracy, consistency, and what is wrong on each side of a cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Floats, Integers
from psychometrics.errors import RuleError


@dataclass(frozen=True, eq=False)
class Decisions:
    """What becomes of a group of persons who are placed in levels, counted from 0, by rising ``cuts``.

    ``confusion``: levels x levels, the share of persons truly in the row's level and placed in the
    column's; ``agreement``: placed in the row's level by one test and in the column's by a parallel
    one. A score at a cut is above it. Everything else follows: for each cut by itself (arrays over
    cuts), and for all levels at once (``level_``).
    """

    cuts: Floats
    confusion: Floats
    agreement: Floats

    @property
    def accuracy(self) -> Floats:
        """The chance to be placed on the true side of each cut."""
        right: Floats = np.trace(self._sides(self.confusion), axis1=1, axis2=2)
        return right

    @property
    def consistency(self) -> Floats:
        """The chance that two parallel tests place a person on one side of each cut."""
        right: Floats = np.trace(self._sides(self.agreement), axis1=1, axis2=2)
        return right

    @property
    def kappa(self) -> Floats:
        """Consistency beyond chance (Cohen 1960); NaN if everybody is on one side of the cut."""
        share = self._sides(self.agreement).sum(axis=2)
        return _kappa(self.consistency, (share**2).sum(axis=1))

    @property
    def false_positive(self) -> Floats:
        """Share of all persons placed above each cut who belong below."""
        return self._sides(self.confusion)[:, 0, 1]

    @property
    def false_negative(self) -> Floats:
        """Share of all persons placed below each cut who belong above."""
        return self._sides(self.confusion)[:, 1, 0]

    @property
    def level_accuracy(self) -> float:
        """The chance to be placed in the true level."""
        return float(np.trace(self.confusion))

    @property
    def level_consistency(self) -> float:
        """The chance that two parallel tests place a person in one level."""
        return float(np.trace(self.agreement))

    @property
    def level_kappa(self) -> float:
        """Kappa of all levels."""
        chance = (self.agreement.sum(axis=1) ** 2).sum()
        return float(_kappa(np.array(self.level_consistency), np.asarray(chance)))

    def _sides(self, matrix: Floats) -> Floats:
        """Cuts x 2 x 2: below and above each cut by below and above."""
        above = np.arange(len(matrix)) > np.arange(self.cuts.size)[:, None]
        side = np.stack((~above, above), axis=1).astype(np.float64)
        merged: Floats = side @ matrix @ side.transpose(0, 2, 1)
        return merged


@dataclass(frozen=True, eq=False)
class Classification(Decisions):
    """`Decisions`, and what they are for a person of each ability.

    ``nodes``: abilities, with ``weights`` that sum to one; ``conditional_accuracy`` and
    ``conditional_consistency``: nodes x cuts; ``conditional_level_accuracy`` and
    ``conditional_level_consistency``: one a node, for all levels at once.
    """

    nodes: Floats
    weights: Floats
    conditional_accuracy: Floats
    conditional_consistency: Floats
    conditional_level_accuracy: Floats
    conditional_level_consistency: Floats


def classification(
    cuts: Floats, nodes: Floats, weights: ArrayLike | None, true_level: Integers, placed: Floats
) -> Classification:
    """All of it from ``placed``, P(level | node), nodes x levels, and each node's true level.

    Weights are equal if None. Raises `RuleError` if they are negative, all 0 or of another length.
    """
    weight = _shares(weights, nodes.size)
    truly = np.eye(placed.shape[1])[true_level]
    # P(above each cut), and whether that is where the node belongs.
    above = placed[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    belongs = true_level[:, None] > np.arange(cuts.size)
    return Classification(
        cuts,
        truly.T @ (weight[:, None] * placed),
        placed.T @ (weight[:, None] * placed),
        nodes,
        weight,
        np.where(belongs, above, 1.0 - above),
        above**2 + (1.0 - above) ** 2,
        placed[np.arange(nodes.size), true_level],
        (placed**2).sum(axis=1),
    )


def rising_cuts(cuts: ArrayLike) -> Floats:
    """One or more finite cuts, each above the last; `RuleError` if not."""
    values = np.atleast_1d(np.asarray(cuts, dtype=np.float64))
    if values.ndim != 1 or not values.size or not np.isfinite(values).all() or (np.diff(values) <= 0).any():
        raise RuleError(field="cuts", cuts=values.tolist())
    return values


def _kappa(observed: Floats, chance: Floats) -> Floats:
    room = 1.0 - chance
    return np.where(room > 1e-12, (observed - chance) / np.where(room > 1e-12, room, 1.0), np.nan)


def _shares(weights: ArrayLike | None, count: int) -> Floats:
    given = np.ones(count) if weights is None else np.asarray(weights, dtype=np.float64)
    good = given.shape == (count,) and bool(np.isfinite(given).all()) and bool((given >= 0).all()) and given.sum() > 0
    if not good:
        raise RuleError(field="weights", shape=given.shape, nodes=count)
    shares: Floats = given / given.sum()
    return shares

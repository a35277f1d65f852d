"""What makes one form better than another, as rows of a linear program in one variable y."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from psychometrics.arrays import Floats, FloatsLike, Integers
from psychometrics.assembly.pool import ItemPool
from psychometrics.errors import RuleError
from psychometrics.models import expected_score, item_information


@dataclass(frozen=True, eq=False)
class GoalRows:
    """``lower`` <= ``matrix`` x + ``slope`` y <= ``upper``, rows x items, for one form.

    ``sense`` is 1 where y is to be small, -1 where it is to be large. ``scale`` is added to
    abs(y) when a gap is made relative: a deviation of nearly 0 has no meaningful ratio.
    """

    matrix: Floats
    slope: Floats
    lower: Floats
    upper: Floats
    sense: int
    scale: float = 0.0

    def value(self, chosen: Integers) -> float:
        """The best y that the form of the items ``chosen`` allows."""
        totals = self.matrix[:, chosen].sum(axis=1)
        edge = np.where(np.isfinite(self.lower), self.lower, self.upper)
        limits = (edge - totals) / self.slope
        return float(limits.max() if self.sense > 0 else limits.min())


class Goal(ABC):
    """A goal of assembly; with several forms the worst form is what counts."""

    @abstractmethod
    def rows(self, pool: ItemPool) -> GoalRows:
        """The goal's rows in a pool; `RuleError` if it does not fit the pool."""


@dataclass(frozen=True, eq=False)
class MaximumInformation(Goal):
    """The weighted sum of the information at ``theta`` is as large as can be.

    ``weights`` (one for each theta, not below 0) are 1 if left out. ``unit`` divides the sum, so
    that forms with goals at different thetas can be compared.
    """

    theta: FloatsLike
    weights: FloatsLike | None = None
    unit: float = 1.0

    def rows(self, pool: ItemPool) -> GoalRows:
        """One row: information - y >= 0."""
        theta = _points(self.theta)
        weights = _curve("weights", np.ones(theta.size) if self.weights is None else self.weights, theta)
        if not self.unit > 0 or not weights.any():
            raise RuleError(field="weights", unit=self.unit, reason="out_of_range")
        total = weights @ item_information(pool.table, theta) / self.unit
        return _floor_rows(total[None, :], np.ones(1))


@dataclass(frozen=True, eq=False)
class MaximinInformation(Goal):
    """The information has a given shape and is as high as can be: I(theta_k) >= ``shape_k`` y.

    The relative target of van der Linden (2005, ch. 5). ``shape`` (one above 0 for
    each theta) is flat if left out.
    """

    theta: FloatsLike
    shape: FloatsLike | None = None

    def rows(self, pool: ItemPool) -> GoalRows:
        """A row for each theta: information - shape y >= 0."""
        theta = _points(self.theta)
        shape = _curve("shape", np.ones(theta.size) if self.shape is None else self.shape, theta)
        if not (shape > 0).all():
            raise RuleError(field="shape", reason="out_of_range")
        return _floor_rows(item_information(pool.table, theta), shape)


@dataclass(frozen=True, eq=False)
class MatchInformation(Goal):
    """The largest distance of the information from ``target`` over ``theta`` is as small as can be.

    The absolute target of van der Linden (2005, ch. 5).
    """

    theta: FloatsLike
    target: FloatsLike

    def rows(self, pool: ItemPool) -> GoalRows:
        """Two rows for each theta: target - y <= information <= target + y."""
        theta = _points(self.theta)
        return _distance_rows(item_information(pool.table, theta), _curve("target", self.target, theta))


@dataclass(frozen=True, eq=False)
class MatchCharacteristicCurve(Goal):
    """The largest distance of the expected sum score from ``target`` over ``theta`` is smallest.

    ``target`` is in score points (van der Linden & Luecht 1998).
    """

    theta: FloatsLike
    target: FloatsLike

    def rows(self, pool: ItemPool) -> GoalRows:
        """Two rows for each theta: target - y <= expected score <= target + y."""
        theta = _points(self.theta)
        return _distance_rows(expected_score(pool.table, theta), _curve("target", self.target, theta))


@dataclass(frozen=True, eq=False)
class MinimumSum(Goal):
    """The sum of an attribute (words, seconds, cost) is as small as can be."""

    attribute: str

    def rows(self, pool: ItemPool) -> GoalRows:
        """One row: sum - y <= 0."""
        values = pool.values(self.attribute)[None, :]
        none = np.full(1, -np.inf)
        return GoalRows(values, -np.ones(1), none, np.zeros(1), sense=1)


def _floor_rows(matrix: Floats, shape: Floats) -> GoalRows:
    rows = len(matrix)
    return GoalRows(matrix, -shape, np.zeros(rows), np.full(rows, np.inf), sense=-1)


def _distance_rows(matrix: Floats, target: Floats) -> GoalRows:
    rows = len(matrix)
    never = np.full(rows, np.inf)
    return GoalRows(
        np.concatenate((matrix, matrix)),
        np.concatenate((np.ones(rows), -np.ones(rows))),
        np.concatenate((target, -never)),
        np.concatenate((never, target)),
        sense=1,
        scale=float(target.max()) or 1.0,
    )


def _points(theta: FloatsLike) -> Floats:
    points = np.atleast_1d(np.asarray(theta, dtype=np.float64))
    if points.ndim != 1 or not points.size or not np.isfinite(points).all():
        raise RuleError(field="theta", reason="not_finite" if points.size else "empty")
    return points


def _curve(field: str, values: FloatsLike, theta: Floats) -> Floats:
    curve = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if curve.shape != theta.shape:
        raise RuleError(field=field, count=curve.size, points=theta.size, reason="not_one_a_point")
    if not np.isfinite(curve).all() or (curve < 0).any():
        raise RuleError(field=field, reason="out_of_range")
    return curve

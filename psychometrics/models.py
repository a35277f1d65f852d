"""Category probabilities of the response models and their derivatives by theta.

Each model gives three arrays, thetas x items x categories: the logarithm of the probability P,
the score P'/P and the curvature P''/P. The two ratios stay finite where P itself underflows, and
everything else follows from them: information is the mean square of the score (Lord 1980, 5.4;
Samejima 1969), the bias term of the weighted likelihood is the mean of score times curvature
(Warm 1989, eq. 14; Magis 2015, eq. 10).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit, logsumexp

from psychometrics.arrays import Booleans, Floats, FloatsLike, Integers
from psychometrics.items import ItemTable, Model


@dataclass(frozen=True, eq=False)
class CategoryCurves:
    """Thetas x items x categories; a category an item does not have: log_p -inf, ratios 0."""

    log_p: Floats
    score: Floats
    curvature: Floats

    @property
    def p(self) -> Floats:
        """Probabilities; they sum to one over the last axis."""
        return np.exp(self.log_p)

    @property
    def information(self) -> Floats:
        """Fisher information, thetas x items: the mean of the squared score."""
        total: Floats = (self.p * self.score**2).sum(axis=2)
        return total

    @property
    def bias_term(self) -> Floats:
        """Warm's J, thetas x items: the mean of score times curvature."""
        total: Floats = (self.p * self.score * self.curvature).sum(axis=2)
        return total


def category_curves(table: ItemTable, theta: FloatsLike) -> CategoryCurves:
    """Log probabilities and derivative ratios of all items at ``theta`` (1-D)."""
    theta = np.atleast_1d(np.asarray(theta, dtype=np.float64))
    shape = (theta.size, len(table), int(table.categories.max()))
    curves = CategoryCurves(np.full(shape, -np.inf), np.zeros(shape), np.zeros(shape))
    for members, family in _families(table):
        width = int(table.categories[members].max())
        part = family(table, members, theta)
        curves.log_p[:, members, :width] = part.log_p
        curves.score[:, members, :width] = part.score
        curves.curvature[:, members, :width] = part.curvature
    return curves


def category_probabilities(table: ItemTable, theta: FloatsLike) -> Floats:
    """P(category | theta), thetas x items x categories; 0 where an item has no such category.

    >>> table = ItemTable.from_dicts([{"item": "i", "model": "3PL", "a": 1, "b": 0, "c": 0.25}])
    >>> category_probabilities(table, [0.0]).tolist()
    [[[0.375, 0.625]]]
    """
    return category_curves(table, theta).p


def expected_score(table: ItemTable, theta: FloatsLike) -> Floats:
    """Expected category, thetas x items; the test characteristic curve is its sum over items."""
    probabilities = category_probabilities(table, theta)
    return probabilities @ np.arange(probabilities.shape[2], dtype=np.float64)


def item_information(table: ItemTable, theta: FloatsLike) -> Floats:
    """Fisher information of each item about theta, thetas x items."""
    return category_curves(table, theta).information


_Family = Callable[[ItemTable, Integers, Floats], CategoryCurves]


def _families(table: ItemTable) -> list[tuple[Integers, _Family]]:
    groups: list[tuple[Integers, _Family]] = []
    for models, family in (
        ((Model.RASCH, Model.TWO_PL, Model.THREE_PL, Model.FOUR_PL), _logistic),
        ((Model.PCM, Model.GPCM), _partial_credit),
        ((Model.GRM,), _graded),
        ((Model.NOMINAL,), _nominal),
    ):
        members = np.flatnonzero([model in models for model in table.models])
        if members.size:
            groups.append((members, family))
    return groups


def _logistic(table: ItemTable, members: Integers, theta: Floats) -> CategoryCurves:
    """P(1) = c + (d - c) F with F = 1 / (1 + exp(-a (theta - b))) (Barton & Lord 1981)."""
    a, c, d = table.a[members], table.c[members], table.d[members]
    z = a * (theta[:, None] - table.steps[members, 0])
    with np.errstate(divide="ignore"):
        log_floor, log_range, log_slip = np.log(c), np.log(d - c), np.log1p(-d)
    log_f, log_g = log_range + log_expit(z), log_range + log_expit(-z)
    log_right, log_wrong = np.logaddexp(log_floor, log_f), np.logaddexp(log_slip, log_g)
    # (d-c)F / P and (d-c)(1-F) / (1-P): both 1 unless there is guessing or slipping.
    right, wrong = np.exp(log_f - log_right), np.exp(log_g - log_wrong)
    f, g = expit(z), expit(-z)
    return CategoryCurves(
        np.stack((log_wrong, log_right), axis=2),
        np.stack((-a * wrong * f, a * right * g), axis=2),
        np.stack((-(a**2) * wrong * f * (g - f), a**2 * right * g * (g - f)), axis=2),
    )


def _partial_credit(table: ItemTable, members: Integers, theta: Floats) -> CategoryCurves:
    """P(k) proportional to exp(sum of a (theta - step_j) for j <= k) (Muraki 1992, eq. 6)."""
    present = _present(table, members)
    steps = np.nan_to_num(table.steps[members, : present.shape[1] - 1])
    a = table.a[members][:, None]
    climb = np.cumsum(a * (theta[:, None, None] - steps), axis=2)
    kernel = np.concatenate((np.zeros((*climb.shape[:2], 1)), climb), axis=2)
    kernel = np.where(present, kernel, -np.inf)
    log_p = kernel - logsumexp(kernel, axis=2, keepdims=True)
    p, k = np.exp(log_p), np.arange(present.shape[1])
    distance = k - (p @ k)[:, :, None]
    score = np.where(present, a * distance, 0.0)
    variance = (p * distance**2).sum(axis=2, keepdims=True)
    return CategoryCurves(log_p, score, np.where(present, score**2 - a**2 * variance, 0.0))


def _graded(table: ItemTable, members: Integers, theta: Floats) -> CategoryCurves:
    """P(k) = F_k - F_(k+1), F_k = P(k or higher) logistic at step k (Samejima 1969).

    With F' = a F (1 - F) the score is a (1 - F_k - F_(k+1)), free of the small difference.
    """
    present = _present(table, members)
    a = table.a[members][:, None]
    inner = a * (theta[:, None, None] - table.steps[members, : present.shape[1] - 1])
    # No theta reaches a category that an item has not, whatever the sign of its slope.
    inner = np.where(present[:, 1:], inner, -np.inf)
    edge = np.full((*inner.shape[:2], 1), np.inf)
    z = np.concatenate((edge, inner, -edge), axis=2)
    at, above = z[:, :, :-1], z[:, :, 1:]
    with np.errstate(invalid="ignore"):
        gap = np.where(np.isfinite(at) & np.isfinite(above), above - at, -np.inf)
    log_p = log_expit(at) + log_expit(-above) + np.log(-np.expm1(gap))
    f_at, f_above, g_at, g_above = expit(at), expit(above), expit(-at), expit(-above)
    score = np.where(present, a * (g_at - f_above), 0.0)
    slope = -(a**2) * (f_at * g_at + f_above * g_above)
    return CategoryCurves(
        np.where(present, log_p, -np.inf), score, np.where(present, score**2 + slope, 0.0)
    )


def _nominal(table: ItemTable, members: Integers, theta: Floats) -> CategoryCurves:
    """P(k) proportional to exp(slope_k theta + intercept_k) (Bock 1972, eq. 2)."""
    present = _present(table, members)
    width = present.shape[1]
    slopes = np.where(present, table.slopes[members, :width], 0.0)
    line = slopes * theta[:, None, None] + table.intercepts[members, :width]
    line = np.where(present, line, -np.inf)
    log_p = line - logsumexp(line, axis=2, keepdims=True)
    p = np.exp(log_p)
    distance = slopes - (p * slopes).sum(axis=2, keepdims=True)
    score = np.where(present, distance, 0.0)
    variance = (p * distance**2).sum(axis=2, keepdims=True)
    return CategoryCurves(log_p, score, np.where(present, score**2 - variance, 0.0))


def _present(table: ItemTable, members: Integers) -> Booleans:
    """Items x categories: which categories an item has."""
    categories = table.categories[members]
    mask: Booleans = np.arange(int(categories.max())) < categories[:, None]
    return mask

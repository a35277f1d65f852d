"""Reliability of observed scores: alpha, omega, split halves, and the error of a score.

`psychometrics.precision` has the reliability of abilities; here are those of sums of item scores.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.stats import f

from psychometrics.arrays import Codes, Floats, FloatsLike
from psychometrics.errors import ConvergenceError, DataError, RuleError
from psychometrics.items import ItemTable
from psychometrics.models import category_probabilities, expected_score
from psychometrics.quadrature import Population, scoring_grid
from psychometrics.responses import MissingPolicy, resolve_categories


@dataclass(frozen=True, eq=False)
class Alpha:
    """Coefficient ``alpha`` with its interval, the ``standardised`` one (of correlations), and the SEM.

    ``sem``: standard error of measurement of the sum score, in points. ``persons``: those with
    every item answered, on whom all of it rests.
    """

    alpha: float
    low: float
    high: float
    standardised: float
    sem: float
    persons: int


@dataclass(frozen=True, eq=False)
class Omega:
    """``omega`` total of a one-factor model, its ``loadings`` and ``uniquenesses`` (one an item)."""

    omega: float
    loadings: Floats
    uniquenesses: Floats
    persons: int


@dataclass(frozen=True, eq=False)
class SplitHalf:
    """Reliability from two halves: Spearman-Brown from their correlation, and Guttman's lambda 4."""

    correlation: float
    spearman_brown: float
    guttman: float
    persons: int


def coefficient_alpha(responses: ArrayLike, policy: MissingPolicy, level: float = 0.95) -> Alpha:
    """Cronbach's alpha (1951) with Feldt's interval (1965); KR-20 for items right or wrong.

    ``responses``: persons x items, category scores; persons with an item left out by ``policy``
    are not in it. Raises `DataError` for fewer than 2 items or 3 complete persons, or if the sum
    score does not vary, `RuleError` for a level outside (0, 1).

    >>> found = coefficient_alpha([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]], MissingPolicy.ignore_all())
    >>> round(found.alpha, 3)
    0.75
    """
    if not 0.0 < level < 1.0:
        raise RuleError(field="level", value=level)
    scores = _complete(responses, policy)
    persons, items = scores.shape
    covariance = np.cov(scores, rowvar=False)
    total = float(covariance.sum())
    alpha = items / (items - 1.0) * (1.0 - float(np.trace(covariance)) / total)
    df = ((persons - 1), (persons - 1) * (items - 1))
    tail = (1.0 - level) / 2.0
    low = 1.0 - (1.0 - alpha) * float(f.ppf(1.0 - tail, *df))
    high = 1.0 - (1.0 - alpha) * float(f.ppf(tail, *df))
    return Alpha(alpha, low, high, _standardised(covariance), math.sqrt(total * max(1.0 - alpha, 0.0)), persons)


def omega_total(responses: ArrayLike, policy: MissingPolicy) -> Omega:
    """McDonald's omega (1999): (sum of loadings)^2 over that plus the uniquenesses.

    One factor is fitted to the covariances by maximum likelihood, uniquenesses held above 0
    (Joreskog 1967). Persons as in `coefficient_alpha`. Raises `DataError` also for fewer than 3
    items or items that do not vary, `ConvergenceError` if no fit is found.
    """
    scores = _complete(responses, policy)
    persons, items = scores.shape
    covariance = np.cov(scores, rowvar=False)
    sd = np.sqrt(np.diag(covariance))
    if items < 3 or not (sd > 0).all():
        raise DataError(field="responses", items=items, constant=np.flatnonzero(sd == 0).tolist())
    loadings, unique = _one_factor(covariance / np.outer(sd, sd))
    loadings, unique = loadings * sd, unique * sd**2
    common = float(loadings.sum()) ** 2
    return Omega(common / (common + float(unique.sum())), loadings, unique, persons)


def model_reliability(table: ItemTable, population: Population) -> float:
    """Reliability of the sum score as the model and the population imply it (omega from item parameters).

    Variance of the true score over the variance of the score (Kim & Feldt 2010): no responses needed.
    """
    grid = scoring_grid(table, population)
    mass = grid.weights * np.exp(population.log_density(grid.nodes))
    mass /= mass.sum()
    true, error = expected_score(table, grid.nodes).sum(axis=1), score_variance(table, grid.nodes)
    between = float(mass @ (true - mass @ true) ** 2)
    return between / (between + float(mass @ error))


def split_half(responses: ArrayLike, policy: MissingPolicy, first_half: ArrayLike | None = None) -> SplitHalf:
    """Two halves of the test: odd and even items, or the columns of ``first_half`` and the rest.

    Spearman-Brown (1910) from the halves' correlation; lambda 4 (Guttman 1945) needs no equal
    halves. Raises `DataError` as `coefficient_alpha`, or if a half does not vary.
    """
    scores = _complete(responses, policy)
    columns = np.arange(0, scores.shape[1], 2) if first_half is None else np.unique(np.asarray(first_half))
    chosen = np.zeros(scores.shape[1], dtype=np.bool_)
    if not columns.size or columns.dtype.kind not in "iu" or columns[0] < 0 or columns[-1] >= chosen.size:
        raise RuleError(field="first_half", value=columns.tolist(), items=chosen.size)
    chosen[columns] = True
    if chosen.all():
        raise RuleError(field="first_half", reason="no_second_half")
    halves = np.stack((scores[:, chosen].sum(axis=1), scores[:, ~chosen].sum(axis=1)))
    covariance = np.cov(halves)
    if not (np.diag(covariance) > 0).all():
        raise DataError(field="responses", reason="a_half_does_not_vary")
    r = float(covariance[0, 1] / math.sqrt(covariance[0, 0] * covariance[1, 1]))
    guttman = 4.0 * float(covariance[0, 1] / covariance.sum())
    return SplitHalf(r, 2.0 * r / (1.0 + r) if r > -1.0 else -math.inf, guttman, scores.shape[0])


def score_variance(table: ItemTable, theta: FloatsLike) -> Floats:
    """Variance of the sum score at each theta, in points squared; its root is the conditional SEM.

    The sum over items of the variance of their category (Lord 1980, 4.2; Kolen et al. 1996).
    """
    p = category_probabilities(table, theta)
    k = np.arange(p.shape[2], dtype=np.float64)
    variance: Floats = (p @ k**2 - (p @ k) ** 2).sum(axis=1)
    return variance


def binomial_sem(score: FloatsLike, items: int) -> Floats:
    """Lord's (1955) standard error of a number-right score without a model: sqrt(x (n - x) / (n - 1)).

    >>> binomial_sem([0.0, 20.0], 40).round(3).tolist()
    [0.0, 3.203]
    """
    x = np.asarray(score, dtype=np.float64)
    if items < 2 or not ((x >= 0) & (x <= items)).all():
        raise RuleError(field="score", items=items)
    return np.asarray(np.sqrt(x * (items - x) / (items - 1.0)), dtype=np.float64)


def _complete(responses: ArrayLike, policy: MissingPolicy) -> Floats:
    resolved: Codes = resolve_categories(responses, policy)
    scores = resolved[(resolved >= 0).all(axis=1)].astype(np.float64)
    if scores.shape[1] < 2 or scores.shape[0] < 3:
        raise DataError(field="responses", complete_persons=scores.shape[0], items=scores.shape[1])
    if not scores.sum(axis=1).var() > 0:
        raise DataError(field="responses", reason="score_does_not_vary")
    return scores


def _standardised(covariance: Floats) -> float:
    """Alpha of the correlations; NaN if an item does not vary."""
    sd = np.sqrt(np.diag(covariance))
    if not (sd > 0).all():
        return math.nan
    items = sd.size
    mean = float((covariance / np.outer(sd, sd)).sum() - items) / (items * (items - 1))
    return items * mean / (1.0 + (items - 1) * mean)


def _one_factor(correlation: Floats) -> tuple[Floats, Floats]:
    """Loadings and uniquenesses of one factor: the likelihood as a function of the uniquenesses.

    Given them the best loadings come from the first eigenvector (Joreskog 1967, eq. 22 to 26).
    """
    items = len(correlation)

    def loadings(unique: Floats) -> tuple[Floats, Floats]:
        root = np.sqrt(unique)
        values, vectors = np.linalg.eigh(correlation / np.outer(root, root))
        first = vectors[:, -1] * np.sign(vectors[:, -1].sum() or 1.0)
        return root * first * math.sqrt(max(values[-1] - 1.0, 0.0)), values

    def distance(log_unique: Floats) -> float:
        _, values = loadings(np.exp(log_unique))
        rest = np.maximum(values[:-1], 1e-12)
        return float((rest - 1.0 - np.log(rest)).sum())

    start = np.log(np.full(items, 0.5))
    found = minimize(distance, start, method="L-BFGS-B", bounds=[(math.log(0.005), math.log(1.0))] * items)
    if not (found.success or found.status == 2) or not np.isfinite(found.fun):
        raise ConvergenceError(field="one_factor", message=str(found.message))
    unique = np.exp(np.asarray(found.x, dtype=np.float64))
    return loadings(unique)[0], unique

"""Mean and covariance of the domains in a population, from answers to items with known parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.errors import ConvergenceError, DataError, RuleError
from psychometrics.multidimensional.dimensions import MultidimensionalItems, MultivariatePopulation
from psychometrics.multidimensional.estimation import multidimensional_eap
from psychometrics.responses import MissingPolicy


@dataclass(frozen=True, eq=False)
class LatentEstimate:
    """The ``population`` found (its ``correlation`` is that of the abilities), after ``cycles``."""

    population: MultivariatePopulation
    cycles: int


def estimate_population(
    items: MultidimensionalItems,
    responses: ArrayLike,
    policy: MissingPolicy,
    *,
    standardised: bool = False,
    tolerance: float = 1e-4,
    cycles: int = 500,
) -> LatentEstimate:
    """The normal population most likely to have given the answers (EM, Mislevy 1984).

    Item parameters are known, so mean and covariance are both identified. ``standardised``: the
    domains were each calibrated on this group, so means are 0 and variances 1 and only the
    correlations are free. It ends when no mean, standard deviation or correlation would move by
    ``tolerance`` in ten more cycles at the pace of the last. Correlations are those of abilities,
    not of scores: unlike the latter they are not attenuated.
    Raises `DataError` for fewer persons than dimensions + 1, `ConvergenceError` after ``cycles``.
    """
    if not (tolerance > 0 and cycles >= 1):
        raise RuleError(field="tolerance", value=tolerance, cycles=cycles)
    size = items.loadings.shape[1]
    population = MultivariatePopulation.standard(np.eye(size))
    for cycle in range(1, cycles + 1):
        found = multidimensional_eap(items, responses, policy, population)
        known = found.answered > 0
        if known.sum() <= size:
            raise DataError(field="responses", persons=int(known.sum()), dimensions=size)
        theta, spread = found.theta[known], found.covariance[known].mean(axis=0)
        mean = theta.mean(axis=0)
        distance = theta - mean
        covariance = spread + distance.T @ distance / len(theta)
        if standardised:
            mean, covariance = np.zeros(size), spread + theta.T @ theta / len(theta)
            covariance = MultivariatePopulation(mean, covariance).correlation
        after = MultivariatePopulation(mean, covariance)
        moved = _largest_change(population, after)
        population = after
        if 10.0 * moved < tolerance:
            return LatentEstimate(population, cycle)
    raise ConvergenceError(field="cycles", cycles=cycles, change=moved, tolerance=tolerance)


def _largest_change(before: MultivariatePopulation, after: MultivariatePopulation) -> float:
    changes = (after.mean - before.mean, after.sd - before.sd, after.correlation - before.correlation)
    return float(max(np.abs(change).max() for change in changes))

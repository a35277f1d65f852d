"""How precisely a test measures: information, standard error, reliability."""

from __future__ import annotations

import numpy as np

from psychometrics.arrays import Floats, FloatsLike
from psychometrics.items import ItemTable
from psychometrics.models import item_information
from psychometrics.quadrature import Population, scoring_grid
from psychometrics.scoring import AbilityEstimate


def total_information(table: ItemTable, theta: FloatsLike) -> Floats:
    """Test information: the sum of the item informations at each theta (Lord 1980, eq. 5-6)."""
    total: Floats = item_information(table, theta).sum(axis=1)
    return total


def conditional_sem(table: ItemTable, theta: FloatsLike) -> Floats:
    """Standard error of the ML estimate at each theta, 1 / sqrt(information); inf where it is 0."""
    with np.errstate(divide="ignore"):
        return 1.0 / np.sqrt(total_information(table, theta))


def marginal_reliability(table: ItemTable, population: Population) -> float:
    """Reliability expected in a population, from the parameters alone.

    The mean over the population of I / (I + 1 / sd^2), the share of a person's variance that the
    test removes (the coefficient after Green et al. 1984 in the form for Bayesian scores).
    """
    grid = scoring_grid(table, population)
    density = grid.weights * np.exp(population.log_density(grid.nodes))
    information = total_information(table, grid.nodes)
    share = information / (information + population.sd**-2)
    return float(density @ share / density.sum())


def empirical_reliability(estimate: AbilityEstimate) -> float:
    """Reliability of EAP scores in the group scored: var(theta) / (var(theta) + mean(se^2)).

    For EAP the two parts add up to the variance of the true abilities (Bock & Mislevy 1982).
    NaN for fewer than two persons.
    """
    if estimate.theta.size < 2:
        return float("nan")
    between = float(np.var(estimate.theta, ddof=1))
    within = float(np.mean(estimate.se**2))
    return between / (between + within)

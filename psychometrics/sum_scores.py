"""The distribution of the sum score, and ability from the sum score alone.

The recursion of Lord & Wingersky (1984, eq. 7) in the form for any number of categories (Thissen,
Pommerich, Billeaud & Williams 1995). It runs in log space: with 300 items the probability of an
extreme score is below the smallest double at most thetas, yet its posterior is well defined.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psychometrics.arrays import Floats, FloatsLike, Integers
from psychometrics.items import ItemTable
from psychometrics.models import category_curves
from psychometrics.quadrature import Population, scoring_grid


@dataclass(frozen=True, eq=False)
class SumScoreTable:
    """For each sum score from 0: EAP ability, its standard error, and the score's probability."""

    score: Integers
    theta: Floats
    se: Floats
    probability: Floats


def sum_score_distribution(table: ItemTable, theta: FloatsLike) -> Floats:
    """P(sum of categories = s | theta), thetas x (max_score + 1); rows sum to one.

    >>> table = ItemTable.from_dicts([{"item": i, "model": "Rasch", "b": 0.0} for i in "pq"])
    >>> sum_score_distribution(table, [0.0]).round(6).tolist()
    [[0.25, 0.5, 0.25]]
    """
    return np.exp(_log_distribution(table, theta))


def eap_for_sum_scores(table: ItemTable, population: Population) -> SumScoreTable:
    """EAP ability and standard error of every sum score in a population."""
    grid = scoring_grid(table, population)
    prior = population.log_density(grid.nodes) + np.log(grid.weights)
    joint = _log_distribution(table, grid.nodes) + prior[:, None]
    largest = joint.max(axis=0)
    posterior = np.exp(joint - largest)
    mass = posterior.sum(axis=0)
    theta = grid.nodes @ posterior / mass
    variance = grid.nodes**2 @ posterior / mass - theta**2
    probability = np.exp(largest) * mass
    return SumScoreTable(
        np.arange(theta.size),
        theta,
        np.sqrt(np.maximum(variance, 0.0)),
        probability / probability.sum(),
    )


def _log_distribution(table: ItemTable, theta: FloatsLike) -> Floats:
    log_p = category_curves(table, theta).log_p
    total = np.zeros((log_p.shape[0], 1))
    for item, categories in enumerate(table.categories):
        extended = np.full((total.shape[0], total.shape[1] + int(categories) - 1), -np.inf)
        for category in range(int(categories)):
            reached = extended[:, category : category + total.shape[1]]
            np.logaddexp(reached, total + log_p[:, item, category, None], out=reached)
        total = extended
    return total

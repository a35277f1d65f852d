"""EAP scores and what follows from a person's posterior.

The posterior of theta is likelihood x population, computed on a grid in log space; its mean is
the score and its standard deviation the standard error (Bock & Mislevy 1982).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from psychometrics.arrays import Booleans, Codes, Floats, Integers, row_blocks
from psychometrics.errors import RuleError
from psychometrics.items import ItemTable
from psychometrics.likelihood import finite_log_p, sum_observed
from psychometrics.models import category_curves
from psychometrics.quadrature import (
    Grid,
    Population,
    finest_width,
    panel_grid,
    posterior_range,
    scoring_grid,
)
from psychometrics.responses import MissingPolicy, resolve_missing


class Method(Enum):
    """How an ability was estimated."""

    EAP = "EAP"
    ML = "ML"
    MAP = "MAP"
    WLE = "WLE"


@dataclass(frozen=True, eq=False)
class AbilityEstimate:
    """One ability a person, in the order of the rows scored.

    ``theta`` and ``se`` are in logits; ``answered`` counts the responses that took part;
    ``at_bound`` marks an estimate that stopped at the end of the allowed range (ML and WLE only).
    """

    method: Method
    theta: Floats
    se: Floats
    answered: Integers
    at_bound: Booleans

    def probability_above(self, cut: float) -> Floats:
        """P(theta > cut) if the error is normal with standard deviation ``se``.

        For stored scores, without the responses; `probability_above` needs no such assumption.
        """
        return np.asarray(ndtr((self.theta - cut) / self.se), dtype=np.float64)


def eap_scores(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
    grid: Grid | None = None,
) -> AbilityEstimate:
    """Expected a posteriori ability and its posterior standard deviation.

    ``responses``: persons x items, categories or `Missing` codes; ``policy`` says what each code
    counts as. A person with nothing answered gets the population's mean and standard deviation.
    ``grid`` is chosen by `scoring_grid` unless given. Raises `ResponseError`.

    >>> from psychometrics.responses import Treatment
    >>> table = ItemTable.from_dicts([{"item": "i", "model": "Rasch", "b": 0.0}])
    >>> policy = MissingPolicy(Treatment.LOWEST, Treatment.MISSING, Treatment.MISSING)
    >>> estimate = eap_scores(table, [[1], [0], [-3]], policy, Population())
    >>> (estimate.theta + 0.0).round(4).tolist(), estimate.se.round(4).tolist()
    ([0.4132, -0.4132, 0.0], [0.9106, 0.9106, 1.0])
    """
    resolved = resolve_missing(table, responses, policy)
    grid = grid or scoring_grid(table, population)
    # Taken from the population's mean, so that the variance is no difference of large numbers.
    distance = grid.nodes - population.mean
    powers = np.stack((distance, distance**2), axis=1)
    moments = np.empty((resolved.shape[0], 2))
    for rows, density in _posteriors(table, resolved, population, grid):
        moments[rows] = (density @ powers) / density.sum(axis=1, keepdims=True)
    theta = population.mean + moments[:, 0]
    se = np.sqrt(np.maximum(moments[:, 1] - moments[:, 0] ** 2, 0.0))
    answered = (resolved >= 0).sum(axis=1)
    return AbilityEstimate(Method.EAP, theta, se, answered, np.zeros(theta.shape, dtype=np.bool_))


def posterior_weights(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
    grid: Grid,
) -> Floats:
    """Posterior probability of each node of ``grid``, persons x nodes; rows sum to one."""
    resolved = resolve_missing(table, responses, policy)
    weights = np.empty((resolved.shape[0], grid.nodes.size))
    for rows, density in _posteriors(table, resolved, population, grid):
        weights[rows] = density / density.sum(axis=1, keepdims=True)
    return weights


def probability_above(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
    cut: float,
) -> Floats:
    """P(theta > cut | responses) of each person, by integrating the posterior on both sides.

    The two integrals have their own panels that end at the cut, so that no node straddles it.
    """
    if not math.isfinite(cut):
        raise RuleError(field="cut", value=cut)
    resolved = resolve_missing(table, responses, policy)
    low, high = posterior_range(table, population)
    if not low < cut < high:
        return np.full(resolved.shape[0], 1.0 if cut <= low else 0.0)
    width = finest_width(table, population, low, high)
    below, above = panel_grid(low, cut, width), panel_grid(cut, high, width)
    grid = Grid(
        np.concatenate((below.nodes, above.nodes)), np.concatenate((below.weights, above.weights))
    )
    share = np.empty(resolved.shape[0])
    for rows, density in _posteriors(table, resolved, population, grid):
        share[rows] = density[:, below.nodes.size :].sum(axis=1) / density.sum(axis=1)
    return share


def _posteriors(
    table: ItemTable, resolved: Codes, population: Population, grid: Grid
) -> Iterator[tuple[slice, Floats]]:
    """Blocks of persons with their unnormalised posterior mass at the nodes, largest about one.

    The largest log posterior of a row is taken out before the exponential: of 300 items the
    likelihood itself is far below the smallest double.
    """
    log_p = finite_log_p(category_curves(table, grid.nodes))
    prior = population.log_density(grid.nodes) + np.log(grid.weights)
    for rows in row_blocks(resolved.shape[0], grid.nodes.size + len(table)):
        density = sum_observed(resolved[rows], log_p)
        density += prior
        density -= density.max(axis=1, keepdims=True)
        yield rows, np.exp(density, out=density)

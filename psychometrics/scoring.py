"""EAP scores and what follows from a person's posterior.

The posterior of theta is likelihood x population, computed on a grid in log space; its mean is
the score and its standard deviation the standard error (Bock & Mislevy 1982).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.errors import RuleError
from psychometrics.items import ItemTable
from psychometrics.posteriors import Posteriors, posterior_means
from psychometrics.quadrature import (
    Grid,
    Population,
    finest_width,
    panel_grid,
    posterior_range,
    scoring_grid,
)
from psychometrics.responses import MissingPolicy, resolve_missing
from psychometrics.sufficient import count_answered


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
    >>> (estimate.theta.round(4) + 0.0).tolist(), estimate.se.round(4).tolist()
    ([0.4132, -0.4132, 0.0], [0.9106, 0.9106, 1.0])
    """
    resolved = resolve_missing(table, responses, policy)
    grid = grid or scoring_grid(table, population)
    # Taken from the population's mean, so that the variance is no difference of large numbers.
    distance = grid.nodes - population.mean
    powers = np.stack((distance, distance**2), axis=1)
    mean, square = posterior_means(Posteriors(table, population, grid), resolved, powers).T
    se = np.sqrt(np.maximum(square - mean**2, 0.0))
    answered = count_answered(resolved)
    return AbilityEstimate(Method.EAP, population.mean + mean, se, answered, np.zeros(mean.shape, dtype=np.bool_))


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

    def work(rows: slice, density: Floats) -> None:
        weights[rows] = density / density.sum(axis=1, keepdims=True)

    Posteriors(table, population, grid).each(resolved, work)
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
    grid = Grid(np.concatenate((below.nodes, above.nodes)), np.concatenate((below.weights, above.weights)))
    is_above = np.repeat([0.0, 1.0], [below.nodes.size, above.nodes.size])[:, None]
    share = posterior_means(Posteriors(table, population, grid), resolved, is_above)[:, 0]
    # Looked up in a table it may miss certainty by a rounding, on the wrong side.
    return np.clip(share, 0.0, 1.0)

"""Plausible values: abilities drawn from each person's posterior, for statements about groups.

The spread of estimated scores is not the spread of abilities: EAP scores are drawn together, ML
scores apart. Draws from the posteriors have the right spread (Mislevy 1991). An analysis is done
once with each set of draws, and `combine_estimates` puts the results together (Rubin 1987).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Floats
from psychometrics.blocks import blocks_of
from psychometrics.errors import DataError, RuleError
from psychometrics.items import ItemTable
from psychometrics.multidimensional import (
    MultidimensionalItems,
    MultivariatePopulation,
    multidimensional_eap,
)
from psychometrics.quadrature import Population, scoring_grid
from psychometrics.responses import MissingPolicy, resolve_missing
from psychometrics.scoring import posterior_weights

_ROWS = 20_000


@dataclass(frozen=True, eq=False)
class CombinedEstimate:
    """An ``estimate`` from several sets of draws, its ``se``, and the degrees of freedom of t.

    ``within``: mean of the sampling variances; ``between``: variance of the estimates over the
    sets; ``missing_share``: how much of the variance is not knowing the abilities.
    """

    estimate: Floats
    se: Floats
    df: Floats
    within: Floats
    between: Floats
    missing_share: Floats


def plausible_values(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
    rng: np.random.Generator,
    draws: int = 5,
) -> Floats:
    """Draws of each person's ability from the posterior, persons x ``draws``, in logits.

    The posterior is summed up on the grid of `scoring_grid`, and its distribution function is
    inverted between the nodes. A person with nothing answered is drawn from the population.
    For the analysis of groups that differ, draw each group with its own ``population``: with a
    common one, differences between groups are too small (Mislevy 1991).
    Raises `ResponseError`, `RuleError` for fewer than one draw.

    >>> from psychometrics.items import Model
    >>> table = ItemTable.from_arrays(Model.RASCH, b=[0.0, 0.5])
    >>> drawn = plausible_values(
    ...     table, [[1, 1], [0, 0]], MissingPolicy.ignore_all(), Population(), np.random.default_rng(1), 2000
    ... )
    >>> drawn.shape, drawn.mean(axis=1).round(1).tolist()
    ((2, 2000), [0.8, -0.7])
    """
    _check_draws(draws)
    resolved = resolve_missing(table, responses, policy)
    grid = scoring_grid(table, population)
    drawn = np.empty((resolved.shape[0], draws))
    for rows in blocks_of(resolved.shape[0], _ROWS):
        weights = posterior_weights(table, resolved[rows], MissingPolicy.ignore_all(), population, grid)
        drawn[rows] = _inverted(grid.nodes, weights, rng.random((weights.shape[0], draws)))
    return drawn


def multidimensional_plausible_values(
    items: MultidimensionalItems,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: MultivariatePopulation,
    rng: np.random.Generator,
    draws: int = 5,
) -> Floats:
    """Draws of several abilities, persons x ``draws`` x dimensions, in logits.

    From the normal distribution with each posterior's mean and covariance: right in the first two
    moments for any test, and in shape for tests of some length (Chang & Stout 1993).
    """
    _check_draws(draws)
    found = multidimensional_eap(items, responses, policy, population)
    root = np.linalg.cholesky(found.covariance)
    noise = rng.standard_normal((*found.theta.shape[:1], draws, found.theta.shape[1]))
    return np.asarray(found.theta[:, None] + np.einsum("nij,ndj->ndi", root, noise), dtype=np.float64)


def combine_estimates(estimates: ArrayLike, variances: ArrayLike) -> CombinedEstimate:
    """One estimate from those of each set of draws (Rubin 1987, 3.1).

    ``estimates``: sets x anything; ``variances``: their sampling variances, of the same shape.
    The total variance is within + (1 + 1/m) between. Raises `DataError` for fewer than two sets,
    shapes that differ, or a negative variance.

    >>> found = combine_estimates([0.9, 1.0, 1.1], [0.04, 0.04, 0.04])
    >>> round(float(found.estimate), 3), round(float(found.se), 4)
    (1.0, 0.2309)
    """
    values, spread = np.asarray(estimates, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    if values.ndim < 1 or values.shape != spread.shape or values.shape[0] < 2:
        raise DataError(field="estimates", estimates=values.shape, variances=spread.shape)
    if not (np.isfinite(values).all() and np.isfinite(spread).all() and (spread >= 0).all()):
        raise DataError(field="variances", reason="negative_or_not_finite")
    sets = values.shape[0]
    within, between = spread.mean(axis=0), values.var(axis=0, ddof=1)
    added = (1.0 + 1.0 / sets) * between
    total = within + added
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total > 0, added / total, 0.0)
        df = np.where(share > 0, (sets - 1) / share**2, np.inf)
    return CombinedEstimate(values.mean(axis=0), np.sqrt(total), df, within, between, share)


def _check_draws(draws: int) -> None:
    if draws < 1:
        raise RuleError(field="draws", value=draws)


def _inverted(nodes: Floats, weights: Floats, uniform: Floats) -> Floats:
    """Thetas where the distribution function, linear in the cell around each node, reaches ``uniform``."""
    step = float(nodes[1] - nodes[0])
    reached = np.cumsum(weights, axis=1)
    drawn = np.empty_like(uniform)
    for draw in range(uniform.shape[1]):
        cell = (reached < uniform[:, draw, None] * reached[:, -1:]).sum(axis=1)
        cell = np.minimum(cell, nodes.size - 1)
        rows = np.arange(cell.size)
        before = reached[rows, cell] - weights[rows, cell]
        part = (uniform[:, draw] * reached[:, -1] - before) / np.maximum(weights[rows, cell], np.finfo(float).tiny)
        drawn[:, draw] = nodes[cell] + (np.clip(part, 0.0, 1.0) - 0.5) * step
    return drawn

"""Classification of people by a test whose item parameters are known (Rudner; Lee)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from psychometrics.arrays import Floats
from psychometrics.errors import RuleError
from psychometrics.items import ItemTable
from psychometrics.models import expected_score
from psychometrics.precision import conditional_sem
from psychometrics.quadrature import Grid, Population, finest_width, panel_grid
from psychometrics.standards.classification import Classification, classification, rising_cuts
from psychometrics.standards.true_scores import true_score_crossings
from psychometrics.sum_scores import sum_score_distribution

# Of a normal population no more than 1e-15 lies further out.
_REACH = 8.0


def rudner(theta: ArrayLike, se: ArrayLike, cuts: ArrayLike, weights: ArrayLike | None = None) -> Classification:
    """Persons, or nodes with ``weights``, whose estimate is normal about ``theta`` with sd ``se``.

    ``cuts`` in logits. Rudner (2001, 2005), as class.Rud of cacIRT: each theta is taken for true,
    so given estimates of persons the result is that of a group as spread out as their estimates.
    class.Rud itself computes ``se`` with the constant 1.7 whatever D it is told: with slopes times
    1.7 `conditional_sem` gives the same.
    Raises `RuleError` for a standard error that is not above 0 or shapes that differ.

    >>> found = rudner([-1.0, 0.2, 1.5], [0.4, 0.4, 0.4], 0.0)
    >>> found.accuracy.round(4).tolist(), found.consistency.round(4).tolist()
    ([0.8951], [0.8536])
    """
    nodes, error = np.atleast_1d(np.asarray(theta, dtype=np.float64)), np.asarray(se, dtype=np.float64)
    levels = rising_cuts(cuts)
    if nodes.ndim != 1 or error.shape != nodes.shape or not np.isfinite(nodes).all() or not (error > 0).all():
        raise RuleError(field="se", theta=nodes.shape, se=error.shape)
    # An infinite error (a node where the test tells nothing) places by the toss of a coin.
    below = ndtr((levels - nodes[:, None]) / error[:, None])
    placed = np.diff(np.pad(below, ((0, 0), (1, 1)), constant_values=((0, 0), (0, 1))), axis=1)
    return classification(levels, nodes, weights, np.searchsorted(levels, nodes, side="right"), placed)


def rudner_in_population(table: ItemTable, population: Population, cuts: ArrayLike) -> Classification:
    """`rudner` for ML estimates of a test in a population: errors are 1 / sqrt(information)."""
    levels = rising_cuts(cuts)
    grid = population_grid(table, population, levels)
    return rudner(grid.nodes, conditional_sem(table, grid.nodes), levels, grid.weights)


def lee(table: ItemTable, theta: ArrayLike, cuts: ArrayLike, weights: ArrayLike | None = None) -> Classification:
    """Persons, or nodes with ``weights``, placed by their sum score: in a level from its cut upward.

    ``cuts`` are sum scores (a fraction is rounded up). The true level is that of the expected
    score. Lee (2010); any models; as class.Lee and class.Lee.poly of cacIRT, of which the first takes
    the scores' distribution with the constant 1.7 whatever D it is told (slopes times 1.7 repeat it).
    Raises `RuleError` for a cut that is not above 0 or is above the highest score.

    >>> table = ItemTable.from_dicts([{"item": i, "model": "Rasch", "b": 0.0} for i in "pqr"])
    >>> lee(table, [-2.0, 2.0], 2).conditional_accuracy.round(4).tolist()
    [[0.9608], [0.9608]]
    """
    nodes = np.atleast_1d(np.asarray(theta, dtype=np.float64))
    levels = rising_cuts(cuts)
    if levels[0] <= 0 or levels[-1] > table.max_score:
        raise RuleError(field="cuts", cuts=levels.tolist(), max_score=table.max_score)
    if nodes.ndim != 1 or not np.isfinite(nodes).all():
        raise RuleError(field="theta", shape=nodes.shape)
    scores = sum_score_distribution(table, nodes)
    edges = [0, *np.ceil(levels).astype(np.int64).tolist(), table.max_score + 1]
    placed = np.stack([scores[:, low:high].sum(axis=1) for low, high in pairwise(edges)], axis=1)
    true = expected_score(table, nodes).sum(axis=1)
    return classification(levels, nodes, weights, np.searchsorted(levels, true, side="right"), placed)


def lee_in_population(table: ItemTable, population: Population, cuts: ArrayLike) -> Classification:
    """`lee` in a population, integrated between the abilities at which the true score meets a cut."""
    levels = rising_cuts(cuts)
    breaks = np.unique(np.concatenate([true_score_crossings(table, cut) for cut in levels]))
    grid = population_grid(table, population, breaks)
    return lee(table, grid.nodes, levels, grid.weights)


def population_grid(table: ItemTable, population: Population, breaks: Floats) -> Grid:
    """Gauss-Legendre panels with the population's density in the weights; none straddles a break."""
    low, high = population.mean - _REACH * population.sd, population.mean + _REACH * population.sd
    width = finest_width(table, population, low, high)
    ends = [low, *(at for at in breaks.tolist() if low < at < high), high]
    parts = [panel_grid(start, stop, width) for start, stop in pairwise(ends)]
    nodes = np.concatenate([part.nodes for part in parts])
    weights = np.concatenate([part.weights for part in parts]) * np.exp(population.log_density(nodes))
    return Grid(nodes, weights)

"""Posteriors of several abilities when items show more than one: one grid for all persons.

The likelihood is no product here, so the grid has every combination of the abilities. It reaches
as far as the posterior of any response pattern and is as fine as the narrowest; it is gone through
in pieces, so that the memory does not grow with it.
"""

from __future__ import annotations

import numpy as np

from psychometrics.arrays import Codes, Floats
from psychometrics.blocks import blocks_of, map_blocks
from psychometrics.errors import RuleError
from psychometrics.items import ItemTable
from psychometrics.likelihood import finite_log_p, pick_observed, sum_observed
from psychometrics.models import category_curves
from psychometrics.multidimensional.ascent import Local, ascend
from psychometrics.multidimensional.dimensions import MultidimensionalItems, MultivariatePopulation
from psychometrics.multidimensional.separable import LOGISTIC_WIDTH
from psychometrics.quadrature import Grid, peak_information

_MOST_NODES = 3_000_000
_PIECE = 2048
_PERSONS = 512
# Beyond the modes of the extreme patterns, in standard deviations of the population.
_REACH = 5.7


def tensor_grid(
    items: MultidimensionalItems,
    population: MultivariatePopulation,
    grid: Grid | None,
    fineness: float = 0.8,
) -> tuple[Floats, Floats, Floats]:
    """Nodes (points x dimensions), the log of prior times weight there, and the steps.

    With ``grid`` its nodes and weights in every dimension. Otherwise the step of a dimension is
    ``fineness`` times the smallest standard deviation the items' information allows a posterior,
    or the width of the steepest item.
    Raises `RuleError` if that would be more than 3 million points.
    """
    if grid is not None:
        axes, weights = [grid.nodes] * items.dimensions, [grid.weights] * items.dimensions
        steps = np.full(items.dimensions, np.nan)
    else:
        low, high = _reach(items, population)
        steepest = (np.abs(items.loadings) * items.table.steepness[:, None]).max(axis=0)
        certain = np.diag(population.precision) + _most_information(items, low, high)
        steps = fineness / np.maximum(np.sqrt(certain), steepest / LOGISTIC_WIDTH)
        counts = np.ceil((high - low) / steps).astype(np.int64) + 1
        axes = [start + step * np.arange(n) for start, step, n in zip(low, steps, counts, strict=True)]
        weights = [np.full(n, step) for step, n in zip(steps, counts, strict=True)]
    points = float(np.prod([float(axis.size) for axis in axes]))
    if points > _MOST_NODES:
        raise RuleError(field="grid", dimensions=items.dimensions, nodes=points, most=_MOST_NODES)
    nodes = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
    weight = np.prod([part.ravel() for part in np.meshgrid(*weights, indexing="ij")], axis=0)
    return nodes, population.log_density(nodes) + np.log(weight), steps


def posterior_means(
    items: MultidimensionalItems, resolved: Codes, nodes: Floats, log_mass: Floats, functions: Floats
) -> Floats:
    """The posterior mean of each function (``functions``: nodes x functions), persons x functions."""
    persons = len(resolved)
    peak = np.full(persons, -np.inf)
    sums = np.zeros((persons, 1 + functions.shape[1]))
    for piece in blocks_of(len(nodes), _PIECE):
        log_p = _log_p(items, nodes[piece])
        values = np.column_stack((np.ones(len(log_p)), functions[piece]))

        def work(rows: slice, log_p: Floats = log_p, values: Floats = values, prior: Floats = log_mass[piece]) -> None:
            heights = sum_observed(resolved[rows], log_p)
            heights += prior
            before = peak[rows].copy()
            peak[rows] = np.maximum(before, heights.max(axis=1))
            heights -= peak[rows, None]
            sums[rows] *= np.exp(before - peak[rows])[:, None]
            sums[rows] += np.exp(heights, out=heights) @ values

        map_blocks(work, blocks_of(persons, _PERSONS))
    return sums[:, 1:] / sums[:, :1]


def posterior_moments(
    items: MultidimensionalItems,
    resolved: Codes,
    population: MultivariatePopulation,
    nodes: Floats,
    log_mass: Floats,
) -> tuple[Floats, Floats]:
    """Means (persons x dimensions) and covariances."""
    size = items.dimensions
    off = nodes - population.mean
    functions = np.column_stack((off, (off[:, :, None] * off[:, None, :]).reshape(len(off), -1)))
    found = posterior_means(items, resolved, nodes, log_mass, functions)
    mean, second = found[:, :size], found[:, size:].reshape(-1, size, size)
    return population.mean + mean, second - mean[:, :, None] * mean[:, None, :]


def modes(items: MultidimensionalItems, seen: Codes, population: MultivariatePopulation) -> tuple[Floats, Floats]:
    """Each person's posterior mode and minus the second derivatives of the log posterior there."""
    singles = [ItemTable((item,)) for item in items.table.items]

    def at(theta: Floats, *, observed: bool = False) -> Local:
        off = theta - population.mean
        gradient = -off @ population.precision
        height = 0.5 * (gradient * off).sum(axis=1)
        bend = np.tile(population.precision, (len(theta), 1, 1))
        for j, single in enumerate(singles):
            loading = items.loadings[j]
            curves = category_curves(single, theta @ loading)
            answer = seen[:, [j]]
            height += pick_observed(answer, finite_log_p(curves))[:, 0]
            score = pick_observed(answer, curves.score)[:, 0]
            turn = score**2 - pick_observed(answer, curves.curvature)[:, 0]
            gradient += score[:, None] * loading
            bend += (turn if observed else np.maximum(turn, 0.0))[:, None, None] * np.outer(loading, loading)
        return height, gradient, bend

    start = np.tile(population.mean, (len(seen), 1))
    free = np.full(items.dimensions, np.inf)
    theta = ascend(at, start, -free, free)
    return theta, at(theta, observed=True)[2]


def _log_p(items: MultidimensionalItems, nodes: Floats) -> Floats:
    log_p = np.zeros((len(nodes), len(items.table), int(items.table.categories.max())))
    for j, item in enumerate(items.table.items):
        found = finite_log_p(category_curves(ItemTable((item,)), nodes @ items.loadings[j]))
        log_p[:, j, : item.categories] = found[:, 0]
    return log_p


def _reach(items: MultidimensionalItems, population: MultivariatePopulation) -> tuple[Floats, Floats]:
    """Past the modes of the two patterns that pull an ability farthest down and up."""
    rising, falling = items.table.highest_pattern, items.table.lowest_pattern
    patterns = []
    for loading in items.loadings.T:
        up = np.where(loading > 0, rising, falling)
        down = np.where(loading > 0, falling, rising)
        patterns += [np.where(loading == 0, -1, down), np.where(loading == 0, -1, up)]
    theta = modes(items, np.array(patterns, dtype=np.int8), population)[0]
    everyone = np.vstack((theta, population.mean))
    return everyone.min(axis=0) - _REACH * population.sd, everyone.max(axis=0) + _REACH * population.sd


def _most_information(items: MultidimensionalItems, low: Floats, high: Floats) -> Floats:
    """The most the items can tell of each ability alone, the others known."""
    total = np.zeros(items.dimensions)
    for item, loading in zip(items.table.items, items.loadings, strict=True):
        ends = np.stack((loading * low, loading * high))
        reached = float(ends.min(axis=0).sum()), float(ends.max(axis=0).sum())
        total += loading**2 * peak_information(ItemTable((item,)), *reached)
    return total

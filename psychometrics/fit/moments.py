"""First and second moments of the responses: what a model says of them, and how they vary.

Limited-information tests look at moments only: of each item (its mean score, or the probability
of each category but the lowest) and of each pair of items (the mean product of their scores).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.blocks import blocks_of, map_blocks
from psychometrics.calibration.families import curves, from_item, slope_count
from psychometrics.fit.free import FreeParameters
from psychometrics.items import ItemTable
from psychometrics.models import category_probabilities
from psychometrics.quadrature import Population, scoring_grid


@dataclass(frozen=True, eq=False)
class Statistics:
    """The statistics of single items: ``values[k, category]`` of item ``owner[k]``, summed over persons.

    One a row: scores 0, 1, 2 .. of an item, or the indicator of one of its categories.
    """

    owner: Integers
    values: Floats

    @classmethod
    def scores(cls, categories: Integers) -> Statistics:
        """One an item: its score."""
        width = int(categories.max())
        return cls(np.arange(categories.size), np.tile(np.arange(float(width)), (categories.size, 1)))

    @classmethod
    def indicators(cls, categories: Integers) -> Statistics:
        """One for each category but the lowest."""
        owner = np.repeat(np.arange(categories.size), categories - 1)
        category = np.concatenate([np.arange(1, count) for count in categories.tolist()])
        return cls(owner, np.eye(int(categories.max()))[category])


@dataclass(frozen=True, eq=False)
class Observed:
    """Moments seen: ``single`` and ``products`` (by pair, i < j) are means over ``single_persons`` and
    ``pair_persons``; ``correlations`` of the scores, items x items."""

    single: Floats
    products: Floats
    single_persons: Floats
    pair_persons: Floats
    correlations: Floats


@dataclass(frozen=True, eq=False)
class Conditional:
    """A model on nodes of theta whose ``mass`` sums to 1.

    ``single``: mean of each single statistic, nodes x statistics; ``score`` and ``square``: mean
    and mean square of each item's score, nodes x items; ``p``: items x nodes x categories.
    """

    statistics: Statistics
    mass: Floats
    nodes: Floats
    p: Floats
    single: Floats
    score: Floats
    square: Floats


def observed_moments(statistics: Statistics, resolved: Codes) -> Observed:
    """Means over the persons who answered the item, or both items."""

    def work(rows: slice) -> tuple[Floats, ...]:
        part = resolved[rows]
        answered = (part >= 0).astype(np.float64)
        scores = np.maximum(part, 0).astype(np.float64)
        owned = np.maximum(part, 0)[:, statistics.owner]
        seen = statistics.values[np.arange(statistics.owner.size), owned] * answered[:, statistics.owner]
        return seen.sum(axis=0), scores.sum(axis=0), answered.T @ answered, scores.T @ scores

    parts = map_blocks(work, blocks_of(resolved.shape[0]))
    single, sums, persons, products = (np.sum(one, axis=0) for one in zip(*parts, strict=True))
    n = np.diag(persons)
    upper = np.triu_indices(n.size, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        means, products = sums / n, products / persons
        single = single / n[statistics.owner]
    correlations = _correlations(products - np.outer(means, means))
    return Observed(single, products[upper], n[statistics.owner], persons[upper], correlations)


def model_moments(table: ItemTable, population: Population, statistics: Statistics) -> Conditional:
    """The model on the grid that is exact for it."""
    grid = scoring_grid(table, population)
    mass = grid.weights * np.exp(population.log_density(grid.nodes))
    p = category_probabilities(table, grid.nodes).transpose(1, 0, 2)
    single = np.einsum("kqc,kc->qk", p[statistics.owner], statistics.values)
    score = np.arange(float(p.shape[2]))
    return Conditional(statistics, mass / mass.sum(), grid.nodes, p, single, (p @ score).T, (p @ score**2).T)


def expected_moments(model: Conditional) -> Floats:
    """Single statistics, then products of pairs (0, 1), (0, 2) ..: one number each."""
    first, second = np.triu_indices(model.score.shape[1], 1)
    products = (model.score * model.mass[:, None]).T @ model.score
    return np.concatenate((model.mass @ model.single, products[first, second]))


def expected_correlations(model: Conditional) -> Floats:
    """Correlations of the scores, items x items."""
    products = (model.score * model.mass[:, None]).T @ model.score
    np.fill_diagonal(products, model.mass @ model.square)
    mean = model.mass @ model.score
    return _correlations(products - np.outer(mean, mean))


def moment_covariance(model: Conditional) -> Floats:
    """Covariance matrix of the moments of one person (Maydeu-Olivares & Joe 2006).

    Given theta, different items are independent: a mean of a product of four scores is a product
    of four means, except where an item meets itself; those entries are corrected.
    """
    first, second = np.triu_indices(model.score.shape[1], 1)
    pairs = model.score[:, first] * model.score[:, second]
    means = np.concatenate((model.single, pairs), axis=1)
    covariance = means.T @ (means * model.mass[:, None])
    _single_with_single(model, covariance)
    _single_with_pair(model, covariance, first, second)
    _pair_with_pair(model, covariance, first, second)
    expected = expected_moments(model)
    covariance -= expected[:, None] * expected
    return covariance


def _single_with_single(model: Conditional, covariance: Floats) -> None:
    """Two statistics of one item: the mean of their product, not the product of their means."""
    owner, values = model.statistics.owner, model.statistics.values
    marginal = np.einsum("q,iqc->ic", model.mass, model.p)
    for item in range(marginal.shape[0]):
        own = np.flatnonzero(owner == item)
        covariance[np.ix_(own, own)] = (values[own] * marginal[item]) @ values[own].T


def _single_with_pair(model: Conditional, covariance: Floats, first: Integers, second: Integers) -> None:
    owner, values = model.statistics.owner, model.statistics.values
    count = owner.size
    score = np.arange(float(values.shape[1]))
    weighted = model.score * model.mass[:, None]
    for item in range(model.score.shape[1]):
        own = np.flatnonzero(owner == item)
        # E(statistic x score | theta) of the item, nodes x its statistics.
        joint = model.p[item] @ (values[own] * score).T
        columns, partner = _pairs_with(item, first, second)
        block = joint.T @ weighted[:, partner]
        covariance[np.ix_(own, count + columns)] = block
        covariance[np.ix_(count + columns, own)] = block.T


def _pair_with_pair(model: Conditional, covariance: Floats, first: Integers, second: Integers) -> None:
    count = model.statistics.owner.size
    for item in range(model.score.shape[1]):
        columns, partner = _pairs_with(item, first, second)
        others = model.score[:, partner]
        block = others.T @ (others * (model.mass * model.square[:, item])[:, None])
        covariance[np.ix_(count + columns, count + columns)] = block
    both = (model.square[:, first] * model.square[:, second]).T @ model.mass
    covariance[count + np.arange(first.size), count + np.arange(first.size)] = both


def _pairs_with(item: int, first: Integers, second: Integers) -> tuple[Integers, Integers]:
    """The pairs an item is in, and the other item of each."""
    columns = np.flatnonzero((first == item) | (second == item))
    return columns, np.where(first[columns] == item, second[columns], first[columns])


def moment_derivatives(
    model: Conditional, table: ItemTable, population: Population, free: FreeParameters, of_population: bool
) -> Floats:
    """Derivatives of the moments by each free parameter, moments x parameters."""
    columns: list[Floats] = []
    slopes: list[Floats] = []
    for item, mask in enumerate(free.masks(table)):
        entry = table.items[item]
        score = curves(entry.model, from_item(entry)[None], entry.categories, model.nodes).score[0]
        changes = model.p[item, :, : entry.categories, None] * score
        parts = [_by_item_parameter(model, item, changes[:, :, k]) for k in np.flatnonzero(mask)]
        shared = int(mask[: slope_count(entry.model, entry.categories)].sum()) if free.common_slope else 0
        slopes += parts[:shared]
        columns += parts[shared:]
    if slopes:
        columns.append(np.sum(slopes, axis=0))
    if of_population:
        columns += _by_population(model, table, population, free)
    return np.stack(columns, axis=1) if columns else np.empty((expected_moments(model).size, 0))


def _by_item_parameter(model: Conditional, item: int, change: Floats) -> Floats:
    """``change``: of the item's category probabilities, nodes x categories."""
    owner, values = model.statistics.owner, model.statistics.values
    first, second = np.triu_indices(model.score.shape[1], 1)
    width = change.shape[1]
    by_single = np.zeros(owner.size)
    own = np.flatnonzero(owner == item)
    by_single[own] = values[own, :width] @ (model.mass @ change)
    by_pair = np.zeros(first.size)
    columns, partner = _pairs_with(item, first, second)
    by_pair[columns] = (model.mass * (change @ np.arange(float(width)))) @ model.score[:, partner]
    return np.concatenate((by_single, by_pair))


def _by_population(
    model: Conditional, table: ItemTable, population: Population, free: FreeParameters
) -> list[Floats]:
    z = (model.nodes - population.mean) / population.sd
    shapes = ([z] if free.mean else []) + ([z**2 - 1.0] if free.sd_is_free(table) else [])
    first, second = np.triu_indices(model.score.shape[1], 1)
    pairs = model.score[:, first] * model.score[:, second]
    means = np.concatenate((model.single, pairs), axis=1)
    return [(model.mass * shape) @ means for shape in shapes]


def _correlations(covariance: Floats) -> Floats:
    sd = np.sqrt(np.diag(covariance))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(covariance / np.outer(sd, sd), dtype=np.float64)

"""LD-X2 and LD-G2: the table of two items' categories, observed and expected (Chen & Thissen 1997)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Floats, Integers
from psychometrics.blocks import blocks_of, map_blocks
from psychometrics.fit.indices import chi_square_p
from psychometrics.fit.results import resolved_persons
from psychometrics.items import ItemTable
from psychometrics.models import category_probabilities
from psychometrics.quadrature import Population, scoring_grid
from psychometrics.responses import MissingPolicy

_TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True, eq=False)
class PairChiSquares:
    """Items x items, symmetric, NaN on the diagonal and where nobody answered both items.

    ``v``: Cramer's V with the sign of the residual association, positive if the pair goes together
    more than ability explains; NaN where the observed table has no association to speak of, an
    item with one category only. ``z``: sqrt(2 X2) - sqrt(2 df - 1) with that sign, about standard
    normal under the model. ``persons``: who answered both items.
    """

    items: tuple[str, ...]
    statistic: Floats
    df: Integers
    p: Floats
    v: Floats
    z: Floats
    persons: Integers


def ld_x2(
    table: ItemTable, responses: ArrayLike, policy: MissingPolicy, population: Population
) -> PairChiSquares:
    """Pearson's X2 of each pair's table against the model's (Chen & Thissen 1997; mirt's LD).

    Each pair rests on the persons who answered both. df = (categories - 1)(categories - 1); the
    estimated parameters are not taken off, so the test is a little conservative.
    """
    observed, expected = pair_tables(table, responses, policy, population)
    return _pairs(table, observed, expected, (observed - expected) ** 2 / np.maximum(expected, _TINY))


def ld_g2(
    table: ItemTable, responses: ArrayLike, policy: MissingPolicy, population: Population
) -> PairChiSquares:
    """The likelihood ratio 2 sum of O log(O / E) in place of X2 (Chen & Thissen 1997; mirt's LDG2)."""
    observed, expected = pair_tables(table, responses, policy, population)
    ratio = np.maximum(observed, 1.0) / np.maximum(expected, _TINY)
    return _pairs(table, observed, expected, np.where(observed > 0, 2.0 * observed * np.log(ratio), 0.0))


def pair_tables(
    table: ItemTable, responses: ArrayLike, policy: MissingPolicy, population: Population
) -> tuple[Floats, Floats]:
    """Observed and expected frequencies, items x items x categories x categories.

    Of the persons who answered both; 0 for categories an item has not. A pair (i, i) is not meant.
    """
    resolved = resolved_persons(table, responses, policy)
    items, width = len(table), int(table.categories.max())

    def work(rows: slice) -> Floats:
        # Frequencies of a block are exact in single precision, which is twice as fast.
        member = (resolved[rows, :, None] == np.arange(width)).reshape(-1, items * width).astype(np.float32)
        return np.asarray(member.T @ member, dtype=np.float64)

    observed = np.sum(map_blocks(work, blocks_of(resolved.shape[0])), axis=0)
    grid = scoring_grid(table, population)
    mass = grid.weights * np.exp(population.log_density(grid.nodes))
    p = category_probabilities(table, grid.nodes).reshape(grid.nodes.size, -1)
    expected = p.T @ (p * (mass / mass.sum())[:, None])
    observed, expected = (_by_pair(cells, items, width) for cells in (observed, expected))
    return observed, expected * observed.sum(axis=(2, 3), keepdims=True)


def _by_pair(cells: Floats, items: int, width: int) -> Floats:
    return cells.reshape(items, width, items, width).transpose(0, 2, 1, 3)


def _pairs(table: ItemTable, observed: Floats, expected: Floats, terms: Floats) -> PairChiSquares:
    persons = observed.sum(axis=(2, 3))
    statistic = np.where(persons > 0, terms.sum(axis=(2, 3)), np.nan)
    spare = table.categories - 1
    df = np.outer(spare, spare)
    with np.errstate(invalid="ignore", divide="ignore"):
        sign = np.sign(_gamma(observed) - _gamma(expected))
        sign[sign == 0.0] = 1.0
        v = sign * np.sqrt(np.abs(statistic) / (persons * np.minimum.outer(spare, spare)))
        z = sign * (np.sqrt(2.0 * np.abs(statistic)) - np.sqrt(2.0 * df - 1.0))
    p = chi_square_p(np.abs(statistic), df)
    for values in (statistic, v, z, p):
        np.fill_diagonal(values, np.nan)
    return PairChiSquares(table.names, statistic, df, p, v, z, persons.astype(np.int64))


def _gamma(cells: Floats) -> Floats:
    """Goodman & Kruskal's gamma of the last two axes: (concordant - discordant) / their sum; or NaN."""
    concordant = (cells[..., :-1, :-1] * _beyond(cells)[..., 1:, 1:]).sum(axis=(-2, -1))
    turned = cells[..., ::-1]
    discordant = (turned[..., :-1, :-1] * _beyond(turned)[..., 1:, 1:]).sum(axis=(-2, -1))
    ratio: Floats = (concordant - discordant) / (concordant + discordant)
    return ratio


def _beyond(cells: Floats) -> Floats:
    """The sum of all cells at least as far down and right as each."""
    return np.cumsum(np.cumsum(cells[..., ::-1, ::-1], axis=-2), axis=-1)[..., ::-1, ::-1]

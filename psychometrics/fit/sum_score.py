"""S-X2: observed and expected proportions of each category at each sum score.

Sum scores are observed, so unlike tests on groups of estimated abilities the statistic keeps its
chi-square distribution (Orlando & Thissen 2000; Kang & Chen 2008 for more categories).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.errors import DataError, RuleError
from psychometrics.fit.collapsing import collapse
from psychometrics.fit.free import FreeParameters
from psychometrics.fit.results import ItemChiSquares, item_chi_squares, resolved_persons
from psychometrics.items import ItemTable
from psychometrics.models import category_probabilities
from psychometrics.quadrature import Population, scoring_grid
from psychometrics.responses import MissingPolicy


@dataclass(frozen=True, eq=False)
class ScoreCells:
    """Frequencies of one item's categories by sum score: scores (1 to maximum - 1) x categories.

    ``expected`` is NaN where a category is impossible with the score. The ``merged`` two are what
    S-X2 is summed over, after cells with small expected frequencies were merged.
    """

    item: str
    scores: Integers
    observed: Floats
    expected: Floats
    merged_observed: Floats
    merged_expected: Floats


def s_x2(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
    free: FreeParameters | None = None,
    least_expected: float = 1.0,
) -> ItemChiSquares:
    """S-X2 of every item, with cells merged as mirt does; df = cells - rows - estimated parameters.

    ``responses``: persons x items. Sum scores need complete rows: persons with anything missing
    (after ``policy``) are left out, and ``persons`` says how many took part. Parameters of the
    population count too, as in mirt: with Rasch items its estimated sd costs each item one.
    An item without a degree of freedom left gets NaN. Raises `DataError` if nobody is complete.
    """
    cells = score_cells(table, responses, policy, population, least_expected)
    persons = np.array([one.observed.sum() for one in cells])
    complete = complete_rows(table, responses, policy).shape[0]
    free = free or FreeParameters()
    spent = free.of_items(table) + free.of_population(table)
    statistic, df = np.zeros(len(table)), np.zeros(len(table), dtype=np.int64)
    for i, one in enumerate(cells):
        present = ~np.isnan(one.merged_expected)
        difference = one.merged_observed[present] - one.merged_expected[present]
        statistic[i] = (difference**2 / one.merged_expected[present]).sum()
        df[i] = present.sum() - len(one.merged_expected) - spent[i]
    return item_chi_squares(table, statistic, df, persons.astype(np.int64), complete)


def score_cells(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
    least_expected: float = 1.0,
) -> tuple[ScoreCells, ...]:
    """The tables behind `s_x2`, one an item: also the data of a plot of observed beside expected.

    Persons with the lowest or the highest sum score are in no row: the model can only be right there.
    """
    if not (np.isfinite(least_expected) and least_expected > 0):
        raise RuleError(field="least_expected", value=least_expected)
    resolved = complete_rows(table, responses, policy)
    totals = resolved.sum(axis=1, dtype=np.int64)
    counts = np.bincount(totals, minlength=table.max_score + 1)
    scores = np.arange(1, table.max_score)
    found = []
    for i, share in enumerate(category_shares(table, population)):
        categories = int(table.categories[i])
        joint = np.bincount(totals * categories + resolved[:, i], minlength=counts.size * categories)
        observed = joint.reshape(-1, categories)[1:-1].astype(np.float64)
        expected = share[1:-1] * counts[1:-1, None]
        merged = collapse(observed, expected, least_expected)
        found.append(ScoreCells(table.names[i], scores, observed, expected, *merged))
    return tuple(found)


def complete_rows(table: ItemTable, responses: ArrayLike, policy: MissingPolicy) -> Codes:
    """The persons with nothing missing; `DataError` if there are none."""
    resolved = resolved_persons(table, responses, policy)
    complete = resolved[(resolved >= 0).all(axis=1)]
    if not complete.shape[0]:
        raise DataError(field="responses", reason="no_complete_rows", persons=resolved.shape[0])
    return complete


def category_shares(table: ItemTable, population: Population) -> list[Floats]:
    """P(category | sum score) of each item in a population, scores x categories.

    NaN where the category is impossible with the score. Of n items, n distributions of the sum
    without one item are needed; halving the items again and again finds all with n log n steps.
    """
    grid = scoring_grid(table, population)
    mass = grid.weights * np.exp(population.log_density(grid.nodes))
    mass /= mass.sum()
    p = category_probabilities(table, grid.nodes).transpose(1, 0, 2)
    shares: list[Floats] = [np.empty(0)] * len(table)
    _leave_one_out(table.categories, p, list(range(len(table))), mass[:, None], shares)
    return [_conditional(joint) for joint in shares]


def _leave_one_out(categories: Integers, p: Floats, items: list[int], others: Floats, joint: list[Floats]) -> None:
    """``others``: nodes x scores of the items not in ``items``, times the mass of the node."""
    if len(items) == 1:
        item = items[0]
        count = int(categories[item])
        joint[item] = np.full((others.shape[1] + count - 1, count), np.nan)
        for category in range(count):
            joint[item][category : category + others.shape[1], category] = p[item, :, category] @ others
        return
    middle = len(items) // 2
    for inside, outside in ((items[:middle], items[middle:]), (items[middle:], items[:middle])):
        total = others
        for item in outside:
            total = _add_item(total, p[item, :, : int(categories[item])])
        _leave_one_out(categories, p, inside, total, joint)


def _add_item(scores: Floats, p: Floats) -> Floats:
    """One step of the recursion of Lord & Wingersky (1984)."""
    extended = np.zeros((scores.shape[0], scores.shape[1] + p.shape[1] - 1))
    for category in range(p.shape[1]):
        extended[:, category : category + scores.shape[1]] += scores * p[:, category, None]
    return extended


def _conditional(joint: Floats) -> Floats:
    total = np.nansum(joint, axis=1, keepdims=True)
    # A score too rare for a double is expected of nobody.
    nobody: Floats = np.where(np.isnan(joint), np.nan, 0.0)
    shares: Floats = np.divide(joint, total, out=nobody, where=total > 0)
    return shares

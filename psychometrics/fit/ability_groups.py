"""Item fit by groups of persons with similar estimated ability, and the data of empirical plots.

The persons who answered an item are put in order of ability and cut into groups of equal size;
in each the observed category frequencies meet the model's at the mean ability. Estimated abilities
depend on the item itself and are not exact, so with short tests these statistics reject models
that are true (Orlando & Thissen 2000): look at them beside the plot, and test with S-X2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.classical.proportions import wilson_interval
from psychometrics.errors import RuleError
from psychometrics.fit.free import FreeParameters
from psychometrics.fit.results import ItemChiSquares, abilities, item_chi_squares, resolved_persons
from psychometrics.items import ItemTable
from psychometrics.models import category_probabilities
from psychometrics.quadrature import Population
from psychometrics.responses import MissingPolicy

_TIES = 9


@dataclass(frozen=True, eq=False)
class EmpiricalCurve:
    """One item's observed proportions by group of ability beside the model's curve.

    ``theta``: mean ability of each group, rising; ``persons``: how many. The others are groups x
    categories: ``observed`` proportions with Wilson ``low`` and ``high``, ``expected`` at the
    group's mean ability, and ``residual`` = (O - E) / sqrt(E) in persons.
    """

    item: str
    theta: Floats
    persons: Integers
    observed: Floats
    low: Floats
    high: Floats
    expected: Floats
    residual: Floats


def bock_x2(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
    free: FreeParameters | None = None,
    theta: ArrayLike | None = None,
    groups: int = 10,
) -> ItemChiSquares:
    """X2 of every item: the sum of (O - E)^2 / E over groups and categories (Bock 1972; mirt's X2).

    ``responses``: persons x items; missing responses leave a person out of that item only.
    ``theta``: one ability a person, EAP if None; persons of equal ability stay in the order of
    the rows. df = groups x (categories - 1) - the item's estimated parameters. Remainders of a
    division by ``groups`` go to the two outer groups, and groups of one person are left out.
    """
    curves = empirical_curves(table, responses, policy, population, theta, groups)
    statistic = np.array([(one.residual**2).sum() for one in curves])
    df = [one.residual.size - one.theta.size for one in curves]
    return _tested(table, responses, free, curves, statistic, np.array(df, dtype=np.int64))


def grouped_g2(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
    free: FreeParameters | None = None,
    theta: ArrayLike | None = None,
    groups: int = 10,
) -> ItemChiSquares:
    """G2 of every item: twice the sum of O log(O / E) on the groups of `bock_x2` (mirt's G2).

    After McKinley & Mills (1985), whose groups are those of Yen (1981). Cells nobody is in add
    nothing and, as in mirt, no degree of freedom: df = (cells with persons) - groups - estimated parameters.
    """
    curves = empirical_curves(table, responses, policy, population, theta, groups)
    statistic, df = np.zeros(len(table)), np.zeros(len(table), dtype=np.int64)
    for i, one in enumerate(curves):
        seen = one.observed > 0
        counts = (one.observed * one.persons[:, None])[seen]
        statistic[i] = 2.0 * (counts * np.log(one.observed[seen] / one.expected[seen])).sum()
        df[i] = seen.sum() - one.theta.size
    return _tested(table, responses, free, curves, statistic, df)


def empirical_curves(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
    theta: ArrayLike | None = None,
    groups: int = 10,
    level: float = 0.95,
) -> tuple[EmpiricalCurve, ...]:
    """Observed proportions by group of ability with intervals, beside the model's, one an item.

    An item answered by fewer than two persons in every group has a curve without groups.
    """
    if groups < 2:
        raise RuleError(field="groups", value=groups)
    resolved = resolved_persons(table, responses, policy)
    ability = abilities(table, resolved, population, theta)
    # Equal abilities may differ in their last digits; the rows then decide, not the digits.
    order = np.argsort(ability.round(_TIES), kind="stable")
    resolved, ability = resolved[order], ability[order]
    return tuple(_curve(table, i, resolved[:, i], ability, groups, level) for i in range(len(table)))


def _curve(table: ItemTable, i: int, column: Codes, ability: Floats, groups: int, level: float) -> EmpiricalCurve:
    answered = column >= 0
    chosen, ability = column[answered], ability[answered]
    sizes = _sizes(chosen.size, groups)
    # Persons in groups too small to have proportions are left out.
    kept = np.repeat(sizes > 1, sizes)
    chosen, ability, sizes = chosen[kept], ability[kept], sizes[sizes > 1]
    starts = np.cumsum(sizes) - sizes
    categories = int(table.categories[i])
    member = (chosen[:, None] == np.arange(categories)).astype(np.float64)
    counts = np.add.reduceat(member, starts, axis=0) if sizes.size else np.empty((0, categories))
    theta = np.add.reduceat(ability, starts) / sizes if sizes.size else np.empty(0)
    alone = ItemTable((table.items[i],))
    expected = category_probabilities(alone, theta)[:, 0] if sizes.size else np.empty((0, categories))
    n = sizes[:, None].astype(np.float64)
    low, high = wilson_interval(counts, np.broadcast_to(n, counts.shape), level)
    residual = (counts - n * expected) / np.sqrt(n * np.maximum(expected, np.finfo(np.float64).tiny))
    return EmpiricalCurve(table.names[i], theta, sizes, counts / n, low, high, expected, residual)


def _sizes(persons: int, groups: int) -> Integers:
    sizes = np.full(groups, persons // groups, dtype=np.int64)
    spare = persons % groups
    sizes[0] += spare // 2
    sizes[-1] += spare - spare // 2
    return sizes


def _tested(
    table: ItemTable,
    responses: ArrayLike,
    free: FreeParameters | None,
    curves: tuple[EmpiricalCurve, ...],
    statistic: Floats,
    df: Integers,
) -> ItemChiSquares:
    persons = np.array([one.persons.sum() for one in curves], dtype=np.int64)
    spent = (free or FreeParameters()).of_items(table)
    return item_chi_squares(table, statistic, df - spent, persons, np.asarray(responses).shape[0])

"""Q3: what two items have in common beyond ability, as the correlation of their residuals.

If the model holds, two items have nothing in common but ability. A stimulus they share, or one
answer that gives away another, shows in the residuals of the pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from psychometrics.arrays import Floats, Integers
from psychometrics.blocks import blocks_of, map_blocks
from psychometrics.errors import RuleError
from psychometrics.fit.results import abilities, resolved_persons
from psychometrics.items import ItemTable
from psychometrics.models import expected_score
from psychometrics.quadrature import Population
from psychometrics.responses import MissingPolicy


class Dependence(Enum):
    """What a pair's adjusted Q3 says; nothing below the least number of persons."""

    NONE = "none"
    DEPENDENT = "dependent"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True)
class DependenceRule:
    """A pair is dependent if |Q3 - mean Q3| exceeds ``critical`` and its interval does not hold 0.

    0.2 from the mean is the rule of thumb Christensen, Makransky & Horton (2017) find fair over
    many designs. Nothing is said of pairs with fewer than ``least_persons``.
    """

    critical: float = 0.2
    least_persons: int = 200
    level: float = 0.95

    def __post_init__(self) -> None:
        if not (self.critical > 0 and self.least_persons >= 4 and 0 < self.level < 1):
            raise RuleError(field="rule", critical=self.critical, least=self.least_persons, level=self.level)


@dataclass(frozen=True, eq=False)
class ResidualCorrelations:
    """Items x items, symmetric. ``q3``: 1 on the diagonal, NaN where fewer than two persons answered both
    items or a residual does not vary.

    ``mean``: over pairs, about -1 / (items - 1) under the model. ``adjusted``: Q3 - mean, with its
    interval from ``low`` to ``high``, NaN on the diagonal; ``largest``: the greatest of them, Q3*
    (Christensen et al. 2017). ``persons``: who answered both. ``verdicts``: `Dependence` by pair.
    """

    items: tuple[str, ...]
    q3: Floats
    mean: float
    adjusted: Floats
    low: Floats
    high: Floats
    largest: float
    persons: Integers
    verdicts: tuple[tuple[Dependence, ...], ...]


def q3(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
    theta: ArrayLike | None = None,
    rule: DependenceRule | None = None,
) -> ResidualCorrelations:
    """Correlations of the residuals x - E(x | theta) of each pair (Yen 1984; as mirt's residuals).

    ``theta``: one ability a person, EAP if None. Each pair rests on the persons who answered both.
    The interval is Fisher's z of Q3, moved by the mean.
    """
    rule = rule or DependenceRule()
    resolved = resolved_persons(table, responses, policy)
    ability = abilities(table, resolved, population, theta)

    def work(rows: slice) -> Floats:
        answered = (resolved[rows] >= 0).astype(np.float64)
        residual = answered * (resolved[rows] - expected_score(table, ability[rows]))
        return np.stack(
            (
                answered.T @ answered,
                residual.T @ answered,
                (residual**2).T @ answered,
                residual.T @ residual,
            )
        )

    n, sums, squares, products = np.sum(map_blocks(work, blocks_of(resolved.shape[0])), axis=0)
    return _judged(table.names, n, _correlations(n, sums, squares, products), rule)


def _correlations(n: Floats, sums: Floats, squares: Floats, products: Floats) -> Floats:
    """Entry (i, j) of ``sums`` and ``squares`` is item i's, over those who answered j as well."""
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.maximum(squares - sums**2 / n, 0.0)
        spread[spread < 1e-12 * squares] = 0.0
        correlation = (products - sums * sums.T / n) / np.sqrt(spread * spread.T)
    correlation = np.where(np.isfinite(correlation), np.clip(correlation, -1.0, 1.0), np.nan)
    np.fill_diagonal(correlation, 1.0)
    return correlation


def _judged(names: tuple[str, ...], n: Floats, correlation: Floats, rule: DependenceRule) -> ResidualCorrelations:
    pairs = correlation[np.triu_indices(len(names), 1)]
    known = pairs[~np.isnan(pairs)]
    mean = float(known.mean()) if known.size else float("nan")
    adjusted = correlation - mean
    np.fill_diagonal(adjusted, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        reach = ndtri((1.0 + rule.level) / 2.0) / np.sqrt(np.where(n > 3, n - 3.0, np.nan))
        centre = np.arctanh(np.where(np.isnan(adjusted), np.nan, correlation))
    low, high = np.tanh(centre - reach) - mean, np.tanh(centre + reach) - mean
    away = (np.abs(adjusted) > rule.critical) & ((low > 0) | (high < 0))
    enough = (n >= rule.least_persons) & ~np.isnan(adjusted)
    verdicts = tuple(
        tuple(
            Dependence.INSUFFICIENT if not e else Dependence.DEPENDENT if d else Dependence.NONE
            for e, d in zip(*row, strict=True)
        )
        for row in zip(enough.tolist(), away.tolist(), strict=True)
    )
    largest = float(known.max() - mean) if known.size else float("nan")
    return ResidualCorrelations(names, correlation, mean, adjusted, low, high, largest, n.astype(np.int64), verdicts)

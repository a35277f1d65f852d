"""Equating by item parameters that are on one scale already (see `psychometrics.linking`)."""

from __future__ import annotations

import numpy as np

from psychometrics.arrays import Floats
from psychometrics.equating.continuous import percentile_ranks, scores_at
from psychometrics.equating.frequencies import ScoreFrequencies
from psychometrics.equating.result import Equating
from psychometrics.errors import RuleError
from psychometrics.items import ItemTable
from psychometrics.models import expected_score
from psychometrics.quadrature import Population, scoring_grid
from psychometrics.sum_scores import sum_score_distribution

_REACH = 200.0
_HALVINGS = 80


def true_score_equating(x: ItemTable, y: ItemTable) -> Equating:
    """The true score on Y at the ability whose true score on X is the given one (Lord 1980, 13.5).

    No ability has a true score at or below the sum of X's guessing parameters; there the scores of
    both forms run in proportion from 0 to those sums (Kolen 1981). The highest scores correspond.
    Slopes must be above 0. Raises `RuleError` otherwise, or for nominal items.
    """
    for field, table in (("x", x), ("y", y)):
        if not (table.a > 0).all() or np.isnan([entry.b for entry in table.items]).any():
            raise RuleError(field=field, reason="true_score_does_not_rise")
    scores = np.arange(x.max_score + 1)
    floor, ceiling = _ends(x)
    floor_y, ceiling_y = _ends(y)
    equated = np.empty(scores.size)
    within = (scores > floor) & (scores < ceiling)
    theta = _theta_of(x, scores[within].astype(np.float64))
    equated[within] = expected_score(y, theta).sum(axis=1) if theta.size else []
    below, above = scores <= floor, scores >= ceiling
    equated[below] = scores[below] * (floor_y / floor if floor > 0 else 0.0)
    rest = x.max_score - ceiling
    part = (scores[above] - ceiling) / rest if rest > 0 else np.ones(int(above.sum()))
    equated[above] = ceiling_y + part * (y.max_score - ceiling_y)
    return Equating(scores, equated, 0, y.max_score)


def observed_score_equating(
    x: ItemTable,
    y: ItemTable,
    populations: tuple[Population, Population],
    weight: float = 0.5,
) -> Equating:
    """Equipercentile equating of the sum scores the model expects (Kolen & Brennan 2014, 6.6).

    ``populations`` of the groups that took X and Y; in the population equated for, ``weight`` is
    the share of the first. Raises `RuleError` for a weight outside [0, 1].
    """
    if not 0.0 <= weight <= 1.0:
        raise RuleError(field="weight", value=weight)
    shares = [_score_shares(table, populations, weight) for table in (x, y)]
    on_x, on_y = (ScoreFrequencies(0, share * 1e6) for share in shares)
    return Equating(on_x.scores, scores_at(on_y, percentile_ranks(on_x)), 0, y.max_score)


def _score_shares(table: ItemTable, populations: tuple[Population, Population], weight: float) -> Floats:
    total = np.zeros(table.max_score + 1)
    for population, share in zip(populations, (weight, 1.0 - weight), strict=True):
        if share > 0:
            grid = scoring_grid(table, population)
            mass = grid.weights * np.exp(population.log_density(grid.nodes))
            total += share * (mass / mass.sum()) @ sum_score_distribution(table, grid.nodes)
    return total


def _ends(table: ItemTable) -> tuple[float, float]:
    """The true scores that abilities come ever closer to on both sides."""
    top = (table.categories - 1).astype(np.float64)
    return float((table.c * top).sum()), float((table.d * top).sum())


def _theta_of(table: ItemTable, scores: Floats) -> Floats:
    """The ability of each true score, by halving: the test characteristic curve rises."""
    low, high = np.full(scores.size, -_REACH), np.full(scores.size, _REACH)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        below = expected_score(table, middle).sum(axis=1) < scores
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2.0, dtype=np.float64)

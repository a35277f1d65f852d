"""Infit and outfit averaged over each person's posterior instead of taken at one estimated ability.

An estimate is drawn towards the very responses it is judged by, so its mean squares are too small;
over the posterior of a true model they are about 1 (Wu 1997; TAM's ``msq.itemfit`` and, of which
this is the exact mean over its simulations, ``tam.fit``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from psychometrics.arrays import Floats, Integers
from psychometrics.fit.results import resolved_persons
from psychometrics.items import ItemTable
from psychometrics.models import category_probabilities
from psychometrics.posteriors import Posteriors
from psychometrics.quadrature import Population, scoring_grid
from psychometrics.responses import MissingPolicy


@dataclass(frozen=True, eq=False)
class IntegratedMeanSquares:
    """One value for each row: item ``items[r]``, and its step ``steps[r]`` (0: the item's whole score).

    The mean squares are about 1 under the model, ``t`` about standard normal, ``p`` two-sided.
    ``answered``: how many responses they rest on; the others are NaN where there are none.
    """

    items: tuple[str, ...]
    steps: Integers
    outfit: Floats
    outfit_t: Floats
    outfit_p: Floats
    infit: Floats
    infit_t: Floats
    infit_p: Floats
    answered: Integers


def integrated_mean_squares(
    table: ItemTable, responses: ArrayLike, policy: MissingPolicy, population: Population
) -> IntegratedMeanSquares:
    """Of each item's score, over those who answered it (TAM's ``msq.itemfit``)."""
    scores = np.arange(float(table.categories.max()))
    return _judged(table, responses, policy, population, [(i, 0, scores) for i in range(len(table))])


def step_mean_squares(
    table: ItemTable, responses: ArrayLike, policy: MissingPolicy, population: Population
) -> IntegratedMeanSquares:
    """Of reaching step 1, 2 .. of each item or more, one row a step (TAM's ``tam.fit`` of its step parameters)."""
    category = np.arange(int(table.categories.max()))
    rows = [
        (i, step, (category >= step).astype(np.float64))
        for i, count in enumerate(table.categories.tolist())
        for step in range(1, count)
    ]
    return _judged(table, responses, policy, population, rows)


def _judged(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
    rows: list[tuple[int, int, Floats]],
) -> IntegratedMeanSquares:
    counts, p = _expected_counts(table, responses, policy, population)
    found = np.array([_mean_squares(counts[i], p[:, i], values) for i, _, values in rows]).T
    outfit, outfit_t, infit, infit_t = found
    answered = counts.sum(axis=(1, 2)).round().astype(np.int64)
    owner = [i for i, _, _ in rows]
    return IntegratedMeanSquares(
        tuple(table.names[i] for i in owner),
        np.array([step for _, step, _ in rows], dtype=np.int64),
        outfit,
        outfit_t,
        2.0 * ndtr(-np.abs(outfit_t)),
        infit,
        infit_t,
        2.0 * ndtr(-np.abs(infit_t)),
        answered[owner],
    )


def _expected_counts(
    table: ItemTable, responses: ArrayLike, policy: MissingPolicy, population: Population
) -> tuple[Floats, Floats]:
    """How many persons are expected at each node in each category, items x nodes x categories; and P."""
    resolved = resolved_persons(table, responses, policy)
    grid = scoring_grid(table, population)
    width = int(table.categories.max())
    parts: dict[int, Floats] = {}

    def work(rows: slice, density: Floats) -> None:
        posterior = density / density.sum(axis=1, keepdims=True)
        part = resolved[rows]
        by_category = [(part == category).astype(np.float64).T @ posterior for category in range(width)]
        parts[rows.start] = np.stack(by_category, axis=2)

    Posteriors(table, population, grid).each(resolved, work)
    # Added in the order of the persons, whichever block was ready first.
    counts: Floats = np.sum([parts[start] for start in sorted(parts)], axis=0)
    return counts, category_probabilities(table, grid.nodes)


def _mean_squares(counts: Floats, p: Floats, values: Floats) -> tuple[float, float, float, float]:
    """``counts`` and ``p``: nodes x categories; ``values``: the statistic in each category."""
    mean = p @ values
    distance = (values - mean[:, None]) ** 2
    variance, fourth = (p * distance).sum(axis=1), (p * distance**2).sum(axis=1)
    # Far out a node may have no variance left, and nobody there.
    known = variance > 1e-12
    n, squares = counts[known].sum(axis=1), (counts * distance)[known].sum(axis=1)
    variance, fourth = variance[known], fourth[known]
    total, persons = (n * variance).sum(), counts.sum()
    if persons <= 0.0 or total <= 0.0:
        return (np.nan,) * 4
    outfit, infit = (squares / variance).sum() / persons, squares.sum() / total
    outfit_spread = (n * (fourth / variance**2 - 1.0)).sum() / persons**2
    infit_spread = (n * (fourth - variance**2)).sum() / total**2
    return outfit, _t(outfit, outfit_spread), infit, _t(infit, infit_spread)


def _t(mean_square: float, spread: float) -> float:
    q = float(np.sqrt(max(spread, 0.0)))
    return (float(np.cbrt(mean_square)) - 1.0) * 3.0 / q + q / 3.0 if q > 0.0 else np.nan

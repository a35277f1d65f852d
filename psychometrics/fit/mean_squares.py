"""Infit and outfit mean squares and Zh, of items over persons and of persons over items.

With x the category, E and W its mean and variance at the person's ability and C its fourth central
moment: outfit is the mean of (x - E)^2 / W, infit is the sum of (x - E)^2 over the sum of W, and the
cube-root transform makes z of them (Wright & Masters 1982). Zh compares the log-likelihood
with its mean and variance (Drasgow, Levine & Williams 1985). Evaluated at estimated
abilities, as mirt does by default with EAP: mean squares of short tests are then below 1 even if
the model is true (see `integrated_mean_squares` for the cure).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.blocks import blocks_of, map_blocks
from psychometrics.fit.results import abilities, resolved_persons
from psychometrics.items import ItemTable
from psychometrics.likelihood import finite_log_p, pick_observed
from psychometrics.models import category_curves
from psychometrics.quadrature import Population
from psychometrics.responses import MissingPolicy

_CELLS = 400_000
# Both as in mirt: less variance than this makes one answer outweigh all others, and more error than
# this has no normal shape.
_LEAST_VARIANCE = 1e-5**0.5
_MOST_ERROR = 1.4142


@dataclass(frozen=True, eq=False)
class MeanSquares:
    """One value an item (or a person): mean squares with their z, and the standardised log-likelihood.

    Expected under the model: mean squares about 1, ``z_outfit``, ``z_infit`` and ``zh`` about 0. A low
    (negative) ``zh`` or a high mean square is misfit. ``answered``: the responses it rests on; NaN
    where there are none, and ``zh`` NaN where the responses can differ in nothing.
    """

    outfit: Floats
    z_outfit: Floats
    infit: Floats
    z_infit: Floats
    zh: Floats
    answered: Integers


def item_mean_squares(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
    theta: ArrayLike | None = None,
) -> MeanSquares:
    """Infit, outfit and Zh of every item, in the order of the table, over those who answered it.

    ``theta``: one finite ability a person; EAP in ``population`` if None, as in mirt.
    """
    resolved = resolved_persons(table, responses, policy)
    return _mean_squares(_sums(table, resolved, abilities(table, resolved, population, theta), over_persons=True))


def person_mean_squares(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
    theta: ArrayLike | None = None,
) -> MeanSquares:
    """Infit, outfit and Zh of every person, in the order of the rows, over the items answered.

    As mirt's ``personfit`` where nothing is missing. With missing responses mirt divides the
    variance of the outfit by the number of all items squared; here only answered ones count.
    """
    resolved = resolved_persons(table, responses, policy)
    return _mean_squares(_sums(table, resolved, abilities(table, resolved, population, theta), over_persons=False))


# Rows of the sums: responses, squares, squares / W, W, C - W^2, C / W^2, log-likelihood, its mean, its variance.
_SUMS = 9


def _sums(table: ItemTable, resolved: Codes, theta: Floats, over_persons: bool) -> Floats:
    width = len(table) * int(table.categories.max())

    def work(rows: slice) -> Floats:
        terms = _terms(table, resolved[rows], theta[rows])
        total: Floats = terms.sum(axis=1 if over_persons else 2)
        return total

    parts = map_blocks(work, blocks_of(resolved.shape[0], max(1, _CELLS // width)))
    total: Floats = np.sum(parts, axis=0) if over_persons else np.concatenate(parts, axis=1)
    return total


def _terms(table: ItemTable, resolved: Codes, theta: Floats) -> Floats:
    """Sums' terms x persons x items; nothing where the response is missing."""
    curves = category_curves(table, theta)
    p, log_p = curves.p, finite_log_p(curves)
    categories = np.arange(p.shape[2], dtype=np.float64)
    mean = p @ categories
    distance = (categories - mean[:, :, None]) ** 2
    variance = np.maximum((distance * p).sum(axis=2), _LEAST_VARIANCE)
    fourth = (distance**2 * p).sum(axis=2)
    squares = (resolved - mean) ** 2
    log_mean = (p * log_p).sum(axis=2)
    log_variance = (p * (log_p - log_mean[:, :, None]) ** 2).sum(axis=2)
    terms = np.stack(
        (
            np.ones_like(mean),
            squares,
            squares / variance,
            variance,
            fourth - variance**2,
            fourth / variance**2,
            pick_observed(resolved, log_p),
            log_mean,
            log_variance,
        )
    )
    return np.where(resolved >= 0, terms, 0.0)


def _mean_squares(sums: Floats) -> MeanSquares:
    n, squares, standardised, variance, spread, kurtosis, observed, mean, log_variance = sums
    with np.errstate(invalid="ignore", divide="ignore"):
        outfit, infit = standardised / n, squares / variance
        outfit_error = np.sqrt(np.abs(kurtosis / n**2 - 1.0 / n))
        infit_error = np.sqrt(np.maximum(spread, 0.0)) / variance
        zh = np.where(log_variance > 0, (observed - mean) / np.sqrt(log_variance), np.nan)
    return MeanSquares(
        outfit, cube_root_z(outfit, outfit_error), infit, cube_root_z(infit, infit_error), zh, n.astype(np.int64)
    )


def cube_root_z(mean_square: Floats, error: Floats) -> Floats:
    """(ms^(1/3) - 1) 3 / q + q / 3 with q the standard error of the mean square (Wright & Masters 1982)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        q = np.minimum(error, _MOST_ERROR)
        z = (np.cbrt(mean_square) - 1.0) * 3.0 / q + q / 3.0
    return np.where(np.isfinite(z), z, np.nan)

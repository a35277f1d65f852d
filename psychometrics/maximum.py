"""Scores at a maximum: ML, MAP and Warm's weighted likelihood (WLE).

All three climb one function: the log-likelihood, plus for MAP the log of the population density,
for WLE the integral of J / (2 I) (Warm 1989, eq. 11). The function is first seen whole on a
grid, since with guessing it may have several tops; the highest is then climbed on a polynomial
through the grid's own values, by Newton steps that never leave the bracket. At the step chosen
the derivative of a logistic curve is met to 1e-9 of its slope, so no curve is computed twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import cumulative_simpson

from psychometrics.arrays import Booleans, Codes, Floats, Integers, row_blocks
from psychometrics.blocks import map_blocks
from psychometrics.errors import RuleError
from psychometrics.interpolation import REACH, local_polynomials, polynomial
from psychometrics.items import ItemTable
from psychometrics.likelihood import finite_log_p, sum_answered, sum_observed
from psychometrics.models import category_curves
from psychometrics.posteriors import grid_blocks
from psychometrics.quadrature import Population, posterior_range
from psychometrics.responses import MissingPolicy, resolve_missing
from psychometrics.scoring import AbilityEstimate, Method
from psychometrics.sufficient import count_answered, sum_is_sufficient

_TOLERANCE = 1e-9
# In node distances; a Newton step that small leaves an error of its square.
_SMALLEST_STEP = 1e-7
_MOST_STEPS = 60
_WIDEST = 0.1
# Node distance in units of 1 / steepness: see the module's first lines.
_RESOLUTION = 0.15


def ml_scores(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    bounds: tuple[float, float] = (-6.0, 6.0),
) -> AbilityEstimate:
    """Maximum likelihood within ``bounds``; se = 1 / sqrt(information at the estimate).

    All lowest or all highest has no finite maximum: the estimate is the bound, ``at_bound`` true.
    Without any answer the likelihood is flat: theta is NaN, se infinite.
    """
    low, high = _checked(bounds)
    return _estimate(Method.ML, table, resolve_missing(table, responses, policy), low, high)


def wle_scores(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    bounds: tuple[float, float] = (-6.0, 6.0),
) -> AbilityEstimate:
    """Weighted likelihood, free of ML's first-order bias; se = 1 / sqrt(information).

    Extreme patterns have finite estimates, unless these lie outside ``bounds``.
    Without any answer theta is NaN, se infinite. R's mirt takes the error from the curvature of
    the weighted likelihood instead; catR and TAM agree with this one.
    """
    low, high = _checked(bounds)
    return _estimate(Method.WLE, table, resolve_missing(table, responses, policy), low, high)


def map_scores(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
) -> AbilityEstimate:
    """The mode of the posterior; se = 1 / sqrt(information + 1 / sd^2). Always finite."""
    low, high = posterior_range(table, population)
    resolved = resolve_missing(table, responses, policy)
    return _estimate(Method.MAP, table, resolved, low, high, population)


def _estimate(
    method: Method,
    table: ItemTable,
    resolved: Codes,
    low: float,
    high: float,
    population: Population | None = None,
) -> AbilityEstimate:
    land = _Landscape(table, low, high)
    theta, information = np.empty(resolved.shape[0]), np.empty(resolved.shape[0])
    added = np.zeros(land.nodes.size) if population is None else population.log_density(land.nodes)
    certain = 0.0 if population is None else population.sd**-2

    def work(rows: slice) -> None:
        seen = resolved[rows]
        theta[rows], information[rows] = _climb(land, seen, added, weighted=method is Method.WLE)
        if method is Method.ML:
            for pattern, bound in ((table.lowest_pattern, low), (table.highest_pattern, high)):
                theta[rows][_follows(seen, pattern)] = bound

    map_blocks(work, grid_blocks(resolved.shape[0], land.nodes.size))
    with np.errstate(divide="ignore"):
        se = 1.0 / np.sqrt(information + certain)
    answered = count_answered(resolved)
    if population is None:
        # Nothing was answered and no population speaks for the person: there is no top to be at.
        theta[answered == 0] = np.nan
    margin = _TOLERANCE * max(1.0, high - low)
    at_bound = (theta <= low + margin) | (theta >= high - margin)
    return AbilityEstimate(method, theta, se, answered, at_bound)


class _Landscape:
    """Log-likelihood, information and bias term of all items at equally spaced thetas.

    ``nodes`` goes `REACH` steps beyond the range on both sides, so that every place in the range
    has a polynomial around it. Sums over the items of a block are one row if nobody misses any.
    """

    def __init__(self, table: ItemTable, low: float, high: float) -> None:
        steepest = float(table.steepness.max())
        width = min(_WIDEST, _RESOLUTION / steepest) if steepest else _WIDEST
        self.inner = max(1, math.ceil((high - low) / width))
        self.low, self.high = low, high
        self.step = (high - low) / self.inner
        self.nodes: Floats = low + self.step * np.arange(-REACH, self.inner + REACH + 1.0)
        self._slopes = table.a if sum_is_sufficient(table) else None
        shape = self.nodes.size, len(table)
        self._log_p = np.empty((*shape, int(table.categories.max())))
        self._information, self._bias = np.empty(shape), np.empty(shape)
        for rows in row_blocks(shape[0], 8 * len(table) * self._log_p.shape[2]):
            curves = category_curves(table, self.nodes[rows])
            self._log_p[rows] = finite_log_p(curves)
            self._information[rows], self._bias[rows] = curves.information, curves.bias_term
        self._base = self._log_p[:, :, 0].sum(axis=1)

    def heights(self, seen: Codes) -> Floats:
        """Log-likelihoods, persons x nodes, up to a constant for each person."""
        if self._slopes is not None and seen.min() >= 0:
            sums = seen.astype(np.float64) @ self._slopes
            heights: Floats = sums[:, None] * self.nodes
            heights += self._base
            return heights
        return sum_observed(seen, self._log_p)

    def information(self, seen: Codes) -> Floats:
        """Test information, persons x nodes, or one row for all of them."""
        return self._answered(seen, self._information)

    def bias(self, seen: Codes) -> Floats:
        """Warm's J, persons x nodes, or one row for all of them."""
        return self._answered(seen, self._bias)

    def _answered(self, seen: Codes, values: Floats) -> Floats:
        if seen.min() < 0:
            return sum_answered(seen, values)
        total: Floats = values.sum(axis=1)
        return total


def _climb(land: _Landscape, seen: Codes, added: Floats, *, weighted: bool) -> tuple[Floats, Floats]:
    """Each person's top within the range, and the test information there."""
    heights = land.heights(seen)
    heights += added
    information = land.information(seen)
    if weighted:
        bias = land.bias(seen)
        pull = cumulative_simpson(_ratio(bias, 2.0 * information), dx=land.step, initial=0)
        top = _highest(heights + pull, land.inner)
    else:
        top = _highest(heights, land.inner)
    height, spread = local_polynomials(heights, top), local_polynomials(information, top)
    if weighted:
        skew = local_polynomials(bias, top)

    def slope(place: Floats) -> tuple[Floats, Floats]:
        _, rise, bend = polynomial(height, place)
        if not weighted:
            return rise, bend
        i, i_rise, _ = polynomial(spread, place)
        j, j_rise, _ = polynomial(skew, place)
        return (
            rise + land.step * _ratio(j, 2.0 * i),
            bend + land.step * _ratio(j_rise * i - j * i_rise, 2.0 * i**2),
        )

    first, last = np.maximum(REACH - top, -1.0), np.minimum(REACH + land.inner - top, 1.0)
    place = _root(slope, first, last)
    theta = land.nodes[top] + land.step * place
    return np.clip(theta, land.low, land.high), np.maximum(polynomial(spread, place)[0], 0.0)


def _highest(heights: Floats, inner: int) -> Integers:
    found: Integers = heights[:, REACH : REACH + inner + 1].argmax(axis=1) + REACH
    return found


def _root(slope: Callable[[Floats], tuple[Floats, Floats]], low: Floats, high: Floats) -> Floats:
    """Where the slope goes from above 0 to below, between ``low`` and ``high``; 0 is the start.

    A slope that keeps its sign leads to the end it points to.
    """
    place = np.zeros_like(low)
    for _ in range(_MOST_STEPS):
        rise, bend = slope(place)
        low, high = np.where(rise > 0, place, low), np.where(rise < 0, place, high)
        there = place + np.divide(rise, -bend, out=np.full_like(rise, np.inf), where=bend < 0)
        # Out of the bracket, or where the function is not bent down, the middle does better.
        there = np.where((there >= low) & (there <= high), there, (low + high) / 2.0)
        there = np.where(rise == 0, place, there)
        moved = np.abs(there - place).max(initial=0.0)
        place = there
        if moved < _SMALLEST_STEP:
            break
    return place


def _follows(seen: Codes, pattern: Integers) -> Booleans:
    """Who chose the pattern's category in every item answered."""
    same: Booleans = ((seen == pattern) | (seen < 0)).all(axis=1)
    return same


def _ratio(above: Floats, below: Floats) -> Floats:
    """Quotient, 0 where there is nothing to divide by."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _checked(bounds: tuple[float, float]) -> tuple[float, float]:
    low, high = bounds
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise RuleError(field="bounds", low=low, high=high)
    return low, high

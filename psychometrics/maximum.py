"""Scores at a maximum: ML, MAP and Warm's weighted likelihood (WLE).

All three climb one function: the log-likelihood, plus for MAP the log of the population density,
for WLE the integral of J / (2 I) (Warm 1989, eq. 11). The function is first seen whole on a
grid, since with guessing it may have several tops, and the highest is then climbed to its exact
place by Fisher scoring that never leaves the bracket.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import cumulative_simpson

from psychometrics.arrays import Codes, Floats, row_blocks
from psychometrics.errors import RuleError
from psychometrics.items import ItemTable
from psychometrics.likelihood import finite_log_p, pick_observed, sum_answered, sum_observed
from psychometrics.models import CategoryCurves, category_curves
from psychometrics.quadrature import Population, even_grid, peak_information, posterior_range
from psychometrics.responses import MissingPolicy, resolve_missing
from psychometrics.scoring import AbilityEstimate, Method

_TOLERANCE = 1e-9
_MOST_STEPS = 100
# The grid must show every top; the climb, not the grid, gives the accuracy.
_WIDEST = 0.1

# How steeply the climbed function rises, and the information on the way, at one theta a person.
_Slope = Callable[[CategoryCurves, Codes, Floats], tuple[Floats, Floats]]


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
    resolved = resolve_missing(table, responses, policy)

    def slope(curves: CategoryCurves, seen: Codes, theta: Floats) -> tuple[Floats, Floats]:
        return _likelihood_slope(curves, seen)

    low, high = _checked(bounds)
    return _estimate(Method.ML, table, resolved, low, high, _nothing_added, slope)


def wle_scores(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    bounds: tuple[float, float] = (-6.0, 6.0),
) -> AbilityEstimate:
    """Weighted likelihood, free of ML's first-order bias; se = 1 / sqrt(information).

    Extreme patterns have finite estimates, unless these lie outside ``bounds``.
    Without any answer theta is NaN, se infinite.
    """
    resolved = resolve_missing(table, responses, policy)

    def slope(curves: CategoryCurves, seen: Codes, theta: Floats) -> tuple[Floats, Floats]:
        rise, information = _likelihood_slope(curves, seen)
        bias = np.where(seen >= 0, curves.bias_term, 0.0).sum(axis=1)
        return rise + _ratio(bias, 2.0 * information), information

    low, high = _checked(bounds)
    return _estimate(Method.WLE, table, resolved, low, high, _warm_weight, slope)


def map_scores(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
) -> AbilityEstimate:
    """The mode of the posterior; se = 1 / sqrt(information + 1 / sd^2). Always finite."""
    resolved = resolve_missing(table, responses, policy)

    def added(curves: CategoryCurves, seen: Codes, nodes: Floats) -> Floats:
        return population.log_density(nodes)

    def slope(curves: CategoryCurves, seen: Codes, theta: Floats) -> tuple[Floats, Floats]:
        rise, information = _likelihood_slope(curves, seen)
        precision = population.sd**-2
        return rise - (theta - population.mean) * precision, information + precision

    low, high = posterior_range(table, population)
    return _estimate(Method.MAP, table, resolved, low, high, added, slope)


def _estimate(
    method: Method,
    table: ItemTable,
    resolved: Codes,
    low: float,
    high: float,
    added: Callable[[CategoryCurves, Codes, Floats], Floats],
    slope: _Slope,
) -> AbilityEstimate:
    width = min(_WIDEST, 1.0 / math.sqrt(max(peak_information(table, low, high), 1.0)))
    nodes = even_grid(low, high, width).nodes
    curves = category_curves(table, nodes)
    log_p = finite_log_p(curves)
    persons = resolved.shape[0]
    theta, information = np.empty(persons), np.empty(persons)
    per_person = 4 * nodes.size + 4 * len(table) * log_p.shape[2]
    for rows in row_blocks(persons, per_person):
        seen = resolved[rows]
        height = sum_observed(seen, log_p) + added(curves, seen, nodes)
        top = height.argmax(axis=1)
        bracket = nodes[np.maximum(top - 1, 0)], nodes[np.minimum(top + 1, nodes.size - 1)]
        theta[rows], information[rows] = _climb(table, seen, nodes[top], bracket, slope)
    with np.errstate(divide="ignore"):
        se = 1.0 / np.sqrt(information)
    answered = (resolved >= 0).sum(axis=1)
    # Nothing was answered and no population speaks for the person: there is no top to be at.
    theta[(answered == 0) & (information == 0.0)] = np.nan
    margin = _TOLERANCE * max(1.0, high - low)
    at_bound = (theta <= low + margin) | (theta >= high - margin)
    return AbilityEstimate(method, theta, se, answered, at_bound)


def _climb(
    table: ItemTable,
    seen: Codes,
    start: Floats,
    bracket: tuple[Floats, Floats],
    slope: _Slope,
) -> tuple[Floats, Floats]:
    """Each person's top within the bracket, and the information there."""
    low, high = bracket[0].copy(), bracket[1].copy()
    theta, information = start.copy(), np.zeros_like(start)
    moving = np.arange(start.size)
    last_step = high - low
    for _ in range(_MOST_STEPS):
        here = theta[moving]
        rise, spread = slope(category_curves(table, here), seen[moving], here)
        information[moving] = spread
        low[moving] = np.where(rise > 0, here, low[moving])
        high[moving] = np.where(rise < 0, here, high[moving])
        there = here + _ratio(rise, spread)
        # A step out of the bracket, or one that does not at least halve the last, would creep:
        # WLE curves more than its information says. The middle of the bracket then does better.
        outside = (there <= low[moving]) | (there >= high[moving])
        creeping = 2.0 * np.abs(there - here) > last_step[moving]
        middle = (low[moving] + high[moving]) / 2.0
        there = np.where((outside | creeping) & (rise != 0), middle, there)
        last_step[moving] = np.abs(there - here)
        theta[moving] = there
        moving = moving[last_step[moving] > _TOLERANCE]
        if not moving.size:
            break
    return theta, information


def _likelihood_slope(curves: CategoryCurves, seen: Codes) -> tuple[Floats, Floats]:
    rise = pick_observed(seen, curves.score).sum(axis=1)
    information = np.where(seen >= 0, curves.information, 0.0).sum(axis=1)
    return rise, information


def _nothing_added(curves: CategoryCurves, seen: Codes, nodes: Floats) -> Floats:
    return np.zeros_like(nodes)


def _warm_weight(curves: CategoryCurves, seen: Codes, nodes: Floats) -> Floats:
    """The log of Warm's weight on the grid, persons x nodes, up to a constant."""
    bias = sum_answered(seen, curves.bias_term)
    information = sum_answered(seen, curves.information)
    weight: Floats = cumulative_simpson(_ratio(bias, 2.0 * information), x=nodes, initial=0)
    return weight


def _ratio(above: Floats, below: Floats) -> Floats:
    """Quotient, 0 where there is nothing to divide by."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _checked(bounds: tuple[float, float]) -> tuple[float, float]:
    low, high = bounds
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise RuleError(field="bounds", low=low, high=high)
    return low, high

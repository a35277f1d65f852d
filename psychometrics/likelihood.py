"""Sums over items for many persons at once, as matrix products of indicators with item curves.

Every estimation is built from these: log-likelihoods, scores and information on a grid of thetas
shared by all persons, or at one theta for each person. Responses here are already resolved
(`psychometrics.responses.resolve_missing`): a negative code adds nothing to any sum.
"""

from __future__ import annotations

import numpy as np

from psychometrics.arrays import Codes, Floats
from psychometrics.items import ItemTable
from psychometrics.models import CategoryCurves, category_curves


def log_likelihood(table: ItemTable, resolved: Codes, theta: Floats) -> Floats:
    """Log-likelihood of each person's responses at each theta, persons x thetas."""
    return sum_observed(resolved, finite_log_p(category_curves(table, theta)))


def finite_log_p(curves: CategoryCurves) -> Floats:
    """The log probabilities with 0 for categories an item has not, so that products stay finite."""
    return np.where(np.isneginf(curves.log_p), 0.0, curves.log_p)


def sum_observed(resolved: Codes, values: Floats) -> Floats:
    """Sum over items of ``values[theta, item, category observed]``, persons x thetas.

    Category 0 is the base and only differences from it are multiplied: a complete dichotomous
    matrix costs one product.
    """
    base = values[:, :, 0]
    complete = resolved.min(initial=0) >= 0
    shared = base.sum(axis=1) if complete else sum_answered(resolved, base)
    total: Floats | None = None
    for category in range(1, values.shape[2]):
        chosen = resolved == category
        difference = values[:, :, category] - base
        columns = np.flatnonzero(chosen.any(axis=0))
        if not columns.size:
            continue
        if columns.size < chosen.shape[1]:
            chosen, difference = chosen[:, columns], difference[:, columns]
        part: Floats = chosen.astype(np.float64) @ difference.T
        # The products are the largest arrays here: they are added to in place.
        total = part if total is None else np.add(total, part, out=total)
    if total is None:
        return np.broadcast_to(shared, (resolved.shape[0], values.shape[0])).copy()
    total += shared
    return total


def sum_answered(resolved: Codes, values: Floats) -> Floats:
    """Sum of ``values[theta, item]`` over the items a person answered, persons x thetas."""
    return (resolved >= 0).astype(np.float64) @ values.T


def pick_observed(resolved: Codes, values: Floats) -> Floats:
    """``values[person, item, category observed]``, 0 where missing: curves at each one's theta."""
    column = np.maximum(resolved, 0).astype(np.intp)[:, :, None]
    picked = np.take_along_axis(values, column, axis=2)[:, :, 0]
    return np.where(resolved >= 0, picked, 0.0)

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
    if (resolved >= 0).all():
        total = np.tile(base.sum(axis=1), (resolved.shape[0], 1))
    else:
        total = sum_answered(resolved, base)
    for category in range(1, values.shape[2]):
        chosen = resolved == category
        columns = np.flatnonzero(chosen.any(axis=0))
        if columns.size:
            difference = values[:, columns, category] - base[:, columns]
            total += chosen[:, columns].astype(np.float64) @ difference.T
    return total


def sum_answered(resolved: Codes, values: Floats) -> Floats:
    """Sum of ``values[theta, item]`` over the items a person answered, persons x thetas."""
    return (resolved >= 0).astype(np.float64) @ values.T


def pick_observed(resolved: Codes, values: Floats) -> Floats:
    """``values[person, item, category observed]``, 0 where missing: curves at each one's theta."""
    column = np.maximum(resolved, 0).astype(np.intp)[:, :, None]
    picked = np.take_along_axis(values, column, axis=2)[:, :, 0]
    return np.where(resolved >= 0, picked, 0.0)

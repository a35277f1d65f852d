"""Linking constants that bring the anchors' curves together: Haebara, and Stocking and Lord.

An item brought from the new to the base scale has at theta the curve it had at (theta - B) / A.
So no parameter needs to be transformed, and one formula serves every model: what is minimised is
a sum of squared differences of curves, and its derivatives by A and B are those by theta.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from scipy.optimize import least_squares

from psychometrics.arrays import Booleans, Floats
from psychometrics.errors import ConvergenceError, PsychometricsError
from psychometrics.items import DICHOTOMOUS, ItemTable
from psychometrics.linking.anchors import Anchors
from psychometrics.linking.moments import mean_mean, mean_sigma
from psychometrics.linking.transform import LinkingTransform
from psychometrics.models import category_curves
from psychometrics.quadrature import Grid


class Direction(Enum):
    """On which scale curves are compared: the base scale only, or on both scales alike."""

    ONE_WAY = "one way"
    SYMMETRIC = "symmetric"


# Curves (thetas x whatever is compared) and their derivatives by theta.
_Curves = Callable[[ItemTable, Floats], tuple[Floats, Floats]]


def default_grid() -> Grid:
    """40 equally spaced points on [-4, 4] of weight 1, the points that plink takes."""
    return Grid(np.linspace(-4.0, 4.0, 40), np.ones(40))


@dataclass(frozen=True, eq=False)
class CurveFit:
    """The constants, and the criterion reached: mean squared difference of the curves."""

    transform: LinkingTransform
    criterion: float


def haebara(
    anchors: Anchors, grid: Grid, direction: Direction = Direction.ONE_WAY, new_grid: Grid | None = None
) -> CurveFit:
    """The sum over anchors of squared differences of their curves is least (Haebara 1980, eq. 6).

    Of a dichotomous item the probability of a right answer is compared, of every other item the
    probability of each category (Kim & Lee 2006, eq. 13), as in plink.
    """
    return _fit(_category_curves, anchors, grid, direction, new_grid)


def stocking_lord(
    anchors: Anchors, grid: Grid, direction: Direction = Direction.ONE_WAY, new_grid: Grid | None = None
) -> CurveFit:
    """The squared difference of the test characteristic curves is least (Stocking & Lord 1983, eq. 7)."""
    return _fit(_test_curve, anchors, grid, direction, new_grid)


def _category_curves(table: ItemTable, theta: Floats) -> tuple[Floats, Floats]:
    curves = category_curves(table, theta)
    compared = _compared(table, curves.p.shape[2])
    return curves.p[:, compared], (curves.p * curves.score)[:, compared]


def _compared(table: ItemTable, width: int) -> Booleans:
    places = np.arange(width)
    mask = places < table.categories[:, None]
    mask[[model in DICHOTOMOUS for model in table.models], 0] = False
    return np.asarray(mask, dtype=np.bool_)


def _test_curve(table: ItemTable, theta: Floats) -> tuple[Floats, Floats]:
    curves = category_curves(table, theta)
    points = np.arange(curves.p.shape[2], dtype=np.float64)
    value = (curves.p @ points).sum(axis=1, keepdims=True)
    slope = ((curves.p * curves.score) @ points).sum(axis=1, keepdims=True)
    return value, slope


def _fit(curves: _Curves, anchors: Anchors, grid: Grid, direction: Direction, new_grid: Grid | None) -> CurveFit:
    problem = _Problem(curves, anchors, grid, (new_grid or grid) if direction is Direction.SYMMETRIC else None)
    # Far from the solution the criterion is flat: the best of several starts.
    results = [
        least_squares(problem.residuals, start, problem.jacobian, xtol=1e-13, ftol=1e-14, gtol=1e-13, max_nfev=200)
        for start in _starts(anchors)
    ]
    good = [result for result in results if result.success and abs(result.x[0]) < 5.0]
    if not good:
        raise ConvergenceError(field="link", starts=len(results))
    best = min(good, key=lambda result: float(result.cost))
    return CurveFit(LinkingTransform(float(np.exp(best.x[0])), float(best.x[1])), 2.0 * float(best.cost))


def _starts(anchors: Anchors) -> list[tuple[float, float]]:
    starts = [(0.0, 0.0)]
    for method in (mean_mean, mean_sigma):
        try:
            link = method(anchors)
        except PsychometricsError:
            # Nominal anchors have no moments, a single location no spread: the other starts remain.
            continue
        starts.append((float(np.log(link.slope)), link.intercept))
    return starts


class _Problem:
    """Weighted differences of curves and their derivatives by (log A, B): the slope stays positive."""

    def __init__(self, curves: _Curves, anchors: Anchors, grid: Grid, new_grid: Grid | None) -> None:
        self.curves, self.anchors, self.grid, self.new_grid = curves, anchors, grid, new_grid
        self.base = curves(anchors.base, grid.nodes)[0]
        self.weight = _shares(grid, self.base.shape[1])
        if new_grid is not None:
            self.new = curves(anchors.new, new_grid.nodes)[0]
            self.new_weight = _shares(new_grid, self.new.shape[1])

    def residuals(self, at: Floats) -> Floats:
        slope, intercept = np.exp(at[0]), at[1]
        moved = self.curves(self.anchors.new, (self.grid.nodes - intercept) / slope)[0]
        parts = [(self.weight * (self.base - moved)).ravel()]
        if self.new_grid is not None:
            back = self.curves(self.anchors.base, slope * self.new_grid.nodes + intercept)[0]
            parts.append((self.new_weight * (self.new - back)).ravel())
        return np.concatenate(parts)

    def jacobian(self, at: Floats) -> Floats:
        slope, intercept = np.exp(at[0]), at[1]
        theta = (self.grid.nodes - intercept) / slope
        rise = self.weight * self.curves(self.anchors.new, theta)[1]
        parts = [np.stack(((rise * theta[:, None]).ravel(), (rise / slope).ravel()), axis=1)]
        if self.new_grid is not None:
            nodes = self.new_grid.nodes
            rise = self.new_weight * self.curves(self.anchors.base, slope * nodes + intercept)[1]
            parts.append(np.stack(((-rise * slope * nodes[:, None]).ravel(), -rise.ravel()), axis=1))
        return np.concatenate(parts)


def _shares(grid: Grid, columns: int) -> Floats:
    """Square roots of the weights that make a sum of squares their mean."""
    return np.asarray(np.sqrt(grid.weights / (grid.weights.sum() * columns))[:, None], dtype=np.float64)

"""One door to all linking methods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from psychometrics.errors import RuleError
from psychometrics.items import ItemTable
from psychometrics.linking.anchors import LEAST_ANCHORS, Anchors, common_anchors
from psychometrics.linking.curves import Direction, default_grid, haebara, stocking_lord
from psychometrics.linking.moments import mean_mean, mean_sigma, robust_mean_sigma
from psychometrics.linking.transform import LinkingTransform
from psychometrics.quadrature import Grid


class LinkingMethod(Enum):
    """How the two constants are found."""

    MEAN_MEAN = "mean/mean"
    MEAN_SIGMA = "mean/sigma"
    ROBUST_MEAN_SIGMA = "robust mean/sigma"
    HAEBARA = "Haebara"
    STOCKING_LORD = "Stocking-Lord"


@dataclass(frozen=True)
class CurveSettings:
    """Where Haebara's and Stocking and Lord's curves are compared, and with what weight.

    ``grid``: thetas of the base scale; ``new_grid``: of the new scale, for the symmetric
    criterion only (the same numbers if None). Only the proportions of weights matter.
    By default as plink: 40 equally spaced points on [-4, 4] of one weight, in one direction.
    Raises `RuleError` for a grid without weight.
    """

    direction: Direction = Direction.ONE_WAY
    grid: Grid | None = None
    new_grid: Grid | None = None

    def __post_init__(self) -> None:
        for name, grid in (("grid", self.grid), ("new_grid", self.new_grid)):
            if grid is None:
                continue
            shape = grid.nodes.shape
            usable = len(shape) == 1 and grid.weights.shape == shape and bool(np.isfinite(grid.nodes).all())
            if not usable or not np.isfinite(grid.weights).all() or (grid.weights < 0).any() or not grid.weights.any():
                raise RuleError(field=name, nodes=shape, weights=grid.weights.shape)


@dataclass(frozen=True, eq=False)
class Linking:
    """``transform`` takes the new scale to the base scale, found by ``method`` from ``anchors``.

    ``criterion``: the mean squared difference of curves that Haebara (per curve) or Stocking and
    Lord (of the test, in points squared) is left with; NaN for the methods of moments.
    """

    transform: LinkingTransform
    method: LinkingMethod
    anchors: tuple[str, ...]
    criterion: float


def link(
    new: ItemTable,
    base: ItemTable,
    method: LinkingMethod = LinkingMethod.STOCKING_LORD,
    *,
    anchors: Sequence[str] | None = None,
    settings: CurveSettings = CurveSettings(),
    least: int = LEAST_ANCHORS,
) -> Linking:
    """The constants A and B that bring the ``new`` scale to the ``base`` scale.

    Anchors are the items of the same name in both tables, or those named. Sources: Loyd & Hoover
    (1980), Marco (1977), Haebara (1980), Stocking & Lord (1983); Kolen & Brennan (2014, ch. 6).
    Raises `DataError` if fewer than ``least`` anchors are common or they do not vary,
    `ConvergenceError` if curves cannot be brought together.

    >>> from psychometrics.items import Model
    >>> base = ItemTable.from_arrays(Model.TWO_PL, a=[1.0, 0.8, 1.5], b=[-1.0, 0.2, 1.0])
    >>> new = LinkingTransform(1.2, 0.3).inverse().apply(base)
    >>> found = link(new, base).transform
    >>> round(found.slope, 6), round(found.intercept, 6)
    (1.2, 0.3)
    """
    return link_anchors(common_anchors(new, base, anchors, least), method, settings)


def link_anchors(anchors: Anchors, method: LinkingMethod, settings: CurveSettings) -> Linking:
    """The same from anchors already paired."""
    if method in _MOMENTS:
        return Linking(_MOMENTS[method](anchors), method, anchors.names, float("nan"))
    fit = _CURVES[method](anchors, settings.grid or default_grid(), settings.direction, settings.new_grid)
    return Linking(fit.transform, method, anchors.names, fit.criterion)


_MOMENTS = {
    LinkingMethod.MEAN_MEAN: mean_mean,
    LinkingMethod.MEAN_SIGMA: mean_sigma,
    LinkingMethod.ROBUST_MEAN_SIGMA: robust_mean_sigma,
}
_CURVES = {LinkingMethod.HAEBARA: haebara, LinkingMethod.STOCKING_LORD: stocking_lord}

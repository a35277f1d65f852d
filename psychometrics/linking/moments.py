"""Linking constants from means and standard deviations of the anchors' parameters."""

from __future__ import annotations

import numpy as np

from psychometrics.arrays import Floats
from psychometrics.errors import DataError
from psychometrics.linking.anchors import Anchors
from psychometrics.linking.transform import LinkingTransform


def mean_mean(anchors: Anchors) -> LinkingTransform:
    """A = mean a (new) / mean a (base), B = mean b (base) - A mean b (new) (Loyd & Hoover 1980).

    Each step of a polytomous anchor counts as a location; nominal anchors take no part, having
    neither one slope nor locations. Raises `DataError` if the mean slopes are not of one sign.
    """
    part, new, base = anchors.located
    slopes = part.new.a.mean(), part.base.a.mean()
    if slopes[0] * slopes[1] <= 0.0:
        raise DataError(field="anchors", mean_slopes=(float(slopes[0]), float(slopes[1])))
    return _line(float(slopes[0] / slopes[1]), float(new.mean()), float(base.mean()))


def mean_sigma(anchors: Anchors) -> LinkingTransform:
    """A = sd b (base) / sd b (new), B as in `mean_mean` (Marco 1977).

    Raises `DataError` if the locations on either scale are all alike.
    """
    _, new, base = anchors.located
    spread = float(new.std()), float(base.std())
    if min(spread) <= 1e-12:
        raise DataError(field="anchors", reason="the locations do not vary", sd=spread)
    return _line(spread[1] / spread[0], float(new.mean()), float(base.mean()))


def robust_mean_sigma(anchors: Anchors, cycles: int = 50) -> LinkingTransform:
    """`mean_sigma` with Tukey's biweights for the distance of each location from the line.

    Stocking & Lord (1983, pp. 203-204) without the weights for errors of estimation, which a
    table does not hold: the perpendicular distance over 6 times its median gives each location
    the weight (1 - u^2)^2, 0 from u = 1 on, until the constants rest. Raises `DataError`.
    """
    link = mean_sigma(anchors)
    _, new, base = anchors.located
    for _ in range(cycles):
        distance = np.abs(link.slope * new + link.intercept - base) / np.hypot(link.slope, 1.0)
        typical = float(np.median(distance))
        if typical <= 1e-12:
            return link
        weights = np.maximum(1.0 - (distance / (6.0 * typical)) ** 2, 0.0) ** 2
        next_link = _weighted(new, base, weights)
        moved = max(abs(next_link.slope - link.slope), abs(next_link.intercept - link.intercept))
        link = next_link
        if moved < 1e-10:
            break
    return link


def _weighted(new: Floats, base: Floats, weights: Floats) -> LinkingTransform:
    means = [float(np.average(values, weights=weights)) for values in (new, base)]
    spreads = [float(np.average((values - mean) ** 2, weights=weights)) ** 0.5
               for values, mean in zip((new, base), means, strict=True)]  # fmt: skip
    if min(spreads) <= 1e-12:
        raise DataError(field="anchors", reason="the locations do not vary", sd=spreads)
    return _line(spreads[1] / spreads[0], means[0], means[1])


def _line(slope: float, new_mean: float, base_mean: float) -> LinkingTransform:
    return LinkingTransform(slope, base_mean - slope * new_mean)

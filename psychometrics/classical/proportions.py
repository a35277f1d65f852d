"""Intervals of observed proportions."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from psychometrics.arrays import Floats, Integers
from psychometrics.errors import RuleError


def wilson_interval(count: Floats | Integers, n: Floats | Integers, level: float = 0.95) -> tuple[Floats, Floats]:
    """Low and high ends of Wilson's score interval (1927) of ``count`` out of ``n``; NaN where n is 0.

    It stays within 0 and 1 and is right at proportions of 0 and 1, where p +- 1.96 se has no width.

    >>> low, high = wilson_interval(np.array([0]), np.array([10]))
    >>> low.tolist(), high.round(3).tolist()
    ([0.0], [0.278])
    """
    if not 0.0 < level < 1.0:
        raise RuleError(field="level", value=level)
    z2 = float(ndtri((1.0 + level) / 2.0)) ** 2
    count, n = np.asarray(count, dtype=np.float64), np.asarray(n, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = count / n
        centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n)
        half = np.sqrt(z2 * (p * (1.0 - p) / n + z2 / (4.0 * n**2))) / (1.0 + z2 / n)
    # By rounding the ends may miss an observed 0 or 1, which they are.
    low, high = np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0)
    return np.where(count == 0, np.where(n > 0, 0.0, np.nan), low), np.where((count == n) & (n > 0), 1.0, high)

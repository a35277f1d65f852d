"""p-values of many items at once, so that chance alone does not flag one of them."""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import false_discovery_control

from psychometrics.arrays import Floats
from psychometrics.errors import RuleError


class Adjustment(Enum):
    """Holm bounds the chance of any false flag, Benjamini-Hochberg the share of false ones."""

    HOLM = "holm"
    BENJAMINI_HOCHBERG = "bh"


def adjust(p_values: ArrayLike, adjustment: Adjustment) -> Floats:
    """Adjusted p-values (Holm 1979; Benjamini & Hochberg 1995); NaN stays NaN and counts for nothing.

    Raises `RuleError` for a value outside 0 to 1.

    >>> adjust([0.01, 0.04, 0.03], Adjustment.HOLM).round(3).tolist()
    [0.03, 0.06, 0.06]
    >>> adjust([0.01, 0.04, 0.03], Adjustment.BENJAMINI_HOCHBERG).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    p = np.asarray(p_values, dtype=np.float64)
    known = ~np.isnan(p)
    if p.ndim != 1 or (p[known] < 0.0).any() or (p[known] > 1.0).any():
        raise RuleError(field="p_values", shape=p.shape)
    adjusted = np.full(p.shape, np.nan)
    if adjustment is Adjustment.HOLM:
        order = np.flatnonzero(known)[np.argsort(p[known], kind="stable")]
        scaled = p[order] * np.arange(order.size, 0, -1)
        adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    elif known.any():
        adjusted[known] = false_discovery_control(p[known])
    return adjusted

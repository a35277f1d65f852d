"""What a chi-square statistic becomes: a p-value, RMSEA, and indices relative to a baseline."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtrc
from scipy.stats import ncx2

from psychometrics.arrays import Floats, Integers


def chi_square_p(statistic: Floats, df: Integers | Floats) -> Floats:
    """P(chi-square with ``df`` >= statistic); NaN where there is no degree of freedom."""
    with np.errstate(invalid="ignore"):
        return np.where(np.asarray(df) > 0, chdtrc(np.maximum(df, 1), statistic), np.nan)


def rmsea(statistic: Floats, df: Integers | Floats, persons: Integers | int) -> Floats:
    """sqrt((X2 / df - 1) / (n - 1)), 0 if negative (Steiger & Lind 1980); NaN if df is 0 or n is 1."""
    spare = np.asarray(persons, dtype=np.float64) - 1.0
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.sqrt(np.maximum(statistic / np.asarray(df, dtype=np.float64) - 1.0, 0.0) / spare)
    return np.where((np.asarray(df) > 0) & (spare > 0), value, np.nan)


def rmsea_interval(statistic: float, df: int, persons: int, level: float = 0.90) -> tuple[float, float]:
    """Interval of the RMSEA from the noncentral chi-square (Browne & Cudeck 1993), divisor n df as in mirt."""
    tail = (1.0 - level) / 2.0
    low, high = (_noncentrality(statistic, df, share) for share in (1.0 - tail, tail))
    return math.sqrt(low / (persons * df)), math.sqrt(high / (persons * df))


def _noncentrality(statistic: float, df: int, share: float) -> float:
    """The noncentrality with which so large a share of values is below the statistic; 0 if none."""

    def excess(noncentrality: float) -> float:
        return float(ncx2.cdf(statistic, df, noncentrality)) - share

    if statistic <= 0.0 or float(1.0 - chdtrc(df, statistic)) <= share:
        return 0.0
    # The statistic's mean is df + noncentrality and its variance 2 (df + 2 noncentrality).
    high = statistic + 10.0 * math.sqrt(2.0 * statistic) + 50.0
    while excess(high) > 0.0:
        high *= 2.0
    return float(brentq(excess, 1e-12, high, xtol=1e-10))


def tucker_lewis(statistic: float, df: int, null_statistic: float, null_df: int) -> float:
    """TLI: (X0 / df0 - X / df) / (X0 / df0 - 1) (Tucker & Lewis 1973); not held within 0 and 1."""
    null = null_statistic / null_df
    return (null - statistic / df) / (null - 1.0)


def comparative_fit(statistic: float, df: int, null_statistic: float, null_df: int) -> float:
    """CFI: 1 - (X - df) / (X0 - df0), held within 0 and 1 (Bentler 1990)."""
    return min(1.0, max(0.0, 1.0 - (statistic - df) / (null_statistic - null_df)))

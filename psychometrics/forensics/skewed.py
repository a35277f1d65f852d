"""From a standardised but skewed statistic to a standard normal one."""

from __future__ import annotations

from enum import Enum

import numpy as np
from scipy.special import log_ndtr, ndtri_exp
from scipy.stats import chi2

from psychometrics.arrays import Floats


class Tail(Enum):
    """How a skewed standardised index becomes a normal one.

    ``NORMAL`` leaves it; ``CORNISH_FISHER`` and ``EDGEWORTH`` (Bedrick 1997) and ``CHI_SQUARE``, a
    scaled chi-square with the same three moments (Molenaar & Hoijtink 1990), use the skewness.
    """

    NORMAL = "normal"
    CORNISH_FISHER = "cornish-fisher"
    CHI_SQUARE = "chi-square"
    EDGEWORTH = "edgeworth"


def lower_normal(z: Floats, skewness: Floats, tail: Tail) -> Floats:
    """The normal deviate whose lower tail is that of ``z``, given its skewness.

    Cornish & Fisher's first term has the coefficient 1/12 that R's aberrance gives it, which is
    half of the full one.
    """
    if tail is Tail.CORNISH_FISHER:
        return z - skewness * (z**2 - 1.0) / 12.0
    if tail is Tail.CHI_SQUARE:
        return np.asarray(ndtri_exp(_log_chi_square(z, skewness)), dtype=np.float64)
    if tail is Tail.EDGEWORTH:
        density = np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)
        p = np.exp(log_ndtr(z)) - density * skewness * (z**2 - 1.0) / 6.0
        inside = (p > 0.0) & (p < 1.0)
        log_p = np.where(inside, np.log(np.where(inside, p, 0.5)), log_ndtr(z))
        return np.asarray(ndtri_exp(log_p), dtype=np.float64)
    return z


def _log_chi_square(z: Floats, skewness: Floats) -> Floats:
    """Log P(Z <= z) for Z = (X - nu) / sqrt(2 nu), or its mirror image if skewed to the left."""
    skewed = np.abs(skewness) > 1e-6
    nu = 8.0 / np.where(skewed, skewness, 1.0) ** 2
    # The chi-square ends somewhere; beyond its end the tail is whole or empty.
    x = np.maximum(nu + np.sign(skewness) * z * np.sqrt(2.0 * nu), np.finfo(np.float64).tiny)
    log_p = np.where(skewness < 0.0, chi2.logsf(x, nu), chi2.logcdf(x, nu))
    return np.where(skewed, log_p, log_ndtr(z))

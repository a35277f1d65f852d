"""Which of very many p-values are discoveries, when only the small ones were kept."""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Booleans, Floats
from psychometrics.errors import RuleError


class Dependence(Enum):
    """What is known of how the tests hang together.

    ``POSITIVE``: independent or positively dependent (Benjamini & Hochberg 1995). ``ANY``: nothing
    is known, as for pairs that share persons (Benjamini & Yekutieli 2001): stricter.
    """

    POSITIVE = "positive"
    ANY = "any"


def discoveries(
    p_values: ArrayLike, rate: float, tested: int | None = None, dependence: Dependence = Dependence.ANY
) -> Booleans:
    """Tests declared discoveries so that the expected share of false ones is at most ``rate``.

    ``p_values``: all, or the smallest of ``tested`` tests. The step-up rule: the largest k with
    p_(k) <= rate k / (tested c), c = 1, or 1 + 1/2 + ... + 1/tested for any dependence.
    Raises `RuleError`.

    >>> discoveries([0.001, 0.02, 0.6], 0.05, dependence=Dependence.POSITIVE).tolist()
    [True, True, False]
    >>> discoveries([0.001, 0.02], 0.05, tested=1000).tolist()
    [False, False]
    """
    adjusted = adjusted_p_values(p_values, tested, dependence)
    if not 0.0 < rate < 1.0:
        raise RuleError(field="rate", value=rate)
    return adjusted <= rate


def adjusted_p_values(
    p_values: ArrayLike, tested: int | None = None, dependence: Dependence = Dependence.ANY
) -> Floats:
    """The smallest rate at which each test is a discovery, at most 1."""
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1 or not ((p >= 0.0) & (p <= 1.0)).all():
        raise RuleError(field="p_values", shape=p.shape)
    total = p.size if tested is None else tested
    if total < p.size:
        raise RuleError(field="tested", tested=total, p_values=p.size)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * (total * _penalty(total, dependence)) / np.arange(1, p.size + 1)
    adjusted = np.empty(p.size)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted


def _penalty(total: int, dependence: Dependence) -> float:
    if dependence is Dependence.POSITIVE or total < 1:
        return 1.0
    # The harmonic number: to all digits by its expansion where a sum would be long.
    if total > 10_000:
        return float(np.log(total) + np.euler_gamma + 0.5 / total - 1.0 / (12.0 * total**2))
    return float((1.0 / np.arange(1, total + 1)).sum())

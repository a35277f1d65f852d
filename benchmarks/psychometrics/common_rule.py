"""The log-likelihood of anybody's estimates on one rule: 801 points on [-8, 8], in float64."""

from __future__ import annotations

import numpy as np

from psychometrics.arrays import Codes
from psychometrics.items import ItemTable
from psychometrics.likelihood import log_likelihood

_POINTS = np.linspace(-8.0, 8.0, 801)
_ROWS = 2_000


def common_log_likelihood(table: ItemTable, responses: Codes) -> float:
    """Sum over persons of the log of the integral of likelihood times the standard normal density."""
    weights = np.exp(-0.5 * _POINTS**2)
    log_weights = np.log(weights / weights.sum())
    total = 0.0
    for start in range(0, len(responses), _ROWS):
        joint = log_likelihood(table, responses[start : start + _ROWS], _POINTS) + log_weights
        top = joint.max(axis=1, keepdims=True)
        total += float((top[:, 0] + np.log(np.exp(joint - top).sum(axis=1))).sum())
    return total

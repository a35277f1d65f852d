"""Association of an item with a score: correlations, biserial, and the difference of extreme groups."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from psychometrics.arrays import Floats
from psychometrics.errors import RuleError


def correlation(x: Floats, y: Floats) -> float:
    """Pearson's r; NaN for fewer than two persons or where one of the two does not vary."""
    if x.size < 2:
        return float("nan")
    x, y = x - x.mean(), y - y.mean()
    spread = float(np.sqrt((x @ x) * (y @ y)))
    # A constant has a spread of rounding errors only.
    if np.ptp(x) < 1e-12 or np.ptp(y) < 1e-12:
        return float("nan")
    return min(1.0, max(-1.0, float(x @ y) / spread))


def correlation_interval(r: float, n: int, level: float) -> tuple[float, float]:
    """Fisher's z; NaN for fewer than four persons. A correlation of 1 has no width."""
    if not n > 3 or np.isnan(r):
        return float("nan"), float("nan")
    if abs(r) == 1.0:
        return r, r
    reach = float(ndtri((1.0 + level) / 2.0)) / np.sqrt(n - 3.0)
    centre = np.arctanh(r)
    return float(np.tanh(centre - reach)), float(np.tanh(centre + reach))


def biserial(point_biserial: float, p: float) -> float:
    """r_pb sqrt(p q) / phi(z_p): the correlation with a normal trait behind a right answer (Pearson 1909).

    It may exceed 1 where the score is far from normal.
    """
    if not 0.0 < p < 1.0:
        return float("nan")
    height = np.exp(-0.5 * float(ndtri(p)) ** 2) / np.sqrt(2.0 * np.pi)
    return point_biserial * float(np.sqrt(p * (1.0 - p)) / height)


def extreme_weights(score: Floats, share: float) -> tuple[Floats, Floats]:
    """How much each person belongs to the lower and the upper ``share`` of the scores (Kelley 1939: 27 %).

    Persons tied at the border share the places left, so the order of the rows does not matter.
    """
    if not 0.0 < share <= 0.5:
        raise RuleError(field="share", value=share)
    return _lowest(score, share), _lowest(-score, share)


def _lowest(score: Floats, share: float) -> Floats:
    wanted = share * score.size
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    before = np.cumsum(counts) - counts
    weights: Floats = np.clip((wanted - before) / counts, 0.0, 1.0)[place]
    return weights

"""Equating with Gaussian kernels (von Davier, Holland & Thayer 2004).

Each whole score becomes a normal distribution of width h, drawn towards the mean so that mean and
variance of the scores stay what they were; the equated score then has the same rank on form Y.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import ndtr

from psychometrics.arrays import Floats
from psychometrics.equating.frequencies import ScoreFrequencies
from psychometrics.equating.result import Equating
from psychometrics.errors import DataError, RuleError

_HALVINGS = 80
_INVERSE_ROOT = 1.0 / math.sqrt(2.0 * math.pi)


def kernel_equating(
    x: ScoreFrequencies,
    y: ScoreFrequencies,
    bandwidths: tuple[float | None, float | None] = (None, None),
) -> Equating:
    """Scores of X with the rank they have on Y, both made smooth; groups must be equivalent.

    ``bandwidths`` of X and Y in points, `best_bandwidth` if None. For groups that differ, give the
    frequencies of `psychometrics.equating.synthetic.in_one_population`. A very large bandwidth
    gives linear equating. Raises `DataError` if all scores are alike, `RuleError` for a bandwidth
    that is not above 0.
    """
    widths = [best_bandwidth(one) if width is None else width for one, width in zip((x, y), bandwidths, strict=True)]
    if not all(math.isfinite(width) and width > 0 for width in widths):
        raise RuleError(field="bandwidths", value=bandwidths)
    ranks = _cumulative(x, widths[0], x.scores.astype(np.float64))
    return Equating(x.scores, _quantiles(y, widths[1], ranks), y.lowest, int(y.scores[-1]))


def best_bandwidth(frequencies: ScoreFrequencies) -> float:
    """The width whose density comes closest to the shares of the scores without waves between them.

    The smallest sum of PEN1, the squared distances at the scores, and PEN2, one for every dent
    (von Davier et al. 2004, eq. 4.27 and 4.29), between 0.1 and 10 points.
    """
    if not frequencies.variance > 0:
        raise DataError(field="frequencies", reason="all_scores_alike")
    trials = np.geomspace(0.1, 10.0, 41)
    best = int(np.argmin([_penalty(frequencies, width) for width in trials]))
    low, high = trials[max(best - 1, 0)], trials[min(best + 1, trials.size - 1)]
    found = minimize_scalar(lambda width: _penalty(frequencies, width), bounds=(low, high), method="bounded")
    return float(found.x) if found.fun <= _penalty(frequencies, trials[best]) else float(trials[best])


def _penalty(frequencies: ScoreFrequencies, width: float) -> float:
    scores = frequencies.scores.astype(np.float64)
    distance = frequencies.counts / frequencies.persons - _density(frequencies, width, scores)
    left = _slope(frequencies, width, scores - 0.25)
    right = _slope(frequencies, width, scores + 0.25)
    return float((distance**2).sum()) + float(((left < 0) & (right > 0)).sum())


def _shrunk(frequencies: ScoreFrequencies, width: float, at: Floats) -> tuple[Floats, float]:
    """Standardised distance of each point from each kernel, and the kernels' width."""
    variance = frequencies.central_moment(2)
    shrink = math.sqrt(variance / (variance + width**2))
    centres = shrink * frequencies.scores + (1.0 - shrink) * frequencies.mean
    spread = shrink * width
    return (at[:, None] - centres) / spread, spread


def _cumulative(frequencies: ScoreFrequencies, width: float, at: Floats) -> Floats:
    z, _ = _shrunk(frequencies, width, at)
    return np.asarray(ndtr(z) @ frequencies.counts / frequencies.persons, dtype=np.float64)


def _density(frequencies: ScoreFrequencies, width: float, at: Floats) -> Floats:
    z, spread = _shrunk(frequencies, width, at)
    kernels = _INVERSE_ROOT * np.exp(-0.5 * z**2) / spread
    return np.asarray(kernels @ frequencies.counts / frequencies.persons, dtype=np.float64)


def _slope(frequencies: ScoreFrequencies, width: float, at: Floats) -> Floats:
    z, spread = _shrunk(frequencies, width, at)
    kernels = -z * _INVERSE_ROOT * np.exp(-0.5 * z**2) / spread**2
    return np.asarray(kernels @ frequencies.counts / frequencies.persons, dtype=np.float64)


def _quantiles(frequencies: ScoreFrequencies, width: float, ranks: Floats) -> Floats:
    """Halving finds every rank at once, also where the distribution is flat."""
    reach = 40.0 * (width + math.sqrt(frequencies.central_moment(2)))
    low = np.full(ranks.size, frequencies.mean - reach)
    high = np.full(ranks.size, frequencies.mean + reach)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        below = _cumulative(frequencies, width, middle) < ranks
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2.0, dtype=np.float64)

"""Forms taken by equivalent groups, or both by one group."""

from __future__ import annotations

import math
from enum import Enum

import numpy as np

from psychometrics.arrays import Floats
from psychometrics.equating.continuous import percentile_ranks, scores_at
from psychometrics.equating.frequencies import ScoreFrequencies
from psychometrics.equating.result import Equating
from psychometrics.errors import DataError


class GroupMethod(Enum):
    """How alike the forms are made: not at all, in mean, in mean and spread, in the whole distribution."""

    IDENTITY = "identity"
    MEAN = "mean"
    LINEAR = "linear"
    EQUIPERCENTILE = "equipercentile"


def equate_groups(x: ScoreFrequencies, y: ScoreFrequencies, method: GroupMethod) -> Equating:
    """Put the scores of form X on the scale of form Y (Kolen & Brennan 2014, ch. 2).

    The groups must be equivalent: drawn at random from one population, or the same persons.
    Standard errors are those of two random groups: linear after Braun & Holland (1982),
    equipercentile after Lord (1982, in Kolen & Brennan 2014, eq. 7.12).
    Raises `DataError` if a spread is needed and nobody differs.

    >>> x, y = (ScoreFrequencies(0, np.array(counts)) for counts in ([1.0, 2.0, 1.0], [0.0, 3.0, 1.0]))
    >>> equate_groups(x, y, GroupMethod.MEAN).equated.tolist()
    [0.25, 1.25, 2.25]
    """
    if method is GroupMethod.EQUIPERCENTILE:
        ranks = percentile_ranks(x)
        return _table(x, y, scores_at(y, ranks), _equipercentile_errors(x, y, ranks))
    if method is GroupMethod.LINEAR:
        slope = math.sqrt(_spread(y, "y") / _spread(x, "x"))
        return _line(x, y, slope, y.mean - slope * x.mean, _linear_errors(x, y))
    shift = y.mean - x.mean if method is GroupMethod.MEAN else 0.0
    error = math.sqrt(x.variance / x.persons + y.variance / y.persons) if method is GroupMethod.MEAN else 0.0
    return _line(x, y, 1.0, shift, np.full(x.counts.size, error))


def _table(x: ScoreFrequencies, y: ScoreFrequencies, equated: Floats, se: Floats) -> Equating:
    return Equating(x.scores, equated, y.lowest, int(y.scores[-1]), se)


def _line(x: ScoreFrequencies, y: ScoreFrequencies, slope: float, intercept: float, se: Floats) -> Equating:
    equated: Floats = intercept + slope * x.scores.astype(np.float64)
    return Equating(x.scores, equated, y.lowest, int(y.scores[-1]), se, slope=slope, intercept=intercept)


def _spread(frequencies: ScoreFrequencies, field: str) -> float:
    if not frequencies.variance > 0:
        raise DataError(field=field, reason="all_scores_alike")
    return frequencies.variance


def _linear_errors(x: ScoreFrequencies, y: ScoreFrequencies) -> Floats:
    z = (x.scores - x.mean) / math.sqrt(x.variance)
    skewness = sum(one.central_moment(3) / one.variance**1.5 / one.persons for one in (x, y))
    kurtosis = sum((one.central_moment(4) / one.variance**2 - 1.0) / (4.0 * one.persons) for one in (x, y))
    share = 1.0 / x.persons + 1.0 / y.persons + skewness * z + kurtosis * z**2
    variance: Floats = np.maximum(y.variance * share, 0.0)
    return np.sqrt(variance)


def _equipercentile_errors(x: ScoreFrequencies, y: ScoreFrequencies, ranks: Floats) -> Floats:
    """Of each score; 0 at ranks 0 and 1, where the equivalent is the end of the scale whatever the sample."""
    reached = np.concatenate(([0.0], np.cumsum(y.counts) / y.persons))
    cell = np.clip(np.searchsorted(reached, ranks, side="right") - 1, 0, y.counts.size - 1)
    below, share = reached[cell], np.diff(reached)[cell]
    inside = (ranks > 0) & (ranks < 1) & (share > 0)
    share = np.where(inside, share, 1.0)
    from_x = ranks * (1.0 - ranks) / x.persons
    from_y = (below - ranks**2 + (ranks - below) ** 2 / share) / y.persons
    return np.where(inside, np.sqrt(np.maximum(from_x + from_y, 0.0)) / share, 0.0)

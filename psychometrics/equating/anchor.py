"""Forms taken by groups that differ, and that share anchor items."""

from __future__ import annotations

import math
from enum import Enum

import numpy as np

from psychometrics.arrays import Floats
from psychometrics.equating import moments
from psychometrics.equating.continuous import percentile_ranks, scores_at
from psychometrics.equating.frequencies import JointFrequencies
from psychometrics.equating.groups import GroupMethod, equate_groups
from psychometrics.equating.result import Equating
from psychometrics.equating.synthetic import in_one_population
from psychometrics.errors import DataError, RuleError


class AnchorMethod(Enum):
    """What is taken to be alike in the two groups; see `psychometrics.equating.moments`."""

    TUCKER = "Tucker"
    LEVINE = "Levine observed score"
    LEVINE_TRUE = "Levine true score"
    NOMINAL_WEIGHTS = "nominal weights"
    BRAUN_HOLLAND = "Braun-Holland"
    CHAINED_LINEAR = "chained linear"
    FREQUENCY_ESTIMATION = "frequency estimation"
    CHAINED_EQUIPERCENTILE = "chained equipercentile"


def equate_anchor(
    x: JointFrequencies,
    y: JointFrequencies,
    method: AnchorMethod,
    *,
    weight: float | None = None,
    internal: bool = True,
) -> Equating:
    """Put the scores of form X on the scale of form Y by common items (Kolen & Brennan 2014, ch. 4 and 5).

    ``weight``: the share of X's group in the population the equating is for, from 0 to 1; its share
    of the persons if None. The chained methods and Levine's true scores have no such population.
    ``internal``: anchor items count in the totals (Levine only). Standard errors are given for
    Tucker, Levine (observed score) and chained linear, as R's equate does.
    Raises `DataError` if the anchors' scales differ or an anchor does not vary, `RuleError` for a
    weight outside [0, 1].
    """
    _check(x, y)
    share = x.persons / (x.persons + y.persons) if weight is None else weight
    if not 0.0 <= share <= 1.0:
        raise RuleError(field="weight", value=weight)
    if method in (AnchorMethod.FREQUENCY_ESTIMATION, AnchorMethod.BRAUN_HOLLAND):
        return _estimated(x, y, method, share)
    if method is AnchorMethod.CHAINED_EQUIPERCENTILE:
        on_anchor = scores_at(x.anchor, percentile_ranks(x.total))
        return _table(x, y, scores_at(y.total, percentile_ranks(y.anchor, on_anchor)))
    line = _line(x, y, method, share, internal)
    slope, intercept = (complex(value).real for value in line(moments.moments_of(x), moments.moments_of(y)))
    if not (math.isfinite(slope) and slope > 0):
        raise DataError(field="anchor", reason="no_positive_slope", method=method.value)
    known = method in (AnchorMethod.TUCKER, AnchorMethod.LEVINE, AnchorMethod.CHAINED_LINEAR)
    general, normal = (moments.errors(line, x, y, normal) if known else None for normal in (False, True))
    return _on_line(x, y, slope, intercept, general, normal)


def _line(x: JointFrequencies, y: JointFrequencies, method: AnchorMethod, share: float, internal: bool) -> moments.Line:
    if method is AnchorMethod.TUCKER:
        return moments.tucker(share)
    if method is AnchorMethod.LEVINE:
        return moments.levine(share, internal)
    if method is AnchorMethod.LEVINE_TRUE:
        return moments.levine_true(internal)
    if method is AnchorMethod.NOMINAL_WEIGHTS:
        x_ratio, y_ratio = (int(one.total.scores[-1]) / int(one.anchor.scores[-1]) for one in (x, y))
        return moments.nominal(share, x_ratio, y_ratio)
    return moments.chained


def _estimated(x: JointFrequencies, y: JointFrequencies, method: AnchorMethod, share: float) -> Equating:
    """Equated as equivalent groups would be; the errors of those do not hold for estimated distributions."""
    x_total, y_total = in_one_population(x, y, share)
    if method is AnchorMethod.FREQUENCY_ESTIMATION:
        return _table(x, y, scores_at(y_total, percentile_ranks(x_total)))
    found = equate_groups(x_total, y_total, GroupMethod.LINEAR)
    # Both distributions have the same persons, so that the divisor n - 1 is the same too.
    scale = math.sqrt((y.persons - 1) / y.persons * x.persons / (x.persons - 1))
    assert found.slope is not None
    slope = found.slope * scale
    intercept = y_total.mean - slope * x_total.mean
    return _on_line(x, y, slope, intercept)


def _on_line(
    x: JointFrequencies,
    y: JointFrequencies,
    slope: float,
    intercept: float,
    se: Floats | None = None,
    se_normal: Floats | None = None,
) -> Equating:
    scores = x.total.scores
    equated: Floats = intercept + slope * scores.astype(np.float64)
    return Equating(scores, equated, y.lowest, int(y.total.scores[-1]), se, se_normal, slope, intercept)


def _table(x: JointFrequencies, y: JointFrequencies, equated: Floats) -> Equating:
    return Equating(x.total.scores, equated, y.lowest, int(y.total.scores[-1]))


def _check(x: JointFrequencies, y: JointFrequencies) -> None:
    if x.anchor_lowest != y.anchor_lowest or x.counts.shape[1] != y.counts.shape[1]:
        raise DataError(field="anchor", reason="scales_differ", x=x.counts.shape[1], y=y.counts.shape[1])
    for name, one in (("x", x), ("y", y)):
        if not (one.anchor.variance > 0 and one.total.variance > 0):
            raise DataError(field=name, reason="all_scores_alike")
        if not one.covariance > 0:
            raise DataError(field=name, reason="anchor_does_not_rise_with_total", covariance=one.covariance)

"""Standardisation: the difference of two groups' performance on an item, averaged over the score."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from psychometrics.arrays import Floats, Integers
from psychometrics.fairness.classes import DifClass, SampleRule, classify
from psychometrics.fairness.mantel_haenszel import DELTA
from psychometrics.fairness.strata import Matching, StratifiedTable, two_groups
from psychometrics.responses import MissingPolicy


class Weights(Enum):
    """Whose distribution over the matching score weights the differences."""

    FOCAL = "focal"
    REFERENCE = "reference"
    TOTAL = "total"


@dataclass(frozen=True, eq=False)
class Standardization:
    """One entry an item; NaN where no stratum holds persons of both groups.

    ``difference``: weighted mean over strata of focal minus reference, in proportions right
    (ST-p-DIF) or, with more categories, in points (standardised mean difference); ``se`` and
    the interval ``low`` to ``high`` are large-sample ones. ``effect``: the difference divided by
    the standard deviation of the item over all persons that took part. ``alpha``: odds ratio of
    the standardised proportions (NaN if not dichotomous), ``delta`` = -2.35 log alpha.
    ``size_class``: |difference| from 0.05 B, from 0.10 C (Dorans, Schmitt & Bleistein 1992),
    insufficient if ``sample`` is not met or the item is not dichotomous.
    """

    reference_persons: Integers
    focal_persons: Integers
    difference: Floats
    se: Floats
    low: Floats
    high: Floats
    effect: Floats
    alpha: Floats
    delta: Floats
    size_class: tuple[DifClass, ...]


def standardization(
    responses: ArrayLike,
    policy: MissingPolicy,
    groups: ArrayLike,
    focal: object,
    *,
    matching: Matching | None = None,
    weights: Weights = Weights.FOCAL,
    confidence: float = 0.95,
    sample: SampleRule | None = None,
) -> Standardization:
    """The standardised difference of each item (Dorans & Kulick 1986, eq. 3; for more than two
    categories Dorans & Schmitt 1991), as in difR.

    Arguments as in `mantel_haenszel`. The variance is sum w^2 (s_F^2 / n_F + s_R^2 / n_R) over
    the strata with weights w that sum to one and variances s^2 with divisor n (Zwick & Thayer
    1996, groups independent). Raises `ResponseError`, `RuleError`.
    """
    matched = two_groups(responses, policy, groups, focal, matching)
    tables = matched.tables()
    reference, focals = np.array([table.persons for table in tables]).reshape(-1, 2).T
    rows = np.array([_standardized(table, weights) for table in tables]).reshape(-1, 4)
    difference, se, effect, alpha = rows.T
    with np.errstate(divide="ignore", invalid="ignore"):
        delta = DELTA * np.log(alpha)
    half = norm.isf((1.0 - confidence) / 2.0) * se
    dichotomous = np.array([table.counts.shape[2] == 2 for table in tables], dtype=np.bool_)
    known = np.isfinite(difference) & dichotomous & (sample or SampleRule()).met(reference, focals)
    size = np.abs(difference)
    return Standardization(
        reference,
        focals,
        difference,
        se,
        difference - half,
        difference + half,
        effect,
        alpha,
        delta,
        classify(size >= 0.05, size >= 0.10, known),
    )


def _standardized(table: StratifiedTable, weights: Weights) -> tuple[float, float, float, float]:
    """Difference, its standard error, effect in standard deviations, odds ratio."""
    mean, variance = table.moments()
    sizes = table.group_sizes
    both = (sizes > 0).all(axis=1)
    if not both.any():
        return np.nan, np.nan, np.nan, np.nan
    mean, variance, sizes = mean[both], variance[both], sizes[both]
    weight = {Weights.FOCAL: sizes[:, 1], Weights.REFERENCE: sizes[:, 0], Weights.TOTAL: sizes.sum(axis=1)}[weights]
    weight = weight / weight.sum()
    difference = float(weight @ (mean[:, 1] - mean[:, 0]))
    se = float(np.sqrt(weight**2 @ (variance / sizes).sum(axis=1)))
    chosen = table.counts.sum(axis=(0, 1))
    values = np.arange(chosen.size)
    sd = np.sqrt(chosen @ (values - chosen @ values / chosen.sum()) ** 2 / (chosen.sum() - 1.0))
    effect = difference / sd if sd > 0 else np.nan
    if chosen.size > 2:
        return difference, se, effect, np.nan
    # The odds ratio is taken at the focal group's scores, whatever the weights (as in difR).
    reference, focal = sizes[:, 1] @ mean / sizes[:, 1].sum()
    odds = reference * (1.0 - focal), (1.0 - reference) * focal
    return difference, se, effect, odds[0] / odds[1] if odds[1] > 0 else np.nan

"""Mantel's test for items with ordered categories, and the generalised test for any categories and groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2 as chi2_distribution

from psychometrics.arrays import Floats, Integers
from psychometrics.fairness.classes import DifClass, SampleRule, classify
from psychometrics.fairness.standardization import standardization
from psychometrics.fairness.strata import MatchedGroups, Matching, StratifiedTable, two_groups
from psychometrics.responses import MissingPolicy


@dataclass(frozen=True, eq=False)
class MantelTest:
    """One entry an item: ``chi2`` (1 degree of freedom, no continuity correction), ``p_value``.

    ``difference``: standardised mean difference, focal minus reference, in points, with ``se``;
    ``effect``: the same in standard deviations of the item. ``ets_class``: A if not significant
    or |effect| <= 0.17, C if above 0.25, else B (AA, BB, CC of Zwick, Thayer & Mazzeo 1997).
    """

    reference_persons: Integers
    focal_persons: Integers
    chi2: Floats
    p_value: Floats
    difference: Floats
    se: Floats
    effect: Floats
    ets_class: tuple[DifClass, ...]


def mantel_test(
    responses: ArrayLike,
    policy: MissingPolicy,
    groups: ArrayLike,
    focal: object,
    *,
    matching: Matching | None = None,
    significance: float = 0.05,
    sample: SampleRule | None = None,
) -> MantelTest:
    """Do matched persons of two groups have the same mean? (Mantel 1963; Zwick et al. 1993, eq. 4)

    Arguments as in `mantel_haenszel`; any number of ordered categories, which are the scores. For
    two categories it is the Mantel-Haenszel test without continuity correction.
    """
    matched = two_groups(responses, policy, groups, focal, matching)
    chi2 = np.array([_mantel(table) for table in matched.tables()])
    p_value = chi2_distribution.sf(chi2, 1)
    mean = standardization(responses, policy, groups, focal, matching=matching)
    known = np.isfinite(chi2) & np.isfinite(mean.effect)
    known &= (sample or SampleRule()).met(mean.reference_persons, mean.focal_persons)
    size = np.where(p_value < significance, np.abs(mean.effect), 0.0)
    return MantelTest(
        mean.reference_persons,
        mean.focal_persons,
        chi2,
        p_value,
        mean.difference,
        mean.se,
        mean.effect,
        classify(size > 0.17, size > 0.25, known),
    )


def _mantel(table: StratifiedTable) -> float:
    counts = table.counts[table.counts.sum(axis=(1, 2)) > 1]
    values = np.arange(counts.shape[2], dtype=np.float64)
    reference, focal = counts.sum(axis=2).T
    total, both = reference + focal, counts.sum(axis=1)
    expected = focal / total * (both @ values)
    spread = total * (both @ values**2) - (both @ values) ** 2
    variance = float((reference * focal / (total**2 * (total - 1.0)) * spread).sum())
    if variance <= 0.0:
        return np.nan
    return float((counts[:, 1] @ values - expected).sum()) ** 2 / variance


@dataclass(frozen=True, eq=False)
class GeneralizedMantelHaenszel:
    """One entry an item: ``chi2`` with ``df`` degrees of freedom, and its ``p_value``."""

    chi2: Floats
    df: Integers
    p_value: Floats


def generalized_mantel_haenszel(
    responses: ArrayLike,
    policy: MissingPolicy,
    groups: ArrayLike,
    reference: object,
    *,
    matching: Matching | None = None,
) -> GeneralizedMantelHaenszel:
    """Are category and group independent among matched persons? Any number of groups and categories.

    The categories need no order. Degrees of freedom: (groups - 1) x (categories - 1), less where
    some never occur together. Mantel & Haenszel 1959; Somes 1986; with two categories it is
    difGMH of difR (Penfield 2001), with two groups the nominal test of Zwick et al. 1993.
    """
    matched = MatchedGroups(responses, policy, groups, reference, matching or Matching())
    found = [_generalized(table) for table in matched.tables()]
    chi2 = np.array([value for value, _ in found])
    df = np.array([value for _, value in found], dtype=np.int64)
    return GeneralizedMantelHaenszel(chi2, df, np.where(df > 0, chi2_distribution.sf(chi2, np.maximum(df, 1)), np.nan))


def _generalized(table: StratifiedTable) -> tuple[float, int]:
    """The quadratic form in the focal groups' counts of all categories but the last."""
    size = (table.counts.shape[1] - 1) * (table.counts.shape[2] - 1)
    difference, variance = np.zeros(size), np.zeros((size, size))
    for counts in table.counts:
        total = counts.sum()
        if total > 1:
            rows, columns = counts.sum(axis=1)[1:], counts.sum(axis=0)[:-1]
            difference += (counts[1:, :-1] - np.outer(rows, columns) / total).ravel()
            spread = np.kron(_spread(rows, total), _spread(columns, total))
            variance += spread / (total**2 * (total - 1.0))
    df = int(np.linalg.matrix_rank(variance, hermitian=True))
    if df == 0:
        return np.nan, 0
    return float(difference @ np.linalg.pinv(variance, hermitian=True) @ difference), df


def _spread(margin: Floats, total: float) -> Floats:
    return total * np.diag(margin) - np.outer(margin, margin)

"""DIF by logistic regression: does group membership tell more about an item than the score does?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy
from scipy.stats import chi2 as chi2_distribution
from scipy.stats import norm

from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.fairness.classes import DifClass, SampleRule, classify
from psychometrics.fairness.ordinal import OrdinalFit, fit_ordinal
from psychometrics.fairness.strata import Matching, StratifiedTable, two_groups
from psychometrics.responses import MissingPolicy


@dataclass(frozen=True, eq=False)
class LikelihoodRatio:
    """One comparison of nested models, an entry an item.

    ``chi2`` with ``df`` and ``p_value``; ``delta_r2``: what Nagelkerke's R^2 gains.
    ``zumbo_thomas``: B from 0.13, C from 0.26 (Zumbo & Thomas 1997); ``jodoin_gierl``: B from
    0.035, C from 0.070 (Jodoin & Gierl 2001); both A if not significant, insufficient if
    ``sample`` is not met.
    """

    chi2: Floats
    df: int
    p_value: Floats
    delta_r2: Floats
    zumbo_thomas: tuple[DifClass, ...]
    jodoin_gierl: tuple[DifClass, ...]


@dataclass(frozen=True, eq=False)
class LogisticDif:
    """One entry an item; NaN where it has one category only or a model separates the answers.

    ``uniform``: score + group against score; ``nonuniform``: score x group against score +
    group; ``both``: score x group against score. ``log_odds``: the group's coefficient (focal
    minus reference, logits) in score + group, with ``log_odds_se`` and the interval ``low`` to
    ``high``. ``coefficients`` and ``standard_errors`` of the full model, items x (score, group,
    score x group), group 1 for the focal group. ``r2``: Nagelkerke's R^2 of the three models,
    items x (score, + group, + interaction). ``converged`` tells if all three did.
    """

    reference_persons: Integers
    focal_persons: Integers
    uniform: LikelihoodRatio
    nonuniform: LikelihoodRatio
    both: LikelihoodRatio
    log_odds: Floats
    log_odds_se: Floats
    low: Floats
    high: Floats
    coefficients: Floats
    standard_errors: Floats
    r2: Floats
    converged: Booleans


@dataclass(frozen=True, eq=False)
class _ItemFits:
    deviance: Floats
    r2: Floats
    uniform: OrdinalFit
    full: OrdinalFit
    converged: bool


def logistic_dif(
    responses: ArrayLike,
    policy: MissingPolicy,
    groups: ArrayLike,
    focal: object,
    *,
    matching: Matching | None = None,
    confidence: float = 0.95,
    significance: float = 0.05,
    sample: SampleRule | None = None,
) -> LogisticDif:
    """Likelihood-ratio tests of uniform and nonuniform DIF (Swaminathan & Rogers 1990), as in difR.

    Arguments as in `mantel_haenszel`. Items with more than two categories are regressed by
    proportional odds (Zumbo 1999; French & Miller 1996). R^2 is Nagelkerke's (1991).
    Raises `ResponseError`, `RuleError`.
    """
    matched = two_groups(responses, policy, groups, focal, matching)
    tables = matched.tables()
    reference, focals = np.array([table.persons for table in tables]).reshape(-1, 2).T
    fits = [_fit(table) for table in tables]
    enough = (sample or SampleRule()).met(reference, focals)
    deviance = _rows([fit.deviance if fit else None for fit in fits], 3)
    r2 = _rows([fit.r2 if fit else None for fit in fits], 3)

    def compare(small: int, large: int) -> LikelihoodRatio:
        chi2 = np.maximum(deviance[:, small] - deviance[:, large], 0.0)
        gain = r2[:, large] - r2[:, small]
        p_value = chi2_distribution.sf(chi2, large - small)
        size = np.where(p_value < significance, gain, 0.0)
        known = enough & np.isfinite(chi2)
        zumbo = classify(size >= 0.13, size >= 0.26, known)
        jodoin = classify(size >= 0.035, size >= 0.070, known)
        return LikelihoodRatio(chi2, large - small, p_value, gain, zumbo, jodoin)

    log_odds, se = _rows([_group_effect(fit) for fit in fits], 2).T
    half = norm.isf((1.0 - confidence) / 2.0) * se
    return LogisticDif(
        reference,
        focals,
        compare(0, 1),
        compare(1, 2),
        compare(0, 2),
        log_odds,
        se,
        log_odds - half,
        log_odds + half,
        _rows([fit.full.coefficients if fit else None for fit in fits], 3),
        _rows([_errors(fit.full) if fit else None for fit in fits], 3),
        r2,
        np.array([fit is not None and fit.converged for fit in fits], dtype=np.bool_),
    )


def _fit(table: StratifiedTable) -> _ItemFits | None:
    """The three models of one item; None if it has one category, or one group has nobody."""
    if (table.counts.sum(axis=(0, 1)) > 0).sum() < 2 or (table.persons == 0).any():
        return None
    strata, categories = table.scores.size, table.counts.shape[2]
    counts = table.counts.reshape(2 * strata, categories)
    score, group = np.repeat(table.scores, 2), np.tile([0.0, 1.0], strata)
    counts, score, group = (part[counts.sum(axis=1) > 0] for part in (counts, score, group))
    design = np.stack((score, group, score * group), axis=1)
    fits = [fit_ordinal(design[:, :columns], counts) for columns in (1, 2, 3)]
    log_likelihood = np.array([fit.log_likelihood for fit in fits])
    n, chosen = counts.sum(), counts.sum(axis=0)
    null = float(xlogy(chosen, chosen / n).sum())
    r2 = np.expm1(2.0 / n * (null - log_likelihood)) / np.expm1(2.0 / n * null)
    return _ItemFits(-2.0 * log_likelihood, r2, fits[1], fits[2], all(fit.converged for fit in fits))


def _group_effect(fit: _ItemFits | None) -> Floats | None:
    if fit is None or not fit.uniform.converged:
        return None
    return np.array([fit.uniform.coefficients[1], _errors(fit.uniform)[1]])


def _errors(fit: OrdinalFit) -> Floats:
    return np.sqrt(np.maximum(np.diag(fit.covariance), 0.0))


def _rows(values: list[Floats | None], width: int) -> Floats:
    return np.array([np.full(width, np.nan) if row is None else row for row in values]).reshape(-1, width)

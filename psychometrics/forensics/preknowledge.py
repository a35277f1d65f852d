"""Did somebody know certain items beforehand? Their suspected items against all the others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from psychometrics.arrays import Codes, Floats
from psychometrics.errors import ItemParameterError, RuleError
from psychometrics.items import ItemTable
from psychometrics.likelihood import pick_observed
from psychometrics.maximum import ml_scores
from psychometrics.models import category_curves
from psychometrics.responses import MissingPolicy, resolve_missing


@dataclass(frozen=True, eq=False)
class Preknowledge:
    """One value a person, about standard normal for the honest: high is better on the suspected items.

    ``likelihood_ratio`` (signed; the one to rely on), ``score`` and ``wald``, each with the upper
    tail as its p. ``suspected`` and ``rest``: abilities (logits) on each part. NaN, with p = 1, for a
    person without answers in one of the parts.
    """

    suspected: Floats
    rest: Floats
    likelihood_ratio: Floats
    likelihood_ratio_p: Floats
    score: Floats
    score_p: Floats
    wald: Floats
    wald_p: Floats


def preknowledge(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    suspected: Collection[str],
    bounds: tuple[float, float] = (-4.0, 4.0),
) -> Preknowledge:
    """One ability for the whole test, or a higher one on the suspected items? (Sinharay 2017)

    Signed likelihood ratio: the sign of the difference of the two abilities times the root of twice
    the gain in log-likelihood; score test at the common ability; Wald: difference over its error.
    Abilities by maximum likelihood within ``bounds``. ``suspected``: names of items, named before the
    answers are looked at; a list made from the answers accuses by chance.
    Raises `ItemParameterError` for an unknown item, `RuleError` if all or no items are suspected,
    `ResponseError`.
    """
    resolved = resolve_missing(table, responses, policy)
    unknown = sorted(set(suspected) - set(table.names))
    if unknown:
        raise ItemParameterError(unknown[0], "suspected", "missing")
    inside = np.isin(table.names, list(suspected))
    if inside.all() or not inside.any():
        raise RuleError(field="suspected", items=int(inside.sum()), of=len(table))
    parts = [_Part.of(table, resolved, chosen, bounds) for chosen in (inside, ~inside)]
    both = ml_scores(table, resolved, MissingPolicy.ignore_all(), bounds).theta
    known = np.isfinite(parts[0].theta) & np.isfinite(parts[1].theta)
    common = np.where(known, both, 0.0)
    apart = sum(part.height(part.theta) for part in parts) - sum(part.height(common) for part in parts)
    difference = parts[0].theta - parts[1].theta
    root = np.sign(difference) * np.sqrt(np.maximum(2.0 * apart, 0.0))
    slope, _ = parts[0].slope(common)
    one, other = (part.slope(common)[1] for part in parts)
    own = [part.slope(part.theta)[1] for part in parts]
    with np.errstate(divide="ignore", invalid="ignore"):
        score = slope * np.sqrt(1.0 / one + 1.0 / other)
        wald = difference / np.sqrt(1.0 / own[0] + 1.0 / own[1])
    signed, tested, waited = (np.where(known, value, np.nan) for value in (root, score, wald))
    tails = [np.where(known, ndtr(-value), 1.0) for value in (signed, tested, waited)]
    return Preknowledge(parts[0].theta, parts[1].theta, signed, tails[0], tested, tails[1], waited, tails[2])


@dataclass(frozen=True, eq=False)
class _Part:
    """One part of the test, the answers to it and the abilities it shows."""

    table: ItemTable
    resolved: Codes
    theta: Floats

    @classmethod
    def of(cls, table: ItemTable, resolved: Codes, chosen: np.ndarray, bounds: tuple[float, float]) -> _Part:
        part = table.select([name for name, use in zip(table.names, chosen, strict=True) if use])
        answers = np.ascontiguousarray(resolved[:, chosen])
        return cls(part, answers, ml_scores(part, answers, MissingPolicy.ignore_all(), bounds).theta)

    def height(self, theta: Floats) -> Floats:
        """Log-likelihood of each person's answers at their theta."""
        curves = category_curves(self.table, np.nan_to_num(theta))
        total: Floats = pick_observed(self.resolved, curves.log_p).sum(axis=1)
        return total

    def slope(self, theta: Floats) -> tuple[Floats, Floats]:
        """Its first derivative, and the information of the items answered."""
        curves = category_curves(self.table, np.nan_to_num(theta))
        slope = pick_observed(self.resolved, curves.score).sum(axis=1)
        information = np.where(self.resolved >= 0, curves.information, 0.0).sum(axis=1)
        return slope, information

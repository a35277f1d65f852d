"""Person fit without a model: does somebody fail easy items and solve hard ones?

Polytomous items are taken apart into steps "category k or higher", each with its own popularity
(Emons 2008). Popularities are those of the persons given, so these indices need a crowd.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Booleans, Codes, Floats, Integers
from psychometrics.errors import DataError
from psychometrics.responses import MissingPolicy, resolve_categories


@dataclass(frozen=True, eq=False)
class PatternFit:
    """One value a person; NaN where a perfect, an empty or no score leaves nothing to order.

    ``errors``: Guttman errors, pairs of steps where the easier failed and the harder was taken;
    ``normed``: errors over the most this score allows (U1, G*), 0 to 1. ``u3`` weighs them by how
    far apart the steps are, 0 (Guttman pattern) to 1 (reversed). ``zu3`` (dichotomous only) is U3
    standardised given the score, high for misfit; ``ht`` (dichotomous only) compares a person with
    all others: about 1 fits, below 0 does not.
    """

    errors: Floats
    normed: Floats
    u3: Floats
    zu3: Floats
    ht: Floats


def pattern_fit(responses: ArrayLike, policy: MissingPolicy) -> PatternFit:
    """Guttman errors, U3, ZU3 and HT of each person.

    G: Guttman 1944, Molenaar 1991; U1, U3, ZU3: van der Flier 1982; HT: Sijtsma 1986; all as R's
    aberrance computes them. ``responses``: persons x items. A response left out by ``policy``
    takes part in nothing: dichotomous persons are judged on what they answered, with popularities
    from those who answered; HT, and all indices of polytomous items, are given only to persons
    with no item left out. A step everyone or nobody takes has weight 0 in U3.
    Raises `ResponseError`, `DataError` (no persons or fewer than two items).
    """
    resolved = resolve_categories(responses, policy)
    if resolved.shape[0] < 1 or resolved.shape[1] < 2:
        raise DataError(field="responses", persons=resolved.shape[0], items=resolved.shape[1])
    if int(resolved.max(initial=0)) > 1:
        return _polytomous(resolved)
    steps = _Steps(resolved == 1, resolved >= 0)
    errors, most = steps.errors(), steps.score * (steps.answered - steps.score)
    u3, zu3 = steps.u3()
    return PatternFit(
        _where(steps.ordered, errors), _where(steps.ordered, errors / np.maximum(most, 1)), u3, zu3, _ht(resolved)
    )


def _where(defined: Booleans, values: Floats | Integers) -> Floats:
    return np.where(defined, values, np.nan)


class _Steps:
    """Steps from the most to the least popular, with what each person took of them."""

    def __init__(self, taken: Booleans, part: Booleans) -> None:
        share = (taken & part).sum(axis=0) / np.maximum(part.sum(axis=0), 1)
        self.order: Integers = np.argsort(-share, kind="stable")
        self.share: Floats = share[self.order]
        self.taken, self.part = (taken & part)[:, self.order], part[:, self.order]
        self.score: Integers = self.taken.sum(axis=1)
        self.answered: Integers = self.part.sum(axis=1)
        self.ordered: Booleans = (self.score > 0) & (self.score < self.answered)
        inside = (self.share > 0.0) & (self.share < 1.0)
        safe = np.where(inside, self.share, 0.5)
        self.weight: Floats = np.log(safe / (1.0 - safe))

    def errors(self) -> Integers:
        """Easier steps failed before each harder one taken."""
        failed = np.cumsum(self.part & ~self.taken, axis=1)
        total: Integers = (failed * self.taken).sum(axis=1)
        return total

    def best(self) -> Floats:
        """The weight of the Guttman pattern with this score."""
        first = self.part & (np.cumsum(self.part, axis=1) <= self.score[:, None])
        return np.asarray(first @ self.weight)

    def u3(self) -> tuple[Floats, Floats]:
        """U3 and ZU3 of dichotomous items."""
        backwards = np.cumsum(self.part[:, ::-1], axis=1)[:, ::-1]
        last = self.part & (backwards <= self.score[:, None])
        best, worst, seen = self.best(), last @ self.weight, self.taken @ self.weight
        span = best - worst
        defined = self.ordered & (span > 1e-12)
        width = np.where(defined, span, 1.0)
        # Mean and variance of the weight given the score, over the items a person answered.
        p, q, w = self.share, self.share * (1.0 - self.share), self.weight
        part = self.part.astype(np.float64)
        v, c = part @ q, part @ (q * w)
        v = np.where(v > 0.0, v, 1.0)
        mean = part @ (p * w) + c * (self.score - part @ p) / v
        sd = np.sqrt(np.maximum(part @ (q * w**2) - c**2 / v, 0.0))
        varies = defined & (sd > 1e-9)
        z = np.divide(mean - seen, sd, out=np.zeros_like(sd), where=varies)
        return _where(defined, (best - seen) / width), _where(varies, z)


def _ht(resolved: Codes) -> Floats:
    """Covariances of a person with all others over their largest values given both scores."""
    ht = np.full(len(resolved), np.nan)
    whole = np.flatnonzero((resolved >= 0).all(axis=1))
    x = resolved[whole].astype(np.float64)
    score, items = x.sum(axis=1), x.shape[1]
    share = score / items
    together = x @ x.sum(axis=0) / items - share * share.sum()
    covariance = together - share * (1.0 - share)
    # min(b_v (1 - b_w), b_w (1 - b_v)) is decided by the scores alone, of which there are few.
    levels, level, size = np.unique(share, return_inverse=True, return_counts=True)
    low = np.minimum(levels[:, None], levels)
    largest = (low * (1.0 - np.maximum(levels[:, None], levels))) @ size
    most = largest[level] - share * (1.0 - share)
    defined = (score > 0) & (score < items) & (most > 1e-12)
    ht[whole[defined]] = covariance[defined] / most[defined]
    return ht


def _polytomous(resolved: Codes) -> PatternFit:
    whole = np.flatnonzero((resolved >= 0).all(axis=1))
    seen = resolved[whole]
    errors, normed, u3, none = np.full((4, len(resolved)), np.nan)
    if not whole.size:
        return PatternFit(errors, normed, u3, none, none)
    # Every item has at least one step, even one that nobody takes: it then divides nobody.
    top = np.maximum(seen.max(axis=0), 1)
    taken = np.concatenate([seen[:, [i]] >= np.arange(1, m + 1) for i, m in enumerate(top)], axis=1)
    steps = _Steps(taken, np.ones_like(taken))
    rank = np.empty(steps.order.size)
    rank[steps.order] = np.arange(1.0, rank.size + 1)
    weight = np.empty(rank.size)
    weight[steps.order] = steps.weight
    most = _extreme(rank, top)[steps.score] - 0.5 * steps.score * (steps.score + 1)
    worst = -_extreme(-weight, top)[steps.score]
    best, total = steps.best(), steps.taken @ steps.weight
    found = steps.errors()
    errors[whole] = _where(steps.ordered, found)
    normed[whole] = _where(steps.ordered & (most > 0), found / np.where(most > 0, most, 1.0))
    span = best - worst
    u3[whole] = _where(steps.ordered & (span > 1e-12), (best - total) / np.where(span > 1e-12, span, 1.0))
    return PatternFit(errors, normed, u3, none, none)


def _extreme(values: Floats, top: Codes) -> Floats:
    """The largest sum of step values for each total score, steps of an item taken in order."""
    best = np.zeros(1)
    for steps in np.split(values, np.cumsum(top)[:-1]):
        climbed = np.concatenate(([0.0], np.cumsum(steps)))
        longer = np.full(best.size + steps.size, -np.inf)
        for taken, value in enumerate(climbed.tolist()):
            place = slice(taken, taken + best.size)
            longer[place] = np.maximum(longer[place], best + value)
        best = longer
    return best

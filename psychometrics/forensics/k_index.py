"""K, K1 and K2: does a copier share more wrong answers with a source than others of that score?

No response model is needed, but a crowd: the chance of sharing a wrong answer with the source is
estimated from the other persons, grouped by how many items they got wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom

from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.errors import ResponseError
from psychometrics.forensics.pairing import check_pairs
from psychometrics.responses import MissingPolicy, resolve_categories

# The chance of a wrong match is kept inside these when a regression leaves (0, 1).
_LEAST, _MOST = 0.001, 0.999


@dataclass(frozen=True, eq=False)
class KIndex:
    """One value a (source, copier): p-values of the shared wrong answers.

    ``source_wrong``: how many items the source got wrong; ``shared``: of those, how many the
    copier answered identically; ``group``: how many persons have the copier's number wrong. ``k``
    takes the chance of a shared wrong answer from that group alone, ``k1`` and ``k2`` from a
    line and a parabola through all groups, which is steadier: trust ``k`` only in large groups.
    Where the groups are too few for a curve, ``k1`` or ``k2`` is 1: nothing is shown.
    """

    pairs: Integers
    source_wrong: Integers
    shared: Integers
    group: Integers
    k: Floats
    k1: Floats
    k2: Floats


def k_index(responses: ArrayLike, policy: MissingPolicy, key: ArrayLike, pairs: ArrayLike) -> KIndex:
    """K (Holland 1996), K1 and K2 (Sotaridona & Meijer 2002) of each (source, copier).

    P(B >= shared), B binomial(source_wrong, p): for K p is the mean share of the source's wrong
    answers found in persons with as many wrong answers as the copier (the copier among them, as
    Holland has it); for K1 and K2 it is fitted to the group means by least squares on the
    proportion wrong and its square, the source left out. ``responses``: persons x items, options
    chosen; ``key``: the right option of each item. A blank is wrong if ``policy`` counts it as the
    lowest, but shared with nobody; a blank left out is neither right nor wrong.
    Raises `ResponseError`, `RuleError`.
    """
    counted = resolve_categories(responses, policy) >= 0
    chosen = np.asarray(responses).astype(np.int8, copy=False)
    right = np.asarray(key)
    if right.shape != chosen.shape[1:]:
        raise ResponseError(field="key", shape=right.shape, items=chosen.shape[1])
    directed = check_pairs(pairs, len(chosen))
    wrong = counted & (chosen != right)
    source_wrong, shared, group = np.zeros((3, len(directed)), dtype=np.int64)
    p = np.zeros((3, len(directed)))
    for source in np.unique(directed[:, 0]).tolist():
        rows = np.flatnonzero(directed[:, 0] == source)
        copiers = directed[rows, 1]
        facts = wrong[source] & (chosen[source] >= 0)
        same = (chosen[:, facts] == chosen[source, facts]).sum(axis=1)
        source_wrong[rows], shared[rows] = facts.sum(), same[copiers]
        groups = _Groups(wrong.sum(axis=1), same / max(1, int(facts.sum())), source)
        group[rows] = groups.size[groups.score[copiers]]
        p[0, rows] = groups.mean[groups.score[copiers]]
        for degree in (1, 2):
            p[degree, rows] = groups.fitted(degree, groups.score[copiers])
    tails = np.where(shared > 0, binom.sf(shared - 1, source_wrong, p), 1.0)
    return KIndex(directed, source_wrong, shared, group, *tails)


class _Groups:
    """Mean share of the source's wrong answers among persons with the same number wrong."""

    def __init__(self, score: Integers, share: Floats, source: int) -> None:
        self.score = score
        width = int(score.max(initial=0)) + 1
        self.size = np.bincount(score, minlength=width)
        self.mean = np.bincount(score, share, width) / np.maximum(self.size, 1)
        others: Booleans = np.arange(score.size) != source
        size = np.bincount(score[others], minlength=width)
        self._scores = np.flatnonzero(size)
        self._means = np.bincount(score[others], share[others], width)[self._scores] / size[self._scores]

    def fitted(self, degree: int, scores: Integers) -> Floats:
        """The polynomial through the group means, each group counting once; 1 if they are too few."""
        if self._scores.size <= degree:
            return np.ones(scores.size)
        curve = np.polynomial.Polynomial.fit(self._scores, self._means, degree)
        return np.asarray(np.clip(curve(scores), _LEAST, _MOST), dtype=np.float64)

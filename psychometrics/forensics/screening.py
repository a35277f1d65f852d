"""All pairs of a session judged at once, with only the suspicious ones kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.errors import RuleError
from psychometrics.forensics.clusters import Clusters, find_clusters
from psychometrics.forensics.discovery import Dependence, discoveries
from psychometrics.forensics.similarity import PairSimilarity, similarity
from psychometrics.forensics.surface import Statistic
from psychometrics.forensics.sweep import NO_PAIR, Sweep
from psychometrics.items import ItemTable
from psychometrics.responses import MissingPolicy

_BINS = 20
# Above 1/20 equal bins, below it each bin is narrower than the next by the root of 2.
_LOW_EDGES = np.concatenate(([0.0], 2.0 ** (-0.5 * np.arange(60, -1, -1)) / _BINS))
EDGES = np.concatenate((_LOW_EDGES, np.arange(2, _BINS + 1) / _BINS))
# Looked-up p-values err by less than this share; what is kept is computed exactly.
_MARGIN = 1.05


@dataclass(frozen=True, eq=False)
class Screening:
    """The pairs of a session with p <= ``threshold``, smallest p first, and a summary of all.

    ``found`` has all statistics of the pairs kept, exactly; ``p`` their p-values by the statistic
    screened with. ``tested`` counts all pairs, ``histogram`` their p-values between `EDGES`, which
    are equal from 0.05 up: even for persons who work alone (GBT's rises, being discrete).
    """

    statistic: Statistic
    threshold: float
    persons: int
    tested: int
    histogram: Integers
    found: PairSimilarity
    p: Floats

    def discoveries(self, rate: float, dependence: Dependence = Dependence.ANY) -> Booleans:
        """Which pairs kept are discoveries among all pairs tested, see `discovery.discoveries`.

        Raises `RuleError` if ``rate`` is above the threshold: a pair not kept might be one then.
        """
        if rate > self.threshold and len(self.p) < self.tested and self._might_miss(rate):
            raise RuleError(field="rate", rate=rate, threshold=self.threshold)
        return discoveries(self.p, rate, self.tested, dependence)

    def clusters(self, chosen: Booleans | None = None) -> Clusters:
        """Groups of persons linked by the pairs kept, or by those ``chosen`` of them."""
        rows = np.ones(len(self.p), dtype=np.bool_) if chosen is None else chosen
        return find_clusters(self.found.pairs[rows], self.p[rows], self.persons)

    def _might_miss(self, rate: float) -> bool:
        """Could a pair with p above the threshold pass the step-up rule? Not if even all could not."""
        most = np.cumsum(self.histogram)
        least = np.maximum(EDGES[:-1], self.threshold)
        return bool(((EDGES[1:] > self.threshold) & (least <= rate * most / self.tested)).any())


def screen_pairs(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    theta: ArrayLike,
    statistic: Statistic = Statistic.GBT,
    threshold: float = 1e-4,
) -> Screening:
    """All pairs of persons by GBT or omega (see `similarity`); those with p <= ``threshold`` kept.

    ``responses``: persons x items, scores or options; ``theta``: abilities in logits. 10,000
    persons with 110 items of 5 options, 50 million pairs, take seconds; memory does not grow
    with the number of pairs, but with those kept. Persons with items left out by ``policy`` are
    compared on the items both met; among themselves that is some 3 microseconds a pair.
    Raises `ResponseError`, `RuleError`.
    """
    if not 0.0 < threshold <= 1.0:
        raise RuleError(field="threshold", value=threshold)
    sweep = Sweep(statistic, table, responses, policy, theta)

    def visit(rows: Integers, columns: Integers, p: Floats) -> tuple[Integers, Integers]:
        near = np.argwhere(p <= min(_MARGIN * threshold, 1.0))
        pairs = np.stack((rows[near[:, 0]], columns[near[:, 1]]), axis=1)
        return np.sort(pairs, axis=1), _histogram(p.ravel())

    parts = sweep.each(visit)
    pairs = np.concatenate([np.zeros((0, 2), dtype=np.int64), *(part[0] for part in parts)])
    histogram = sum((part[1] for part in parts), np.zeros(EDGES.size - 1, dtype=np.int64))
    found = similarity(table, responses, policy, theta, pairs)
    p = found.gbt_p if statistic is Statistic.GBT else found.omega_p
    kept = np.flatnonzero(p <= threshold)
    kept = kept[np.lexsort((pairs[kept, 1], pairs[kept, 0], p[kept]))]
    tested = sweep.persons * (sweep.persons - 1) // 2
    return Screening(statistic, threshold, sweep.persons, tested, histogram, found.take(kept), p[kept])


def _histogram(p: Floats) -> Integers:
    equal = np.bincount((p * _BINS).astype(np.int64), minlength=int(NO_PAIR * _BINS) + 1)
    equal[_BINS - 1] += equal[_BINS]
    low = np.searchsorted(_LOW_EDGES, p[p * _BINS < 1.0], side="right") - 1
    return np.concatenate((np.bincount(low, minlength=_LOW_EDGES.size - 1), equal[1:_BINS]))


def all_p_values(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    theta: ArrayLike,
    statistic: Statistic = Statistic.GBT,
) -> Floats:
    """The p-value of every pair, in the order of `pairing.every_pair`; 8 bytes a pair.

    Looked up on the surface of abilities: within 1e-4 of each p-value's own size.
    """
    sweep = Sweep(statistic, table, responses, policy, theta)
    persons = sweep.persons
    p_values = np.empty(persons * (persons - 1) // 2)

    def visit(rows: Integers, columns: Integers, p: Floats) -> None:
        first, second = np.minimum(rows[:, None], columns), np.maximum(rows[:, None], columns)
        place = first * (2 * persons - first - 1) // 2 + second - first - 1
        real = p < NO_PAIR
        p_values[place[real]] = p[real]

    sweep.each(visit)
    return p_values

"""Examinees who take an adaptive test in step: the state, and what a step does to it.

A session is a cohort of one; the simulator steps thousands at once. Nothing here draws answers or
knows true abilities.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from psychometrics.adaptive.bank import NO_SET, ItemBank
from psychometrics.adaptive.design import AdaptiveDesign
from psychometrics.adaptive.evidence import Evidence
from psychometrics.adaptive.exposure import ExposureLedger
from psychometrics.adaptive.information import InformationBuffers
from psychometrics.adaptive.provisional import ProvisionalScorer
from psychometrics.adaptive.stopping import UNDECIDED
from psychometrics.arrays import Booleans, Codes, Floats, Integers
from psychometrics.responses import Missing, MissingPolicy, Treatment
from psychometrics.scoring import Method


class Ended(IntEnum):
    """Why a test is over; 0 while it is not."""

    RUNNING = 0
    LENGTH = 1
    RULE = 2
    EXHAUSTED = 3


class Cohort:
    """N examinees of one design, each given the same number of items so far.

    `choose` gives the next item of each, `record` takes the answers, `ended` says who is through,
    `keep` drops those. It has all that a selection rule (`Standing`) and a stopping rule
    (`Position`) may look at.
    """

    def __init__(
        self, design: AdaptiveDesign, size: int, rng: np.random.Generator, ledger: ExposureLedger | None = None
    ) -> None:
        self.design = design
        self.information = InformationBuffers(design.bank.closed_form)
        self.scorer = ProvisionalScorer.start(design.curves, design.population, design.scoring, size)
        self.theta: Floats = np.full(size, design.start_theta)
        self.last_theta: Floats = self.theta
        self.se: Floats = np.full(size, design.population.sd if design.scoring in _BAYESIAN else np.inf)
        self.items: Integers = np.empty((size, 0), dtype=np.int64)
        self.answers: Codes = np.empty((size, 0), dtype=np.int8)
        count = len(design.bank)
        # One column more than items: where fillers of short lists of enemies point.
        self._closed: Booleans = np.zeros((size, count + 1), dtype=np.bool_)
        self._open_set: Integers = np.full(size, NO_SET, dtype=np.int64)
        self.given: Integers = np.zeros((size, len(design.bank.classes)), dtype=np.int64)
        self._lowest = _counted_as_lowest(design.policy)
        self.admitted: Booleans | None = None
        if design.exposure is not None:
            history = ledger or ExposureLedger.empty(count)
            self.admitted = design.exposure.admitted(history, size, rng)

    @property
    def size(self) -> int:
        """How many examinees there are."""
        return len(self.theta)

    @property
    def bank(self) -> ItemBank:
        """The bank the columns are of."""
        return self.design.bank

    @property
    def step(self) -> int:
        """How many items each has been given."""
        return int(self.items.shape[1])

    @property
    def most_items(self) -> int:
        """How many items a test has at most."""
        return self.design.stopping.most_items

    @property
    def among(self) -> int:
        """Among how many of the best items the next is drawn."""
        return self.design.among(self.step)

    @property
    def target_se(self) -> float | None:
        """The standard error at which the test stops, if it does."""
        return self.design.stopping.target_se

    @property
    def evidence(self) -> Evidence:
        """The likelihoods on the grid."""
        design = self.design
        return Evidence(design.curves, design.population, self.scorer.log_likelihood, self.theta, design.scoring)

    def log_likelihood_at(self, points: Floats) -> Floats:
        """Log-likelihood of the answers at points declared by the design's stopping rules."""
        return self.scorer.at_points[:, np.searchsorted(self.design.curves.points, points)]

    def open_items(self) -> Booleans:
        """Examinees x items: neither given nor an enemy of one given."""
        return ~self._closed[:, :-1]

    def choose(self, rng: np.random.Generator) -> Integers:
        """The next item of each examinee, a column of the bank."""
        design = self.design
        if self.step < design.start_columns.size:
            return np.repeat(design.start_columns[self.step], self.size)
        candidates = self.open_items()
        free = self._open_set == NO_SET
        if design.bank.sets:
            candidates = self._keep_sets_together(candidates)
        if design.content is not None:
            candidates = _narrowed(candidates, self._of_open_classes(candidates, rng), free)
        if self.admitted is not None:
            candidates = _narrowed(candidates, self.admitted, free)
        return design.selection.choose(self, candidates, rng)

    def record(self, items: Integers, answers: Codes) -> None:
        """Take one answer each, a category or a `Missing` code, and estimate anew."""
        bank = self.design.bank
        rows = np.arange(self.size)
        resolved = np.where(np.isin(answers, self._lowest), 0, answers).astype(np.int8)
        self.items = np.column_stack((self.items, items))
        self.answers = np.column_stack((self.answers, answers.astype(np.int8)))
        self._closed[rows, items] = True
        if bank.enemies:
            self._closed[rows[:, None], bank.enemies_of[items]] = True
        if bank.content:
            self.given[rows, bank.class_of[items]] += 1
        if bank.sets:
            self._follow_sets(items)
        self.scorer.add(items, resolved)
        self.last_theta = self.theta
        self.theta, self.se = self.scorer.estimate()
        if (resolved < 0).any():
            # Before the first answer that counts the design's start, not the prior mean, holds.
            nothing = (self.scorer.log_likelihood == 0.0).all(axis=1)
            self.theta = np.where(nothing, self.design.start_theta, self.theta)

    def ended(self) -> Integers:
        """Why each test is over, an `Ended` code. A set once begun is finished, unless the length ends it."""
        stopping = self.design.stopping
        if self.step >= stopping.most_items:
            return np.full(self.size, int(Ended.LENGTH))
        codes = np.zeros(self.size, dtype=np.int64)
        if self.step < self.design.start_columns.size:
            return codes
        if self.step >= stopping.fewest_items and stopping.rules:
            codes[stopping.reached(self) & (self._open_set == NO_SET)] = Ended.RULE
        if self.design.bank.enemies or len(self.design.bank) <= stopping.most_items:
            codes[self._closed[:, :-1].all(axis=1)] = Ended.EXHAUSTED
        return codes

    def decisions(self) -> Integers:
        """The class of each examinee: by the classifying rule, or by theta where it cannot say.

        `UNDECIDED` throughout if the design does not classify.
        """
        rule = self.design.stopping.classification
        if rule is None:
            return np.full(self.size, UNDECIDED, dtype=np.int64)
        decided = rule.decisions(self)
        forced = np.searchsorted(np.array(rule.cuts), self.theta, side="right")
        return np.where(decided == UNDECIDED, forced, decided)

    def keep(self, rows: Integers) -> None:
        """Drop all examinees but these."""
        self.scorer.keep(rows)
        for name in ("theta", "last_theta", "se", "items", "answers", "_closed", "_open_set", "given"):
            setattr(self, name, getattr(self, name)[rows])
        if self.admitted is not None:
            self.admitted = self.admitted[rows]

    def _of_open_classes(self, candidates: Booleans, rng: np.random.Generator) -> Booleans:
        bank, content = self.design.bank, self.design.content
        assert content is not None
        available = np.stack(
            [candidates[:, bank.class_of == number].any(axis=1) for number in range(len(bank.classes))], axis=1
        )
        in_set = self._open_set != NO_SET
        left = self.most_items - self.step
        # Who is in the middle of a set is asked nothing: all classes count as available there.
        classes = content.open_classes(bank, self.given, left, available | in_set[:, None], rng)
        return classes[:, bank.class_of]

    def _keep_sets_together(self, candidates: Booleans) -> Booleans:
        bank = self.design.bank
        left = self.most_items - self.step
        sizes = np.where(bank.set_of == NO_SET, 1, bank.set_sizes[bank.set_of])
        fitting = _narrowed(candidates, sizes <= left, np.ones(self.size, dtype=np.bool_))
        inside = candidates & (bank.set_of == self._open_set[:, None])
        return np.where((self._open_set == NO_SET)[:, None], fitting, inside)

    def _follow_sets(self, items: Integers) -> None:
        """A set is open from its first item until none of it is left."""
        bank = self.design.bank
        entered = np.where(self._open_set == NO_SET, bank.set_of[items], self._open_set)
        left = (self.open_items() & (bank.set_of == entered[:, None])).any(axis=1)
        self._open_set = np.where((entered != NO_SET) & left, entered, NO_SET)


_BAYESIAN = frozenset({Method.EAP, Method.MAP})


def _narrowed(candidates: Booleans, wish: Booleans, rows: Booleans) -> Booleans:
    """The candidates that meet the wish, in those rows where at least one does."""
    both = candidates & wish
    heeded = both.any(axis=1) & rows
    return both if heeded.all() else np.where(heeded[:, None], both, candidates)


def _counted_as_lowest(policy: MissingPolicy) -> list[int]:
    return [int(code) for code in Missing if policy.treatment(code) is Treatment.LOWEST]

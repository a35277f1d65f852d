"""Adaptive tests of many simulated examinees, all a step at a time."""

from __future__ import annotations

import numpy as np

from psychometrics.adaptive.answers import draw_answers
from psychometrics.adaptive.cohort import Cohort, Ended
from psychometrics.adaptive.design import AdaptiveDesign
from psychometrics.adaptive.exposure import ExposureLedger
from psychometrics.adaptive.report import NO_ITEM, SimulationReport
from psychometrics.arrays import Booleans, Codes, Floats, FloatsLike, Integers
from psychometrics.errors import RuleError
from psychometrics.responses import Missing

# Bounds the matrices of examinees x items that a step works on.
_CELLS = 8_000_000
# How many groups in turn an exposure rule that looks at the past sees, unless said otherwise.
_GROUPS = 100


def simulate_adaptive(
    design: AdaptiveDesign,
    theta: FloatsLike,
    rng: np.random.Generator,
    together: int | None = None,
) -> SimulationReport:
    """Give the test to examinees of true abilities ``theta`` (logits), answers drawn from the models.

    ``together``: how many start at a time. Exposure rules see the tests of those who came before, so
    with such a rule it is a hundredth of all unless given; without one it only bounds memory.
    The estimates are the provisional ones at the end; ``responses`` of the report can be scored anew.

    >>> from psychometrics.adaptive.bank import ItemBank
    >>> from psychometrics.adaptive.stopping import Stopping
    >>> from psychometrics.items import ItemTable, Model
    >>> from psychometrics.responses import MissingPolicy
    >>> bank = ItemBank(ItemTable.from_arrays(Model.TWO_PL, a=np.ones(50), b=np.linspace(-2, 2, 50)))
    >>> design = AdaptiveDesign(bank, MissingPolicy.count_blanks(), Stopping(10))
    >>> report = simulate_adaptive(design, np.zeros(200), np.random.default_rng(1))
    >>> report.mean_length, abs(report.bias) < 0.1, round(float(report.exposure.sum()), 6)
    (10.0, True, 10.0)
    """
    abilities = np.atleast_1d(np.asarray(theta, dtype=np.float64))
    if abilities.ndim != 1 or not abilities.size or not np.isfinite(abilities).all():
        raise RuleError(field="theta", shape=abilities.shape, reason="empty_or_not_finite")
    if together is not None and together < 1:
        raise RuleError(field="together", value=together)
    size = together or _group_size(design, abilities.size)
    record = _Record(design, abilities)
    ledger = ExposureLedger.empty(len(design.bank))
    for start in range(0, abilities.size, size):
        rows = np.arange(start, min(start + size, abilities.size))
        eligible = _run(design, record, rows, rng, ledger)
        if design.exposure is not None:
            ledger = ledger.after(record.given(rows), eligible)
    return record.report()


def _group_size(design: AdaptiveDesign, examinees: int) -> int:
    size = max(1, _CELLS // len(design.bank))
    if design.exposure is None:
        return size
    return min(size, -(-examinees // _GROUPS))


class _Record:
    """Where the outcomes of all examinees are written."""

    def __init__(self, design: AdaptiveDesign, theta: Floats) -> None:
        examinees, longest = theta.size, design.stopping.most_items
        self.design = design
        self.true_theta = theta
        self.theta, self.se = np.empty(examinees), np.empty(examinees)
        self.length = np.zeros(examinees, dtype=np.int64)
        self.items: Integers = np.full((examinees, longest), NO_ITEM, dtype=np.int64)
        self.answers: Codes = np.full((examinees, longest), Missing.NOT_PRESENTED, dtype=np.int8)
        self.ended = np.zeros(examinees, dtype=np.int64)
        self.decisions = np.zeros(examinees, dtype=np.int64)

    def finish(self, rows: Integers, cohort: Cohort, done: Integers, codes: Integers) -> None:
        """Write down those of the cohort who are through."""
        at = rows[done]
        self.theta[at], self.se[at] = cohort.theta[done], cohort.se[done]
        self.length[at], self.ended[at] = cohort.step, codes[done]
        self.items[at, : cohort.step] = cohort.items[done]
        self.answers[at, : cohort.step] = cohort.answers[done]
        self.decisions[at] = cohort.decisions()[done]

    def given(self, rows: Integers) -> Booleans:
        """Examinees x items of the bank: what these were given."""
        matrix = np.zeros((rows.size, len(self.design.bank) + 1), dtype=np.bool_)
        matrix[np.arange(rows.size)[:, None], self.items[rows]] = True
        return matrix[:, :-1]

    def report(self) -> SimulationReport:
        rule = self.design.stopping.classification
        longest = int(self.length.max())
        return SimulationReport(
            self.true_theta,
            self.theta,
            self.se,
            self.length,
            self.items[:, :longest],
            self.answers[:, :longest],
            self.ended,
            self.decisions,
            len(self.design.bank),
            rule.cuts if rule is not None else (),
        )


def _run(
    design: AdaptiveDesign, record: _Record, rows: Integers, rng: np.random.Generator, ledger: ExposureLedger
) -> Booleans:
    """Test a group from first item to last; returns which items each might have been given."""
    cohort = Cohort(design, rows.size, rng, ledger)
    every = np.ones((1, 1), dtype=np.bool_) if cohort.admitted is None else cohort.admitted
    while rows.size:
        items = cohort.choose(rng)
        cohort.record(items, draw_answers(design.bank, items, record.true_theta[rows], rng))
        codes = cohort.ended()
        done = np.flatnonzero(codes != Ended.RUNNING)
        if done.size:
            record.finish(rows, cohort, done, codes)
            going = np.flatnonzero(codes == Ended.RUNNING)
            cohort.keep(going)
            rows = rows[going]
    return every

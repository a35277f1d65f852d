"""What a simulation of adaptive tests shows: errors, exposure, overlap, decisions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from psychometrics.adaptive.stopping import UNDECIDED
from psychometrics.arrays import Booleans, Codes, Floats, FloatsLike, Integers
from psychometrics.errors import RuleError
from psychometrics.responses import Missing

NO_ITEM = -1


@dataclass(frozen=True, eq=False)
class ConditionalErrors:
    """Errors of the examinees whose true ability lies between neighbouring ``edges``.

    ``bias``, ``rmse``, ``mean_se`` and ``mean_length`` are NaN where ``count`` is 0.
    """

    edges: Floats
    count: Integers
    bias: Floats
    rmse: Floats
    mean_se: Floats
    mean_length: Floats


@dataclass(frozen=True, eq=False)
class Outcomes:
    """True and estimated abilities of N simulated examinees and their errors (logits), test lengths (items)."""

    true_theta: Floats
    theta: Floats
    se: Floats
    length: Integers

    @property
    def bias(self) -> float:
        """Mean of estimate - truth."""
        return float(np.mean(self.theta - self.true_theta))

    @property
    def rmse(self) -> float:
        """Root of the mean squared error."""
        return float(np.sqrt(np.mean((self.theta - self.true_theta) ** 2)))

    @property
    def mean_length(self) -> float:
        """Mean number of items given."""
        return float(self.length.mean())

    def coverage(self, level: float = 0.95) -> float:
        """Share of examinees whose theta +- z se holds the truth; near ``level`` if errors are honest."""
        if not 0 < level < 1:
            raise RuleError(field="level", value=level)
        half = float(ndtri(0.5 + level / 2.0)) * self.se
        inside: Booleans = np.abs(self.theta - self.true_theta) <= half
        return float(inside.mean())

    def conditional(self, edges: FloatsLike) -> ConditionalErrors:
        """Errors by true ability, in the intervals [edge, next edge); the last takes its end too."""
        edges = np.asarray(edges, dtype=np.float64)
        if edges.ndim != 1 or edges.size < 2 or not (np.diff(edges) > 0).all():
            raise RuleError(field="edges", value=edges.tolist())
        place = np.searchsorted(edges, self.true_theta, side="right") - 1
        place[self.true_theta == edges[-1]] = edges.size - 2
        within = (place >= 0) & (place < edges.size - 1)
        count = np.bincount(place[within], minlength=edges.size - 1)

        def mean(values: Floats) -> Floats:
            total = np.bincount(place[within], weights=values[within], minlength=edges.size - 1)
            average: Floats = np.divide(total, count, out=np.full(count.size, np.nan), where=count > 0)
            return average

        error = self.theta - self.true_theta
        rmse = np.sqrt(mean(error**2))
        return ConditionalErrors(edges, count, mean(error), rmse, mean(self.se), mean(self.length.astype(np.float64)))


@dataclass(frozen=True, eq=False)
class SimulationReport(Outcomes):
    """N simulated tests, in the order of the abilities given; abilities and errors in logits.

    ``items`` and ``answers``: N x longest test, -1 (`NO_ITEM`) and `Missing.NOT_PRESENTED` beyond a
    test's end. ``ended``: `Ended` codes. ``decisions``: the class each was placed in, -1 where the
    design does not classify. ``columns``: how many items the bank has. ``cuts``: of the classification.
    """

    items: Integers
    answers: Codes
    ended: Integers
    decisions: Integers
    columns: int
    cuts: tuple[float, ...]

    @property
    def exposure(self) -> Floats:
        """Share of the tests in which each item of the bank was given."""
        counts = np.bincount(self.items[self.items != NO_ITEM], minlength=self.columns)
        rates: Floats = counts / self.length.size
        return rates

    @property
    def exposure_chi_square(self) -> float:
        """How uneven exposure is: sum of (rate - even rate)^2 / even rate (Chang & Ying 1999).

        The even rate is mean length / items of the bank; 0 is perfectly even.
        """
        even = self.mean_length / self.columns
        return float(((self.exposure - even) ** 2 / even).sum())

    @property
    def overlap(self) -> float:
        """Share of items that two tests have in common, on average over all pairs.

        N sum(rate^2) / (mean length (N - 1)) - 1 / (N - 1) (Chen, Ankenmann & Spray 2003);
        R's catR leaves out the corrections for finite N. NaN for a single test.
        """
        tests = self.length.size
        if tests < 2:
            return float("nan")
        return float((tests * (self.exposure**2).sum() / self.mean_length - 1.0) / (tests - 1))

    @property
    def true_classes(self) -> Integers:
        """How many cuts each true ability reaches; `UNDECIDED` if the design does not classify."""
        if not self.cuts:
            return np.full(self.true_theta.size, UNDECIDED, dtype=np.int64)
        return np.searchsorted(np.array(self.cuts), self.true_theta, side="right").astype(np.int64)

    @property
    def accuracy(self) -> float:
        """Share of examinees placed in their true class; NaN if the design does not classify."""
        if not self.cuts:
            return float("nan")
        return float(np.mean(self.decisions == self.true_classes))

    @property
    def responses(self) -> Codes:
        """N x items of the bank, `Missing.NOT_PRESENTED` where not given: for the package's scorers."""
        matrix = np.full((self.length.size, self.columns), Missing.NOT_PRESENTED, dtype=np.int8)
        rows, steps = np.nonzero(self.items != NO_ITEM)
        matrix[rows, self.items[rows, steps]] = self.answers[rows, steps]
        return matrix

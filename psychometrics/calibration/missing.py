"""What the unseen abilities take away: the covariance of the score given a person's answers.

The sum over persons, nodes and pairs of parameters is arranged in matrix products. In general it
needs, for each node, the products of all pairs of indicators. Where every item is of an
exponential family and everybody answered all, the indicators are multiplied by theta or by 1, and
one product, weighted by the posterior variances, does for all nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from psychometrics.arrays import Floats, Integers
from psychometrics.blocks import blocks_of, map_blocks, processors
from psychometrics.calibration.expectation import Design
from psychometrics.calibration.families import Curves
from psychometrics.calibration.layout import Layout
from psychometrics.calibration.marginal import Marginal, anchor_log_p

# The difference of two equal scores, up to rounding.
_NOTHING = 1e-12
_ROWS = 1024
# Products of all pairs of indicators that are kept at a time: 100 million bytes in single precision.
_CELLS = 25_000_000

Reals = NDArray[np.floating[Any]]


def missing_information(scores: Scores, one: Design, log_prior: Floats, dtype: type[np.floating[Any]]) -> Floats:
    """Sum over persons of the covariance of the score given their answers, parameters x parameters."""
    if scores.linear:
        return _gathered(scores, one, log_prior, partial(_LinearSums, scores, dtype))
    nodes, columns = scores.theta.size, len(scores.log_cells)
    most = max(1, _CELLS // max(columns**2, 1))
    total = np.zeros((len(scores.base), len(scores.base)))
    for layer in range(0, nodes, most):
        taken = slice(layer, min(layer + most, nodes))
        total += _gathered(scores, one, log_prior, partial(_GeneralSums, scores, dtype, taken))
    return total


@dataclass(frozen=True, eq=False)
class Scores:
    """The complete-data score of a person: ``base`` plus the entries of the indicators that are 1.

    ``log_cells`` (columns x nodes) and ``log_base`` (nodes) make the likelihood; an entry belongs to
    a column and a parameter, entries are in the order of parameters, ``values`` is entries x nodes.
    Of a linear design an entry is a constant, or a constant times theta.
    """

    theta: Floats
    log_cells: Floats
    log_base: Floats
    base: Floats
    column: Integers
    parameter: Integers
    values: Floats
    linear: bool

    @classmethod
    def of(cls, marginal: Marginal, x: Floats, shapes: Sequence[Curves], one: Design, group: int) -> Scores:
        """The scores of a group's persons."""
        layout, theta = marginal.layout, marginal.latent.grid.nodes
        log_p, score, first = _by_instance(layout, theta, shapes)
        log_cells = np.zeros((one.indicators.shape[1], theta.size))
        log_base, base = np.zeros(theta.size), np.zeros((layout.size, theta.size))
        entries: list[tuple[int, int, Floats]] = []
        where = {int(cell): column for column, cell in enumerate(one.cells)}
        for at in (*one.complete.tolist(), *one.answered.tolist()):
            own = score.get(at)
            for k in range(1, layout.instances[at].categories):
                column = where[int(layout.cell_starts[at]) + k - 1]
                log_cells[column] = log_p[at][:, k] - log_p[at][:, 0]
                if own is not None:
                    entries += _entries(column, first[at], own[:, k] - own[:, 0])
        for at in one.complete.tolist():
            log_base += log_p[at][:, 0]
            if at in score:
                base[first[at] : first[at] + score[at].shape[2]] = score[at][:, 0].T
        for column, at in enumerate(one.answered.tolist(), start=len(one.cells)):
            log_cells[column] = log_p[at][:, 0]
            if at in score:
                entries += _entries(column, first[at], score[at][:, 0])
        _population_scores(layout, group, x, theta, base)
        entries.sort(key=lambda entry: entry[1])
        values = np.array([entry[2] for entry in entries]).reshape(len(entries), theta.size)
        return cls(
            theta,
            log_cells,
            log_base,
            base,
            np.array([entry[0] for entry in entries], dtype=np.int64),
            np.array([entry[1] for entry in entries], dtype=np.int64),
            values,
            one.linear,
        )


def _entries(column: int, first: int, change: Floats) -> list[tuple[int, int, Floats]]:
    """One entry for each parameter that a column moves."""
    moves = np.abs(change).max(axis=0) > _NOTHING
    return [(column, first + int(p), change[:, p]) for p in np.flatnonzero(moves)]


def _by_instance(
    layout: Layout, theta: Floats, shapes: Sequence[Curves]
) -> tuple[dict[int, Floats], dict[int, Floats], dict[int, int]]:
    """Of each instance: log_p (nodes x categories), scores (one axis more), first parameter."""
    log_p, score, first = dict(anchor_log_p(layout, theta)), {}, {}
    for block, shape in zip(layout.blocks, shapes, strict=True):
        for row, at in enumerate(range(block.instances.start, block.instances.stop)):
            log_p[at], score[at] = shape.log_p[row], shape.score[row]
            first[at] = block.parameters.start + row * block.width
    return log_p, score, first


def _population_scores(layout: Layout, group: int, x: Floats, theta: Floats, base: Floats) -> None:
    plan, population = layout.populations[group], layout.population(group, x)
    z = (theta - population.mean) / population.sd
    if plan.mean is not None:
        base[plan.mean] = z / population.sd
    if plan.log_sd is not None:
        base[plan.log_sd] = z**2 - 1.0


class _Sums(Protocol):
    dtype: type[np.floating[Any]]

    def add(self, indicators: Reals, joint: Reals, frequency: Reals) -> None: ...

    def total(self) -> Floats: ...


def _gathered(scores: Scores, one: Design, log_prior: Floats, empty: Callable[[], _Sums]) -> Floats:
    """The persons in as many runs as there are processors, each summed in blocks."""
    count, dtype = len(one.indicators), empty().dtype
    cells, start = scores.log_cells.astype(dtype), (scores.log_base + log_prior).astype(dtype)

    def work(run: slice) -> Floats:
        sums = empty()
        for part in blocks_of(run.stop - run.start, _ROWS):
            rows = slice(run.start + part.start, run.start + part.stop)
            indicators = one.indicators[rows].astype(dtype)
            sums.add(indicators, _posterior(indicators @ cells, start), one.frequency[rows].astype(dtype))
        return sums.total()

    runs = blocks_of(count, max(_ROWS, -(-count // processors())))
    return np.asarray(np.sum(map_blocks(work, runs), axis=0), dtype=np.float64)


def _posterior(joint: Reals, start: Reals) -> Reals:
    joint += start
    joint -= joint.max(axis=1, keepdims=True)
    np.exp(joint, out=joint)
    joint /= joint.sum(axis=1, keepdims=True)
    return joint


class _LinearSums:
    """Entries are a constant, which has no variance, or a constant times theta."""

    def __init__(self, scores: Scores, dtype: type[np.floating[Any]]) -> None:
        self.dtype = dtype
        self._base = scores.base
        self._slopes = _linear_slopes(scores)
        columns, size = len(scores.log_cells), len(scores.base)
        theta = scores.theta
        # Both means by one product: of the base, and of the base times theta.
        self._values = np.concatenate((np.stack((theta, theta**2)), scores.base, scores.base * theta)).T.astype(dtype)
        self._pairs = np.zeros((columns, columns))
        self._cross = np.zeros((columns, size))
        self._means = np.zeros((size, size))
        self._nodes = np.zeros(theta.size)

    def add(self, indicators: Reals, joint: Reals, frequency: Reals) -> None:
        """A block: indicators (rows x columns) and posteriors (rows x nodes)."""
        size = len(self._base)
        means = joint @ self._values
        theta, base = means[:, :1], means[:, 2 : 2 + size]
        variance = (means[:, 1:2] - theta**2) * frequency[:, None]
        self._pairs += indicators.T @ (indicators * variance)
        self._cross += indicators.T @ ((means[:, 2 + size :] - theta * base) * frequency[:, None])
        rooted = base * np.sqrt(frequency)[:, None]
        self._means += rooted.T @ rooted
        self._nodes += frequency @ joint

    def total(self) -> Floats:
        """The sum of covariances."""
        mixed = self._slopes.T @ self._cross
        own = self._slopes.T @ (self._slopes.T @ self._pairs).T
        base: Floats = (self._base * self._nodes) @ self._base.T - self._means
        return np.asarray(base + own + mixed + mixed.T, dtype=np.float64)


def _linear_slopes(scores: Scores) -> csr_array:
    """Columns x parameters: the constants of the entries that go with theta."""
    theta = scores.theta
    slope = (scores.values[:, -1] - scores.values[:, 0]) / (theta[-1] - theta[0])
    kept = np.abs(slope) > _NOTHING
    places = scores.column[kept], scores.parameter[kept]
    return csr_array((slope[kept], places), shape=(len(scores.log_cells), len(scores.base)))


class _GeneralSums:
    """Products of all pairs of indicators at some of the nodes; what does not need them, at the first."""

    def __init__(self, scores: Scores, dtype: type[np.floating[Any]], taken: slice) -> None:
        self.dtype = dtype
        self._scores = scores
        self._taken = taken
        columns, size = len(scores.log_cells), len(scores.base)
        self._pairs = np.zeros((taken.stop - taken.start, columns, columns), dtype)
        self._columns = np.zeros((columns, scores.theta.size))
        self._nodes = np.zeros(scores.theta.size)
        self._means = np.zeros((size, size))
        self._base, self._values = scores.base.T.astype(dtype), scores.values.T.astype(dtype)
        self._starts = np.flatnonzero(np.diff(scores.parameter, prepend=-1))

    def add(self, indicators: Reals, joint: Reals, frequency: Reals) -> None:
        """A block: indicators (rows x columns) and posteriors (rows x nodes)."""
        weighted = joint * frequency[:, None]
        for layer, node in enumerate(range(self._taken.start, self._taken.stop)):
            rooted = indicators * np.sqrt(weighted[:, node : node + 1])
            self._pairs[layer] += rooted.T @ rooted
        if self._taken.start > 0:
            return
        self._columns += indicators.T @ weighted
        self._nodes += weighted.sum(axis=0)
        means = joint @ self._base
        if self._starts.size:
            entries = (joint @ self._values) * indicators[:, self._scores.column]
            means[:, self._scores.parameter[self._starts]] += np.add.reduceat(entries, self._starts, axis=1)
        means *= np.sqrt(frequency)[:, None]
        self._means += means.T @ means

    def total(self) -> Floats:
        """Sum of E[s s'] - E[s] E[s]', as far as these nodes and the first share give it."""
        scores = self._scores
        cross = np.zeros_like(scores.base)
        np.add.at(cross, scores.parameter, scores.values * self._columns[scores.column])
        mixed = cross @ scores.base.T
        total = mixed + mixed.T + (scores.base * self._nodes) @ scores.base.T - self._means
        for pairs, node in zip(self._pairs, range(self._taken.start, self._taken.stop), strict=True):
            spread = np.zeros((len(scores.log_cells), len(scores.base)))
            spread[scores.column, scores.parameter] = scores.values[:, node]
            total += spread.T @ pairs @ spread
        return np.asarray(total, dtype=np.float64)

"""The observed information of all parameters, exact, by the formula of Louis (1982).

It is what the complete data would tell, less what the unseen abilities take away: the covariance,
given a person's answers, of the complete-data score (eq. 3.2). This equals the result of Oakes
(1999), which differentiates the expected counts, without any numerical differentiation of an
E-step. The sum over persons, nodes, and pairs of parameters is arranged in matrix products.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psychometrics.arrays import Floats, Integers
from psychometrics.blocks import blocks_of, map_blocks
from psychometrics.calibration.expectation import Counts, Design
from psychometrics.calibration.families import LINEAR, Curves, curves
from psychometrics.calibration.layout import Layout
from psychometrics.calibration.marginal import Marginal, anchor_log_p, complete_gradient, observed_counts

_STEP = 1e-5
# The difference of two equal scores, up to rounding.
_NOTHING = 1e-12
_ROWS = 2048

Reals = NDArray[np.floating[Any]]


def observed_information(marginal: Marginal, designs: Sequence[Design], x: Floats, single: bool) -> Floats:
    """Negative Hessian of log-likelihood plus log prior at ``x``, parameters x parameters.

    ``single``: the sums over persons in single precision, good for four digits of an error.
    """
    shapes = marginal.curves(x)
    counts = marginal.counts(x, shapes)
    information = _complete(marginal, x, counts)
    populations = [marginal.layout.population(group, x) for group in range(len(designs))]
    log_prior = marginal.latent.log_prior(populations)
    for group, one in enumerate(designs):
        scores = _Scores.of(marginal, x, shapes, one, group)
        information -= _missing(scores, one, log_prior[group], np.float32 if single else np.float64)
    return (information + information.T) / 2.0


def _complete(marginal: Marginal, x: Floats, counts: Counts) -> Floats:
    """Negative Hessian of the complete-data objective at fixed counts: blocks along the diagonal."""
    layout, theta = marginal.layout, marginal.latent.grid.nodes
    information = np.zeros((layout.size, layout.size))
    for block in layout.blocks:
        observed = observed_counts(block, counts)

        def gradient(at: Floats, block=block, observed=observed) -> Floats:  # type: ignore[no-untyped-def]
            shape = curves(block.model, layout.matrix(block, at), block.categories, theta)
            slope = complete_gradient(shape, observed)
            terms = marginal.prior(block, at)
            return slope if terms is None else slope + terms.gradient

        rows = np.arange(block.parameters.start, block.parameters.stop).reshape(block.count, block.width)
        for p in range(block.width):
            moved = np.zeros(layout.size)
            moved[rows[:, p]] = _STEP
            column = (gradient(x - moved) - gradient(x + moved)) / (2.0 * _STEP)
            information[rows, rows[:, p : p + 1]] = column
    for group, plan in enumerate(layout.populations):
        population, mass = layout.population(group, x), counts.groups[group]
        z = (theta - population.mean) / population.sd
        if plan.mean is not None:
            information[plan.mean, plan.mean] = mass.sum() / population.sd**2
        if plan.log_sd is not None:
            information[plan.log_sd, plan.log_sd] = 2.0 * mass @ z**2
        if plan.mean is not None and plan.log_sd is not None:
            cross = 2.0 * float(mass @ z) / population.sd
            information[plan.mean, plan.log_sd] = information[plan.log_sd, plan.mean] = cross
    return information


@dataclass(frozen=True, eq=False)
class _Scores:
    """The complete-data score of a person: ``base`` plus the entries of the indicators that are 1.

    ``log_cells`` (columns x nodes) and ``log_base`` (nodes) make the likelihood; an entry belongs to
    a column and a parameter, entries are in the order of parameters, ``values`` is entries x nodes.
    Where all curves are exponential families an entry is a constant times theta^power.
    """

    theta: Floats
    log_cells: Floats
    log_base: Floats
    base: Floats
    column: Integers
    parameter: Integers
    values: Floats
    powers: Integers | None

    @classmethod
    def of(cls, marginal: Marginal, x: Floats, shapes: Sequence[Curves], one: Design, group: int) -> _Scores:
        """The scores of a group's persons."""
        layout, theta = marginal.layout, marginal.latent.grid.nodes
        log_p, score, first = _by_instance(layout, theta, shapes)
        log_cells = np.zeros((one.indicators.shape[1], theta.size))
        log_base, base = np.zeros(theta.size), np.zeros((layout.size, theta.size))
        entries: list[tuple[int, int, Floats, int]] = []
        where = {int(cell): column for column, cell in enumerate(one.cells)}
        for at in (*one.complete.tolist(), *one.answered.tolist()):
            own = score.get(at)
            slopes = _slopes(layout, at)
            for k in range(1, layout.instances[at].categories):
                column = where[int(layout.cell_starts[at]) + k - 1]
                log_cells[column] = log_p[at][:, k] - log_p[at][:, 0]
                if own is not None:
                    entries += _entries(column, first[at], own[:, k] - own[:, 0], slopes)
        for at in one.complete.tolist():
            log_base += log_p[at][:, 0]
            if at in score:
                base[first[at] : first[at] + score[at].shape[2]] = score[at][:, 0].T
        for column, at in enumerate(one.answered.tolist(), start=len(one.cells)):
            log_cells[column] = log_p[at][:, 0]
            if at in score:
                entries += _entries(column, first[at], score[at][:, 0], 0)
        _population_scores(layout, group, x, theta, base)
        entries.sort(key=lambda entry: entry[1])
        linear = not len(one.answered) and all(block.model in LINEAR for block in layout.blocks)
        values = np.array([entry[2] for entry in entries]).reshape(len(entries), theta.size)
        return cls(
            theta,
            log_cells,
            log_base,
            base,
            np.array([entry[0] for entry in entries], dtype=np.int64),
            np.array([entry[1] for entry in entries], dtype=np.int64),
            values,
            np.array([entry[3] for entry in entries], dtype=np.int64) if linear else None,
        )


def _slopes(layout: Layout, at: int) -> int:
    for block in layout.blocks:
        if block.instances.start <= at < block.instances.stop:
            return block.slopes
    return 0


def _entries(column: int, first: int, change: Floats, slopes: int) -> list[tuple[int, int, Floats, int]]:
    """One entry for each parameter that a column moves; the parameters before ``slopes`` go with theta."""
    return [
        (column, first + p, change[:, p], int(p < slopes))
        for p in range(change.shape[1])
        if np.abs(change[:, p]).max() > _NOTHING
    ]


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


def _missing(scores: _Scores, one: Design, log_prior: Floats, dtype: type[np.floating[Any]]) -> Floats:
    """Sum over persons of the covariance of the score given their answers."""
    cells, start = scores.log_cells.T.astype(dtype), (scores.log_base + log_prior).astype(dtype)
    base, values = scores.base.astype(dtype), scores.values.astype(dtype)
    sums = _Sums(scores, dtype)

    def work(rows: slice) -> _Sums:
        part = _Sums(scores, dtype)
        indicators = one.indicators[rows].astype(dtype)
        joint = indicators @ cells.T
        joint += start
        joint -= joint.max(axis=1, keepdims=True)
        np.exp(joint, out=joint)
        joint /= joint.sum(axis=1, keepdims=True)
        part.add(indicators, joint, one.frequency[rows].astype(dtype), base, values)
        return part

    for part in map_blocks(work, blocks_of(len(one.indicators), _ROWS)):
        sums.merge(part)
    return sums.covariance()


class _Sums:
    """What a block of persons adds: products of indicators, counts by column, squared mean scores."""

    def __init__(self, scores: _Scores, dtype: type[np.floating[Any]]) -> None:
        self._scores = scores
        columns, nodes, size = len(scores.log_cells), scores.theta.size, len(scores.base)
        layers = nodes if scores.powers is None else 3
        self._pairs = np.zeros((layers, columns, columns), dtype=np.float64 if layers == 3 else dtype)
        self._columns = np.zeros((columns, nodes))
        self._nodes = np.zeros(nodes)
        self._means = np.zeros((size, size))

    def add(self, indicators: Reals, joint: Reals, frequency: Reals, base: Reals, values: Reals) -> None:
        """A block: indicators (rows x columns) and posteriors (rows x nodes)."""
        weighted = joint * frequency[:, None]
        self._columns += indicators.T @ weighted
        self._nodes += weighted.sum(axis=0)
        theta = self._scores.theta.astype(joint.dtype)
        if self._scores.powers is None:
            weights = weighted
        else:
            weights = weighted @ np.stack((np.ones_like(theta), theta, theta**2), axis=1)
        for layer in range(weights.shape[1]):
            self._pairs[layer] += indicators.T @ (indicators * weights[:, layer : layer + 1])
        means = joint @ base.T
        if len(values):
            entries = (joint @ values.T) * indicators[:, self._scores.column]
            starts = np.flatnonzero(np.diff(self._scores.parameter, prepend=-1))
            means[:, self._scores.parameter[starts]] += np.add.reduceat(entries, starts, axis=1)
        means *= np.sqrt(frequency)[:, None]
        self._means += means.T @ means

    def merge(self, other: _Sums) -> None:
        """Add another block's sums."""
        self._pairs += other._pairs
        self._columns += other._columns
        self._nodes += other._nodes
        self._means += other._means

    def covariance(self) -> Floats:
        """Sum of E[s s'] - E[s] E[s]'."""
        scores = self._scores
        weighted = scores.values * self._columns[scores.column]
        cross = np.zeros_like(scores.base)
        np.add.at(cross, scores.parameter, weighted)
        mixed = cross @ scores.base.T
        total = mixed + mixed.T + (scores.base * self._nodes) @ scores.base.T - self._means
        size = len(scores.base)
        if scores.powers is None:
            for node, pairs in enumerate(self._pairs):
                spread = np.zeros((len(scores.log_cells), size))
                spread[scores.column, scores.parameter] = scores.values[:, node]
                total += spread.T @ pairs @ spread
            return total
        spreads = [np.zeros((len(scores.log_cells), size)) for _ in range(2)]
        node = int(np.argmax(np.abs(scores.theta)))
        for power, spread in enumerate(spreads):
            mine = scores.powers == power
            constant = scores.values[mine, node] / scores.theta[node] ** power
            spread[scores.column[mine], scores.parameter[mine]] = constant
        for one, left in enumerate(spreads):
            for other, right in enumerate(spreads):
                total += left.T @ self._pairs[one + other] @ right
        return total

"""The E-step: the log-likelihood, and how many persons of each theta gave each answer.

For a block of persons the log-likelihood at all nodes is one matrix product, the expected counts
are another (Bock & Aitkin 1981, eqs. 14-15). Nodes are rows and persons columns here, so that
maxima and sums over nodes run along memory.

Where every item is of an exponential family (Rasch, 2PL, PCM, GPCM, nominal) and everybody has
answered all, the likelihood of a person depends on theta only through t = the sum of the slopes of
the categories chosen (Bock 1972; Andersen 1977). Then no large product is needed: a person's t,
and what the M-step asks of the counts, their sums and means of theta, are products with a vector.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.blocks import BLOCK_ROWS, blocks_of, map_blocks, processors
from psychometrics.calibration.families import LINEAR
from psychometrics.calibration.layout import Layout
from psychometrics.calibration.sample import GroupSample

# Below, threads cost more than they bring.
_LITTLE_WORK = 300_000
_BLOCK_CELLS = 1_000_000

Reals = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Design:
    """One group's answers as indicators: a column for each cell (item and category above 0).

    An item that somebody has not answered has one more column, "answered"; ``complete`` are the
    instances without. ``cells`` and ``answered`` say which cell or instance a column is.
    """

    indicators: Codes
    frequency: Floats
    cells: Integers
    answered: Integers
    complete: Integers
    linear: bool


@dataclass(frozen=True, eq=False)
class Counts:
    """Expected counts: cells x nodes, instances x nodes (all who answered), groups x nodes.

    A cell of a linear design has all its count on the first and the last node, with the right sum
    and the right mean of theta: its score is linear in theta, so no gradient sees the difference.
    """

    log_likelihood: float
    cells: Floats
    instances: Floats
    groups: Floats


def design(layout: Layout, sample: GroupSample, group: int) -> Design:
    """The indicators of a group."""
    mine = [at for at, one in enumerate(layout.instances) if group in one.groups]
    items = np.array([layout.instances[at].item for at in mine], dtype=np.int64)
    codes, instances = sample.codes, np.array(mine, dtype=np.int64)
    gaps = (codes.min(axis=0) < 0)[items] if len(codes) and codes.min() < 0 else np.zeros(len(items), dtype=np.bool_)
    steps = np.array([layout.instances[at].categories - 1 for at in mine], dtype=np.int64)
    cells = np.concatenate([layout.cell_starts[at] + np.arange(k) for at, k in zip(mine, steps, strict=True)])
    binary = bool((steps == 1).all()) and not gaps.any()
    if binary and len(items) == codes.shape[1] and (items == np.arange(len(items))).all():
        indicators = codes
    else:
        category = np.concatenate([np.arange(1, k + 1) for k in steps]).astype(np.int8)
        chosen = codes[:, np.repeat(items, steps)] == category
        indicators = np.concatenate((chosen, codes[:, items[gaps]] >= 0), axis=1).view(np.int8)
    linear = not gaps.any() and all(layout.instances[at].model in LINEAR for at in mine)
    return Design(indicators, sample.frequency, cells, instances[gaps], instances[~gaps], linear)


class Expectation:
    """E-steps over all groups, in one precision (linear designs always in double)."""

    def __init__(self, designs: Sequence[Design], dtype: DTypeLike) -> None:
        self._designs = designs
        self._dtype = np.dtype(dtype)
        self._spare: dict[DTypeLike, list[tuple[Reals, Reals]]] = {}
        self._rows = min(_rows_of_a_block(one.indicators) for one in designs)
        self._totals = [self._column_totals(one) if one.linear else np.empty(0) for one in designs]

    def counts(self, theta: Floats, cells: Floats, base: Floats, log_prior: Floats) -> Counts:
        """Counts where ``cells`` are log P(k) - log P(0) of all cells, ``base`` log P(0) of all instances.

        ``log_prior``: groups x nodes, the log of density times weight of each node ``theta``.
        """
        by_cell, by_instance = np.zeros((len(cells), theta.size)), np.zeros((len(base), theta.size))
        by_group = np.zeros_like(log_prior)
        total = 0.0
        for group, one in enumerate(self._designs):
            start = log_prior[group] + base[one.complete].sum(axis=0)
            if one.linear:
                part, seen, everybody = self._moments(one, self._totals[group], theta, cells[one.cells], start)
            else:
                rows = np.concatenate((cells[one.cells], base[one.answered]))
                part, seen, everybody = self._products(one, rows, start)
            total += part
            by_cell[one.cells] += seen[: len(one.cells)]
            by_instance[one.answered] += seen[len(one.cells) :]
            by_instance[one.complete] += everybody
            by_group[group] = everybody
        return Counts(total, by_cell, by_instance, by_group)

    def _products(self, one: Design, rows: Floats, start: Floats) -> tuple[float, Floats, Floats]:
        turned, first = np.ascontiguousarray(rows.T, self._dtype), start.astype(self._dtype)[:, None]

        def work(block: slice) -> tuple[float, Reals, Reals]:
            with self._buffers(one, block, start.size, self._dtype) as (values, joint):
                np.matmul(turned, values.T, out=joint)
                joint += first
                log, mass = _exponential(joint)
                frequency = one.frequency[block]
                joint *= (frequency / mass).astype(self._dtype)
                return float(log @ frequency), joint @ values, joint.sum(axis=1, dtype=np.float64)

        total, seen, everybody = self._summed(work, one)
        return total, seen.T, everybody

    def _moments(
        self, one: Design, totals: Floats, theta: Floats, cells: Floats, start: Floats
    ) -> tuple[float, Floats, Floats]:
        span = theta[-1] - theta[0]
        slopes = (cells[:, -1] - cells[:, 0]) / span
        intercepts = cells[:, 0] - slopes * theta[0]

        def work(block: slice) -> tuple[float, Reals, Reals]:
            with self._buffers(one, block, start.size, np.dtype(np.float64)) as (values, joint):
                np.multiply(theta[:, None], values @ slopes, out=joint)
                joint += start[:, None]
                log, mass = _exponential(joint)
                frequency = one.frequency[block]
                share = frequency / mass
                return float(log @ frequency), (share * (theta @ joint)) @ values, joint @ share

        total, sums, everybody = self._summed(work, one)
        seen = np.zeros_like(cells)
        seen[:, -1] = (sums - theta[0] * totals) / span
        seen[:, 0] = totals - seen[:, -1]
        return total + float(intercepts @ totals), seen, everybody

    def _summed(self, work: Callable[[slice], tuple[float, Reals, Reals]], one: Design) -> tuple[float, Floats, Floats]:
        parts = map_blocks(work, blocks_of(len(one.indicators), self._rows))
        total, seen, everybody = 0.0, np.zeros(parts[0][1].shape), np.zeros(parts[0][2].shape)
        for part, product, mass in parts:
            total += part
            seen += product
            everybody += mass
        return total, seen, everybody

    def _column_totals(self, one: Design) -> Floats:
        """How many persons each cell was chosen by."""

        def work(block: slice) -> Floats:
            with self._buffers(one, block, 1, np.dtype(np.float64)) as (values, _):
                return np.asarray(one.frequency[block] @ values, dtype=np.float64)

        return np.asarray(np.sum(map_blocks(work, blocks_of(len(one.indicators), self._rows)), axis=0))

    @contextmanager
    def _buffers(self, one: Design, block: slice, nodes: int, dtype: np.dtype[Any]) -> Iterator[tuple[Reals, Reals]]:
        """A block's indicators as numbers, and nodes x rows to write in: memory used again and again."""
        count, columns = block.stop - block.start, one.indicators.shape[1]
        spare = self._spare.setdefault(dtype, [])
        try:
            values, joint = spare.pop()
        except IndexError:
            values, joint = np.empty(0, dtype), np.empty(0, dtype)
        if values.size < count * columns:
            values = np.empty(count * columns, dtype)
        if joint.size < count * nodes:
            joint = np.empty(count * nodes, dtype)
        numbers = values[: count * columns].reshape(count, columns)
        np.copyto(numbers, one.indicators[block])
        yield numbers, joint[: count * nodes].reshape(nodes, count)
        spare.append((values, joint))


def _rows_of_a_block(indicators: Codes) -> int:
    """Small enough for the cache, and as many blocks as keep all processors busy; few rows are one."""
    rows, columns = len(indicators), int(indicators.shape[1])
    if rows * columns < _LITTLE_WORK:
        return max(rows, 1)
    most = max(64, min(BLOCK_ROWS, _BLOCK_CELLS // columns))
    rounds = -(-rows // (most * processors()))
    return -(-rows // (rounds * processors()))


def _exponential(joint: Reals) -> tuple[Floats, Floats]:
    """Exponentials in place, the largest of a column 1; log of the sum of each column, and that sum."""
    top = joint.max(axis=0)
    joint -= top
    np.exp(joint, out=joint)
    mass = joint.sum(axis=0).astype(np.float64)
    return np.log(mass) + top, mass

"""The E-step: the log-likelihood, and how many persons of each theta gave each answer.

For a block of persons the log-likelihood at all nodes is one matrix product, the expected counts
are another (Bock & Aitkin 1981, eqs. 14-15). Nodes are rows and persons columns here, so that
maxima and sums over nodes run along memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.blocks import blocks_of, map_blocks
from psychometrics.calibration.layout import Layout
from psychometrics.calibration.sample import GroupSample

Reals = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Design:
    """One group's answers as indicators: a column for each cell (item and category above 0).

    An item that somebody has not answered has one more column, "answered"; ``complete`` are the
    instances without. ``cells`` and ``answered`` say which cell or instance a column is.
    """

    indicators: Codes
    frequency: Floats
    weighted: bool
    cells: Integers
    answered: Integers
    complete: Integers


@dataclass(frozen=True, eq=False)
class Counts:
    """Expected counts: cells x nodes, instances x nodes (all who answered), groups x nodes."""

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
    weighted = bool((sample.frequency != 1.0).any())
    return Design(indicators, sample.frequency, weighted, cells, instances[gaps], instances[~gaps])


class Expectation:
    """E-steps over all groups, in one precision."""

    def __init__(self, designs: list[Design], dtype: DTypeLike) -> None:
        self._designs = designs
        self._dtype = np.dtype(dtype)
        self._buffers: list[tuple[Reals, Reals]] = []
        self._rows = max(64, min(2048, 1_000_000 // max(one.indicators.shape[1] for one in designs)))

    def counts(self, cells: Floats, base: Floats, log_prior: Floats) -> Counts:
        """Counts where ``cells`` are log P(k) - log P(0) of all cells, ``base`` log P(0) of all instances.

        ``log_prior``: groups x nodes, the log of density times weight of each node.
        """
        nodes = log_prior.shape[1]
        by_cell, by_instance = np.zeros((len(cells), nodes)), np.zeros((len(base), nodes))
        by_group = np.zeros_like(log_prior)
        total = 0.0
        for group, one in enumerate(self._designs):
            rows = np.concatenate((cells[one.cells], base[one.answered])).astype(self._dtype)
            start = log_prior[group] + base[one.complete].sum(axis=0)
            log_likelihood, seen, everybody = self._group(one, rows, start.astype(self._dtype)[:, None])
            total += log_likelihood
            by_cell[one.cells] += seen[: len(one.cells)]
            by_instance[one.answered] += seen[len(one.cells) :]
            by_instance[one.complete] += everybody
            by_group[group] = everybody
        return Counts(total, by_cell, by_instance, by_group)

    def _group(self, one: Design, rows: Reals, start: Reals) -> tuple[float, Floats, Floats]:
        turned = np.ascontiguousarray(rows.T)

        def work(block: slice) -> tuple[float, Reals, Reals]:
            flat = self._take_buffers(rows.shape)
            count, nodes = block.stop - block.start, rows.shape[1]
            values = flat[0][: count * len(rows)].reshape(count, len(rows))
            joint = flat[1][: count * nodes].reshape(nodes, count)
            np.copyto(values, one.indicators[block])
            log = self._posterior(turned, values, start, joint)
            frequency = one.frequency[block]
            if one.weighted:
                joint *= frequency.astype(self._dtype)
            result = float(log @ frequency), joint @ values, joint.sum(axis=1, dtype=np.float64)
            self._buffers.append(flat)
            return result

        log_likelihood = 0.0
        seen, everybody = np.zeros(turned.shape), np.zeros(len(turned))
        for part, product, mass in map_blocks(work, blocks_of(len(one.indicators), self._rows)):
            log_likelihood += part
            seen += product
            everybody += mass
        return log_likelihood, seen.T, everybody

    @staticmethod
    def _posterior(turned: Reals, values: Reals, start: Reals, joint: Reals) -> Floats:
        """Posterior masses into ``joint``; returns the log-likelihood of each row."""
        np.matmul(turned, values.T, out=joint)
        joint += start
        top = joint.max(axis=0)
        joint -= top
        np.exp(joint, out=joint)
        mass = joint.sum(axis=0)
        joint /= mass
        log: Floats = np.log(mass.astype(np.float64)) + top
        return log

    def _take_buffers(self, shape: tuple[int, ...]) -> tuple[Reals, Reals]:
        """Indicator and posterior arrays to write in, used again from block to block."""
        columns, nodes = shape
        try:
            values, joint = self._buffers.pop()
        except IndexError:
            values, joint = np.empty(0, self._dtype), np.empty(0, self._dtype)
        if values.size < self._rows * columns:
            values = np.empty(self._rows * columns, self._dtype)
        if joint.size < self._rows * nodes:
            joint = np.empty(self._rows * nodes, self._dtype)
        return values, joint

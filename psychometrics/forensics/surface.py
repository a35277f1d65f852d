"""Chance matches of two persons as smooth functions of their two abilities.

How likely k matches are depends on a pair only through both abilities, if both met the same items.
So it is computed once, exactly, at equally spaced abilities, and interpolated by cubics in
between: of the tail its logarithm, so that the error is a share of the p-value however small.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from scipy.special import ndtr

from psychometrics.arrays import Floats, Integers
from psychometrics.blocks import blocks_of, map_blocks
from psychometrics.forensics.counts import upper_tails
from psychometrics.items import ItemTable
from psychometrics.models import category_probabilities

# With this spacing p-values of a 110-item test are met to 1e-4 of themselves, most far better.
_WIDEST = 0.06
_RESOLUTION = 0.12
_LEAST_TAIL = 1e-300


class Statistic(Enum):
    """What all pairs are judged by: the exact tail, or the normal one."""

    GBT = "gbt"
    OMEGA = "omega"


@dataclass(frozen=True, eq=False)
class Nodes:
    """Equally spaced abilities that reach one step beyond the persons on the left, two on the right."""

    theta: Floats
    step: float

    @classmethod
    def over(cls, table: ItemTable, theta: Floats) -> Nodes:
        """Nodes for these persons and items."""
        step = min(_WIDEST, _RESOLUTION / max(float(table.steepness.max()), 1e-9))
        low, high = float(theta.min()), float(theta.max())
        inner = math.floor((high - low) / step) + 1
        return cls(low + step * np.arange(-1.0, inner + 2.0), step)

    def stencil(self, theta: Floats) -> tuple[Integers, Floats]:
        """The first of the four nodes around each ability, and their cubic weights, persons x 4."""
        place = (theta - self.theta[1]) / self.step
        first = np.clip(np.floor(place).astype(np.int64), 0, self.theta.size - 4)
        t = place - first
        return first, np.stack(
            (
                -t * (t - 1.0) * (t - 2.0) / 6.0,
                (t + 1.0) * (t - 1.0) * (t - 2.0) / 2.0,
                -(t + 1.0) * t * (t - 2.0) / 2.0,
                (t + 1.0) * t * (t - 1.0) / 6.0,
            ),
            axis=1,
        )


@dataclass(frozen=True, eq=False)
class Chances:
    """What matches mean at each node for some abilities: ``values`` is abilities x nodes x width.

    For GBT they are log P(S >= 0), log P(S >= 1), ...; for omega the mean and 1 / sd of the matches.
    """

    statistic: Statistic
    values: Floats

    @classmethod
    def of(cls, statistic: Statistic, probabilities: Floats, parts: Floats) -> Chances:
        """Of one ability: its category probabilities (items x categories) against ``parts`` at the nodes."""
        p = np.minimum(np.einsum("ik,gik->gi", probabilities, parts), 1.0)
        if statistic is Statistic.GBT:
            return cls(statistic, np.log(np.maximum(upper_tails(p), _LEAST_TAIL))[None])
        variance = (p * (1.0 - p)).sum(axis=1)
        precision = np.divide(1.0, np.sqrt(variance), out=np.zeros_like(variance), where=variance > 0.0)
        return cls(statistic, np.stack((p.sum(axis=1), precision), axis=1)[None])

    def p_values(self, counts: Integers, first: Integers, weights: Floats) -> Floats:
        """Upper tails, abilities x persons, of ``counts`` matches; the persons by their stencils."""
        rows, nodes, width = self.values.shape
        flat = self.values.reshape(-1)
        place = (np.arange(rows) * (nodes * width))[:, None] + first * width
        if self.statistic is Statistic.OMEGA:
            mean, precision = np.zeros((2, *counts.shape))
            for k in range(4):
                mean += weights[:, k] * flat.take(place + k * width)
                precision += weights[:, k] * flat.take(place + (k * width + 1))
            return np.asarray(ndtr((mean - counts) * precision), dtype=np.float64)
        place += counts
        log_p = np.zeros(counts.shape)
        for k in range(4):
            log_p += weights[:, k] * flat.take(place)
            place += width
        return np.minimum(np.exp(log_p, out=log_p), 1.0, out=log_p)


class ChanceSurface:
    """`Chances` of any ability among the nodes, for persons who met every item."""

    def __init__(self, statistic: Statistic, nodes: Nodes, parts: Floats) -> None:
        size = nodes.theta.size
        probe = Chances.of(statistic, parts[0], parts[:1])
        self.statistic, self.nodes = statistic, nodes
        self._values = np.empty((size, size, probe.values.shape[2]))

        def fill(rows: slice) -> None:
            for node in range(rows.start, rows.stop):
                seen = Chances.of(statistic, parts[node], parts[node:]).values[0]
                self._values[node, node:], self._values[node:, node] = seen, seen

        map_blocks(fill, blocks_of(size, 8))

    def at(self, theta: Floats) -> Chances:
        """Of abilities that lie between the same two nodes."""
        first, weights = self.nodes.stencil(theta)
        near = self._values[first[0] : first[0] + 4].reshape(4, -1)
        return Chances(self.statistic, (weights @ near).reshape(theta.size, *self._values.shape[1:]))


def node_probabilities(table: ItemTable, nodes: Nodes) -> Floats:
    """Category probabilities at the nodes, nodes x items x categories."""
    return category_probabilities(table, nodes.theta)

"""Nodes for a calibration, chosen from the information of the test at the present parameters.

The trapezoid rule errs by about exp(-2 pi^2 s^2 / h^2) where the narrowest posterior has standard
deviation s, and by exp(-2 pi^2 / (a h)) for a logistic curve of slope a (see
`psychometrics.quadrature`): with the spacings here by 3e-11 of a likelihood and less.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from psychometrics.arrays import Floats
from psychometrics.calibration.families import Curves, category_slopes, curves
from psychometrics.calibration.layout import Block, Layout
from psychometrics.items import ItemTable, Model
from psychometrics.models import category_curves
from psychometrics.quadrature import Grid

# Normal populations are cut here, farther out if somebody's posterior should reach it.
REACH = 6.5
_PER_POSTERIOR = 0.9
_PER_CURVE = 0.9
_MOST_NODES = 1201
_FEWEST_NODES = 31
_LEAST_TAIL = 1e-10


@dataclass(frozen=True)
class Need:
    """What the test asks of a grid: its ends and its largest spacing."""

    low: float
    high: float
    spacing: float

    @property
    def nodes(self) -> int:
        """How many nodes that makes."""
        return max(_FEWEST_NODES, math.ceil((self.high - self.low) / self.spacing) + 1)

    @property
    def limited(self) -> bool:
        """Whether that is more than we compute with."""
        return self.nodes > _MOST_NODES

    def grid(self, coarseness: float = 1.0) -> Grid:
        """Equally spaced nodes; ``coarseness`` widens the spacing for the first cycles."""
        count = min(_MOST_NODES, max(_FEWEST_NODES, round(self.nodes / coarseness)))
        nodes = np.linspace(self.low, self.high, count)
        return Grid(nodes, np.full(count, nodes[1] - nodes[0]))


def needed(layout: Layout, x: Floats, reach: float = REACH) -> Need:
    """The grid that these parameters need."""
    populations = [layout.population(group, x) for group in range(len(layout.populations))]
    low = min(one.mean - reach * one.sd for one in populations)
    high = max(one.mean + reach * one.sd for one in populations)
    theta = np.linspace(low, high, 81)
    information = np.zeros((len(layout.instances), theta.size))
    steepest = 0.0
    for block in layout.blocks:
        matrix = layout.matrix(block, x)
        shape = curves(block.model, matrix, block.categories, theta)
        information[block.instances] = _information(block, matrix, shape)
        steepest = max(steepest, _steepest(block, matrix))
    anchors = [(at, one.anchor) for at, one in enumerate(layout.instances) if one.anchor is not None]
    if anchors:
        table = ItemTable(tuple(anchor for _, anchor in anchors))
        information[[at for at, _ in anchors]] = category_curves(table, theta).information.T
        steepest = max(steepest, float(table.steepness.max()))
    spacing = _PER_CURVE / max(steepest, 0.1)
    for group, population in enumerate(populations):
        mine = [group in one.groups for one in layout.instances]
        most = float(information[mine].sum(axis=0).max())
        spacing = min(spacing, _PER_POSTERIOR / math.sqrt(population.sd**-2 + most))
    return Need(low, high, spacing)


def reaches(masses: Floats, most: float = _LEAST_TAIL) -> bool:
    """Whether hardly anybody's posterior goes on beyond the ends; ``masses``: groups x nodes."""
    tails = masses[:, [0, -1]].max(axis=1)
    return bool((tails <= most * masses.sum(axis=1)).all())


def _information(block: Block, matrix: Floats, shape: Curves) -> Floats:
    """Fisher information about theta, instances x nodes: moving theta moves every intercept."""
    lines = slice(block.slopes, block.slopes + block.categories - 1)
    rates = category_slopes(block.model, matrix, block.categories)
    by_theta = (shape.score[:, :, :, lines] @ rates[:, None, :, None])[..., 0]
    information: Floats = (np.exp(shape.log_p) * by_theta**2).sum(axis=2)
    return information


def _steepest(block: Block, matrix: Floats) -> float:
    """The fastest turn of a curve in the complex plane: `ItemTable.steepness`, less where steps rise."""
    rates = category_slopes(block.model, matrix, block.categories)
    if block.model is Model.NOMINAL:
        ends = np.concatenate((np.zeros((len(rates), 1)), rates), axis=1)
        return float(np.ptp(ends, axis=1).max())
    if block.model not in (Model.PCM, Model.GPCM):
        return float(np.abs(rates).max())
    lines = np.concatenate((np.zeros((len(matrix), 1)), matrix[:, block.slopes :]), axis=1)
    rising = (np.diff(lines, 2, axis=1) <= 0).all(axis=1)
    steps = np.where(rising, block.categories / 2.0, block.categories - 1.0)
    return float((np.abs(rates[:, 0]) * steps).max())

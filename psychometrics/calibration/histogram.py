"""Ability distributions of any shape: a histogram estimated together with the items.

In every cycle of EM the mass of each node becomes the share of the persons expected there
(Mislevy 1984, eq. 10). With anchors this is the method MWU-MEM of Kim (2006); without, the
reference group is brought back to mean 0 and sd 1 in every cycle by moving the nodes, and the
items with them, which changes no probability.

The most likely histogram of all has a few spikes (Laird 1978) and EM takes thousands of cycles to
get there. It is stopped, as is usual, when the parameters of the items stand still.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from psychometrics.arrays import Floats
from psychometrics.calibration.ascent import Summit
from psychometrics.calibration.estimate import Climber, Fit
from psychometrics.calibration.families import FIXED_SLOPE, category_slopes
from psychometrics.calibration.layout import Layout
from psychometrics.calibration.marginal import Latent, Marginal
from psychometrics.calibration.nodes import needed, reaches
from psychometrics.calibration.priors import Priors
from psychometrics.calibration.sample import GroupSample
from psychometrics.errors import RuleError
from psychometrics.quadrature import Grid, Population

# No parameter moved by more in the last cycle.
STILL = 5e-5
_LEAST_MASS = 1e-300
# Log-likelihood that is not worth another cycle.
_NOTHING = 1e-7
# EM with a histogram is slow: it may take so many times the cycles allowed elsewhere.
_PATIENCE = 4
# More than this share of the persons at an end says that the histogram should go on.
_LEAST_TAIL = 1e-3


@dataclass(frozen=True)
class Histogram:
    """Ask for it: equally spaced nodes from ``low`` to ``high`` (logits), whose masses are estimated."""

    low: float = -6.0
    high: float = 6.0
    nodes: int = 121

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise RuleError(field="population.low", low=self.low, high=self.high)
        if not 5 <= self.nodes <= 2001:
            raise RuleError(field="population.nodes", value=self.nodes)


def estimate_histogram(
    layout: Layout,
    samples: Sequence[GroupSample],
    priors: Sequence[Priors],
    asked: Histogram,
    limit: int,
) -> Fit:
    """EM for items and histograms; what the summit promises is what the last step of the items does."""
    climber = Climber(layout, samples, priors)
    theta = np.linspace(asked.low, asked.high, asked.nodes)
    start = Population().log_density(theta)
    masses = np.tile(start - np.log(np.exp(start).sum()), (len(samples), 1))
    x, _ = climber.start()
    anchored = any(one.anchor is not None for one in layout.instances)
    marginal = climber.marginal(climber.designs, Latent(_grid(theta), masses), np.float64)
    cycles = 0
    while True:
        point, cycles = marginal.at(x), cycles + 1
        step = point.metric.apply(point.gradient)
        step = marginal.allowed(x, step)
        change = float(np.abs(step).max(initial=0.0))
        promised = 0.5 * marginal.total * float(point.gradient @ step)
        still = change < STILL or abs(promised) < _NOTHING
        if still or cycles >= _PATIENCE * limit:
            break
        counts = point.counts.groups
        masses = np.log(np.maximum(counts / counts.sum(axis=1, keepdims=True), _LEAST_MASS))
        x = x + step
        if not anchored:
            x, theta = _standardised(layout, x, theta, np.exp(masses[0]))
        marginal = marginal.on(Latent(_grid(theta), masses))
    summit = Summit(point, promised, cycles, still, change)
    fine = needed(layout, x).spacing >= theta[1] - theta[0]
    return Fit(marginal, tuple(climber.designs), summit, not (fine and reaches(point.counts.groups, _LEAST_TAIL)))


def moments(marginal: Marginal, group: int) -> Population:
    """Mean and standard deviation of a group's histogram."""
    theta, mass = marginal.latent.grid.nodes, masses(marginal, group)
    mean = float(mass @ theta)
    return Population(mean, math.sqrt(float(mass @ (theta - mean) ** 2)))


def masses(marginal: Marginal, group: int) -> Floats:
    """Probabilities of the nodes; they sum to 1."""
    assert marginal.latent.log_masses is not None
    return np.asarray(np.exp(marginal.latent.log_masses[group]), dtype=np.float64)


def histogram_parameters(layout: Layout, marginal: Marginal) -> int:
    """How many masses are free: one less than nodes in each group, two less where mean and sd are held."""
    assert marginal.latent.log_masses is not None
    groups, nodes = marginal.latent.log_masses.shape
    anchored = any(one.anchor is not None for one in layout.instances)
    given = any(block.model in FIXED_SLOPE for block in layout.blocks)
    return int(groups) * (int(nodes) - 1) - (0 if anchored else 1 if given else 2)


def _grid(theta: Floats) -> Grid:
    return Grid(theta, np.full(theta.size, theta[1] - theta[0]))


def _standardised(layout: Layout, x: Floats, theta: Floats, mass: Floats) -> tuple[Floats, Floats]:
    """The same model with the reference group at mean 0 and, if slopes are free, sd 1."""
    mean = float(mass @ theta)
    given = any(block.model in FIXED_SLOPE for block in layout.blocks)
    sd = 1.0 if given else math.sqrt(float(mass @ (theta - mean) ** 2))
    moved = x.copy()
    for block in layout.blocks:
        old, new = layout.matrix(block, x), layout.matrix(block, moved)
        lines = slice(block.slopes, block.slopes + block.categories - 1)
        new[:, lines] += mean * category_slopes(block.model, old, block.categories)
        new[:, : block.slopes] *= sd
    return moved, (theta - mean) / sd

"""The population abilities come from, and grids that resolve every posterior on it.

For a smooth integrand that vanishes at both ends the trapezoid rule on equally spaced nodes
converges faster than any power of the spacing (Trefethen & Weideman 2014): for a normal density
of standard deviation s and spacing s/2 its error is about exp(-8 pi^2), below rounding; for a
logistic curve of slope a, whose poles are pi/a off the real line, about exp(-2 pi^2 / (a h)).
So the grid needs only to be wide enough and to know the narrowest posterior and steepest item.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from psychometrics.arrays import Floats, Integers, row_blocks
from psychometrics.errors import RuleError
from psychometrics.items import ItemTable
from psychometrics.likelihood import finite_log_p
from psychometrics.models import category_curves

# A posterior is cut where it has fallen by exp(-24), 4e-11, below its maximum.
_DROP = 24.0
_MINIMUM_NODES = 61
_NODES_PER_WIDTH = 2.0
# At half this width the error a logistic curve of slope 1 leaves is exp(-2 pi^2 / 0.8), 2e-11.
_LOGISTIC_WIDTH = 1.6
_PANEL_ORDER = 12


@dataclass(frozen=True)
class Population:
    """Abilities are normal with this mean and standard deviation, in logits."""

    mean: float = 0.0
    sd: float = 1.0

    def __post_init__(self) -> None:
        if not math.isfinite(self.mean):
            raise RuleError(field="population.mean", value=self.mean)
        if not (math.isfinite(self.sd) and self.sd > 0):
            raise RuleError(field="population.sd", value=self.sd)

    def log_density(self, theta: Floats) -> Floats:
        """Log of the normal density."""
        scaled = (theta - self.mean) / self.sd
        return -0.5 * scaled**2 - math.log(self.sd * math.sqrt(2.0 * math.pi))


@dataclass(frozen=True, eq=False)
class Grid:
    """Quadrature nodes and weights: the integral of f is the sum of weights * f(nodes)."""

    nodes: Floats
    weights: Floats


def scoring_grid(table: ItemTable, population: Population) -> Grid:
    """Equally spaced nodes on which every posterior of this test in this population is exact.

    The ends come from the two extreme response patterns, since the slope of any other pattern's
    likelihood lies between theirs: no posterior can fall off later. The spacing is half of
    `finest_width`, and never so wide that fewer than 61 nodes remain.
    """
    low, high = posterior_range(table, population)
    return even_grid(low, high, finest_width(table, population, low, high))


def even_grid(low: float, high: float, width: float) -> Grid:
    """Trapezoid rule on [low, high] for integrands no narrower than a normal of this sd."""
    count = max(_MINIMUM_NODES, math.ceil(_NODES_PER_WIDTH * (high - low) / width) + 1)
    nodes = np.linspace(low, high, count)
    weights = np.full(count, nodes[1] - nodes[0])
    weights[[0, -1]] *= 0.5
    return Grid(nodes, weights)


def panel_grid(low: float, high: float, width: float) -> Grid:
    """Gauss-Legendre panels on [low, high], for an integral with a hard end such as a cut."""
    panels = max(1, math.ceil((high - low) / (2.0 * width)))
    edges = np.linspace(low, high, panels + 1)
    unit, weight = np.polynomial.legendre.leggauss(_PANEL_ORDER)
    half = (edges[1:] - edges[:-1])[:, None] / 2.0
    nodes = edges[:-1, None] + half * (unit + 1.0)
    return Grid(nodes.ravel(), (half * weight).ravel())


def posterior_range(table: ItemTable, population: Population) -> tuple[float, float]:
    """Where a posterior can have weight: see `scoring_grid`."""
    return (
        _edge(table, population, table.lowest_pattern, -1.0),
        _edge(table, population, table.highest_pattern, 1.0),
    )


def _edge(table: ItemTable, population: Population, pattern: Integers, side: float) -> float:
    """Walk out from the mean until the posterior of an extreme pattern has dropped for good."""
    reach = 8.0
    items = np.arange(len(table))
    while True:
        theta = population.mean + side * population.sd * np.linspace(0.0, reach, 1 + round(5 * reach))
        log_p = finite_log_p(category_curves(table, theta))[:, items, pattern]
        posterior = log_p.sum(axis=1) + population.log_density(theta)
        alive = np.flatnonzero(posterior > posterior.max() - _DROP)
        if alive[-1] + 1 < theta.size:
            return float(theta[alive[-1] + 1])
        reach *= 2.0


def finest_width(table: ItemTable, population: Population, low: float, high: float) -> float:
    """The width of the narrowest thing on [low, high]: a posterior's sd, or the steepest curve."""
    posterior = 1.0 / math.sqrt(population.sd**-2 + peak_information(table, low, high))
    steepest = float(table.steepness.max())
    return min(posterior, _LOGISTIC_WIDTH / steepest) if steepest else posterior


def peak_information(table: ItemTable, low: float, high: float) -> float:
    """The largest test information between two thetas."""
    steepest = float(table.steepness.max())
    # No item's information is narrower than that of its steepest turn: a fall by 1 % at this step.
    theta = np.linspace(low, high, max(_MINIMUM_NODES, math.ceil((high - low) * steepest / 0.4) + 1))
    cells = len(table) * int(table.categories.max())
    return max(
        float(category_curves(table, theta[rows]).information.sum(axis=1).max())
        for rows in row_blocks(theta.size, 8 * cells)
    )

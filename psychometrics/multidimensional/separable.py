"""Posteriors of several abilities when every item shows one: the likelihood is a product.

Each dimension's log-likelihood is known at its own fine, equally spaced nodes. A person's
posterior is integrated in a window of these nodes around its mode, as wide and as fine as the
posterior is; seen from the window's middle the normal density falls into a tilt of each dimension,
which is the person's own, and a `Coupling` that all share whose windows have the same steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.blocks import blocks_of, map_blocks
from psychometrics.interpolation import REACH, local_polynomials, polynomial
from psychometrics.likelihood import finite_log_p, sum_observed
from psychometrics.models import category_curves
from psychometrics.multidimensional.ascent import Local, ascend
from psychometrics.multidimensional.dimensions import MultidimensionalItems, MultivariatePopulation
from psychometrics.multidimensional.tensor import Coupling
from psychometrics.quadrature import Population, peak_information, posterior_range

# Node distance in units of 1 / steepness: a polynomial then gives derivatives to 1e-9.
_RESOLUTION = 0.15
# Of the coupling, whose largest value, in the window's middle, is 1.
_TOLERANCE = 1e-11
# How far the nodes go on beyond the posteriors of one dimension alone, in its standard deviations.
_BEYOND = 3.0
# At a step of 0.75 widths the trapezoid rule errs by exp(-2 pi^2 / (1.3 * 0.75)), 2e-9, of a logistic
# curve of slope 1, whose poles are pi off the real line; at 0.5 a sinc interpolant by 3e-7.
LOGISTIC_WIDTH = 1.3
_CHUNK = 1024
# Persons times places of half the dimensions: 16 MB.
_CELLS = 2_000_000
# Steps of windows, in fine nodes: few sizes, so that many persons share one.
_SIZES = np.unique(np.floor(1.25 ** np.arange(60))).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Dimension:
    """The items of one ability at ``nodes``; without items all log-likelihoods are 0.

    ``width``: what the steepest of the items is in the place of a standard deviation.
    """

    nodes: Floats
    step: float
    columns: list[int]
    log_p: Floats | None
    width: float = math.inf

    @classmethod
    def of(cls, items: MultidimensionalItems, population: MultivariatePopulation, d: int) -> Dimension:
        """Nodes over all places where anybody's posterior can be, with something to spare."""
        own = items.on_dimension(d)
        margin = Population(float(population.mean[d]), float(population.sd[d]))
        certain = float(population.precision[d, d])
        if own is None:
            width = 0.5 / math.sqrt(certain)
            count = math.ceil(20 * margin.sd / width) + 1
            return cls.at(items, d, margin.mean + np.linspace(-10, 10, count) * margin.sd)
        table, _ = own
        low, high = posterior_range(table, margin)
        low, high = low - _BEYOND * margin.sd, high + _BEYOND * margin.sd
        narrowest = 1.0 / math.sqrt(certain + peak_information(table, low, high))
        steepest = float(table.steepness.max())
        width = min(_RESOLUTION / steepest, narrowest / 2.0) if steepest else narrowest / 2.0
        return cls.at(items, d, np.linspace(low, high, math.ceil((high - low) / width) + 1))

    @classmethod
    def at(cls, items: MultidimensionalItems, d: int, nodes: Floats) -> Dimension:
        """Nodes that are given; `modes` and `over_windows` need others."""
        own = items.on_dimension(d)
        step = float(nodes[1] - nodes[0])
        if own is None:
            return cls(nodes, step, [], None)
        steepest = float(own[0].steepness.max())
        width = LOGISTIC_WIDTH / steepest if steepest else math.inf
        return cls(nodes, step, own[1], finite_log_p(category_curves(own[0], nodes)), width)

    def heights(self, seen: Codes) -> Floats:
        """Log-likelihoods, persons x nodes."""
        if self.log_p is None:
            return np.zeros((len(seen), self.nodes.size))
        return sum_observed(seen[:, self.columns], self.log_p)

    def nearest(self, theta: Floats) -> Integers:
        """The node nearest each theta that has a polynomial around it."""
        place = np.rint((theta - self.nodes[0]) / self.step).astype(np.int64)
        nearest: Integers = np.clip(place, REACH, self.nodes.size - 1 - REACH)
        return nearest


def modes(dimensions: list[Dimension], population: MultivariatePopulation, seen: Codes) -> tuple[Floats, Floats]:
    """Each person's posterior mode, and minus the second derivative of each dimension's likelihood.

    A likelihood that is not bent down where a step starts (guessing) counts as flat.
    """
    heights = [dimension.heights(seen) for dimension in dimensions]
    precision, size = population.precision, population.dimensions

    def at(theta: Floats) -> tuple[Floats, Floats, Floats]:
        off = theta - population.mean
        pull = off @ precision
        total = -0.5 * (pull * off).sum(axis=1)
        rise, bend = np.empty_like(theta), np.empty_like(theta)
        for d, dimension in enumerate(dimensions):
            centre = dimension.nearest(theta[:, d])
            place = (theta[:, d] - dimension.nodes[centre]) / dimension.step
            value, first, second = polynomial(local_polynomials(heights[d], centre), place)
            total += value
            rise[:, d], bend[:, d] = first / dimension.step, second / dimension.step**2
        return total, rise - pull, -bend

    def local(theta: Floats) -> Local:
        height, gradient, bend = at(theta)
        return height, gradient, precision + np.maximum(bend, 0.0)[:, :, None] * np.eye(size)

    low = np.array([dimension.nodes[REACH] for dimension in dimensions])
    high = np.array([dimension.nodes[-1 - REACH] for dimension in dimensions])
    theta = ascend(local, np.tile(population.mean, (len(seen), 1)), low, high)
    return theta, at(theta)[2]


@dataclass(frozen=True, eq=False)
class Window:
    """A block of persons seen in windows of the same steps: persons, and mass vectors for each dimension."""

    persons: Integers
    centre: Floats
    offsets: list[Floats]
    masses: list[Floats]
    coupling: Coupling


def over_windows(
    dimensions: list[Dimension],
    population: MultivariatePopulation,
    resolved: Codes,
    centre: Floats,
    covariance: Floats,
    shape: tuple[float, float],
    work: Callable[[Window], None],
) -> None:
    """Call ``work`` with all persons, in blocks of those whose windows are alike.

    ``shape``: the step in units of a posterior's conditional standard deviation (or of the width
    of the steepest item), and how far a window reaches in units of its marginal one. The trapezoid
    rule with step h errs by exp(-2 pi^2 sd^2 / h^2) of a normal posterior, whatever the
    correlations, if sd is conditional.
    """
    fineness, reach = shape
    fine = np.array([dimension.step for dimension in dimensions])
    diagonal = np.arange(len(dimensions))
    conditional = 1.0 / np.sqrt(np.linalg.inv(covariance)[:, diagonal, diagonal])
    narrowest = np.minimum(conditional, [dimension.width for dimension in dimensions])
    wanted = np.maximum(fineness * narrowest / fine, 1.0)
    steps = _SIZES[np.searchsorted(_SIZES, wanted, side="right") - 1]
    halves = np.ceil(reach * np.sqrt(covariance[:, diagonal, diagonal]) / (steps * fine)).astype(np.int64)
    order, blocks = _alike(steps, halves)

    def block(rows: slice) -> None:
        persons = order[rows]
        step, half = steps[persons[0]], halves[persons].max(axis=0)
        work(_window(dimensions, population, resolved[persons], persons, centre[persons], step, half))

    map_blocks(block, blocks)


def _alike(steps: Integers, halves: Integers) -> tuple[Integers, list[slice]]:
    """An order of the persons, and slices of it: of the same steps, and of no more than fit in memory."""
    order = np.lexsort((halves.sum(axis=1), *steps.T))
    changes = 1 + np.flatnonzero((np.diff(steps[order], axis=0) != 0).any(axis=1))
    half = (steps.shape[1] + 1) // 2
    blocks = []
    for start, stop in pairwise([0, *changes.tolist(), len(order)]):
        widest = 2.0 * halves[order[start:stop], :half].max(axis=0, initial=0) + 1.0
        size = max(1, min(_CHUNK, int(_CELLS / widest.prod())))
        blocks += [slice(start + part.start, start + part.stop) for part in blocks_of(stop - start, size)]
    return order, blocks


def _window(
    dimensions: list[Dimension],
    population: MultivariatePopulation,
    seen: Codes,
    persons: Integers,
    centre: Floats,
    step: Integers,
    half: Integers,
) -> Window:
    places = np.stack([d.nearest(centre[:, k]) for k, d in enumerate(dimensions)], axis=1)
    middle = np.stack([d.nodes[places[:, k]] for k, d in enumerate(dimensions)], axis=1)
    tilt = (middle - population.mean) @ population.precision
    offsets: list[Floats] = []
    masses: list[Floats] = []
    for k, dimension in enumerate(dimensions):
        ticks = int(step[k]) * np.arange(-int(half[k]), int(half[k]) + 1)
        index = places[:, [k]] + ticks
        inside = (index >= 0) & (index < dimension.nodes.size)
        heights = np.take_along_axis(dimension.heights(seen), np.clip(index, 0, dimension.nodes.size - 1), axis=1)
        offset = np.asarray(ticks * dimension.step, dtype=np.float64)
        heights -= tilt[:, [k]] * offset
        heights -= heights.max(axis=1, keepdims=True)
        offsets.append(offset)
        masses.append(np.where(inside, np.exp(heights), 0.0))
    return Window(persons, middle, offsets, masses, Coupling(offsets, population.precision, _TOLERANCE))

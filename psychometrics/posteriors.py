"""The posterior of every person on a grid, and expectations under it, in blocks on a few threads.

Everything is float64. Where the weighted sum of the responses is sufficient and nothing is
missing, an expectation is a smooth function of that sum, whose derivatives are the joint cumulants
with theta (a property of exponential families); it is then tabulated, not computed person by person.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from psychometrics.arrays import Codes, Floats
from psychometrics.blocks import BLOCK_ROWS, blocks_of, map_blocks
from psychometrics.interpolation import hermite_table
from psychometrics.items import ItemTable
from psychometrics.likelihood import finite_log_p, sum_observed
from psychometrics.models import category_curves
from psychometrics.quadrature import Grid, Population
from psychometrics.sufficient import sum_is_sufficient, weighted_sums

# Bounds a block's densities: 4 MB.
_CELLS = 500_000
# A table pays if looking up is asked this many times more often than computing.
_PERSONS_PER_INTERVAL = 4


def grid_blocks(persons: int, nodes: int) -> list[slice]:
    """Blocks of persons whose densities at ``nodes`` places stay small."""
    return blocks_of(persons, min(BLOCK_ROWS, max(1, _CELLS // nodes)))


class Posteriors:
    """Unnormalised posteriors on ``grid``, each scaled so that its largest mass is 1.

    The largest log mass of a row is taken out before the exponential: of 300 items the
    likelihood itself is far below the smallest double.
    """

    def __init__(self, table: ItemTable, population: Population, grid: Grid) -> None:
        self.table = table
        self.grid = grid
        self._log_p = finite_log_p(category_curves(table, grid.nodes))
        self._prior = population.log_density(grid.nodes) + np.log(grid.weights)

    def of(self, resolved: Codes) -> Floats:
        """Of each person of a block, persons x nodes."""
        return _scaled(sum_observed(resolved, self._log_p), self._prior)

    def of_sums(self, sums: Floats) -> Floats:
        """Of weighted sums of complete responses, sums x nodes."""
        shared = self._log_p[:, :, 0].sum(axis=1) + self._prior
        return _scaled(sums[:, None] * self.grid.nodes, shared)

    def each(self, resolved: Codes, work: Callable[[slice, Floats], None]) -> None:
        """Call ``work`` with the rows and the posteriors of each block, on a few threads."""

        def block(rows: slice) -> None:
            work(rows, self.of(resolved[rows]))

        map_blocks(block, grid_blocks(resolved.shape[0], self.grid.nodes.size))


def posterior_means(posteriors: Posteriors, resolved: Codes, functions: Floats) -> Floats:
    """The posterior mean of each function, persons x functions; ``functions``: nodes x functions."""
    means = np.empty((resolved.shape[0], functions.shape[1]))
    if not sum_is_sufficient(posteriors.table):
        _by_person(posteriors, resolved, functions, means)
        return means
    sums = weighted_sums(posteriors.table, resolved)
    partial = np.isnan(sums)
    if not partial.any():
        return _by_sum(posteriors, sums, functions)
    complete = np.flatnonzero(~partial)
    means[complete] = _by_sum(posteriors, sums[complete], functions)
    some = np.empty((resolved.shape[0] - complete.size, functions.shape[1]))
    _by_person(posteriors, resolved[partial], functions, some)
    means[partial] = some
    return means


def _by_person(posteriors: Posteriors, resolved: Codes, functions: Floats, means: Floats) -> None:
    def work(rows: slice, density: Floats) -> None:
        means[rows] = (density @ functions) / density.sum(axis=1, keepdims=True)

    posteriors.each(resolved, work)


def _by_sum(posteriors: Posteriors, sums: Floats, functions: Floats) -> Floats:
    nodes = posteriors.grid.nodes

    def exact(points: Floats) -> Floats:
        found = np.empty((points.size, functions.shape[1], 3))
        for rows in grid_blocks(points.size, nodes.size):
            found[rows] = _with_derivatives(posteriors.of_sums(points[rows]), nodes, functions)
        return found

    means = np.empty((sums.size, functions.shape[1]))
    table = None
    if sums.size:
        most = sums.size // _PERSONS_PER_INTERVAL
        table = hermite_table(exact, float(sums.min()), float(sums.max()), most)

    def work(rows: slice) -> None:
        if table is not None:
            means[rows] = table(sums[rows])
        else:
            density = posteriors.of_sums(sums[rows])
            means[rows] = (density @ functions) / density.sum(axis=1, keepdims=True)

    map_blocks(work, grid_blocks(sums.size, nodes.size))
    return means


def _with_derivatives(density: Floats, nodes: Floats, functions: Floats) -> Floats:
    """Means of the functions and their derivatives by the weighted sum.

    With d = theta - E(theta) these are E(g), E(g d) and E((g - E(g)) d^2).
    """
    density = density / density.sum(axis=1, keepdims=True)
    distance = nodes - (density @ nodes)[:, None]
    mean = density @ functions
    density *= distance
    first = density @ functions
    density *= distance
    second = density @ functions - mean * density.sum(axis=1, keepdims=True)
    return np.stack((mean, first, second), axis=2)


def _scaled(log_mass: Floats, added: Floats) -> Floats:
    log_mass += added
    log_mass -= log_mass.max(axis=1, keepdims=True)
    return np.exp(log_mass, out=log_mass)

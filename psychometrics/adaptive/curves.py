"""What a bank's items say at the nodes of a grid, laid out so that one answer is one row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from psychometrics.arrays import Floats, row_blocks
from psychometrics.items import ItemTable
from psychometrics.likelihood import finite_log_p
from psychometrics.models import CategoryCurves, category_curves
from psychometrics.quadrature import Grid, Population

_HALF_WIDTH = 6.0
_FEWEST = 61
# A node more than this and the steepest curve would be seen; see `psychometrics.quadrature`.
_STEEP = 1.0


@dataclass(frozen=True, eq=False)
class GridCurves:
    """Curves of every item at ``grid.nodes``, and at ``points`` beside them (the ends of an SPRT)."""

    table: ItemTable
    grid: Grid
    points: Floats

    @property
    def size(self) -> int:
        """How many nodes there are, without the extra points."""
        return self.grid.nodes.size

    @cached_property
    def answers(self) -> Floats:
        """Log probability, items x (categories + 1) x (nodes, then points).

        The last category is the missing answer and is 0 everywhere: code -1 finds it.
        """
        nodes = np.concatenate((self.grid.nodes, self.points))
        most = int(self.table.categories.max())
        values = np.zeros((len(self.table), most + 1, nodes.size))
        for rows, curves in self._blocks(nodes):
            values[:, :most, rows] = finite_log_p(curves).transpose(1, 2, 0)
        return values

    @cached_property
    def log_p(self) -> Floats:
        """Log probability, items x categories x nodes, 0 where there is no such category."""
        return np.ascontiguousarray(self.answers[:, :-1, : self.size])

    @cached_property
    def p(self) -> Floats:
        """Probability, items x categories x nodes, 0 where there is no such category."""
        present = np.arange(self.log_p.shape[1]) < self.table.categories[:, None]
        return np.where(present[:, :, None], np.exp(self.log_p), 0.0)

    @cached_property
    def information(self) -> Floats:
        """Fisher information, items x nodes."""
        return self._over_items(lambda curves: curves.information)

    @cached_property
    def bias_term(self) -> Floats:
        """Warm's J, items x nodes."""
        return self._over_items(lambda curves: curves.bias_term)

    def _over_items(self, what: Callable[[CategoryCurves], Floats]) -> Floats:
        values = np.empty((len(self.table), self.size))
        for rows, curves in self._blocks(self.grid.nodes):
            values[:, rows] = what(curves).T
        return values

    def _blocks(self, nodes: Floats) -> Iterator[tuple[slice, CategoryCurves]]:
        for rows in row_blocks(nodes.size, 4 * len(self.table) * int(self.table.categories.max())):
            yield rows, category_curves(self.table, nodes[rows])


def provisional_grid(table: ItemTable, population: Population, most_items: int) -> Grid:
    """A grid fine enough for any posterior that ``most_items`` items of the bank can leave.

    It reaches six standard deviations of the population to either side. For a normal posterior of
    the smallest sd possible, a spacing of one sd leaves an error of exp(-2 pi^2), 3e-9
    (Trefethen & Weideman 2014).
    """
    low = population.mean - _HALF_WIDTH * population.sd
    high = population.mean + _HALF_WIDTH * population.sd
    coarse = np.linspace(low, high, _FEWEST)
    best = max(
        float(np.sort(category_curves(table, coarse[rows]).information, axis=1)[:, -most_items:].sum(axis=1).max())
        for rows in row_blocks(coarse.size, 8 * len(table) * int(table.categories.max()))
    )
    spacing = min(1.0 / np.sqrt(population.sd**-2 + best), _STEEP / max(float(table.steepness.max()), 1e-9))
    count = max(_FEWEST, int(np.ceil((high - low) / spacing)) + 1)
    nodes = np.linspace(low, high, count)
    weights = np.full(count, nodes[1] - nodes[0])
    weights[[0, -1]] *= 0.5
    return Grid(nodes, weights)

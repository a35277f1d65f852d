"""Integrals over several correlated dimensions where each has its own likelihood.

On a product of nodes the posterior is one mass vector for each dimension times a tensor that all
persons share, the normal density among the nodes. With the dimensions in two halves the tensor
is a matrix of low rank, and the integrals of a block of persons are a few small matrix products.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from psychometrics.arrays import Floats, Integers
from psychometrics.errors import RuleError

# Places of half the dimensions: with 34 nodes in each this allows six dimensions.
_MOST_PLACES = 40_000
_FIRST_ROWS = 160


@dataclass(frozen=True, eq=False)
class Moments:
    """Of each person: total mass, means (persons x dimensions), second moments about the origin.

    ``edges``: share of the mass at the first or last node of each dimension, whichever is more.
    """

    mass: Floats
    mean: Floats
    second: Floats
    edges: Floats


class Coupling:
    """exp(-1/2 delta' P delta) on the product of ``offsets``, one array of deltas a dimension.

    As left x right, which differ from it by no more than about ``tolerance``; exactly if that is
    0. Raises `RuleError` if half the dimensions have more than 40,000 places.
    """

    def __init__(self, offsets: Sequence[Floats], precision: Floats, tolerance: float) -> None:
        self._split = (len(offsets) + 1) // 2
        self._halves = (offsets[: self._split], offsets[self._split :])
        places = max(float(np.prod([float(values.size) for values in half])) for half in self._halves)
        if places > _MOST_PLACES:
            raise RuleError(field="dimensions", dimensions=len(offsets), places=places, most=_MOST_PLACES)
        first, second = (_product(half) for half in self._halves)
        self._places = (first, second)
        kernel = _Kernel(first, second, precision)
        if tolerance:
            left, right = _cross_approximation(kernel, tolerance)
        else:
            left, right = kernel.rows(np.arange(len(first))), np.eye(len(second))
        self._left, self._right = left, np.ascontiguousarray(right.T)
        # Mass, then a first moment of each dimension of the half, in one product.
        self._lefts = np.hstack([left, *(left * first[:, [i]] for i in range(first.shape[1]))])
        self._rights = np.hstack([self._right, *(self._right * second[:, [j]] for j in range(second.shape[1]))])

    def mass(self, masses: Sequence[Floats]) -> Floats:
        """The integral for each person; ``masses``: for each dimension persons x its nodes."""
        first, second = _outer(masses[: self._split]), _outer(masses[self._split :])
        total: Floats = np.einsum("pr,pr->p", first @ self._left, second @ self._right)
        return total

    def moments(self, masses: Sequence[Floats]) -> Moments:
        """Mass, mean and second moments of each person."""
        first, second = _outer(masses[: self._split]), _outer(masses[self._split :])
        size, cut, rank = len(masses), self._split, self._left.shape[1]
        lefts = (first @ self._lefts).reshape(len(first), -1, rank)
        rights = (second @ self._rights).reshape(len(second), -1, rank)
        products = np.einsum("pir,pjr->pij", lefts, np.broadcast_to(rights, (len(first), *rights.shape[1:])))
        mass = products[:, 0, 0]
        mean, moment = np.empty((mass.size, size)), np.empty((mass.size, size, size))
        edges = np.empty((mass.size, size))
        mean[:, :cut], mean[:, cut:] = products[:, 1:, 0], products[:, 0, 1:]
        moment[:, :cut, cut:] = products[:, 1:, 1:]
        moment[:, cut:, :cut] = products[:, 1:, 1:].transpose(0, 2, 1)
        first *= rights[:, 0] @ self._left.T
        second = second * (lefts[:, 0] @ self._right.T)
        for half, density, start in zip((0, 1), (first, second), (0, cut), strict=True):
            place = self._places[half]
            stop = start + place.shape[1]
            pairs = (place[:, :, None] * place[:, None, :]).reshape(len(place), -1)
            moment[:, start:stop, start:stop] = (density @ pairs).reshape(-1, stop - start, stop - start)
            ends = _ends(self._halves[half])
            edges[:, start:stop] = (density @ ends).reshape(mass.size, -1, 2).max(axis=2)
        return Moments(mass, mean / mass[:, None], moment / mass[:, None, None], edges / mass[:, None])


class _Kernel:
    """The density among the places of two halves, row by row or column by column."""

    def __init__(self, first: Floats, second: Floats, precision: Floats) -> None:
        cut = first.shape[1]
        self._own = _form(first, precision[:cut, :cut])
        self._other = _form(second, precision[cut:, cut:])
        self._cross = first @ precision[:cut, cut:]
        self._second = second
        self.shape = len(first), len(second)

    def rows(self, index: Integers) -> Floats:
        exponent = self._cross[index] @ self._second.T
        exponent += 0.5 * self._own[index, None]
        exponent += 0.5 * self._other
        density: Floats = np.exp(-exponent)
        return density

    def column(self, index: int) -> Floats:
        exponent = self._cross @ self._second[index] + 0.5 * (self._own + self._other[index])
        density: Floats = np.exp(-exponent)
        return density


def _cross_approximation(kernel: _Kernel, tolerance: float) -> tuple[Floats, Floats]:
    """Left (rows x rank) and right (rank x columns), by adaptive crosses (Bebendorf 2000).

    The largest error in some of the rows says where the next cross goes; rows between them are
    then tried, and more rows taken if these are met less well. For a normal density the rank is 10 to 30.
    """
    count = min(_FIRST_ROWS, kernel.shape[0])
    while True:
        chosen = np.unique(np.linspace(0, kernel.shape[0] - 1, count).astype(np.int64))
        left, right = _crosses(kernel, chosen, tolerance)
        if chosen.size == kernel.shape[0]:
            return left, right
        between = (chosen[:-1] + chosen[1:]) // 2
        if np.abs(kernel.rows(between) - left[between] @ right).max() <= 10 * tolerance:
            return left, right
        count = min(2 * count, kernel.shape[0])


def _crosses(kernel: _Kernel, chosen: Integers, tolerance: float) -> tuple[Floats, Floats]:
    rest = kernel.rows(chosen)
    most = min(rest.shape)
    left, right = np.empty((kernel.shape[0], most)), np.empty((most, kernel.shape[1]))
    for rank in range(most):
        row, column = divmod(int(np.abs(rest).argmax()), kernel.shape[1])
        if abs(rest[row, column]) <= tolerance:
            return left[:, :rank], right[:rank]
        left[:, rank] = kernel.column(column) - left[:, :rank] @ right[:rank, column]
        right[rank] = rest[row] / rest[row, column]
        rest -= np.outer(left[chosen, rank], right[rank])
    return left, right


def _product(offsets: Sequence[Floats]) -> Floats:
    """Every combination of the offsets, combinations x dimensions; one empty one of no offsets."""
    if not offsets:
        return np.zeros((1, 0))
    return np.stack([grid.ravel() for grid in np.meshgrid(*offsets, indexing="ij")], axis=1)


def _form(place: Floats, precision: Floats) -> Floats:
    form: Floats = np.einsum("nd,de,ne->n", place, precision, place)
    return form


def _outer(masses: Sequence[Floats]) -> Floats:
    """Persons x combinations of nodes, in the order of `_product`."""
    if not masses:
        return np.ones((1, 1))
    return reduce(lambda left, right: (left[:, :, None] * right[:, None, :]).reshape(len(left), -1), masses)


def _ends(offsets: Sequence[Floats]) -> Floats:
    """Which combinations have the first, and which the last node of each dimension, in turn."""
    index = _product([np.arange(values.size, dtype=np.float64) for values in offsets])
    columns = [index[:, d] == end for d, values in enumerate(offsets) for end in (0, values.size - 1)]
    return np.column_stack(columns).astype(np.float64) if columns else np.zeros((1, 0))

"""Identical answers of all pairs of persons at once, as products of indicator matrices.

A product of 0 and 1 in single precision is exact up to 16 million items. Only tiles on or above
the diagonal are computed; below it is their mirror image.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from psychometrics.arrays import Codes
from psychometrics.blocks import blocks_of, map_blocks
from psychometrics.errors import ResponseError
from psychometrics.responses import MissingPolicy, resolve_categories

_TILE = 1024

Counts = NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True, eq=False)
class MatchCounts:
    """Persons x persons, symmetric: identical right answers, and identical wrong ones.

    Persons who work alone share the wrong ones least. On the diagonal: a person's own answers.
    """

    right: Counts
    wrong: Counts

    @property
    def same(self) -> Counts:
        """Identical answers of either kind."""
        total: Counts = self.right + self.wrong
        return total


def match_counts(responses: ArrayLike, policy: MissingPolicy, key: ArrayLike) -> MatchCounts:
    """Identical answers of every pair of persons, right ones (those of ``key``) also apart.

    ``responses``: persons x items, the options chosen, or scores; ``key``: the right category of
    each item. A blank matches nothing, whatever ``policy`` counts it as. Memory is persons^2
    bytes for each of the two, twice that above 255 items. Raises `ResponseError`.

    >>> found = match_counts([[0, 1, -1], [0, 1, -1]], MissingPolicy.count_blanks(), [0, 0, 0])
    >>> int(found.same[0, 1]), int(found.right[0, 1]), int(found.wrong[0, 1])
    (2, 1, 1)
    """
    resolve_categories(responses, policy)
    chosen = np.asarray(responses).astype(np.int8, copy=False)
    right = np.asarray(key)
    if right.shape != chosen.shape[1:]:
        raise ResponseError(field="key", shape=right.shape, items=chosen.shape[1])
    kind = np.min_scalar_type(chosen.shape[1])
    hits = (chosen == right).astype(np.float32)
    return MatchCounts(_products(hits, kind), _products(_wrong_choices(chosen, right), kind))


def _wrong_choices(chosen: Codes, key: NDArray[Any]) -> NDArray[np.float32]:
    """1 where a person chose this wrong category, persons x (categories but one x items)."""
    persons, items = chosen.shape
    others = int(max(chosen.max(initial=0), key.max(initial=0)))
    marks = np.empty((persons, others, items), dtype=np.float32)

    def mark(rows: slice) -> None:
        for place in range(others):
            category = place + (place >= key)
            np.equal(chosen[rows], category, out=marks[rows, place], casting="unsafe")

    map_blocks(mark, blocks_of(persons))
    return marks.reshape(persons, others * items)


def indicators(chosen: Codes, width: int) -> NDArray[np.float32]:
    """1 where a person chose this category of this item, persons x (categories x items)."""
    persons, items = chosen.shape
    marks = np.empty((persons, width, items), dtype=np.float32)
    for category in range(width):
        np.equal(chosen, category, out=marks[:, category], casting="unsafe")
    return marks.reshape(persons, width * items)


def _products(marks: NDArray[np.float32], kind: np.dtype[Any]) -> Counts:
    persons = len(marks)
    counts: Counts = np.empty((persons, persons), dtype=kind)

    def fill(rows: slice) -> None:
        for columns in blocks_of(persons, _TILE):
            if columns.start < rows.start:
                continue
            tile = (marks[rows] @ marks[columns].T).astype(counts.dtype)
            counts[rows, columns] = tile
            if columns.start > rows.start:
                counts[columns, rows] = tile.T

    map_blocks(fill, blocks_of(persons, _TILE))
    return counts

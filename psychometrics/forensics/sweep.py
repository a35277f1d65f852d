"""Every pair of a session visited once, in tiles, with the p-value of its matches."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from psychometrics.arrays import Floats, Integers
from psychometrics.blocks import map_blocks
from psychometrics.forensics.counts import upper_tail
from psychometrics.forensics.matching import indicators
from psychometrics.forensics.pairing import standardised
from psychometrics.forensics.similarity import PairChances
from psychometrics.forensics.surface import Chances, ChanceSurface, Nodes, Statistic, node_probabilities
from psychometrics.items import ItemTable
from psychometrics.responses import MissingPolicy

_ROWS = 128
_COLUMNS = 512
_PAIRS = 16_384
# Stands where a tile has no pair: above every p-value.
NO_PAIR = 2.0

_Result = TypeVar("_Result")
# Persons of the rows, persons of the columns, p-values rows x columns.
Visit = Callable[[Integers, Integers, Floats], _Result]


class Sweep:
    """All pairs of a session. Those who met every item are looked up on one surface, others apart."""

    def __init__(
        self, statistic: Statistic, table: ItemTable, responses: ArrayLike, policy: MissingPolicy, theta: ArrayLike
    ) -> None:
        self.chances = PairChances(table, responses, policy, theta)
        self.statistic = statistic
        complete = self.chances.answers.complete
        whole = np.flatnonzero(complete)
        self.partial: Integers = np.flatnonzero(~complete)
        self.whole: Integers = whole[np.argsort(self.chances.theta[whole], kind="stable")]
        self._width = int(table.categories.max())
        self._marks = indicators(self.chances.answers.chosen[self.whole], self._width)
        if self.whole.size:
            self.nodes = Nodes.over(table, self.chances.theta[self.whole])
            self._parts = node_probabilities(table, self.nodes)
            self._first, self._weights = self.nodes.stencil(self.chances.theta[self.whole])

    @property
    def persons(self) -> int:
        """How many there are."""
        return len(self.chances.theta)

    def each(self, visit: Visit[_Result]) -> list[_Result]:
        """``visit`` called with every tile, on a few threads; the results in a fixed order."""
        return self._among_whole(visit) + self._partial_to_whole(visit) + self._among_partial(visit)

    def _among_whole(self, visit: Visit[_Result]) -> list[_Result]:
        if self.whole.size < 2:
            return []
        surface = ChanceSurface(self.statistic, self.nodes, self._parts)
        return _flat(map_blocks(lambda rows: self._row_of_tiles(surface, rows, visit), self._cells()))

    def _row_of_tiles(self, surface: ChanceSurface, rows: slice, visit: Visit[_Result]) -> list[_Result]:
        chances = surface.at(self.chances.theta[self.whole[rows]])
        results = []
        for start in range(rows.start, self.whole.size, _COLUMNS):
            columns = slice(start, min(start + _COLUMNS, self.whole.size))
            p = self._judge(chances, self._marks[rows], columns)
            if columns.start < rows.stop:
                within = np.arange(columns.start, columns.stop) > np.arange(rows.start, rows.stop)[:, None]
                p = np.where(within, p, NO_PAIR)
            results.append(visit(self.whole[rows], self.whole[columns], p))
        return results

    def _judge(self, chances: Chances, marks: NDArray[np.float32], columns: slice) -> Floats:
        counts = (marks @ self._marks[columns].T).astype(np.int64)
        return chances.p_values(counts, self._first[columns], self._weights[columns])

    def _cells(self) -> list[slice]:
        """Runs of persons between the same two nodes, none of more than `_ROWS`."""
        ends = np.flatnonzero(np.diff(self._first, prepend=-1, append=-1)).tolist()
        return [
            slice(start, min(start + _ROWS, stop)) for low, stop in pairwise(ends) for start in range(low, stop, _ROWS)
        ]

    def _partial_to_whole(self, visit: Visit[_Result]) -> list[_Result]:
        if not self.whole.size:
            return []

        def compare(place: slice) -> list[_Result]:
            person = self.partial[place]
            counted = self.chances.answers.counted[person[0]]
            own = Chances.of(self.statistic, self.chances.p[person[0]][counted], self._parts[:, counted])
            answers = self.chances.answers.chosen[person].copy()
            answers[:, ~counted] = -1
            marks = indicators(answers, self._width)
            everyone = slice(0, self.whole.size)
            return [visit(person, self.whole, self._judge(own, marks, everyone))]

        return _flat(map_blocks(compare, [slice(i, i + 1) for i in range(self.partial.size)]))

    def _among_partial(self, visit: Visit[_Result]) -> list[_Result]:
        """One row of exact tails for each person: here every pair has items of its own."""

        def compare(place: slice) -> list[_Result]:
            person, others = self.partial[place], self.partial[place.stop :]
            pairs = np.stack((np.repeat(person, others.size), others), axis=1)
            return [visit(person, others, self._exact(pairs)[None])] if others.size else []

        return _flat(map_blocks(compare, [slice(i, i + 1) for i in range(self.partial.size)]))

    def _exact(self, pairs: Integers) -> Floats:
        p_values = np.empty(len(pairs))
        for start in range(0, len(pairs), _PAIRS):
            rows = slice(start, start + _PAIRS)
            same, p, _ = self.chances.of(pairs[rows])
            matches = same.sum(axis=1)
            if self.statistic is Statistic.GBT:
                p_values[rows] = upper_tail(p, matches)
            else:
                p_values[rows] = ndtr(-standardised(matches, p.sum(axis=1), (p * (1.0 - p)).sum(axis=1)))
        return p_values


def _flat(lists: list[list[_Result]]) -> list[_Result]:
    return [result for results in lists for result in results]

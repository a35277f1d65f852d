"""The items of a bank sorted by information once, so that the next one is only looked up."""

from __future__ import annotations

import math
from collections.abc import Container
from dataclasses import dataclass

import numpy as np

from psychometrics.adaptive.information import ClosedForm, InformationBuffers
from psychometrics.adaptive.rules import Standing
from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.errors import InfeasibleError, RuleError
from psychometrics.items import ItemTable


@dataclass(frozen=True, eq=False)
class SelectionTable:
    """Maximum information, looked up at the nearest of a row of thetas ``low``, ``low + step``, ...

    ``order`` is thetas x items, the most informative first. A selection rule for `AdaptiveDesign`.
    The theta used is at most half a step off, which costs information only in the second order.

    >>> from psychometrics.items import Model
    >>> table = ItemTable.from_arrays(Model.RASCH, b=[-1.0, 0.0, 1.0])
    >>> SelectionTable.prepare(table).next_item(0.9, used={2})
    1
    """

    low: float
    step: float
    order: Integers

    @classmethod
    def prepare(cls, table: ItemTable, low: float = -4.0, high: float = 4.0, step: float = 0.05) -> SelectionTable:
        """Sort the items at every theta; thetas outside [low, high] are taken at its ends."""
        if not (math.isfinite(low) and math.isfinite(high) and low < high and 0 < step <= high - low):
            raise RuleError(field="selection_table", low=low, high=high, step=step)
        thetas: Floats = np.asarray(low + step * np.arange(round((high - low) / step) + 1), dtype=np.float64)
        order = np.empty((thetas.size, len(table)), dtype=np.int64)
        information = InformationBuffers(ClosedForm(table))
        for row in range(thetas.size):
            order[row] = np.argsort(-information.at(thetas[row : row + 1])[0], kind="stable")
        order.setflags(write=False)
        return cls(low, step, order)

    def next_item(self, theta: float, used: Container[int]) -> int:
        """The most informative item at ``theta`` (logits) that is not in ``used`` (columns)."""
        row = self.order[min(max(int((theta - self.low) / self.step + 0.5), 0), len(self.order) - 1)]
        for start in range(0, len(row), 64):
            for item in row[start : start + 64].tolist():
                if item not in used:
                    return int(item)
        raise InfeasibleError(field="used", reason="bank_exhausted")

    def choose(self, state: Standing, open_items: Booleans, rng: np.random.Generator) -> Integers:
        """For every examinee the first open item of their row, or a random one of the first few."""
        rows = np.rint((state.theta - self.low) / self.step).astype(np.int64)
        rows = np.clip(rows, 0, len(self.order) - 1)
        among = state.among
        rank = rng.integers(0, among, rows.size) if among > 1 else np.zeros(rows.size, dtype=np.int64)
        chosen = np.empty(rows.size, dtype=np.int64)
        waiting, width = np.arange(rows.size), min(2 * (state.step + among) + 2, self.order.shape[1])
        while waiting.size:
            candidates = self.order[rows[waiting], :width]
            reached = open_items[waiting[:, None], candidates].cumsum(axis=1)
            whole = width == self.order.shape[1]
            # There may be fewer open items than the draw was among.
            wanted = rank[waiting] % np.maximum(reached[:, -1], 1) if whole else rank[waiting]
            found = reached[:, -1] > wanted
            place = (reached > wanted[:, None]).argmax(axis=1)
            chosen[waiting[found]] = candidates[found, place[found]]
            if whole:
                break
            waiting, width = waiting[~found], self.order.shape[1]
        return chosen

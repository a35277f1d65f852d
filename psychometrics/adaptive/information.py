"""Item information at one theta an examinee, in closed form and into buffers that are kept."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from psychometrics.adaptive.bank import ItemBank
from psychometrics.arrays import Floats, Integers
from psychometrics.items import ItemTable
from psychometrics.models import item_information

# Beyond this the information is below 1e-130 and squares of its parts would underflow to 0 / 0.
_FARTHEST = 150.0


@dataclass(eq=False)
class InformationBuffers:
    """Computes the information of all items of a bank without allocating.

    With F = 1 / (1 + exp(-a (theta - b))) and G = 1 - F, a dichotomous item has
    I = (a (d - c) F G)^2 / ((c + (d - c) F) (1 - d + (d - c) G)), which is a^2 F G where there
    is neither guessing nor slipping (Lord 1980, eq. 5-9; Magis 2013 for four parameters).
    Owned by one state: what `at` returns is overwritten by the next call.

    >>> table = ItemTable.from_dicts([{"item": "i", "model": "2PL", "a": 2.0, "b": 0.0}])
    >>> InformationBuffers(ItemBank(table)).at(np.array([0.0])).tolist()
    [[1.0]]
    """

    bank: ItemBank
    _arrays: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        table = self.bank.table
        right_wrong = self.bank.dichotomous
        self._b = np.where(right_wrong, table.steps[:, 0] if table.steps.shape[1] else 0.0, 0.0)
        self._a, self._c, self._d = table.a, table.c, table.d
        self._plain = bool((self._c == 0).all() and (self._d == 1).all())
        self._range = self._d - self._c
        self._scale = self._a**2 if self._plain else (self._a * self._range) ** 2
        self._slip = 1.0 - self._d
        others = np.flatnonzero(~right_wrong)
        self._others: Integers = others
        self._rest = ItemTable(tuple(table.items[column] for column in others)) if others.size else None

    def at(self, theta: Floats) -> Floats:
        """Information at each examinee's theta, examinees x items."""
        f, g, under = self._take(theta.size)
        np.subtract(theta[:, None], self._b, out=g)
        np.multiply(g, self._a, out=g)
        np.negative(g, out=g)
        np.clip(g, -_FARTHEST, _FARTHEST, out=g)
        np.exp(g, out=g)
        np.add(g, 1.0, out=f)
        np.reciprocal(f, out=f)
        np.multiply(g, f, out=g)
        if self._plain:
            np.multiply(f, g, out=f)
        else:
            np.multiply(g, self._range, out=under)
            np.add(under, self._slip, out=under)
            np.multiply(f, g, out=g)
            np.multiply(f, self._range, out=f)
            np.add(f, self._c, out=f)
            np.multiply(under, f, out=under)
            np.multiply(g, g, out=g)
            np.divide(g, under, out=f)
        np.multiply(f, self._scale, out=f)
        if self._rest is not None:
            f[:, self._others] = item_information(self._rest, theta)
        return f

    def _take(self, size: int) -> list[Floats]:
        if not self._arrays or self._arrays[0].shape[0] < size:
            self._arrays = [np.empty((size, len(self.bank))) for _ in range(3)]
        return [array[:size] for array in self._arrays]

"""Item information at one theta an examinee, in closed form and into buffers that are kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from psychometrics.arrays import Floats, Integers
from psychometrics.items import DICHOTOMOUS, ItemTable
from psychometrics.models import item_information

# Beyond this the information is below 1e-130 and squares of its parts would underflow to 0 / 0.
_FARTHEST = 150.0


@dataclass(frozen=True, eq=False)
class ClosedForm:
    """The parameters of a table laid out for the formula; computed once, shared by all tests.

    With F = 1 / (1 + exp(-a (theta - b))) and G = 1 - F, a dichotomous item has
    I = (a (d - c) F G)^2 / ((c + (d - c) F) (1 - d + (d - c) G)), which is a^2 F G where there
    is neither guessing nor slipping (Lord 1980; Magis 2013 for four parameters).
    """

    table: ItemTable

    @cached_property
    def plain(self) -> bool:
        """Whether no item has guessing or slipping."""
        return bool((self.table.c == 0).all() and (self.table.d == 1).all())

    @cached_property
    def difficulty(self) -> Floats:
        """Difficulties; 0 for an item that is not scored right or wrong."""
        first = self.table.steps[:, 0] if self.table.steps.shape[1] else np.zeros(len(self.table))
        return np.where([model in DICHOTOMOUS for model in self.table.models], first, 0.0)

    @cached_property
    def span(self) -> Floats:
        """d - c."""
        return self.table.d - self.table.c

    @cached_property
    def slip(self) -> Floats:
        """1 - d."""
        return 1.0 - self.table.d

    @cached_property
    def scale(self) -> Floats:
        """The factor in front of the formula."""
        factor: Floats = self.table.a**2 if self.plain else (self.table.a * self.span) ** 2
        return factor

    @cached_property
    def others(self) -> Integers:
        """Columns of the items that are not scored right or wrong."""
        return np.flatnonzero([model not in DICHOTOMOUS for model in self.table.models])

    @cached_property
    def rest(self) -> ItemTable:
        """Those items."""
        return ItemTable(tuple(self.table.items[column] for column in self.others))


class InformationBuffers:
    """Computes the information of all items without allocating.

    Owned by one state: what `at` returns is overwritten by the next call.

    >>> table = ItemTable.from_dicts([{"item": "i", "model": "2PL", "a": 2.0, "b": 0.0}])
    >>> InformationBuffers(ClosedForm(table)).at(np.array([0.0])).tolist()
    [[1.0]]
    """

    def __init__(self, form: ClosedForm) -> None:
        self.form = form
        self._arrays: list[Floats] = []

    def at(self, theta: Floats) -> Floats:
        """Information at each examinee's theta, examinees x items."""
        form = self.form
        f, g, under = self._take(theta.size)
        np.subtract(theta[:, None], form.difficulty, out=g)
        np.multiply(g, form.table.a, out=g)
        np.negative(g, out=g)
        np.clip(g, -_FARTHEST, _FARTHEST, out=g)
        np.exp(g, out=g)
        np.add(g, 1.0, out=f)
        np.reciprocal(f, out=f)
        np.multiply(g, f, out=g)
        if form.plain:
            np.multiply(f, g, out=f)
        else:
            _divided(form, f, g, under)
        np.multiply(f, form.scale, out=f)
        if form.others.size:
            f[:, form.others] = item_information(form.rest, theta)
        return f

    def _take(self, size: int) -> list[Floats]:
        if not self._arrays or self._arrays[0].shape[0] < size:
            self._arrays = [np.empty((size, len(self.form.table))) for _ in range(3)]
        return [array[:size] for array in self._arrays]


def _divided(form: ClosedForm, f: Floats, g: Floats, under: Floats) -> None:
    """(F G)^2 / (P Q), left in ``f``; ``under`` is overwritten."""
    np.multiply(g, form.span, out=under)
    np.add(under, form.slip, out=under)
    np.multiply(f, g, out=g)
    np.multiply(f, form.span, out=f)
    np.add(f, form.table.c, out=f)
    np.multiply(under, f, out=under)
    np.multiply(g, g, out=g)
    np.divide(g, under, out=f)

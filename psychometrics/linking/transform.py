"""The line between two scales of ability, and what it does to item parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from psychometrics.arrays import Floats, FloatsLike
from psychometrics.errors import RuleError
from psychometrics.items import ItemParameters, ItemTable, Model
from psychometrics.quadrature import Population

# A model whose slope is 1 by definition becomes the one that lets it be anything else.
_FREED = {Model.RASCH: Model.TWO_PL, Model.PCM: Model.GPCM}


@dataclass(frozen=True)
class LinkingTransform:
    """theta on the base scale = ``slope`` * theta on the new scale + ``intercept``; slope above 0.

    With A = slope and B = intercept a becomes a / A, b and every step A b + B; c and d stay; a
    nominal item's slopes are divided by A, its intercepts lose slope * B / A (Kolen & Brennan
    2014, eqs. 6.2 to 6.4; Kim & Lee 2006). Probabilities do not change. Raises `RuleError`.

    >>> link = LinkingTransform(1.25, -0.5)
    >>> table = ItemTable.from_dicts([{"item": "i", "model": "2PL", "a": 1.0, "b": 0.4}])
    >>> link.apply(table).to_dicts()
    [{'item': 'i', 'model': '2PL', 'a': 0.8, 'b': 0.0}]
    >>> link.inverse().apply(link.apply(table)) == table
    True
    """

    slope: float
    intercept: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.slope) and self.slope > 0.0):
            raise RuleError(field="slope", value=self.slope)
        if not math.isfinite(self.intercept):
            raise RuleError(field="intercept", value=self.intercept)

    def theta(self, theta: FloatsLike) -> Floats:
        """Abilities of the new scale, on the base scale."""
        return self.slope * np.asarray(theta, dtype=np.float64) + self.intercept

    def apply(self, table: ItemTable) -> ItemTable:
        """Items of the new scale, on the base scale.

        A Rasch or partial credit item becomes a 2PL or GPCM item unless the slope is 1.
        """
        return ItemTable(tuple(self._item(entry) for entry in table.items))

    def population(self, population: Population) -> Population:
        """A population of the new scale, on the base scale."""
        return Population(self.slope * population.mean + self.intercept, self.slope * population.sd)

    def inverse(self) -> LinkingTransform:
        """From the base scale to the new one."""
        return LinkingTransform(1.0 / self.slope, -self.intercept / self.slope)

    def compose(self, after: LinkingTransform) -> LinkingTransform:
        """This one first, then ``after``: a chain of links from form to form."""
        return LinkingTransform(after.slope * self.slope, after.slope * self.intercept + after.intercept)

    def _item(self, entry: ItemParameters) -> ItemParameters:
        if entry.model is Model.NOMINAL:
            slopes = tuple(slope / self.slope for slope in entry.slopes)
            shifted = zip(entry.intercepts, slopes, strict=True)
            return replace(entry, slopes=slopes, intercepts=tuple(c - a * self.intercept for c, a in shifted))
        steps = tuple(self.slope * step + self.intercept for step in entry.steps)
        model = entry.model if self.slope == 1.0 else _FREED.get(entry.model, entry.model)
        return replace(entry, model=model, a=entry.a / self.slope, steps=steps)

"""The items two forms have in common, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from psychometrics.arrays import Floats
from psychometrics.errors import DataError
from psychometrics.items import DICHOTOMOUS, ItemTable, Model

# Two constants need two anchors at the very least.
LEAST_ANCHORS = 2


@dataclass(frozen=True, eq=False)
class Anchors:
    """The common items with their parameters on the ``new`` and on the ``base`` scale, same order."""

    new: ItemTable
    base: ItemTable

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the anchors in the order of the new form."""
        return self.new.names

    @property
    def located(self) -> tuple[Anchors, Floats, Floats]:
        """Anchors other than nominal, and all their locations on either scale, one vector each.

        Raises `DataError` if there are none.
        """
        names = [entry.item for entry in self.new.items if entry.model is not Model.NOMINAL]
        if not names:
            raise DataError(field="anchors", reason="nominal items have no locations", anchors=len(self.names))
        part = self.select(names)
        new, base = (np.concatenate([entry.steps for entry in t.items]) for t in (part.new, part.base))
        return part, new, base

    def select(self, names: Sequence[str]) -> Anchors:
        """Some of them, by name."""
        return Anchors(self.new.select(names), self.base.select(names))


def common_anchors(
    new: ItemTable, base: ItemTable, names: Sequence[str] | None = None, least: int = LEAST_ANCHORS
) -> Anchors:
    """Items that both tables have (all of one name, or those ``names``), for linking.

    Raises `DataError` if fewer than ``least`` are common, or a pair differs in categories or
    in kind of model, and `ItemParameterError` if one named is not in both tables.

    >>> table = ItemTable.from_arrays(Model.TWO_PL, a=[1.0, 0.8], b=[0.0, 1.2])
    >>> common_anchors(table, table).names
    ('item-1', 'item-2')
    """
    there = set(base.names)
    chosen = list(names) if names is not None else [name for name in new.names if name in there]
    if len(chosen) < max(least, 1):
        raise DataError(field="anchors", anchors=len(chosen), least=max(least, 1))
    pair = Anchors(new.select(chosen), base.select(chosen))
    for ours, theirs in zip(pair.new.items, pair.base.items, strict=True):
        if _kind(ours.model) != _kind(theirs.model) or ours.categories != theirs.categories:
            raise DataError(
                field="anchors", item=ours.item, new=ours.model.value, base=theirs.model.value,
                categories=(ours.categories, theirs.categories),
            )  # fmt: skip
    return pair


def _kind(model: Model) -> str:
    """Which steps may be compared with which."""
    if model in DICHOTOMOUS:
        return "dichotomous"
    return "partial credit" if model in (Model.PCM, Model.GPCM) else model.value

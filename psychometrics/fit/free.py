"""Which parameters the data at hand have already been used for: they cost degrees of freedom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psychometrics.arrays import Booleans, Integers
from psychometrics.calibration.families import FIXED_SLOPE, parameter_count, slope_count
from psychometrics.errors import RuleError
from psychometrics.items import ItemParameters, ItemTable, Model

_MAY_BE_FIXED = frozenset({"a", "c", "d"})


@dataclass(frozen=True)
class FreeParameters:
    """What was estimated from the responses whose fit is judged; by default all a model has.

    ``fixed_fields``: fields (``a``, ``c``, ``d``) that were set, not estimated, in every item.
    ``fixed_items``: names of items that were not estimated at all (anchors, a bank's parameters).
    ``common_slope``: one slope was estimated for all items; it counts once in a test of the model
    and, as in mirt, in each item's own test. ``mean``, ``sd``: the population's were estimated;
    ``sd`` None means yes if no item has a slope of its own (Rasch and PCM), else no.

    >>> table = ItemTable.from_dicts([{"item": i, "model": "3PL", "a": 1, "b": 0, "c": 0.2} for i in "pq"])
    >>> FreeParameters().of_items(table).tolist(), FreeParameters(fixed_fields=frozenset("c")).total(table)
    ([3, 3], 4)
    """

    fixed_fields: frozenset[str] = frozenset()
    fixed_items: tuple[str, ...] = ()
    common_slope: bool = False
    mean: bool = False
    sd: bool | None = None

    def __post_init__(self) -> None:
        if not self.fixed_fields <= _MAY_BE_FIXED:
            raise RuleError(field="free.fixed_fields", value=sorted(self.fixed_fields - _MAY_BE_FIXED))

    def of_items(self, table: ItemTable) -> Integers:
        """How many parameters of each item were estimated."""
        return np.array([int(mask.sum()) for mask in self.masks(table)], dtype=np.int64)

    def of_population(self, table: ItemTable) -> int:
        """How many of the population's mean and standard deviation were estimated."""
        return int(self.mean) + int(self.sd_is_free(table))

    def sd_is_free(self, table: ItemTable) -> bool:
        """Whether the population's standard deviation was estimated."""
        return FIXED_SLOPE.issuperset(table.models) if self.sd is None else self.sd

    def total(self, table: ItemTable) -> int:
        """How many parameters were estimated in all; a common slope counts once."""
        masks = self.masks(table)
        count = sum(int(mask.sum()) for mask in masks) + self.of_population(table)
        shared = sum(int(mask[: _slopes(entry)].sum()) for entry, mask in zip(table.items, masks, strict=True))
        return count - max(0, shared - 1) if self.common_slope else count

    def masks(self, table: ItemTable) -> list[Booleans]:
        """Of each item, which of the parameters in the order of calibration were estimated."""
        if self.fixed_items:
            table.select(self.fixed_items)
        if self.common_slope and Model.NOMINAL in table.models:
            raise RuleError(field="free.common_slope", model=Model.NOMINAL.value)
        return [self._mask(entry) for entry in table.items]

    def _mask(self, entry: ItemParameters) -> Booleans:
        count = parameter_count(entry.model, entry.categories)
        free = np.full(count, entry.item not in self.fixed_items, dtype=np.bool_)
        slopes = _slopes(entry)
        if "a" in self.fixed_fields and entry.model is not Model.NOMINAL:
            free[:slopes] = False
        first = slopes + entry.categories - 1
        for place, field in enumerate(("c", "d")[: count - first]):
            free[first + place] &= field not in self.fixed_fields
        return free


def _slopes(entry: ItemParameters) -> int:
    return slope_count(entry.model, entry.categories)

"""The items a form is chosen from, with all that a blueprint may ask about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from psychometrics.arrays import Booleans, Floats, FloatsLike, Integers
from psychometrics.errors import RuleError
from psychometrics.items import ItemTable


@dataclass(frozen=True, eq=False)
class ItemPool:
    """Items with their categories, numbers, stimuli and enemies.

    ``categories``: for each system (domain, topic, key position ...) one label an item.
    ``attributes``: for each quantity (words, seconds, difficulty ...) one finite number an item.
    ``stimuli``: the stimulus each item belongs to, None for an item that stands alone.
    ``enemies``: sets of item names of which a form may hold at most one.
    Raises `RuleError` if a list does not have one entry an item, a number is not finite, or an
    enemy is unknown or named twice.

    >>> from psychometrics.items import Model
    >>> pool = ItemPool(
    ...     ItemTable.from_arrays(Model.RASCH, b=[-1.0, 0.0, 1.0], names=["A", "B", "C"]),
    ...     categories={"domain": ["TIU", "TWK", "TIU"]},
    ... )
    >>> pool.members({"domain": "TIU"}).tolist()
    [True, False, True]
    """

    table: ItemTable
    categories: Mapping[str, Sequence[str]] = field(default_factory=dict)
    attributes: Mapping[str, FloatsLike] = field(default_factory=dict)
    stimuli: Sequence[str | None] = ()
    enemies: Sequence[Collection[str]] = ()

    def __post_init__(self) -> None:
        for system, labels in self.categories.items():
            self._require_one_an_item("categories", system, len(labels))
        for attribute in self.attributes:
            values = self.values(attribute)
            self._require_one_an_item("attributes", attribute, values.size)
            for item in np.flatnonzero(~np.isfinite(values)):
                raise RuleError(field="attributes", name=attribute, item=self.names[item], reason="not_finite")
        if self.stimuli:
            self._require_one_an_item("stimuli", "stimuli", len(self.stimuli))
        for group in self.enemies:
            if len(set(group)) < max(2, len(group)) or isinstance(group, str):
                raise RuleError(field="enemies", enemies=tuple(group), reason="duplicate")
            self.positions(group, "enemies")

    def __len__(self) -> int:
        return len(self.table)

    @property
    def names(self) -> tuple[str, ...]:
        """Item names in order."""
        return self.table.names

    @cached_property
    def stimulus_names(self) -> tuple[str, ...]:
        """The stimuli in order of their first item."""
        return tuple(dict.fromkeys(name for name in self.stimuli if name is not None))

    @cached_property
    def stimulus_of(self) -> Integers:
        """Position of each item's stimulus in `stimulus_names`, -1 for an item that stands alone."""
        place = {name: position for position, name in enumerate(self.stimulus_names)}
        owners = self.stimuli or [None] * len(self)
        return np.array([-1 if name is None else place[name] for name in owners], dtype=np.int64)

    def members(self, where: Mapping[str, str]) -> Booleans:
        """Which items have all the labels of ``where`` (a label for each system named).

        Raises `RuleError` for a system that is unknown or a label no item has.
        """
        mask = np.ones(len(self), dtype=np.bool_)
        for system, label in where.items():
            if system not in self.categories:
                raise RuleError(field="where", system=system, known=tuple(self.categories))
            labels = self.categories[system]
            if label not in labels:
                raise RuleError(field="where", system=system, label=label, known=tuple(sorted(set(labels))))
            mask &= np.array([each == label for each in labels], dtype=np.bool_)
        return mask

    def values(self, attribute: str) -> Floats:
        """The numbers of one attribute; `RuleError` if there is no such attribute."""
        if attribute not in self.attributes:
            raise RuleError(field="attribute", attribute=attribute, known=tuple(self.attributes))
        return np.asarray(self.attributes[attribute], dtype=np.float64).reshape(-1)

    def positions(self, names: Collection[str], field: str) -> Integers:
        """Where the named items stand; `RuleError` (naming ``field``) for one that is not here."""
        for name in names:
            if name not in self._place:
                raise RuleError(field=field, item=name, reason="unknown")
        return np.array([self._place[name] for name in names], dtype=np.int64)

    @cached_property
    def _place(self) -> dict[str, int]:
        return {name: position for position, name in enumerate(self.names)}

    def _require_one_an_item(self, field: str, name: str, count: int) -> None:
        if count != len(self):
            raise RuleError(field=field, name=name, count=count, items=len(self), reason="not_one_an_item")

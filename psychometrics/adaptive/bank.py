"""The items an adaptive test may give, with what belongs together and what must not meet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from psychometrics.adaptive.information import ClosedForm
from psychometrics.arrays import Booleans, Integers
from psychometrics.errors import RuleError
from psychometrics.items import DICHOTOMOUS, ItemTable

NO_SET = -1


@dataclass(frozen=True, eq=False)
class ItemBank:
    """Items, their content classes, enemies, and the sets that share a stimulus.

    ``content`` is one class an item, or empty where content is not balanced. Each tuple of
    ``enemies`` names items of which an examinee meets at most one. Each tuple of ``sets`` names
    items that stay together: once one is given, the rest follow before any other item.
    Raises `RuleError` for a name that is not in the table, or an item in two sets.

    >>> table = ItemTable.from_dicts([{"item": i, "model": "Rasch", "b": 0.0} for i in "pqrs"])
    >>> bank = ItemBank(table, content=("law", "law", "health", "health"), enemies=(("p", "s"),))
    >>> bank.classes, bank.class_of.tolist()
    (('health', 'law'), [1, 1, 0, 0])
    """

    table: ItemTable
    content: tuple[str, ...] = ()
    enemies: tuple[tuple[str, ...], ...] = ()
    sets: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        if self.content and len(self.content) != len(self.table):
            raise RuleError(field="bank.content", classes=len(self.content), items=len(self.table))
        self._require_known("bank.enemies", self.enemies)
        self._require_known("bank.sets", self.sets)
        seen: set[str] = set()
        for name in (name for group in self.sets for name in group):
            if name in seen:
                raise RuleError(field="bank.sets", item=name, reason="duplicate")
            seen.add(name)
        for group in self.enemies:
            for members in self.sets:
                if len(set(group) & set(members)) > 1:
                    raise RuleError(field="bank.enemies", reason="in_one_set", items=group)

    def __len__(self) -> int:
        return len(self.table)

    def index(self, name: str) -> int:
        """The column of an item; `RuleError` if the bank has none of that name."""
        if name not in self._columns:
            raise RuleError(field="item", item=name, reason="unknown")
        return self._columns[name]

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The content classes, sorted."""
        return tuple(sorted(set(self.content)))

    @cached_property
    def class_of(self) -> Integers:
        """The content class of each item, an index into ``classes``."""
        order = {name: number for number, name in enumerate(self.classes)}
        return np.array([order[name] for name in self.content], dtype=np.int64)

    @cached_property
    def enemies_of(self) -> Integers:
        """Items x most enemies of any: the columns of each item's enemies, filled up with ``len(self)``."""
        lists: list[set[int]] = [set() for _ in range(len(self))]
        for group in self.enemies:
            columns = {self.index(name) for name in group}
            for column in columns:
                lists[column] |= columns - {column}
        return _padded(lists, len(self))

    @cached_property
    def set_of(self) -> Integers:
        """The number of each item's set, -1 for an item that stands alone."""
        numbers = np.full(len(self), NO_SET, dtype=np.int64)
        for number, group in enumerate(self.sets):
            numbers[[self.index(name) for name in group]] = number
        return numbers

    @cached_property
    def set_sizes(self) -> Integers:
        """How many items each set has."""
        return np.array([len(group) for group in self.sets], dtype=np.int64)

    @cached_property
    def closed_form(self) -> ClosedForm:
        """The parameters laid out for exact information."""
        return ClosedForm(self.table)

    @cached_property
    def dichotomous(self) -> Booleans:
        """Which items are scored right or wrong."""
        return np.array([model in DICHOTOMOUS for model in self.table.models], dtype=np.bool_)

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {name: column for column, name in enumerate(self.table.names)}

    def _require_known(self, field: str, groups: Iterable[tuple[str, ...]]) -> None:
        for group in groups:
            if not group:
                raise RuleError(field=field, reason="empty")
            for name in group:
                if name not in self._columns:
                    raise RuleError(field=field, item=name, reason="unknown")


def _padded(lists: list[set[int]], filler: int) -> Integers:
    width = max(map(len, lists))
    padded = np.full((len(lists), width), filler, dtype=np.int64)
    for row, members in enumerate(lists):
        padded[row, : len(members)] = sorted(members)
    return padded

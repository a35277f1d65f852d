"""Item parameters: what they are called, what is allowed, how they are read and written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from numbers import Real
from typing import TypeVar

import numpy as np

from psychometrics.arrays import Floats, Integers
from psychometrics.errors import ItemParameterError

# Beyond these a calibration has failed (a separated item), and the grids would grow without need.
MAX_SLOPE = 20.0
MAX_LOCATION = 100.0
# Categories are stored in signed bytes.
MAX_STEPS = 126


class Model(Enum):
    """Response models; the value is the name used in files."""

    RASCH = "Rasch"
    TWO_PL = "2PL"
    THREE_PL = "3PL"
    FOUR_PL = "4PL"
    PCM = "PCM"
    GPCM = "GPCM"
    GRM = "GRM"

    @property
    def fields(self) -> tuple[str, ...]:
        """The parameters an item of this model has, in the order they are written."""
        return _FIELDS[self]


_FIELDS: dict[Model, tuple[str, ...]] = {
    Model.RASCH: ("b",),
    Model.TWO_PL: ("a", "b"),
    Model.THREE_PL: ("a", "b", "c"),
    Model.FOUR_PL: ("a", "b", "c", "d"),
    Model.PCM: ("steps",),
    Model.GPCM: ("a", "steps"),
    Model.GRM: ("a", "steps"),
}


@dataclass(frozen=True)
class ItemParameters:
    """One item: slope ``a``, locations ``steps``, lower and upper asymptotes ``c`` and ``d``.

    A dichotomous item has one location, its difficulty ``b``. The steps of PCM and GPCM are the
    points where neighbouring categories are equally likely, in any order; those of the GRM are the
    points where "this category or higher" has probability one half, strictly increasing.
    Raises `ItemParameterError` if a parameter is out of its range or does not belong to the model.
    """

    item: str
    model: Model
    steps: tuple[float, ...]
    a: float = 1.0
    c: float = 0.0
    d: float = 1.0

    def __post_init__(self) -> None:
        location = "steps" if "steps" in self.model.fields else "b"
        self._check_locations(location)
        self._require("a" in self.model.fields or self.a == 1.0, "a", "unknown", self.a)
        self._require("c" in self.model.fields or self.c == 0.0, "c", "unknown", self.c)
        self._require("d" in self.model.fields or self.d == 1.0, "d", "unknown", self.d)
        for field in ("a", "c", "d"):
            value = getattr(self, field)
            self._require(math.isfinite(value), field, "not_finite", value)
        self._require(0.0 < self.a <= MAX_SLOPE, "a", "out_of_range", self.a)
        self._require(0.0 <= self.c < 1.0, "c", "out_of_range", self.c)
        self._require(self.c < self.d <= 1.0, "d", "out_of_range", self.d)

    @property
    def b(self) -> float:
        """Difficulty of a dichotomous item; the mean of the steps otherwise."""
        return sum(self.steps) / len(self.steps)

    @property
    def categories(self) -> int:
        """How many response categories there are; they are numbered from 0."""
        return len(self.steps) + 1

    @classmethod
    def from_dict(cls, record: Mapping[str, object]) -> ItemParameters:
        """Read ``{"item": .., "model": "3PL", "a": .., "b": .., "c": ..}`` and the like.

        Exactly the model's own fields must be there; every other one is an error.
        """
        item = record.get("item")
        if not isinstance(item, str) or not item:
            raise ItemParameterError(str(item), "item", "missing", item)
        model = _model(item, record.get("model"))
        for field in model.fields:
            if record.get(field) is None:
                raise ItemParameterError(item, field, "missing")
        for field, value in record.items():
            if field not in ("item", "model", *model.fields):
                raise ItemParameterError(item, field, "unknown", value)
        numbers = {
            field: _number(item, field, record[field])
            for field in model.fields
            if field not in ("b", "steps")
        }
        return cls(item, model, _locations(item, model, record), **numbers)

    def to_dict(self) -> dict[str, object]:
        """The record `from_dict` reads back to an equal item."""
        record: dict[str, object] = {"item": self.item, "model": self.model.value}
        for field in self.model.fields:
            record[field] = list(self.steps) if field == "steps" else getattr(self, field)
        return record

    def _check_locations(self, field: str) -> None:
        self._require(len(self.steps) > 0, field, "empty", self.steps)
        most = MAX_STEPS if field == "steps" else 1
        self._require(len(self.steps) <= most, field, "out_of_range", self.steps)
        for value in self.steps:
            self._require(math.isfinite(value), field, "not_finite", value)
            self._require(abs(value) <= MAX_LOCATION, field, "out_of_range", value)
        if self.model is Model.GRM:
            rising = all(low < high for low, high in zip(self.steps, self.steps[1:], strict=False))
            self._require(rising, field, "not_increasing", self.steps)

    def _require(self, condition: bool, field: str, reason: str, value: object) -> None:
        if not condition:
            raise ItemParameterError(self.item, field, reason, value)


@dataclass(frozen=True)
class ItemTable:
    """The items of a form or pool in order, with their parameters also as arrays.

    >>> table = ItemTable.from_dicts([
    ...     {"item": "TIU-1", "model": "3PL", "a": 1.2, "b": -0.5, "c": 0.2},
    ...     {"item": "TKP-1", "model": "GPCM", "a": 0.8, "steps": [-1.0, 0.3, 1.1]},
    ... ])
    >>> table.names, table.categories.tolist()
    (('TIU-1', 'TKP-1'), [2, 4])
    """

    items: tuple[ItemParameters, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for entry in self.items:
            if entry.item in seen:
                raise ItemParameterError(entry.item, "item", "duplicate", entry.item)
            seen.add(entry.item)
        if not self.items:
            raise ItemParameterError("", "item", "empty")

    def __len__(self) -> int:
        return len(self.items)

    @classmethod
    def from_dicts(cls, records: Iterable[Mapping[str, object]]) -> ItemTable:
        """Read one record an item; see `ItemParameters.from_dict`."""
        return cls(tuple(ItemParameters.from_dict(record) for record in records))

    def to_dicts(self) -> list[dict[str, object]]:
        """Plain records, ready for JSON, which `from_dicts` reads back to an equal table."""
        return [entry.to_dict() for entry in self.items]

    def select(self, names: Sequence[str]) -> ItemTable:
        """The named items in the order named; `ItemParameterError` for one that is not here."""
        by_name = {entry.item: entry for entry in self.items}
        for name in names:
            if name not in by_name:
                raise ItemParameterError(name, "item", "missing")
        return ItemTable(tuple(by_name[name] for name in names))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Item names in order."""
        return tuple(entry.item for entry in self.items)

    @cached_property
    def models(self) -> tuple[Model, ...]:
        """The model of each item."""
        return tuple(entry.model for entry in self.items)

    @cached_property
    def categories(self) -> Integers:
        """Number of categories of each item."""
        return _frozen(np.array([entry.categories for entry in self.items], dtype=np.int64))

    @cached_property
    def a(self) -> Floats:
        """Slopes."""
        return _frozen(np.array([entry.a for entry in self.items]))

    @cached_property
    def c(self) -> Floats:
        """Lower asymptotes."""
        return _frozen(np.array([entry.c for entry in self.items]))

    @cached_property
    def d(self) -> Floats:
        """Upper asymptotes."""
        return _frozen(np.array([entry.d for entry in self.items]))

    @cached_property
    def steps(self) -> Floats:
        """Locations, items x most steps of any item; what an item does not have is NaN."""
        padded = np.full((len(self), int(self.categories.max()) - 1), np.nan)
        for row, entry in enumerate(self.items):
            padded[row, : len(entry.steps)] = entry.steps
        return _frozen(padded)

    @property
    def max_score(self) -> int:
        """The highest sum score."""
        return int((self.categories - 1).sum())


_Array = TypeVar("_Array", Floats, Integers)


def _frozen(values: _Array) -> _Array:
    values.setflags(write=False)
    return values


def _model(item: str, name: object) -> Model:
    try:
        return Model(name)
    except ValueError:
        reason = "missing" if name is None else "unknown_model"
        raise ItemParameterError(item, "model", reason, name) from None


def _number(item: str, field: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ItemParameterError(item, field, "not_a_number", value)
    return float(value)


def _locations(item: str, model: Model, record: Mapping[str, object]) -> tuple[float, ...]:
    if "b" in model.fields:
        return (_number(item, "b", record["b"]),)
    steps = record["steps"]
    if isinstance(steps, str) or not isinstance(steps, Sequence):
        raise ItemParameterError(item, "steps", "not_a_number", steps)
    return tuple(_number(item, "steps", value) for value in steps)

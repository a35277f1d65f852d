"""Item parameters: what they are called, what is allowed, how they are read and written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import pairwise
from numbers import Real
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Floats, Integers
from psychometrics.errors import ItemParameterError

# Beyond these a calibration has failed (a separated item), and the grids would grow without need.
MAX_SLOPE = 20.0
# Bounds a location, or for a flat item its distance in logits: a nearly flat one may lie far away.
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
    NOMINAL = "Nominal"

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
    Model.NOMINAL: ("slopes", "intercepts"),
}
DICHOTOMOUS = frozenset({Model.RASCH, Model.TWO_PL, Model.THREE_PL, Model.FOUR_PL})


@dataclass(frozen=True)
class ItemParameters:
    """One item: slope ``a``, locations ``steps``, lower and upper asymptotes ``c`` and ``d``.

    A dichotomous item has one location, its difficulty ``b``. The steps of PCM and GPCM are the
    points where neighbouring categories are equally likely, in any order; those of the GRM are the
    points where "this category or higher" has probability one half, strictly increasing.
    A nominal item has no steps but a slope and an intercept for each option.
    A slope below 0 is what calibration finds for an item keyed wrongly: higher ability, lower
    score. It is allowed, never 0; the steps of a GRM item then fall.
    Raises `ItemParameterError` if a parameter is out of its range or does not belong to the model.
    """

    item: str
    model: Model
    steps: tuple[float, ...] = ()
    a: float = 1.0
    c: float = 0.0
    d: float = 1.0
    slopes: tuple[float, ...] = ()
    intercepts: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.model is Model.NOMINAL:
            self._require(not self.steps, "steps", "unknown", self.steps)
            self._check_options()
        else:
            self._require(not self.slopes, "slopes", "unknown", self.slopes)
            self._require(not self.intercepts, "intercepts", "unknown", self.intercepts)
            self._check_locations("steps" if "steps" in self.model.fields else "b")
        self._require("a" in self.model.fields or self.a == 1.0, "a", "unknown", self.a)
        self._require("c" in self.model.fields or self.c == 0.0, "c", "unknown", self.c)
        self._require("d" in self.model.fields or self.d == 1.0, "d", "unknown", self.d)
        for field in ("a", "c", "d"):
            value = getattr(self, field)
            self._require(math.isfinite(value), field, "not_finite", value)
        self._require(0.0 < abs(self.a) <= MAX_SLOPE, "a", "out_of_range", self.a)
        self._require(0.0 <= self.c < 1.0, "c", "out_of_range", self.c)
        self._require(self.c < self.d <= 1.0, "d", "out_of_range", self.d)

    @property
    def b(self) -> float:
        """Difficulty of a dichotomous item; the mean of the steps otherwise, NaN if nominal."""
        return sum(self.steps) / len(self.steps) if self.steps else math.nan

    @property
    def categories(self) -> int:
        """How many response categories there are; they are numbered from 0."""
        return len(self.slopes) or len(self.steps) + 1

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
        if model is Model.NOMINAL:
            slopes, intercepts = (_numbers(item, field, record[field]) for field in model.fields)
            return cls(item, model, slopes=slopes, intercepts=intercepts)
        a, c, d = (
            _number(item, field, record[field]) if field in model.fields else default
            for field, default in (("a", 1.0), ("c", 0.0), ("d", 1.0))
        )
        return cls(item, model, _locations(item, model, record), a, c, d)

    def to_dict(self) -> dict[str, object]:
        """The record `from_dict` reads back to an equal item."""
        record: dict[str, object] = {"item": self.item, "model": self.model.value}
        for field in self.model.fields:
            value = getattr(self, field)
            record[field] = list(value) if isinstance(value, tuple) else value
        return record

    def _check_locations(self, field: str) -> None:
        self._require(len(self.steps) > 0, field, "empty", self.steps)
        most = MAX_STEPS if field == "steps" else 1
        self._require(len(self.steps) <= most, field, "out_of_range", self.steps)
        for value in self.steps:
            self._require(math.isfinite(value), field, "not_finite", value)
            near = min(abs(value), abs(self.a * value)) <= MAX_LOCATION
            self._require(near, field, "out_of_range", value)
        if self.model is Model.GRM:
            up = [step * math.copysign(1.0, self.a) for step in self.steps]
            rising = all(low < high for low, high in pairwise(up))
            self._require(rising, field, "not_increasing", self.steps)

    def _check_options(self) -> None:
        for field, values in (("slopes", self.slopes), ("intercepts", self.intercepts)):
            self._require(len(values) > 1, field, "empty", values)
            self._require(len(values) <= MAX_STEPS + 1, field, "out_of_range", values)
            self._require(all(map(math.isfinite, values)), field, "not_finite", values)
            most = MAX_SLOPE if field == "slopes" else MAX_LOCATION
            self._require(max(map(abs, values)) <= most, field, "out_of_range", values)
        same = len(self.slopes) == len(self.intercepts)
        self._require(same, "intercepts", "out_of_range", self.intercepts)

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

    @classmethod
    def from_arrays(
        cls,
        model: Model,
        *,
        a: ArrayLike | None = None,
        b: ArrayLike | None = None,
        c: ArrayLike | None = None,
        d: ArrayLike | None = None,
        steps: ArrayLike | None = None,
        names: Sequence[str] | None = None,
    ) -> ItemTable:
        """Items of one model from its arrays; ``steps`` is items x steps, NaN where there is none.

        Items are called ``item-1``, ``item-2`` and so on unless ``names`` are given. Not for
        nominal items, whose lists differ in length: see `from_dicts`.

        >>> ItemTable.from_arrays(Model.TWO_PL, a=[1.0, 0.8], b=[0.0, 1.2]).names
        ('item-1', 'item-2')
        """
        given = {"a": a, "b": b, "c": c, "d": d, "steps": steps}
        arrays = {field: np.asarray(values).tolist() for field, values in given.items() if values is not None}
        count = len(next(iter(arrays.values()), ()))
        named = list(names) if names is not None else [f"item-{i}" for i in range(1, count + 1)]
        for field, values in arrays.items():
            if len(values) != len(named):
                raise ItemParameterError("", field, "out_of_range", len(values))
        for row in arrays.get("steps", ()):
            row[:] = [step for step in row if not math.isnan(step)]
        columns = zip(*arrays.values(), strict=True)
        return cls.from_dicts(
            {"item": name, "model": model.value, **dict(zip(arrays, values, strict=True))}
            for name, values in zip(named, columns, strict=True)
        )

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
        return self._padded("steps", int(self.categories.max()) - 1)

    @cached_property
    def slopes(self) -> Floats:
        """Option slopes of nominal items, items x most categories of any item, NaN elsewhere."""
        return self._padded("slopes", int(self.categories.max()))

    @cached_property
    def intercepts(self) -> Floats:
        """Option intercepts of nominal items, items x most categories of any item, NaN elsewhere."""
        return self._padded("intercepts", int(self.categories.max()))

    @cached_property
    def steepness(self) -> Floats:
        """The largest rate at which the log odds of any two categories change with theta.

        Where partial credit steps are out of order a whole item may turn over at one point, so
        it is the slope times the number of steps.
        """
        return _frozen(np.array([_steepness(entry) for entry in self.items]))

    @cached_property
    def lowest_pattern(self) -> Integers:
        """The category of each item that the least able choose in the end: 0 of a rising item."""
        return self._extreme(-1.0)

    @cached_property
    def highest_pattern(self) -> Integers:
        """The category of each item that the most able choose in the end: the top of a rising item."""
        return self._extreme(1.0)

    def _extreme(self, side: float) -> Integers:
        chosen = [
            int(np.argmax(side * np.array(entry.slopes)))
            if entry.slopes
            else (entry.categories - 1 if side * entry.a > 0 else 0)
            for entry in self.items
        ]
        return _frozen(np.array(chosen, dtype=np.int64))

    def _padded(self, field: str, width: int) -> Floats:
        padded = np.full((len(self), width), np.nan)
        for row, entry in enumerate(self.items):
            values = getattr(entry, field)
            padded[row, : len(values)] = values
        return _frozen(padded)

    @property
    def max_score(self) -> int:
        """The highest sum score."""
        return int((self.categories - 1).sum())


_Array = TypeVar("_Array", Floats, Integers)


def _frozen(values: _Array) -> _Array:
    values.setflags(write=False)
    return values


def _steepness(entry: ItemParameters) -> float:
    if entry.slopes:
        return max(entry.slopes) - min(entry.slopes)
    steps = len(entry.steps) if entry.model in (Model.PCM, Model.GPCM) else 1
    return abs(entry.a) * steps


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
    return _numbers(item, "steps", record["steps"])


def _numbers(item: str, field: str, values: object) -> tuple[float, ...]:
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise ItemParameterError(item, field, "not_a_number", values)
    return tuple(_number(item, field, value) for value in values)

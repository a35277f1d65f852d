"""What a form must hold: a blueprint, and the rules it comes to in a given pool."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

import numpy as np

from psychometrics.arrays import Floats, Integers
from psychometrics.assembly.pool import ItemPool
from psychometrics.errors import RuleError
from psychometrics.models import item_information


@dataclass(frozen=True)
class Count:
    """From ``least`` to ``most`` items that have all the labels of ``where``."""

    where: Mapping[str, str]
    least: int = 0
    most: int | None = None

    def __post_init__(self) -> None:
        _check_bounds("count", self.least, self.most, floor=0)


@dataclass(frozen=True)
class Sum:
    """The sum of an attribute over the form's items (those of ``where``) is within bounds."""

    attribute: str
    least: float | None = None
    most: float | None = None
    where: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_bounds(self.attribute, self.least, self.most)


@dataclass(frozen=True)
class Mean:
    """The mean of an attribute over the form's items (those of ``where``) is within bounds."""

    attribute: str
    least: float | None = None
    most: float | None = None
    where: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_bounds(self.attribute, self.least, self.most)


@dataclass(frozen=True)
class Information:
    """The form's information at ``theta`` is within bounds."""

    theta: float
    least: float | None = None
    most: float | None = None

    def __post_init__(self) -> None:
        _check_bounds("information", self.least, self.most)
        if not math.isfinite(self.theta):
            raise RuleError(field="theta", value=self.theta, reason="not_finite")


@dataclass(frozen=True)
class ItemSets:
    """From ``least`` to ``most`` stimuli, and how many items each stimulus used must have.

    ``items`` is that number's least and most; ``exceptions`` gives other numbers for named
    stimuli. Without this rule items with a stimulus are chosen like any other.
    """

    least: int = 0
    most: int | None = None
    items: tuple[int, int | None] = (1, None)
    exceptions: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_bounds("stimuli", self.least, self.most, floor=0)
        for low, high in (self.items, *self.exceptions.values()):
            _check_bounds("items", low, high, floor=1)


Constraint: TypeAlias = Count | Sum | Mean | Information | ItemSets


@dataclass(frozen=True)
class Blueprint:
    """Everything one form must hold.

    ``length``: how many items, or the fewest and the most. ``include`` and ``exclude`` name items
    that must and must not be in the form. The pool's enemies always apply.
    Raises `RuleError` for bounds that contradict themselves.
    """

    length: int | tuple[int, int]
    constraints: tuple[Constraint, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_bounds("length", *self.lengths, floor=1)
        for name in (*self.include, *self.exclude):
            if (self.include + self.exclude).count(name) > 1:
                raise RuleError(field="include", item=name, reason="duplicate")
        if len(self.include) > self.lengths[1]:
            raise RuleError(field="include", count=len(self.include), length=self.lengths[1])
        if sum(isinstance(constraint, ItemSets) for constraint in self.constraints) > 1:
            raise RuleError(field="constraints", reason="duplicate", kind="ItemSets")

    @property
    def lengths(self) -> tuple[int, int]:
        """The fewest and the most items."""
        return self.length if isinstance(self.length, tuple) else (self.length, self.length)


class Kind(Enum):
    """What a rule bounds."""

    SUM = "sum"
    MEAN = "mean"
    # Items of one stimulus, bounded only if the stimulus is used.
    ITEM_SET = "item set"
    STIMULI = "number of stimuli"


@dataclass(frozen=True, eq=False)
class Rule:
    """One bound on a form: ``least`` <= the value of ``columns`` weighed by ``weights`` <= ``most``.

    Columns are item positions; of `Kind.STIMULI` they are stimulus positions. ``stimulus`` is
    the one a rule of `Kind.ITEM_SET` is about.
    """

    words: str
    columns: Integers
    weights: Floats
    least: float
    most: float
    kind: Kind = Kind.SUM
    stimulus: int = -1

    def achieved(self, pool: ItemPool, chosen: Integers) -> float:
        """The rule's value in the form of the items ``chosen`` (positions), by plain counting."""
        if self.kind is Kind.STIMULI:
            used = set(pool.stimulus_of[chosen].tolist()) - {-1}
            return float(len(used))
        inside = np.isin(self.columns, chosen)
        total = float(self.weights[inside].sum())
        if self.kind is Kind.MEAN:
            return total / int(inside.sum()) if inside.any() else math.nan
        return total

    def holds(self, pool: ItemPool, chosen: Integers, tolerance: float = 1e-6) -> bool:
        """Whether a form keeps the rule; a mean of no items and a stimulus not used do."""
        value = self.achieved(pool, chosen)
        if math.isnan(value) or (self.kind is Kind.ITEM_SET and value == 0):
            return True
        slack = tolerance * max(1.0, abs(value))
        return self.least - slack <= value <= self.most + slack


def rules_of(blueprint: Blueprint, pool: ItemPool) -> list[Rule]:
    """The rules a blueprint comes to in a pool, the pool's enemies among them.

    Raises `RuleError` for anything the pool does not know.
    """
    everything = np.arange(len(pool))
    low, high = blueprint.lengths
    rules = [Rule("items", everything, np.ones(len(pool)), low, high)]
    for constraint in blueprint.constraints:
        rules += _rules(constraint, pool)
    for group in pool.enemies:
        columns = pool.positions(group, "enemies")
        rules.append(Rule(f"enemies {', '.join(sorted(group))}", columns, np.ones(columns.size), -math.inf, 1))
    for name in blueprint.include:
        rules.append(Rule(f"included item {name}", pool.positions([name], "include"), np.ones(1), 1, math.inf))
    for name in blueprint.exclude:
        rules.append(Rule(f"excluded item {name}", pool.positions([name], "exclude"), np.ones(1), -math.inf, 0))
    return rules


def _rules(constraint: Constraint, pool: ItemPool) -> Iterator[Rule]:
    match constraint:
        case Count(where, least, most):
            columns = np.flatnonzero(pool.members(where))
            yield Rule("items" + _scope(where), columns, np.ones(columns.size), *_bounds(least, most))
        case Sum(attribute, least, most, where) | Mean(attribute, least, most, where):
            kind = Kind.MEAN if isinstance(constraint, Mean) else Kind.SUM
            columns = np.flatnonzero(pool.members(where))
            words = f"{kind.value} of {attribute}{_scope(where)}"
            yield Rule(words, columns, pool.values(attribute)[columns], *_bounds(least, most), kind)
        case Information(theta, least, most):
            values = item_information(pool.table, theta)[0]
            yield Rule(f"information at {theta:g}", np.arange(len(pool)), values, *_bounds(least, most))
        case ItemSets():
            yield from _item_sets(constraint, pool)


def _item_sets(sets: ItemSets, pool: ItemPool) -> Iterator[Rule]:
    for name in sets.exceptions:
        if name not in pool.stimulus_names:
            raise RuleError(field="exceptions", stimulus=name, reason="unknown")
    stimuli = np.arange(len(pool.stimulus_names))
    yield Rule("stimuli", stimuli, np.ones(stimuli.size), *_bounds(sets.least, sets.most), Kind.STIMULI)
    for position, name in enumerate(pool.stimulus_names):
        columns = np.flatnonzero(pool.stimulus_of == position)
        low, high = sets.exceptions.get(name, sets.items)
        high = columns.size if high is None else min(high, columns.size)
        words = f"items of stimulus {name} if used"
        yield Rule(words, columns, np.ones(columns.size), low, high, Kind.ITEM_SET, position)


def _scope(where: Mapping[str, str]) -> str:
    labels = ", ".join(f"{system} {label}" for system, label in where.items())
    return f" with {labels}" if labels else ""


def _bounds(least: float | None, most: float | None) -> tuple[float, float]:
    return (-math.inf if least is None else least, math.inf if most is None else most)


def _check_bounds(name: str, least: float | None, most: float | None, floor: float = -math.inf) -> None:
    low, high = _bounds(least, most)
    if math.isnan(low) or math.isnan(high) or low > high or max(low, floor) > high or low < floor:
        raise RuleError(field=name, least=least, most=most, reason="impossible_bounds")

"""Rules that keep the content of adaptive tests balanced: each step some classes are open."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from psychometrics.adaptive.bank import ItemBank
from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.errors import InfeasibleError, RuleError


class ContentRule(Protocol):
    """Says which classes the next item may come from; checks beforehand that the bank can comply."""

    def check(self, bank: ItemBank, most_items: int) -> None:
        """Raise `InfeasibleError` naming a class the bank has too few items of."""

    def open_classes(
        self, bank: ItemBank, given: Integers, left: int, available: Booleans, rng: np.random.Generator
    ) -> Booleans:
        """N x classes, from the items ``given`` of each class, the items ``left`` to give, and which
        classes have an open item; at least one class that has one in each row."""


@dataclass(frozen=True, eq=False)
class TargetShares:
    """The class furthest below its target share comes next (Kingsbury & Zara 1989).

    ``shares`` by class sum to 1 after scaling. As in R's catR a class not seen yet comes before all
    others; among equals chance decides. A class without an open item is passed over.
    """

    shares: Mapping[str, float]

    def check(self, bank: ItemBank, most_items: int) -> None:
        """The share of the longest test, rounded down, must be there of each class."""
        _check_classes(bank, tuple(self.shares))
        for name, share in self.shares.items():
            if not (math.isfinite(share) and share >= 0):
                raise RuleError(field="content.shares", content_class=name, value=share)
        if sum(self.shares.values()) <= 0:
            raise RuleError(field="content.shares", value=0.0)
        for name, target in zip(bank.classes, self._targets(bank), strict=True):
            # A hair is left for the rounding of the shares.
            _require_items(bank, name, math.floor(target * most_items + 1e-9))

    def open_classes(
        self, bank: ItemBank, given: Integers, left: int, available: Booleans, rng: np.random.Generator
    ) -> Booleans:
        """One class for each examinee."""
        target = self._targets(bank)
        gap = target - given / np.maximum(given.sum(axis=1, keepdims=True), 1)
        gap = np.where((given == 0) & (target > 0), 2.0, gap)
        # A class of share 0 comes last of all, one without open items never.
        gap = np.where(target > 0, gap, -2.0)
        gap = np.where(available, gap, -np.inf)
        equals = gap >= gap.max(axis=1, keepdims=True) - 1e-12
        chosen = np.where(equals, rng.random(gap.shape), -1.0).argmax(axis=1)
        one: Booleans = np.arange(target.size) == chosen[:, None]
        return one

    def _targets(self, bank: ItemBank) -> Floats:
        shares = np.array([self.shares.get(name, 0.0) for name in bank.classes])
        targets: Floats = shares / shares.sum()
        return targets


@dataclass(frozen=True, eq=False)
class ContentBounds:
    """Between a fewest and a most items of each class; a class not named is free.

    A class is closed at its most; once the items left are all owed to classes below their fewest,
    only those are open (the two phases of Cheng & Chang 2009).
    """

    bounds: Mapping[str, tuple[int, int]]

    def check(self, bank: ItemBank, most_items: int) -> None:
        """The fewest of each class must be in the bank, and all together fit into the test."""
        _check_classes(bank, tuple(self.bounds))
        for name, (low, high) in self.bounds.items():
            if not 0 <= low <= high:
                raise RuleError(field="content.bounds", content_class=name, value=(low, high))
            _require_items(bank, name, low)
        fewest, most = self._arrays(bank)
        there = np.bincount(bank.class_of, minlength=len(bank.classes))
        owed, room = int(fewest.sum()), int(np.minimum(most, there).sum())
        if not owed <= most_items <= room:
            raise InfeasibleError(field="content.bounds", fewest=owed, most=room, test=most_items)

    def open_classes(
        self, bank: ItemBank, given: Integers, left: int, available: Booleans, rng: np.random.Generator
    ) -> Booleans:
        """All classes that may still grow."""
        fewest, most = self._arrays(bank)
        owed = np.maximum(fewest - given, 0)
        pressed = (owed.sum(axis=1) >= left)[:, None]
        allowed = np.where(pressed & (owed.sum(axis=1) > 0)[:, None], owed > 0, given < most)
        possible = allowed & available
        stuck = ~possible.any(axis=1)
        if stuck.any():
            missing = allowed[stuck.argmax()]
            names = [name for name, wanted in zip(bank.classes, missing, strict=True) if wanted]
            raise InfeasibleError(field="content.bounds", content_class=", ".join(names), reason="no_open_item")
        return possible

    def _arrays(self, bank: ItemBank) -> tuple[Integers, Integers]:
        free = (0, len(bank))
        pairs = np.array([self.bounds.get(name, free) for name in bank.classes], dtype=np.int64)
        return pairs[:, 0], pairs[:, 1]


def _check_classes(bank: ItemBank, names: tuple[str, ...]) -> None:
    if not bank.content:
        raise RuleError(field="content", reason="bank_without_content")
    for name in names:
        if name not in bank.classes:
            raise InfeasibleError(field="content", content_class=name, available=0)


def _require_items(bank: ItemBank, name: str, needed: int) -> None:
    there = bank.content.count(name)
    if there < needed:
        raise InfeasibleError(field="content", content_class=name, needed=needed, available=there)

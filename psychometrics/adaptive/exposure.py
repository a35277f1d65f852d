"""Rules that keep items from being seen too often.

Each decides before a test which items the examinee may be given. For Sympson-Hetter too: an item
that fails its draw is out for the whole test, so one draw an item beforehand is the same experiment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.errors import RuleError


@dataclass(frozen=True, eq=False)
class ExposureLedger:
    """How often items were used so far: ``tests`` taken, and of each item how many tests gave it
    (``administered``) and in how many it might have been given (``eligible``)."""

    tests: int
    administered: Integers
    eligible: Integers

    @classmethod
    def empty(cls, items: int) -> ExposureLedger:
        """Nobody has taken a test."""
        return cls(0, np.zeros(items, dtype=np.int64), np.zeros(items, dtype=np.int64))

    @property
    def rates(self) -> Floats:
        """Share of tests that gave each item; 0 before the first test."""
        return self.administered / max(self.tests, 1)

    def after(self, administered: Booleans, eligible: Booleans) -> ExposureLedger:
        """The ledger with more tests, each a row of what it gave and of what it might have given."""
        return ExposureLedger(
            self.tests + administered.shape[0],
            self.administered + administered.sum(axis=0),
            self.eligible + eligible.sum(axis=0),
        )


class ExposureRule(Protocol):
    """Says which items each of ``size`` examinees may be given."""

    def check(self, items: int) -> None:
        """Raise `RuleError` if the rule does not fit a bank of so many items."""

    def admitted(self, ledger: ExposureLedger, size: int, rng: np.random.Generator) -> Booleans:
        """Examinees x items."""


@dataclass(frozen=True, eq=False)
class SympsonHetter:
    """An item selected is given with its own chance (Sympson & Hetter 1985).

    ``parameters``: P(given | selected) of each item, in (0, 1]; see `calibrate_sympson_hetter`.
    """

    parameters: Floats

    def check(self, items: int) -> None:
        """One parameter an item, each a probability above 0."""
        if self.parameters.shape != (items,):
            raise RuleError(field="exposure.parameters", shape=self.parameters.shape, items=items)
        if not ((self.parameters > 0) & (self.parameters <= 1)).all():
            raise RuleError(field="exposure.parameters", reason="out_of_range")

    def admitted(self, ledger: ExposureLedger, size: int, rng: np.random.Generator) -> Booleans:
        """One draw an examinee and item."""
        drawn: Booleans = rng.random((size, self.parameters.size)) < self.parameters
        return drawn


@dataclass(frozen=True)
class MaximumExposure:
    """An item is closed while its rate so far is at ``rate`` or above (Revuelta & Ponsoda 1998)."""

    rate: float

    def check(self, items: int) -> None:
        """The rate is a share above 0."""
        _check_rate(self.rate)

    def admitted(self, ledger: ExposureLedger, size: int, rng: np.random.Generator) -> Booleans:
        """The same items for all who start now."""
        open_now = ledger.rates < self.rate
        return np.broadcast_to(open_now, (size, open_now.size))


@dataclass(frozen=True)
class ItemEligibility:
    """Items are made eligible at random so that the rate stays below ``rate`` in the long run.

    P(eligible) = min(1, rate x tests eligible / tests given): the adaptive experiment of van der
    Linden & Veldkamp (2004), without conditioning on theta.
    """

    rate: float

    def check(self, items: int) -> None:
        """The rate is a share above 0."""
        _check_rate(self.rate)

    def admitted(self, ledger: ExposureLedger, size: int, rng: np.random.Generator) -> Booleans:
        """One draw an examinee and item."""
        given = np.maximum(ledger.administered, 1)
        chance = np.where(ledger.administered > 0, self.rate * ledger.eligible / given, 1.0)
        drawn: Booleans = rng.random((size, chance.size)) < np.minimum(chance, 1.0)
        return drawn


def _check_rate(rate: float) -> None:
    if not (math.isfinite(rate) and 0 < rate <= 1):
        raise RuleError(field="exposure.rate", value=rate)

"""Rules that choose the next item, behind one small protocol.

A rule sees the test as it stands (`Standing`) for any number of examinees at once, and which items
are open to each; an adaptive session is the case of one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from psychometrics.adaptive.bank import ItemBank
from psychometrics.adaptive.criteria import SMALLEST_BEST, Criterion, criterion_values
from psychometrics.adaptive.evidence import Evidence
from psychometrics.adaptive.information import InformationBuffers
from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.errors import RuleError


class Standing(Protocol):
    """What a rule may look at, for N examinees who have all been given ``step`` items."""

    @property
    def bank(self) -> ItemBank:
        """The bank the columns are of."""
    @property
    def step(self) -> int:
        """How many items each has been given."""
    @property
    def most_items(self) -> int:
        """How many items a test has at most."""
    @property
    def among(self) -> int:
        """Among how many of the best items to draw (randomesque); 1 is the best itself."""
    @property
    def theta(self) -> Floats:
        """Provisional abilities."""
    @property
    def se(self) -> Floats:
        """Their standard errors."""
    @property
    def items(self) -> Integers:
        """Columns of the items given so far, examinees x step."""
    @property
    def given(self) -> Integers:
        """How many items of each content class, examinees x classes."""
    @property
    def evidence(self) -> Evidence:
        """The likelihoods on the grid."""
    @property
    def information(self) -> InformationBuffers:
        """Exact information of the bank."""
    @property
    def target_se(self) -> float | None:
        """The standard error at which the test stops, if it stops by that."""


class SelectionRule(Protocol):
    """Chooses an item for each examinee among those open (N x items, at least one in each row)."""

    def choose(self, state: Standing, open_items: Booleans, rng: np.random.Generator) -> Integers:
        """The column chosen for each examinee."""


class StepwiseRule(Protocol):
    """A rule that sees one examinee at a time, such as a shadow test: see `OneByOne`."""

    def next_item(self, theta: float, administered: Sequence[int], eligible: Booleans | None = None) -> int:
        """The column of the next item, given the columns administered so far.

        ``eligible`` (one an item) closes items to this examinee; an item that is closed is chosen
        only where the rule cannot be kept otherwise.
        """


@dataclass(frozen=True, eq=False)
class OneByOne:
    """Makes a `SelectionRule` of a `StepwiseRule`, which then keeps content and enemies itself.

    Exposure control reaches the rule as eligibility. Raises `RuleError` if the rule chooses an
    item that was given before.
    """

    rule: StepwiseRule

    def choose(self, state: Standing, open_items: Booleans, rng: np.random.Generator) -> Integers:
        """One call of the rule an examinee."""
        chosen = np.array(
            [
                self.rule.next_item(float(theta), row.tolist(), free)
                for theta, row, free in zip(state.theta, state.items, open_items, strict=True)
            ],
            dtype=np.int64,
        )
        if (state.items == chosen[:, None]).any():
            raise RuleError(field="selection", reason="item_given_before")
        return chosen


class RankedRule(ABC):
    """A rule that prefers one item to another; draws among the best few where asked to."""

    @abstractmethod
    def preference(self, state: Standing, open_items: Booleans, rng: np.random.Generator) -> Floats:
        """How much each item is preferred, examinees x items: the largest is the best."""

    def choose(self, state: Standing, open_items: Booleans, rng: np.random.Generator) -> Integers:
        """The best open item, or one of the best ``state.among`` (Kingsbury & Zara 1989)."""
        preference = np.where(open_items, self.preference(state, open_items, rng), -np.inf)
        among = min(state.among, preference.shape[1])
        if among <= 1:
            return np.asarray(preference.argmax(axis=1), dtype=np.int64)
        best = np.argpartition(-preference, among - 1, axis=1)[:, :among]
        few = np.take_along_axis(preference, best, axis=1)
        best = np.take_along_axis(best, np.argsort(-few, axis=1), axis=1)
        drawn = (rng.random(best.shape[0]) * np.minimum(among, open_items.sum(axis=1))).astype(np.int64)
        return np.take_along_axis(best, drawn[:, None], axis=1)[:, 0]


@dataclass(frozen=True, eq=False)
class MaximumInformation(RankedRule):
    """The largest Fisher information at the provisional theta (MFI), exactly.

    `SelectionTable` is the same by a table: many times faster, at a theta rounded to its step.
    """

    def preference(self, state: Standing, open_items: Booleans, rng: np.random.Generator) -> Floats:
        """Information at theta."""
        return state.information.at(state.theta)


@dataclass(frozen=True, eq=False)
class ByCriterion(RankedRule):
    """The best item by any `Criterion`, on the design's own grid and population."""

    criterion: Criterion

    def preference(self, state: Standing, open_items: Booleans, rng: np.random.Generator) -> Floats:
        """The criterion, turned round where the smallest is the best."""
        values = criterion_values(self.criterion, state.evidence)
        return -values if self.criterion in SMALLEST_BEST else values


@dataclass(frozen=True, eq=False)
class RandomItem(RankedRule):
    """Any open item, all with the same chance."""

    def preference(self, state: Standing, open_items: Booleans, rng: np.random.Generator) -> Floats:
        """A uniform number an item."""
        return rng.random(open_items.shape)


@dataclass(frozen=True, eq=False)
class Progressive(RankedRule):
    """Information mixed with chance, whose share falls as the test goes on (Revuelta & Ponsoda 1998).

    (1 - w) R + w I, with R uniform up to the largest information of the open items and w from 0 to 1
    by `progress`. With `MaximumExposure` it is the progressive-restricted method.
    ``acceleration`` above 0 (Barrada et al. 2008): higher keeps chance longer.
    """

    acceleration: float = 1.0

    def __post_init__(self) -> None:
        _require_positive("selection.acceleration", self.acceleration)

    def preference(self, state: Standing, open_items: Booleans, rng: np.random.Generator) -> Floats:
        """The mixture."""
        information = state.information.at(state.theta)
        largest = np.where(open_items, information, 0.0).max(axis=1, keepdims=True)
        weight = progress(state, self.acceleration)[:, None]
        mixture: Floats = weight * information + (1.0 - weight) * largest * rng.random(open_items.shape)
        return mixture


@dataclass(frozen=True, eq=False)
class Proportional(RankedRule):
    """An item is drawn with a chance proportional to information ** (length x progress).

    Barrada, Olea, Ponsoda & Abad (2008); catR. At first all open items have the same chance.
    """

    acceleration: float = 1.0

    def __post_init__(self) -> None:
        _require_positive("selection.acceleration", self.acceleration)

    def preference(self, state: Standing, open_items: Booleans, rng: np.random.Generator) -> Floats:
        """Log weight plus a Gumbel number: the largest of these is drawn in proportion to weight."""
        if state.target_se is None:
            scale = float(state.most_items)
        else:
            scale = state.target_se**-2
        power = scale * progress(state, self.acceleration)[:, None]
        with np.errstate(divide="ignore"):
            log_information = np.log(np.maximum(state.information.at(state.theta), 1e-300))
        return power * log_information + rng.gumbel(size=open_items.shape)


def progress(state: Standing, acceleration: float) -> Floats:
    """How far each test has come, 0 to 1 (Barrada et al. 2008; Magis & Barrada 2017).

    By length: sum_{i <= n} i^s / sum_{i <= L - 1} i^s after n of L items. Where the test stops by
    standard error: the larger of (target / se)^2 and n / (L - 1), to the power s.
    """
    if state.step == 0:
        return np.zeros(state.theta.size)
    last = max(state.most_items - 1, 1)
    if state.target_se is not None:
        share = np.maximum((state.target_se / state.se) ** 2, state.step / last)
        return np.minimum(share, 1.0) ** acceleration
    # From logarithms, so that a high acceleration does not overflow.
    logs = acceleration * np.log(np.arange(1.0, last + 1.0) / last)
    share_of_length = np.exp(logs[: state.step]).sum() / np.exp(logs).sum()
    return np.full(state.theta.size, min(float(share_of_length), 1.0))


def _require_positive(field: str, value: float) -> None:
    if not (np.isfinite(value) and value > 0):
        raise RuleError(field=field, value=value)

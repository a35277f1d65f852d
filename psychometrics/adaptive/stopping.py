"""When a test in progress has said enough, and which side of a cut it has placed the examinee on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from scipy.special import ndtri

from psychometrics.adaptive.information import InformationBuffers
from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.errors import RuleError

UNDECIDED = -1


class Position(Protocol):
    """What a stopping rule may look at, for N examinees."""

    @property
    def theta(self) -> Floats:
        """Provisional abilities."""
    @property
    def se(self) -> Floats:
        """Their standard errors."""
    @property
    def last_theta(self) -> Floats:
        """The abilities before the last answer."""
    @property
    def information(self) -> InformationBuffers:
        """Exact information of the bank."""

    def log_likelihood_at(self, points: Floats) -> Floats:
        """Log-likelihood of the answers at points the rule has declared, N x points."""

    def open_items(self) -> Booleans:
        """N x items: what may still be given."""


class StoppingRule(Protocol):
    """Says of each examinee whether the test may end; ``points`` are thetas it needs likelihoods at."""

    @property
    def points(self) -> tuple[float, ...]:
        """The thetas at which the rule compares likelihoods; none for most rules."""

    def reached(self, position: Position) -> Booleans:
        """Which examinees' tests have reached what the rule asks."""


class ClassifyingRule(StoppingRule, Protocol):
    """A rule that also places examinees: 0 below the lowest cut, 1 above it, and so on."""

    @property
    def cuts(self) -> tuple[float, ...]:
        """Cut points in logits, rising."""

    def decisions(self, position: Position) -> Integers:
        """The class of each examinee, `UNDECIDED` where the rule cannot say yet."""


@dataclass(frozen=True)
class StandardError:
    """The standard error is at most ``target`` logits (Weiss & Kingsbury 1984)."""

    target: float
    points: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        _require("stopping.standard_error", self.target, self.target > 0)

    def reached(self, position: Position) -> Booleans:
        """se <= target."""
        small: Booleans = position.se <= self.target
        return small


@dataclass(frozen=True)
class AbilityChange:
    """The last answer moved theta by less than ``smallest`` logits."""

    smallest: float
    points: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        _require("stopping.ability_change", self.smallest, self.smallest > 0)

    def reached(self, position: Position) -> Booleans:
        """|theta - the theta before| < smallest."""
        small: Booleans = np.abs(position.theta - position.last_theta) < self.smallest
        return small


@dataclass(frozen=True)
class InformationLeft:
    """No item that is left informs more than ``smallest`` at theta (Gialluca & Weiss 1979)."""

    smallest: float
    points: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        _require("stopping.information_left", self.smallest, self.smallest >= 0)

    def reached(self, position: Position) -> Booleans:
        """The largest information of an open item <= smallest."""
        left = np.where(position.open_items(), position.information.at(position.theta), 0.0)
        small: Booleans = left.max(axis=1) <= self.smallest
        return small


@dataclass(frozen=True)
class Sprt:
    """Wald's sequential probability ratio test at each cut (Wald 1947; Eggen 1999; Reckase 1983).

    At each of ``cuts`` (logits, rising) the likelihood at cut + ``indifference`` is compared with
    that at cut - ``indifference``. Above is decided from log((1 - beta) / alpha), below from
    log(beta / (1 - alpha)): ``alpha`` is the chance accepted of placing above who stands at the
    lower point, ``beta`` of placing below who stands at the upper. With several cuts the test ends
    when each has decided and they agree (Eggen & Straetmans 2000).
    """

    cuts: tuple[float, ...]
    indifference: float
    alpha: float = 0.05
    beta: float = 0.05

    def __post_init__(self) -> None:
        _check_cuts(self.cuts)
        _require("stopping.indifference", self.indifference, self.indifference > 0)
        for field in ("alpha", "beta"):
            chance = getattr(self, field)
            _require(f"stopping.{field}", chance, 0 < chance < 0.5)

    @property
    def points(self) -> tuple[float, ...]:
        """Both ends of every indifference region."""
        return tuple(cut + side * self.indifference for cut in self.cuts for side in (-1.0, 1.0))

    def reached(self, position: Position) -> Booleans:
        """Every cut has decided."""
        decided: Booleans = self.decisions(position) != UNDECIDED
        return decided

    def decisions(self, position: Position) -> Integers:
        """How many cuts an examinee is above."""
        height = position.log_likelihood_at(np.array(self.points))
        ratio = height[:, 1::2] - height[:, ::2]
        above = ratio >= math.log((1.0 - self.beta) / self.alpha)
        below = ratio <= math.log(self.beta / (1.0 - self.alpha))
        return _classes(above, below)


@dataclass(frozen=True)
class ConfidenceInterval:
    """Ability confidence interval: theta +- z se leaves out every cut (Kingsbury & Weiss 1983).

    ``level`` is that of the two-sided interval.
    """

    cuts: tuple[float, ...]
    level: float = 0.95
    points: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        _check_cuts(self.cuts)
        _require("stopping.level", self.level, 0 < self.level < 1)

    def reached(self, position: Position) -> Booleans:
        """No cut lies within the interval."""
        decided: Booleans = self.decisions(position) != UNDECIDED
        return decided

    def decisions(self, position: Position) -> Integers:
        """How many cuts lie below the whole interval."""
        half = float(ndtri(0.5 + self.level / 2.0)) * position.se[:, None]
        cuts, theta = np.array(self.cuts), position.theta[:, None]
        return _classes(theta - half >= cuts, theta + half <= cuts)


@dataclass(frozen=True)
class Stopping:
    """Ends a test after ``most_items``, or from ``fewest_items`` on when any of ``rules`` is reached."""

    most_items: int
    fewest_items: int = 1
    rules: tuple[StoppingRule, ...] = ()

    def __post_init__(self) -> None:
        _require("stopping.most_items", self.most_items, self.most_items >= 1)
        _require("stopping.fewest_items", self.fewest_items, 1 <= self.fewest_items <= self.most_items)
        if sum(map(_classifies, self.rules)) > 1:
            raise RuleError(field="stopping.rules", reason="two_classifications")

    @property
    def points(self) -> tuple[float, ...]:
        """The thetas any of the rules needs likelihoods at."""
        return tuple(sorted({point for rule in self.rules for point in rule.points}))

    @property
    def target_se(self) -> float | None:
        """The standard error that ends the test, if one does."""
        return next((rule.target for rule in self.rules if isinstance(rule, StandardError)), None)

    @property
    def classification(self) -> ClassifyingRule | None:
        """The rule that places examinees, if one does."""
        for rule in self.rules:
            if isinstance(rule, Sprt | ConfidenceInterval):
                return rule
        return None

    def reached(self, position: Position) -> Booleans:
        """Which tests any rule would end."""
        any_of = np.zeros(position.theta.size, dtype=np.bool_)
        for rule in self.rules:
            any_of |= rule.reached(position)
        return any_of


def _classifies(rule: StoppingRule) -> bool:
    return isinstance(rule, Sprt | ConfidenceInterval)


def _classes(above: Booleans, below: Booleans) -> Integers:
    """The number of cuts passed where all have decided and a higher is not passed without a lower."""
    settled = (above | below).all(axis=1) & (above[:, :-1] >= above[:, 1:]).all(axis=1)
    return np.where(settled, above.sum(axis=1), UNDECIDED)


def _check_cuts(cuts: tuple[float, ...]) -> None:
    rising = all(low < high for low, high in pairwise(cuts))
    _require("stopping.cuts", cuts, bool(cuts) and all(map(math.isfinite, cuts)) and rising)


def _require(field: str, value: object, condition: bool) -> None:
    if not condition:
        raise RuleError(field=field, value=value)

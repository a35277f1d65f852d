"""Has an item become easier since it was calibrated? Its answers watched as they come.

Both monitors take each answer with the chance the model gave it, so that abler candidates do not
look like a leak. States are small and frozen: `update` gives the next one, to be stored anywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from psychometrics.arrays import Floats
from psychometrics.errors import RuleError

# Siegmund's correction for the jump over the border.
_OVERSHOOT = 1.166


class Alarm(Enum):
    """What a monitor says."""

    NONE = "none"
    EASIER = "easier"
    HARDER = "harder"


@dataclass(frozen=True)
class ItemCusum:
    """Cumulative sums of an item's standardised residuals (Page 1954; Veerkamp & Glas 2000).

    ``easier`` grows while answers are better than expected, ``harder`` while worse; each forgets
    ``allowance`` an answer, half the shift to be found, and alarms above ``limit``. Once raised an
    alarm stays: somebody has to look, and start anew.

    >>> monitor = ItemCusum.with_run_length(10_000)
    >>> monitor.update([1] * 40, [0.5] * 40).alarm
    <Alarm.EASIER: 'easier'>
    """

    limit: float
    allowance: float = 0.25
    easier: float = 0.0
    harder: float = 0.0
    answers: int = 0
    alarm: Alarm = Alarm.NONE

    def __post_init__(self) -> None:
        if not (math.isfinite(self.limit) and self.limit > 0 and self.allowance > 0):
            raise RuleError(field="limit", limit=self.limit, allowance=self.allowance)

    @classmethod
    def with_run_length(cls, answers: float, allowance: float = 0.25) -> ItemCusum:
        """A limit at which an item that has not changed alarms falsely once in so many answers.

        Each side alone, by Siegmund's (1985) approximation
        (exp(2 k h) - 2 k h - 1) / (2 k^2), h = limit + 1.166.
        """
        if not answers > 1 or not allowance > 0:
            raise RuleError(field="answers", value=answers, allowance=allowance)

        def excess(limit: float) -> float:
            height = 2.0 * allowance * (limit + _OVERSHOOT)
            return (math.exp(height) - height - 1.0) / (2.0 * allowance**2) - answers

        if excess(1e-6) > 0:
            raise RuleError(field="answers", value=answers, reason="shorter_than_any_limit")
        return cls(float(brentq(excess, 1e-6, 300.0 / allowance)), allowance)

    def update(self, right: ArrayLike, expected: ArrayLike) -> ItemCusum:
        """The state after more answers, in their order.

        ``right``: 1 or 0 (or points as a share of the most) of each answer; ``expected``: what the
        model gave for it, strictly between 0 and 1. Raises `RuleError`.
        """
        easier, harder, alarm = self.easier, self.harder, self.alarm
        values, chances = _pairs(right, expected)
        for z in ((values - chances) / np.sqrt(chances * (1.0 - chances))).tolist():
            easier = max(0.0, easier + z - self.allowance)
            harder = max(0.0, harder - z - self.allowance)
            if alarm is Alarm.NONE and max(easier, harder) > self.limit:
                alarm = Alarm.EASIER if easier > self.limit else Alarm.HARDER
        return replace(self, easier=easier, harder=harder, answers=self.answers + values.size, alarm=alarm)


@dataclass(frozen=True)
class MovingWindow:
    """The last ``size`` answers against what was expected of them (Zhang 2014): a sudden leak.

    ``z`` is their standardised sum; ``highest`` the largest since the start. It alarms above
    ``limit``, not before the window is full.
    """

    size: int = 50
    limit: float = 3.5
    window: tuple[tuple[float, float], ...] = ()
    highest: float = -math.inf
    alarm: Alarm = Alarm.NONE

    def __post_init__(self) -> None:
        if self.size < 2 or not self.limit > 0:
            raise RuleError(field="size", size=self.size, limit=self.limit)

    @property
    def z(self) -> float:
        """Of the window as it is; NaN while it is empty."""
        if not self.window:
            return math.nan
        right, chance = np.array(self.window).T
        return float((right - chance).sum() / math.sqrt(float((chance * (1.0 - chance)).sum())))

    def update(self, right: ArrayLike, expected: ArrayLike) -> MovingWindow:
        """The state after more answers, in their order; see `ItemCusum.update`."""
        values, chances = _pairs(right, expected)
        state = self
        for pair in zip(values.tolist(), chances.tolist(), strict=True):
            state = replace(state, window=(*state.window, pair)[-self.size :])
            if len(state.window) == self.size:
                alarm = Alarm.EASIER if state.z > self.limit and state.alarm is Alarm.NONE else state.alarm
                state = replace(state, highest=max(state.highest, state.z), alarm=alarm)
        return state


def _pairs(right: ArrayLike, expected: ArrayLike) -> tuple[Floats, Floats]:
    values = np.atleast_1d(np.asarray(right, dtype=np.float64))
    chances = np.atleast_1d(np.asarray(expected, dtype=np.float64))
    if values.shape != chances.shape or values.ndim != 1:
        raise RuleError(field="expected", answers=values.shape, expected=chances.shape)
    if not ((values >= 0) & (values <= 1)).all() or not ((chances > 0) & (chances < 1)).all():
        raise RuleError(field="right", reason="not_between_0_and_1")
    return values, chances

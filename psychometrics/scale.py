"""From logits to the numbers people are told."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from psychometrics.arrays import Floats, FloatsLike
from psychometrics.errors import RuleError
from psychometrics.quadrature import Population


class Rounding(Enum):
    """What happens to digits beyond the last reported one."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    FLOOR = "floor"


@dataclass(frozen=True)
class ReportingScale:
    """A linear scale on which the calibration population has ``mean`` and ``sd``.

    Scores are rounded to ``decimals`` and then held within ``lowest`` and ``highest``.

    >>> ReportingScale().report([-9.0, 0.0, 1.2345]).tolist()
    [0.0, 50.0, 62.35]
    """

    mean: float = 50.0
    sd: float = 10.0
    lowest: float = 0.0
    highest: float = 100.0
    decimals: int = 2
    rounding: Rounding = Rounding.HALF_UP
    calibration: Population = field(default_factory=Population)

    def __post_init__(self) -> None:
        if not math.isfinite(self.mean):
            raise RuleError(field="scale.mean", value=self.mean)
        if not (math.isfinite(self.sd) and self.sd > 0):
            raise RuleError(field="scale.sd", value=self.sd)
        if not self.lowest < self.highest:
            raise RuleError(field="scale.lowest", lowest=self.lowest, highest=self.highest)
        if not 0 <= self.decimals <= 6:
            raise RuleError(field="scale.decimals", value=self.decimals)

    def transform(self, theta: FloatsLike) -> Floats:
        """The exact linear transform, without limits and rounding: for cuts and for computing."""
        distance = np.asarray(theta, dtype=np.float64) - self.calibration.mean
        return self.mean + self.sd / self.calibration.sd * distance

    def to_theta(self, score: FloatsLike) -> Floats:
        """The inverse of `transform`, for a cut given on the reporting scale."""
        distance = np.asarray(score, dtype=np.float64) - self.mean
        return self.calibration.mean + self.calibration.sd / self.sd * distance

    def report(self, theta: FloatsLike) -> Floats:
        """Scores as reported: transformed, rounded, held within the limits."""
        return np.clip(self._round(self.transform(theta)), self.lowest, self.highest)

    def report_error(self, se: FloatsLike) -> Floats:
        """Standard errors on the reporting scale, rounded the same way."""
        exact = self.sd / self.calibration.sd * np.asarray(se, dtype=np.float64)
        return self._round(exact)

    def _round(self, values: Floats) -> Floats:
        unit = 10.0**self.decimals
        # 62.345 has no exact double; what is within a millionth of a unit of a border is on it.
        scaled = np.round(values * unit, 6)
        if self.rounding is Rounding.HALF_UP:
            whole = np.floor(scaled + 0.5)
        elif self.rounding is Rounding.HALF_EVEN:
            whole = np.rint(scaled)
        else:
            whole = np.floor(scaled)
        return np.asarray(whole / unit, dtype=np.float64)

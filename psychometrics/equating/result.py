"""A table of equivalents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psychometrics.arrays import Floats, FloatsLike, Integers


@dataclass(frozen=True, eq=False)
class Equating:
    """What each score of form X is worth on form Y.

    ``equated``: unrounded, one for each of ``scores``; ``se``: standard errors in points of Y
    without assuming a normal distribution, ``se_normal`` assuming one; None where the method has no
    formula (see `bootstrap_equating`). ``slope`` and ``intercept`` of a linear method, else None.
    ``lowest`` and ``highest`` end the scale of Y.
    """

    scores: Integers
    equated: Floats
    lowest: int
    highest: int
    se: Floats | None = None
    se_normal: Floats | None = None
    slope: float | None = None
    intercept: float | None = None

    def convert(self, scores: FloatsLike) -> Floats:
        """Equivalents of any scores of X, between two of the table by a straight line.

        Beyond the table a linear method goes on; others keep the distance of its end.
        """
        x = np.asarray(scores, dtype=np.float64)
        if self.slope is not None and self.intercept is not None:
            return np.asarray(self.intercept + self.slope * x, dtype=np.float64)
        inside = np.clip(x, self.scores[0], self.scores[-1])
        return np.asarray(np.interp(inside, self.scores, self.equated) + (x - inside), dtype=np.float64)

    def rounded(self) -> Integers:
        """Whole scores to report: rounded half up, then held within the scale of Y."""
        whole = np.floor(np.round(self.equated, 8) + 0.5)
        return np.clip(whole, self.lowest, self.highest).astype(np.int64)

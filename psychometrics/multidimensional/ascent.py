"""Newton's method for many persons at once, each with a function of several abilities to climb."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from psychometrics.arrays import Floats
from psychometrics.errors import ConvergenceError

_MOST_STEPS = 200
_SMALLEST_STEP = 1e-9

# Height, gradient and a positive definite matrix in the place of minus the second derivatives.
Local = tuple[Floats, Floats, Floats]


def ascend(at: Callable[[Floats], Local], start: Floats, low: Floats, high: Floats) -> Floats:
    """The top each person reaches from ``start`` (persons x dimensions) between ``low`` and ``high``.

    A step that does not lead upwards is halved until it does. Raises `ConvergenceError` if
    somebody still moves after 200 steps.
    """
    theta = start.copy()
    height, gradient, bend = at(theta)
    share = np.ones(len(theta))
    for _ in range(_MOST_STEPS):
        move = np.linalg.solve(bend, gradient[:, :, None])[:, :, 0]
        there = np.clip(theta + share[:, None] * move, low, high)
        moved = np.abs(there - theta).max(initial=0.0)
        found = at(there)
        # At the top the height changes by less than its rounding.
        better = found[0] >= height - 1e-12 * (1.0 + np.abs(height))
        theta[better] = there[better]
        height[better], gradient[better], bend[better] = (part[better] for part in found)
        share = np.where(better, np.minimum(2.0 * share, 1.0), share / 2.0)
        if moved < _SMALLEST_STEP:
            return theta
    raise ConvergenceError(field="theta", steps=_MOST_STEPS, moved=float(moved))

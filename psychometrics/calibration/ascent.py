"""Climbing the marginal log-posterior: limited-memory BFGS in the metric of PX-EM.

The first step is the PX-EM step itself; what the cycles learn about the missing information
(Jamshidian & Jennrich 1997 call it quasi-Newton acceleration of EM) then makes it superlinear.
A step that does not rise is shortened, so the objective never falls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from psychometrics.arrays import Floats
from psychometrics.calibration.marginal import Marginal, Point, bound_by

_MEMORY = 12
_RISE = 1e-4
_SHORTEST = 1e-5
_LONGEST_MOVE = 1.5


@dataclass
class Memory:
    """Pairs of steps and changes of the gradient, per person: good for any sample of the same."""

    pairs: list[tuple[Floats, Floats]] = field(default_factory=list)

    def add(self, step: Floats, change: Floats) -> None:
        """Keep a pair if it shows curvature in the right sense."""
        if float(step @ change) > 1e-10 * float(np.linalg.norm(step) * np.linalg.norm(change)):
            self.pairs.append((step, change))
            del self.pairs[:-_MEMORY]

    def direction(self, gradient: Floats, metric: Callable[[Floats], Floats]) -> Floats:
        """The two-loop recursion (Nocedal 1980)."""
        rest, factors = gradient.copy(), []
        for step, change in reversed(self.pairs):
            factor = float(step @ rest) / float(step @ change)
            rest -= factor * change
            factors.append(factor)
        result = metric(rest)
        for (step, change), factor in zip(self.pairs, reversed(factors), strict=True):
            result += step * (factor - float(change @ result) / float(step @ change))
        return result


@dataclass(frozen=True, eq=False)
class Summit:
    """Where a climb ended: ``promised`` is what the next step would still add to the log-likelihood."""

    point: Point
    promised: float
    cycles: int
    converged: bool
    largest_change: float


def climb(marginal: Marginal, x: Floats, memory: Memory, tolerance: float, slack: float, limit: int) -> Summit:
    """Climb until the next step promises less than ``tolerance`` of the total log-likelihood.

    ``slack`` is the relative noise of the objective's value: a fall within it is none.
    """
    bounds = marginal.layout.bounds
    here, cycles, moved = marginal.at(x), 1, np.inf
    while True:
        held = bound_by(here.x, here.gradient, bounds)
        gradient = np.where(held, 0.0, here.gradient)
        way = np.where(held, 0.0, memory.direction(gradient, here.metric.apply))
        promised = 0.5 * marginal.total * float(gradient @ way)
        if abs(promised) <= tolerance or cycles >= limit:
            return Summit(here, promised, cycles, 0.0 <= promised <= tolerance, moved)
        there, tries = _step(marginal, here, gradient, way, slack, limit - cycles) if promised > 0 else (None, 0)
        cycles += tries
        if there is None:
            if not memory.pairs:
                return Summit(here, promised, cycles, False, moved)
            memory.pairs.clear()
            continue
        moved = float(np.abs(there.x - here.x).max(initial=0.0))
        memory.add(there.x - here.x, here.gradient - there.gradient)
        here = there


def _step(
    marginal: Marginal, here: Point, gradient: Floats, way: Floats, slack: float, most: int
) -> tuple[Point | None, int]:
    """The first point on the way, halving, that rises enough; and how many were looked at."""
    length = min(1.0, _LONGEST_MOVE / float(np.abs(way).max()))
    tries = 0
    while length > _SHORTEST and tries < most:
        step = marginal.allowed(here.x, length * way)
        rise = float(gradient @ step)
        there, tries = marginal.at(here.x + step), tries + 1
        if there.value >= here.value + _RISE * rise - slack * abs(here.value):
            return there, tries
        # The top of the parabola through both values and the slope, but no wild jump.
        fall = here.value + rise - there.value
        length *= min(0.5, max(0.1, 0.5 * rise / fall)) if np.isfinite(fall) and rise > 0 else 0.1
    return None, tries

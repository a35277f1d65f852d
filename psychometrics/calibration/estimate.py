"""The order of work: a start on some persons, single precision far away, double precision near by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from psychometrics.arrays import Floats
from psychometrics.calibration.ascent import Memory, Summit, climb
from psychometrics.calibration.expectation import Design, Expectation, design
from psychometrics.calibration.layout import Layout
from psychometrics.calibration.marginal import Latent, Marginal
from psychometrics.calibration.nodes import REACH, needed, reaches
from psychometrics.calibration.priors import Priors
from psychometrics.calibration.sample import GroupSample
from psychometrics.calibration.start import starting_values
from psychometrics.quadrature import Grid

# From so many rows on, some of them give the start.
_MANY_ROWS = 8000
_SOME_ROWS = 4000
_START_TOLERANCE = 0.05
# From so many products on, single precision pays for the first cycles.
_MUCH_WORK = 3e7
_SINGLE_TOLERANCE = 0.02
# Relative noise of a sum of log-likelihoods in either precision.
_SINGLE_NOISE, _DOUBLE_NOISE = 1e-7, 1e-13
_WIDEN = 1.5
_SPACING_SLACK = 0.97


@dataclass(frozen=True, eq=False)
class Fit:
    """Where the climb ended, and what it ended on."""

    marginal: Marginal
    designs: tuple[Design, ...]
    summit: Summit
    coarse: bool


class Climber:
    """All that stays the same while samples, precisions and grids change."""

    def __init__(self, layout: Layout, samples: Sequence[GroupSample], priors: Sequence[Priors]) -> None:
        self.layout = layout
        self.samples = samples
        self.priors = priors
        self.designs = self._designs(samples)

    def _designs(self, samples: Sequence[GroupSample]) -> list[Design]:
        return [design(self.layout, sample, group) for group, sample in enumerate(samples)]

    def marginal(self, designs: Sequence[Design], latent: Latent, dtype: DTypeLike) -> Marginal:
        """The objective for these persons."""
        persons = np.array([one.frequency.sum() for one in designs])
        return Marginal(self.layout, Expectation(designs, dtype), persons, self.priors, latent)

    def start(self) -> tuple[Floats, Memory]:
        """Parameters to start from: of many persons, those that some of them give."""
        x, memory = starting_values(self.layout, self.samples, self.priors), Memory()
        rows = sum(len(sample.codes) for sample in self.samples)
        if rows < _MANY_ROWS:
            return x, memory
        designs = self._designs([one.thinned(_SOME_ROWS * len(one.codes) // rows) for one in self.samples])
        latent = Latent(needed(self.layout, x).grid(1.3))
        summit = climb(self.marginal(designs, latent, np.float32), x, memory, _START_TOLERANCE, _SINGLE_NOISE, 30)
        # What ran away for want of persons starts anew.
        astray = np.abs(summit.point.x - x) > 3.0
        if astray.any():
            memory.pairs.clear()
        return np.where(astray, x, summit.point.x), memory

    def single(self, x: Floats, memory: Memory, limit: int) -> tuple[Floats, int]:
        """Near the top, if the sample is so large that this is quicker in single precision."""
        need = needed(self.layout, x)
        size = sum(one.indicators.size for one in self.designs if not one.linear)
        if size * need.nodes < _MUCH_WORK:
            return x, 0
        marginal = self.marginal(self.designs, Latent(need.grid(1.1)), np.float32)
        summit = climb(marginal, x, memory, _SINGLE_TOLERANCE, _SINGLE_NOISE, limit)
        return summit.point.x, summit.cycles

    def climb(self, tolerance: float, limit: int, given: Grid | None) -> Fit:
        """All the way, on a grid that suits the parameters arrived at."""
        x, memory = self.start()
        x, cycles = self.single(x, memory, limit)
        reach = REACH
        while True:
            need = needed(self.layout, x, reach)
            grid = given or need.grid()
            marginal = self.marginal(self.designs, Latent(grid), np.float64)
            summit = climb(marginal, x, memory, tolerance, _DOUBLE_NOISE, max(limit - cycles, 1))
            x, cycles = summit.point.x, cycles + summit.cycles
            far = reaches(summit.point.counts.groups)
            fine = needed(self.layout, x, reach).spacing >= _SPACING_SLACK * float(np.diff(grid.nodes).max())
            if given is not None or need.limited or (far and fine) or cycles >= limit:
                whole = Summit(summit.point, summit.promised, cycles, summit.converged, summit.largest_change)
                return Fit(marginal, tuple(self.designs), whole, not (far and fine))
            reach += 0.0 if far else _WIDEN


def estimate(
    layout: Layout,
    samples: Sequence[GroupSample],
    priors: Sequence[Priors],
    *,
    tolerance: float,
    limit: int,
    grid: Grid | None,
) -> Fit:
    """Estimate everything under normal populations."""
    return Climber(layout, samples, priors).climb(tolerance, limit, grid)

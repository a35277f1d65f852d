"""A whole adaptive test in one frozen value: bank, start, selection, exposure, content, scoring, stopping."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from psychometrics.adaptive.bank import ItemBank
from psychometrics.adaptive.content import ContentRule
from psychometrics.adaptive.curves import GridCurves, provisional_grid
from psychometrics.adaptive.exposure import ExposureRule
from psychometrics.adaptive.rules import MaximumInformation, SelectionRule
from psychometrics.adaptive.stopping import Stopping
from psychometrics.arrays import Integers
from psychometrics.errors import RuleError
from psychometrics.quadrature import Grid, Population
from psychometrics.responses import MissingPolicy
from psychometrics.scoring import Method


@dataclass(frozen=True)
class Start:
    """Where a test begins: at ``theta`` (the population's mean if None), with these ``items`` first."""

    theta: float | None = None
    items: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class AdaptiveDesign:
    """Everything that decides how an adaptive test runs.

    ``policy``: what an omitted item counts as. ``scoring``: the provisional ability, by grid.
    ``randomesque``: among how many of the best items to draw at each step, the last number for all
    further steps: ``(5,)``, or ``(5, 4, 3, 2, 1)`` (McBride & Martin 1983); ``(1,)`` takes the best.
    ``grid`` is chosen by `provisional_grid` unless given; its nodes must be equally spaced.
    Raises `RuleError` or `InfeasibleError` if the parts do not go together.
    """

    bank: ItemBank
    policy: MissingPolicy
    stopping: Stopping
    selection: SelectionRule = field(default_factory=MaximumInformation)
    population: Population = field(default_factory=Population)
    scoring: Method = Method.EAP
    start: Start = Start()
    randomesque: tuple[int, ...] = (1,)
    exposure: ExposureRule | None = None
    content: ContentRule | None = None
    grid: Grid | None = None

    def __post_init__(self) -> None:
        if not self.randomesque or min(self.randomesque) < 1:
            raise RuleError(field="randomesque", value=self.randomesque)
        if self.start.theta is not None and not math.isfinite(self.start.theta):
            raise RuleError(field="start.theta", value=self.start.theta)
        if len(set(self.start.items)) != len(self.start.items) or len(self.start.items) > self.stopping.most_items:
            raise RuleError(field="start.items", value=self.start.items)
        if self.grid is not None:
            gaps = np.diff(self.grid.nodes)
            if gaps.size < 2 or not np.allclose(gaps, gaps[0]) or gaps[0] <= 0:
                raise RuleError(field="grid", reason="not_equally_spaced")
        if self.exposure is not None:
            self.exposure.check(len(self.bank))
        if self.content is not None:
            self.content.check(self.bank, self.stopping.most_items)
        self._check_start()

    @cached_property
    def curves(self) -> GridCurves:
        """The bank on the grid, computed when first needed and shared by all tests of this design."""
        grid = self.grid or provisional_grid(self.bank.table, self.population, self.stopping.most_items)
        return GridCurves(self.bank.table, grid, np.array(self.stopping.points))

    @property
    def start_theta(self) -> float:
        """The ability assumed before the first answer."""
        return self.population.mean if self.start.theta is None else self.start.theta

    @cached_property
    def start_columns(self) -> Integers:
        """Columns of the items every test begins with."""
        return np.array([self.bank.index(name) for name in self.start.items], dtype=np.int64)

    def among(self, step: int) -> int:
        """Among how many of the best items to draw after ``step`` items."""
        return self.randomesque[min(step, len(self.randomesque) - 1)]

    def _check_start(self) -> None:
        columns = self.start_columns
        for column in columns.tolist():
            if set(self.bank.enemies_of[column].tolist()) & set(columns.tolist()):
                raise RuleError(field="start.items", item=self.bank.table.names[column], reason="enemy")

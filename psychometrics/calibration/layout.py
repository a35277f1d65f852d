"""Which parameters there are, and where each of them stands in one long vector.

An *instance* is an item as one or more groups know it: an item shared by all groups is one
instance, an item free by group is one for each. Instances of one model and one number of
categories are a *block*, whose curves are computed together. After the instances come the mean
and the log standard deviation of each population that is estimated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.calibration.families import FIXED_SLOPE, category_slopes, parameter_count, slope_count
from psychometrics.items import ItemParameters, Model
from psychometrics.quadrature import Population

# A slope that gets here has separated its item; the tables allow no more.
SLOPE_BOUND = 19.99
# The asymptote is then within 0.0001 of 0 or 1: the data want it to be there.
LOGIT_BOUND = 9.2
# A parameter nearer to its bound than this is at it.
AT_BOUND = 1e-9
_INTERCEPT_BOUND = 99.0
_LOG_SD_BOUND = 4.0


@dataclass(frozen=True)
class Instance:
    """An item with parameters of its own: free, or held at an anchor's values."""

    item: int
    model: Model
    categories: int
    groups: tuple[int, ...]
    anchor: ItemParameters | None = None


@dataclass(frozen=True)
class Block:
    """Free instances of one shape: where they, their cells and their parameters stand."""

    model: Model
    categories: int
    instances: slice
    cells: slice
    parameters: slice

    @property
    def count(self) -> int:
        """How many instances."""
        return int(self.instances.stop - self.instances.start)

    @property
    def width(self) -> int:
        """How many parameters each has."""
        return parameter_count(self.model, self.categories)

    @property
    def slopes(self) -> int:
        """How many of them multiply theta."""
        return slope_count(self.model, self.categories)


@dataclass(frozen=True)
class PopulationPlan:
    """One group's population: where its mean and log sd stand among the parameters, if estimated."""

    mean: int | None
    log_sd: int | None
    start: Population


@dataclass(frozen=True, eq=False)
class Invariance:
    """A change of all parameters that no likelihood notices: of the origin or of the unit.

    It is held still by a population held at N(0, 1). EM creeps along it; a step along it, for
    which that population's own moments are the best guide, is what PX-EM adds (Liu, Rubin & Wu
    1998).
    """

    group: int
    scale: bool
    instances: Integers
    groups: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Layout:
    """All instances (free ones first, by block), the blocks, the populations.

    ``scales``: how many sets of groups there are that nothing links with each other.
    """

    instances: tuple[Instance, ...]
    blocks: tuple[Block, ...]
    populations: tuple[PopulationPlan, ...]
    invariances: tuple[Invariance, ...]
    size: int
    scales: int

    @cached_property
    def cell_starts(self) -> Integers:
        """The first cell (category above 0) of each instance, and at last the number of cells."""
        return np.concatenate(([0], np.cumsum([one.categories - 1 for one in self.instances]))).astype(np.int64)

    def matrix(self, block: Block, x: Floats) -> Floats:
        """A block's part of a long vector, instances x parameters (a view)."""
        return x[block.parameters].reshape(block.count, block.width)

    def population(self, group: int, x: Floats) -> Population:
        """A group's population at these parameters."""
        plan = self.populations[group]
        mean = plan.start.mean if plan.mean is None else float(x[plan.mean])
        sd = plan.start.sd if plan.log_sd is None else math.exp(x[plan.log_sd])
        return Population(mean, sd)

    @cached_property
    def bounds(self) -> tuple[Floats, Floats]:
        """The lowest and the highest value of each parameter."""
        high = np.full(self.size, 1e6)
        for block in self.blocks:
            part = self.matrix(block, high)
            part[:] = _INTERCEPT_BOUND
            part[:, : block.slopes] = SLOPE_BOUND
            part[:, block.slopes + block.categories - 1 :] = LOGIT_BOUND
        for plan in self.populations:
            if plan.log_sd is not None:
                high[plan.log_sd] = _LOG_SD_BOUND
        return -high, high

    def direction(self, invariance: Invariance, x: Floats) -> Floats:
        """How the parameters answer to a unit change of the population that holds them still."""
        along = np.zeros(self.size)
        moved: Booleans = np.isin(np.arange(len(self.instances)), invariance.instances)
        for block in self.blocks:
            here, part = self.matrix(block, x), self.matrix(block, along)
            mine = moved[block.instances, None]
            if invariance.scale:
                part[:, : block.slopes] = here[:, : block.slopes] * mine
            else:
                lines = slice(block.slopes, block.slopes + block.categories - 1)
                part[:, lines] = category_slopes(block.model, here, block.categories) * mine
        for group in invariance.groups:
            plan = self.populations[group]
            if plan.mean is not None:
                along[plan.mean] = -x[plan.mean] if invariance.scale else -1.0
            if plan.log_sd is not None and invariance.scale:
                along[plan.log_sd] = -1.0
        return along


def lay_out(
    instances: Sequence[Instance], group_count: int, population: Population | None, free_histogram: bool
) -> Layout:
    """Order instances into blocks and decide which populations are estimated."""
    free = [one for one in instances if one.anchor is None]
    shapes = list(dict.fromkeys((one.model, one.categories) for one in free))
    order = sorted(free, key=lambda one: shapes.index((one.model, one.categories)))
    blocks, place, cell, size = [], 0, 0, 0
    for model, categories in shapes:
        count = sum((one.model, one.categories) == (model, categories) for one in free)
        cells, width = count * (categories - 1), count * parameter_count(model, categories)
        blocks.append(
            Block(model, categories, slice(place, place + count), slice(cell, cell + cells), slice(size, size + width))
        )
        place, cell, size = place + count, cell + cells, size + width
    ordered = (*order, *(one for one in instances if one.anchor is not None))
    linked = _linked(ordered, group_count)
    plans, invariances, size = _populations(ordered, linked, population, free_histogram, size)
    return Layout(ordered, tuple(blocks), plans, invariances, size, len(linked))


def _populations(
    instances: Sequence[Instance], scales: list[set[int]], given: Population | None, free_histogram: bool, size: int
) -> tuple[tuple[PopulationPlan, ...], tuple[Invariance, ...], int]:
    plans: dict[int, PopulationPlan] = {}
    invariances: list[Invariance] = []
    for linked in scales:
        members = [at for at, one in enumerate(instances) if linked & set(one.groups)]
        anchored = any(instances[at].anchor is not None for at in members)
        unit_given = any(instances[at].model in FIXED_SLOPE for at in members)
        for group in sorted(linked):
            first = group == min(linked)
            held = first and given is not None
            free = not free_histogram and not held
            mean = size if free and (anchored or not first) else None
            size += mean is not None
            log_sd = size if free and (anchored or unit_given or not first) else None
            size += log_sd is not None
            plans[group] = PopulationPlan(mean, log_sd, given if held and given else Population())
        if not anchored and not free_histogram:
            at, groups = np.array(members, dtype=np.int64), tuple(sorted(linked))
            invariances.append(Invariance(min(linked), False, at, groups))
            if not unit_given:
                invariances.append(Invariance(min(linked), True, at, groups))
    return tuple(plans[group] for group in sorted(plans)), tuple(invariances), size


def _linked(instances: Sequence[Instance], group_count: int) -> list[set[int]]:
    """Groups that share items, directly or through others; anchors put all who took one together."""
    parts = [{group} for group in range(group_count)]
    anchored = {group for one in instances if one.anchor is not None for group in one.groups}
    for links in (*(set(one.groups) for one in instances), anchored):
        touched = [part for part in parts if part & links]
        if len(touched) > 1:
            parts = [part for part in parts if not part & links]
            parts.append(set().union(*touched))
    return sorted(parts, key=min)

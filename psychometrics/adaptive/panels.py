"""Multistage panels: modules in stages, and the routes from one stage to the next."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import pairwise

import numpy as np

from psychometrics.arrays import Floats, Integers
from psychometrics.errors import RuleError
from psychometrics.items import ItemParameters, ItemTable


class RouteBy(Enum):
    """What a route looks at: the ability estimated from all answers so far, or their sum score."""

    THETA = "theta"
    SCORE = "score"


@dataclass(frozen=True)
class Route:
    """From one module to those of the next stage: below ``cuts[0]`` to ``to[0]``, and so on.

    ``cuts`` rise, in logits or in points of the sum score so far; who stands exactly on a cut goes
    up. One more module than cuts.
    """

    by: RouteBy
    cuts: tuple[float, ...]
    to: tuple[str, ...]

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, self.cuts)) or any(low >= high for low, high in pairwise(self.cuts)):
            raise RuleError(field="route.cuts", value=self.cuts, reason="not_increasing")
        if len(self.to) != len(self.cuts) + 1:
            raise RuleError(field="route.to", modules=len(self.to), cuts=len(self.cuts))

    def choose(self, values: Floats) -> Integers:
        """The place in ``to`` for each ability or score."""
        return np.searchsorted(np.array(self.cuts), values, side="right").astype(np.int64)


@dataclass(frozen=True, eq=False)
class Module:
    """A fixed set of items taken together."""

    name: str
    table: ItemTable


@dataclass(frozen=True, eq=False)
class Panel:
    """Stages of modules, easiest first by custom, and the route out of every module but the last stage's.

    Raises `RuleError`, whose ``params`` name the module, for: no stage, a name used twice, a route
    missing or leading elsewhere than the next stage, a module nobody can reach, a score cut no score
    can fall below or reach, and an item that a path would give twice. Modules of one stage may share items.
    """

    stages: tuple[tuple[Module, ...], ...]
    routes: Mapping[str, Route]

    def __post_init__(self) -> None:
        if not self.stages or not all(self.stages):
            raise RuleError(field="panel.stages", reason="empty")
        names = [module.name for stage in self.stages for module in stage]
        for name in names:
            if names.count(name) > 1:
                raise RuleError(field="panel.stages", module=name, reason="duplicate")
        if len(self.stages[0]) > 1:
            raise RuleError(field="panel.stages", reason="several_first_modules", modules=len(self.stages[0]))
        self._check_routes()
        self._check_paths()

    @cached_property
    def modules(self) -> dict[str, Module]:
        """All modules by name."""
        return {module.name: module for stage in self.stages for module in stage}

    @cached_property
    def paths(self) -> tuple[tuple[str, ...], ...]:
        """Every way through the panel, as module names."""
        ways: list[tuple[str, ...]] = [(self.stages[0][0].name,)]
        for _ in self.stages[1:]:
            ways = [(*way, target) for way in ways for target in dict.fromkeys(self.routes[way[-1]].to)]
        return tuple(ways)

    @cached_property
    def table(self) -> ItemTable:
        """All items of the panel, each once, in order of first appearance."""
        items: dict[str, ItemParameters] = {}
        for module in self.modules.values():
            for entry in module.table.items:
                if items.setdefault(entry.item, entry) != entry:
                    raise RuleError(field="panel.stages", module=module.name, item=entry.item, reason="two_parameters")
        return ItemTable(tuple(items.values()))

    @cached_property
    def columns(self) -> dict[str, Integers]:
        """The columns of ``table`` that each module's items are."""
        place = {name: column for column, name in enumerate(self.table.names)}
        return {
            name: np.array([place[item] for item in module.table.names], dtype=np.int64)
            for name, module in self.modules.items()
        }

    def _check_routes(self) -> None:
        for here, following in pairwise(self.stages):
            names = {module.name for module in following}
            reached: set[str] = set()
            for module in here:
                route = self.routes.get(module.name)
                if route is None:
                    raise RuleError(field="panel.routes", module=module.name, reason="missing")
                for target in route.to:
                    if target not in names:
                        raise RuleError(field="panel.routes", module=module.name, to=target, reason="not_in_next_stage")
                reached |= set(route.to)
            for name in sorted(names - reached):
                raise RuleError(field="panel.routes", module=name, reason="unreachable")
        routed = {module.name for stage in self.stages[:-1] for module in stage}
        for name in self.routes:
            if name not in routed:
                raise RuleError(field="panel.routes", module=name, reason="leads_nowhere")

    def _check_paths(self) -> None:
        for path in self.paths:
            given: set[str] = set()
            highest = 0
            for name in path:
                table = self.modules[name].table
                twice = sorted(given & set(table.names))
                if twice:
                    raise RuleError(field="panel.stages", module=name, items=twice, reason="given_twice", path=path)
                given |= set(table.names)
                highest += table.max_score
                self._check_score_cuts(name, highest)
        # Built once here, so that an item with two sets of parameters is found at once.
        _ = self.table

    def _check_score_cuts(self, name: str, highest: int) -> None:
        route = self.routes.get(name)
        if route is None or route.by is not RouteBy.SCORE:
            return
        for cut in route.cuts:
            if not 0 < cut <= highest:
                raise RuleError(field="route.cuts", module=name, value=cut, highest_score=highest)

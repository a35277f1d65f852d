"""Taking a multistage panel: one examinee module by module, or many simulated ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from psychometrics.adaptive.panels import Module, Panel, RouteBy
from psychometrics.adaptive.report import Outcomes
from psychometrics.arrays import Codes, Floats, FloatsLike, Integers
from psychometrics.errors import RuleError
from psychometrics.maximum import map_scores, ml_scores, wle_scores
from psychometrics.quadrature import Population
from psychometrics.responses import Missing, MissingPolicy, resolve_missing
from psychometrics.scoring import AbilityEstimate, Method, eap_scores
from psychometrics.simulate import simulate_responses


@dataclass(frozen=True)
class PanelScoring:
    """How answers to a panel become scores: what is missing counts as, the population, the method."""

    policy: MissingPolicy
    population: Population
    method: Method = Method.EAP

    def estimate(self, panel: Panel, responses: Codes) -> AbilityEstimate:
        """Abilities from persons x items of ``panel.table``; what was not presented counts for nothing."""
        table = panel.table
        scorers: dict[Method, Callable[[], AbilityEstimate]] = {
            Method.EAP: lambda: eap_scores(table, responses, self.policy, self.population),
            Method.MAP: lambda: map_scores(table, responses, self.policy, self.population),
            Method.ML: lambda: ml_scores(table, responses, self.policy),
            Method.WLE: lambda: wle_scores(table, responses, self.policy),
        }
        return scorers[self.method]()

    def sum_scores(self, panel: Panel, responses: Codes) -> Floats:
        """Sum of the categories answered, missing ones counted as the policy says."""
        resolved = resolve_missing(panel.table, responses, self.policy)
        scores: Floats = np.maximum(resolved, 0).sum(axis=1).astype(np.float64)
        return scores


class PanelSession:
    """One examinee's way through a panel: take `module`, hand its answers to `administer`.

    A pure function of the answers: giving the same answers again leads the same way.

    >>> from psychometrics.adaptive.panels import Route
    >>> from psychometrics.items import ItemTable, Model
    >>> first, easy, hard = (
    ...     Module(name, ItemTable.from_arrays(Model.RASCH, b=[b, b], names=[f"{name}1", f"{name}2"]))
    ...     for name, b in (("R", 0.0), ("E", -1.0), ("H", 1.0))
    ... )
    >>> panel = Panel(((first,), (easy, hard)), {"R": Route(RouteBy.SCORE, (1.0,), ("E", "H"))})
    >>> session = PanelSession(panel, PanelScoring(MissingPolicy.count_blanks(), Population()))
    >>> session.administer([1, 0])
    >>> session.module.name
    'H'
    """

    def __init__(self, panel: Panel, scoring: PanelScoring) -> None:
        self.panel = panel
        self.scoring = scoring
        self.path: tuple[str, ...] = (panel.stages[0][0].name,)
        self.finished = False
        self._responses: Codes = np.full((1, len(panel.table)), Missing.NOT_PRESENTED, dtype=np.int8)

    @property
    def module(self) -> Module:
        """The module to take now, or the last one taken once finished."""
        return self.panel.modules[self.path[-1]]

    @property
    def responses(self) -> Codes:
        """1 x items of ``panel.table``, `Missing.NOT_PRESENTED` where not given."""
        return self._responses.copy()

    @property
    def estimate(self) -> AbilityEstimate:
        """Ability from all answers so far."""
        return self.scoring.estimate(self.panel, self._responses)

    def administer(self, answers: Sequence[int]) -> None:
        """The answers to the present module, categories or `Missing` codes; routes to the next.

        Raises `ResponseError` for answers the module does not have, `RuleError` once finished.
        """
        if self.finished:
            raise RuleError(field="session", reason="finished")
        resolve_missing(self.module.table, np.array([answers]), self.scoring.policy)
        self._responses[0, self.panel.columns[self.module.name]] = answers
        if len(self.path) == len(self.panel.stages):
            self.finished = True
            return
        targets = _routed(self.panel, self.scoring, self.module.name, self._responses)
        self.path = (*self.path, self.panel.routes[self.module.name].to[int(targets[0])])


@dataclass(frozen=True, eq=False)
class PanelReport(Outcomes):
    """N simulated ways through a panel.

    ``ways``: the index in ``panel.paths`` each took. ``responses``: N x items of ``panel.table``.
    """

    panel: Panel
    ways: Integers
    responses: Codes

    @property
    def path_shares(self) -> dict[tuple[str, ...], float]:
        """The share of examinees who took each path."""
        counts = np.bincount(self.ways, minlength=len(self.panel.paths)) / self.ways.size
        return dict(zip(self.panel.paths, counts.tolist(), strict=True))

    @property
    def module_shares(self) -> dict[str, float]:
        """The share of examinees who took each module: the exposure of its items by it."""
        shares = dict.fromkeys(self.panel.modules, 0.0)
        for path, share in self.path_shares.items():
            for name in path:
                shares[name] += share
        return shares


def simulate_panel(
    panel: Panel, scoring: PanelScoring, theta: FloatsLike, rng: np.random.Generator
) -> PanelReport:
    """Give the panel to examinees of true abilities ``theta`` (logits), answers drawn from the models."""
    abilities = np.atleast_1d(np.asarray(theta, dtype=np.float64))
    if abilities.ndim != 1 or not abilities.size or not np.isfinite(abilities).all():
        raise RuleError(field="theta", shape=abilities.shape, reason="empty_or_not_finite")
    responses: Codes = np.full((abilities.size, len(panel.table)), Missing.NOT_PRESENTED, dtype=np.int8)
    groups: dict[tuple[str, ...], Integers] = {(panel.stages[0][0].name,): np.arange(abilities.size)}
    for stage in range(len(panel.stages)):
        for path, rows in groups.items():
            module = panel.modules[path[-1]]
            drawn = simulate_responses(module.table, abilities[rows], rng)
            responses[rows[:, None], panel.columns[module.name]] = drawn
        if stage + 1 < len(panel.stages):
            groups = _next_groups(panel, scoring, groups, responses)
    estimate = scoring.estimate(panel, responses)
    ways = np.empty(abilities.size, dtype=np.int64)
    for path, rows in groups.items():
        ways[rows] = panel.paths.index(path)
    length = (responses != Missing.NOT_PRESENTED).sum(axis=1)
    return PanelReport(abilities, estimate.theta, estimate.se, length, panel, ways, responses)


def _next_groups(
    panel: Panel, scoring: PanelScoring, groups: dict[tuple[str, ...], Integers], responses: Codes
) -> dict[tuple[str, ...], Integers]:
    following: dict[tuple[str, ...], Integers] = {}
    for path, rows in groups.items():
        route = panel.routes[path[-1]]
        targets = np.array(route.to)[_routed(panel, scoring, path[-1], responses[rows])]
        for name in dict.fromkeys(route.to):
            following[(*path, name)] = rows[targets == name]
    return {path: rows for path, rows in following.items() if rows.size}


def _routed(panel: Panel, scoring: PanelScoring, module: str, responses: Codes) -> Integers:
    """For each person who has just taken the module the place of their next one in its route."""
    route = panel.routes[module]
    if route.by is RouteBy.SCORE:
        return route.choose(scoring.sum_scores(panel, responses))
    theta = scoring.estimate(panel, responses).theta
    # ML and WLE say nothing of who answered nothing.
    return route.choose(np.where(np.isnan(theta), scoring.population.mean, theta))

"""Assembly of one form or several at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from psychometrics.arrays import Floats, Integers
from psychometrics.assembly.blueprint import Blueprint, Kind, Rule
from psychometrics.assembly.clashes import clashes_of
from psychometrics.assembly.goals import Goal, MaximumInformation
from psychometrics.assembly.plan import Plan, Sharing
from psychometrics.assembly.pool import ItemPool
from psychometrics.assembly.program import Effort
from psychometrics.assembly.search import search
from psychometrics.errors import InfeasibleError, RuleError
from psychometrics.models import expected_score, item_information

_REPORT_THETA = np.linspace(-3.0, 3.0, 13)


@dataclass(frozen=True)
class ConstraintValue:
    """One rule of one form (counted from 0; -1: a rule between forms) and what it came to."""

    form: int
    words: str
    least: float
    achieved: float
    most: float
    met: bool


@dataclass(frozen=True, eq=False)
class Assembly:
    """The forms, how good they are, and how good they are proven to be.

    ``forms``: item names, in the pool's order. ``anchor``: the items all forms share by rule.
    ``objective``: y of the goal in the worst form. ``bound``: no forms can do better than this.
    ``gap``: their distance relative to the objective (to objective plus largest target where a
    target is matched); 0 is a proven optimum. ``theta`` (points), ``information`` and
    ``expected_score`` (forms x points): the achieved curves. ``constraints``: every rule.
    """

    forms: tuple[tuple[str, ...], ...]
    anchor: tuple[str, ...]
    objective: float
    bound: float
    gap: float
    theta: Floats
    information: Floats
    expected_score: Floats
    constraints: tuple[ConstraintValue, ...]


def assemble(
    pool: ItemPool,
    blueprint: Blueprint | Sequence[Blueprint],
    goal: Goal | Sequence[Goal],
    *,
    forms: int = 1,
    sharing: Sharing | None = None,
    effort: Effort | None = None,
) -> Assembly:
    """Choose the items of ``forms`` forms by mixed-integer programming (van der Linden 2005).

    A list of blueprints or goals has one for each form. Several forms are made so that the worst
    of them is as good as can be: parallel where they have the same goal. ``sharing`` says which
    items forms may share (none, if left out), ``effort`` what gap is to be proven (1 %).

    One form is solved at once. Of several, each is solved in turn while those to come are kept
    possible and good as a relaxed sum (van der Linden & Adema 1998); the bound comes from the
    relaxation of all. If the gap is then larger than asked for, all are solved at once.

    Raises `RuleError` for a rule the pool does not know or that contradicts itself;
    `InfeasibleError` (``clashes``: sentences, a smallest set of rules that cannot hold together)
    if there is no solution; `ConvergenceError` if none was found in the time allowed.

    >>> from psychometrics.assembly.blueprint import Count
    >>> from psychometrics.assembly.goals import MaximumInformation
    >>> from psychometrics.items import ItemTable, Model
    >>> table = ItemTable.from_arrays(Model.TWO_PL, a=[1, 2, 1.5, 1], b=[0, 0, 0, 0.5], names=list("ABCD"))
    >>> pool = ItemPool(table, {"domain": ["TIU", "TIU", "TIU", "TWK"]})
    >>> blueprint = Blueprint(length=2, constraints=(Count({"domain": "TWK"}, least=1),))
    >>> result = assemble(pool, blueprint, MaximumInformation(0.0))
    >>> result.forms, round(result.objective, 3), result.gap
    ((('B', 'D'),), 1.235, 0.0)
    """
    effort = effort or Effort()
    plan = _plan(pool, blueprint, goal, forms, sharing or Sharing())
    found = search(plan, effort)
    if found is None:
        raise InfeasibleError(field="blueprint", clashes=clashes_of(plan, effort))
    chosen = found.forms
    theta = _theta(plan)
    curves = (item_information(pool.table, theta), expected_score(pool.table, theta))
    information, scores = (
        np.array([curve[:, form].sum(axis=1) for form in chosen]) for curve in curves
    )
    return Assembly(
        forms=tuple(_named(pool, form) for form in chosen),
        anchor=_named(pool, found.anchor),
        objective=plan.sense * found.objective,
        bound=plan.sense * found.bound,
        gap=plan.gap(found.objective, found.bound),
        theta=theta,
        information=information,
        expected_score=scores,
        constraints=_values(plan, chosen, found.anchor),
    )


def assemble_adaptive_pool(
    pool: ItemPool,
    blueprint: Blueprint,
    theta: Sequence[float],
    *,
    uses: int = 1,
    effort: Effort | None = None,
) -> Assembly:
    """A pool for adaptive tests, as a set of forms each best at one theta.

    Each form meets the blueprint of the test and has the highest information at its own theta, as
    a share of what the best form of the whole pool has there; the smallest share is made as large
    as can be (van der Linden, Ariel & Veldkamp 2006). A theta given twice gets two forms: give
    them as often as candidates of that ability are expected. The forms' union is the pool, and
    every adaptive test with the blueprint is possible in it. ``objective`` is the smallest share.
    ``uses``: in how many of the forms an item may be.
    """
    effort = effort or Effort()
    best = {
        point: assemble(pool, blueprint, MaximumInformation(point), effort=effort).objective
        for point in dict.fromkeys(theta)
    }
    goals = [MaximumInformation(point, unit=best[point]) for point in theta]
    return assemble(pool, blueprint, goals, forms=len(goals), sharing=Sharing(uses=uses), effort=effort)


def _plan(
    pool: ItemPool,
    blueprint: Blueprint | Sequence[Blueprint],
    goal: Goal | Sequence[Goal],
    forms: int,
    sharing: Sharing,
) -> Plan:
    if forms < 1:
        raise RuleError(field="forms", value=forms, reason="out_of_range")
    blueprints = [blueprint] * forms if isinstance(blueprint, Blueprint) else list(blueprint)
    goals = [goal] * forms if isinstance(goal, Goal) else list(goal)
    for field, given in (("blueprint", len(blueprints)), ("goal", len(goals))):
        if given != forms:
            raise RuleError(field=field, count=given, forms=forms, reason="not_one_a_form")
    return Plan.of(pool, blueprints, goals, sharing)


def _named(pool: ItemPool, chosen: Integers) -> tuple[str, ...]:
    return tuple(pool.names[position] for position in np.sort(chosen))


def _theta(plan: Plan) -> Floats:
    points = [np.atleast_1d(goal.theta) for goal in plan.goals if hasattr(goal, "theta")]
    return np.unique(np.concatenate(points)) if points else _REPORT_THETA


def _values(plan: Plan, forms: Sequence[Integers], anchor: Integers) -> tuple[ConstraintValue, ...]:
    pool = plan.pool
    values = [
        _value(number, rule, pool, form)
        for number, form in enumerate(forms)
        for rule in plan.rules[number]
        if rule.kind is not Kind.ITEM_SET or rule.achieved(pool, form) > 0
    ]
    return (*values, *(_value(-1, rule, pool, anchor) for rule in plan.anchor_rules), *_sharing(plan, forms, anchor))


def _value(number: int, rule: Rule, pool: ItemPool, form: Integers) -> ConstraintValue:
    met = rule.holds(pool, form)
    return ConstraintValue(number, rule.words, rule.least, rule.achieved(pool, form), rule.most, met)


def _sharing(plan: Plan, forms: Sequence[Integers], anchor: Integers) -> list[ConstraintValue]:
    if len(forms) == 1:
        return []
    uses = np.bincount(np.concatenate(forms), minlength=len(plan.pool))
    uses[anchor] = 0
    most_used = int(uses.max())
    limit = plan.sharing.uses
    values = [ConstraintValue(-1, "forms with the same item", 0, most_used, limit, most_used <= limit)]
    common = plan.sharing.common
    for first in range(len(forms)):
        for second in range(first + 1, len(forms)):
            shared = int(np.setdiff1d(np.intersect1d(forms[first], forms[second]), anchor).size)
            most = np.inf if common is None else common
            words = f"items common to forms {first} and {second}"
            values.append(ConstraintValue(-1, words, 0, shared, most, shared <= most))
    return values

"""Which rules cannot hold together: a smallest set, in words with numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from psychometrics.assembly.blueprint import Kind, Rule
from psychometrics.assembly.plan import Plan, Sharing
from psychometrics.assembly.program import Effort, relax, run
from psychometrics.assembly.search import program_at_once, program_relaxed


@dataclass(frozen=True)
class Side:
    """One side of one rule (its least or its most) of all forms of a kind.

    ``kind`` -1 is the anchor; ``rule`` -1 is the number of forms an item may be in, -2 the number
    of items two forms may share.
    """

    kind: int
    rule: int
    least: bool


_USES, _COMMON = Side(-1, -1, least=False), Side(-1, -2, least=False)


def clashes_of(plan: Plan, effort: Effort) -> list[str]:
    """A smallest set of a plan's rules that cannot hold together, a sentence each.

    Leave any one out and the others can be met. Where one form is impossible by itself the set
    is about that form only. Of several forms that not even fractions of items could meet, the set
    is smallest for fractions. Found by QuickXplain (Junker 2004).
    Raises `ConvergenceError` if the solver's time runs out before an answer.
    """
    proof = Effort(0.0, effort.seconds)
    for form in dict.fromkeys(plan.kinds.index(kind) for kind in plan.kinds):
        alone = plan.alone(form)
        if not _feasible(alone, proof):
            return _explained(alone, proof)
    return _explained(replace(plan, goals=(), goal_rows=(None,) * len(plan)), proof)


def _explained(plan: Plan, effort: Effort) -> list[str]:
    relaxed_only = len(plan) > 1 and not _feasible_in_fractions(plan)

    def feasible(kept: Sequence[Side]) -> bool:
        part = _part(plan, kept)
        return _feasible_in_fractions(part) if relaxed_only else _feasible(part, effort)

    sides = _sides(plan)
    clash = sorted(smallest_clash(sides, feasible), key=sides.index)
    return [_sentence(plan, side, [other for other in clash if other != side], effort) for side in clash]


_Rule = TypeVar("_Rule")


def smallest_clash(sides: list[_Rule], feasible: Callable[[Sequence[_Rule]], bool]) -> list[_Rule]:
    """QuickXplain (Junker 2004): a subset that is not feasible but would be without any one.

    ``sides`` together must not be feasible.
    """

    def explain(background: list[_Rule], added: bool, rest: list[_Rule]) -> list[_Rule]:
        if added and not feasible(background):
            return []
        if len(rest) == 1:
            return rest
        half = len(rest) // 2
        second = explain(background + rest[:half], True, rest[half:])
        first = explain(background + second, bool(second), rest[:half])
        return first + second

    return explain([], False, sides)


def _feasible(plan: Plan, effort: Effort) -> bool:
    program, _, _ = program_at_once(plan)
    return _feasible_in_fractions(plan) and run(program, effort) is not None


def _feasible_in_fractions(plan: Plan) -> bool:
    program, _, _ = program_relaxed(plan)
    return bool((program.least <= program.most).all()) and relax(program) is not None


def _sides(plan: Plan) -> list[Side]:
    sides = []
    owners = [(kind, plan.rules[plan.kinds.index(kind)]) for kind in dict.fromkeys(plan.kinds)]
    for kind, rules in (*owners, (-1, plan.anchor_rules)):
        for place, rule in enumerate(rules):
            # Nothing is below 0 items, and a form of no items has no bounds to miss.
            bare = _bare(rule)
            if rule.least > bare.least and (rule.least > 0 or (rule.weights < 0).any()):
                sides.append(Side(kind, place, least=True))
            if rule.most < bare.most:
                sides.append(Side(kind, place, least=False))
    if len(plan) > 1:
        sides.append(_USES)
        if plan.sharing.common is not None:
            sides.append(_COMMON)
    return sides


def _bare(rule: Rule) -> Rule:
    """A rule without its bounds; that a stimulus is used if its items are is no bound."""
    if rule.kind is Kind.ITEM_SET:
        return replace(rule, least=1, most=rule.columns.size)
    return replace(rule, least=-math.inf, most=math.inf)


def _part(plan: Plan, kept: Sequence[Side]) -> Plan:
    """The plan with only some sides of its rules."""
    wanted = set(kept)

    def halves(kind: int, rules: Sequence[Rule]) -> tuple[Rule, ...]:
        parts = []
        for place, rule in enumerate(rules):
            part = _bare(rule)
            if Side(kind, place, least=True) in wanted:
                part = replace(part, least=rule.least)
            if Side(kind, place, least=False) in wanted:
                part = replace(part, most=rule.most)
            if math.isfinite(part.least) or math.isfinite(part.most):
                parts.append(part)
        return tuple(parts)

    sharing = Sharing(
        uses=plan.sharing.uses if _USES in wanted else len(plan),
        common=plan.sharing.common if _COMMON in wanted else None,
    )
    rules = tuple(halves(kind, rules) for kind, rules in zip(plan.kinds, plan.rules, strict=True))
    return replace(plan, rules=rules, anchor_rules=halves(-1, plan.anchor_rules), sharing=sharing)


def _sentence(plan: Plan, side: Side, others: Sequence[Side], effort: Effort) -> str:
    if side == _USES:
        return f"each item in at most {plan.sharing.uses} of {len(plan)} forms"
    if side == _COMMON:
        return f"at most {plan.sharing.common} items common to two forms"
    rule = _rule(plan, side)
    needed = rule.least if side.least else rule.most
    wish = f"at least {needed:g} asked for" if side.least else f"at most {needed:g} allowed"
    sentence = f"{_whose(plan, side)}{rule.words}: {wish}"
    forms = plan.kinds.count(side.kind)
    if forms > 1:
        sentence += f" in each of {forms} forms"
    if rule.kind not in (Kind.SUM, Kind.STIMULI):
        return sentence
    possible = _extreme(plan, side, rule, others, effort)
    reach = f"at most {possible:g} possible" if side.least else f"at least {possible:g} unavoidable"
    return f"{sentence}, {reach}{' in all' if forms > 1 else ''}{' with the other rules' if others else ''}"


def _whose(plan: Plan, side: Side) -> str:
    if side.kind < 0:
        return "anchor: "
    if len(set(plan.kinds)) == 1:
        return ""
    forms = [str(form) for form, kind in enumerate(plan.kinds) if kind == side.kind]
    return f"form {', '.join(forms)}: "


def _rule(plan: Plan, side: Side) -> Rule:
    rules = plan.anchor_rules if side.kind < 0 else plan.rules[plan.kinds.index(side.kind)]
    return rules[side.rule]


def _extreme(plan: Plan, side: Side, rule: Rule, others: Sequence[Side], effort: Effort) -> float:
    """The largest value of a rule that has a least (the smallest of one that has a most)."""
    program, starts, anchor = program_relaxed(_part(plan, others), whole=len(plan) == 1)
    start = anchor if side.kind < 0 else starts[list(dict.fromkeys(plan.kinds)).index(side.kind)]
    if start is None:
        # No other rule of the anchor is left: its items are bounded by the forms they are in.
        start = starts[0]
    offset = len(plan.pool) if rule.kind is Kind.STIMULI else 0
    sign = -1.0 if side.least else 1.0
    cost = np.zeros(program.cost.size)
    cost[start + offset + rule.columns] = sign * rule.weights
    aimed = replace(program, cost=cost, scale=0.0)
    found = run(aimed, effort)
    value = sign * found.objective if found is not None else math.nan
    if (rule.weights == 1).all():
        value = math.floor(value + 1e-6) if side.least else math.ceil(value - 1e-6)
    return value

"""Forms to be made, their rules and goals as rows, and what the forms may share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from psychometrics.arrays import Integers
from psychometrics.assembly.blueprint import Blueprint, Rule, rules_of
from psychometrics.assembly.goals import Goal, GoalRows
from psychometrics.assembly.layout import FormRows, form_rows
from psychometrics.assembly.pool import ItemPool
from psychometrics.errors import RuleError


@dataclass(frozen=True)
class Sharing:
    """Which items several forms may have in common.

    ``anchor``: how many items are in every form by rule, or the blueprint of that set (equating
    by common items); nothing else about sharing applies to them. ``uses``: in how many forms an
    item may be. ``common``: how many items any two forms may share (None: no limit).
    """

    anchor: int | Blueprint = 0
    uses: int = 1
    common: int | None = None

    def __post_init__(self) -> None:
        if self.uses < 1:
            raise RuleError(field="uses", value=self.uses, reason="out_of_range")
        if self.common is not None and self.common < 0:
            raise RuleError(field="common", value=self.common, reason="out_of_range")
        if isinstance(self.anchor, int) and self.anchor < 0:
            raise RuleError(field="anchor", value=self.anchor, reason="out_of_range")

    @property
    def anchor_blueprint(self) -> Blueprint | None:
        """What the anchor must hold; None without an anchor."""
        if isinstance(self.anchor, Blueprint):
            return self.anchor
        return Blueprint(length=self.anchor) if self.anchor else None


@dataclass(frozen=True, eq=False)
class Plan:
    """One entry a form in ``rules`` and ``goals``; ``kinds`` numbers forms alike in both."""

    pool: ItemPool
    goals: tuple[Goal, ...]
    goal_rows: tuple[GoalRows | None, ...]
    rules: tuple[tuple[Rule, ...], ...]
    anchor_rules: tuple[Rule, ...]
    kinds: tuple[int, ...]
    sharing: Sharing

    @classmethod
    def of(
        cls, pool: ItemPool, blueprints: Sequence[Blueprint], goals: Sequence[Goal], sharing: Sharing
    ) -> Plan:
        """Check everything against the pool; `RuleError` for what does not fit."""
        pairs: list[tuple[Blueprint, Goal]] = []
        kinds = []
        for blueprint, goal in zip(blueprints, goals, strict=True):
            alike = [n for n, (other, aim) in enumerate(pairs) if other == blueprint and aim is goal]
            kinds.append(alike[0] if alike else len(pairs))
            if not alike:
                pairs.append((blueprint, goal))
        rules = [tuple(rules_of(blueprint, pool)) for blueprint, _ in pairs]
        goal_rows = [goal.rows(pool) for _, goal in pairs]
        if len({rows.sense for rows in goal_rows}) > 1:
            raise RuleError(field="goal", reason="mixed_senses")
        anchor = sharing.anchor_blueprint
        if anchor is not None and anchor.lengths[0] > min(each.lengths[1] for each in blueprints):
            raise RuleError(field="anchor", length=anchor.lengths[0], reason="longer_than_a_form")
        return cls(
            pool,
            tuple(goals),
            tuple(goal_rows[kind] for kind in kinds),
            tuple(rules[kind] for kind in kinds),
            () if anchor is None else tuple(rules_of(anchor, pool)),
            tuple(kinds),
            sharing,
        )

    def __len__(self) -> int:
        return len(self.rules)

    @cached_property
    def rows(self) -> tuple[FormRows, ...]:
        """The rules of each form as rows."""
        made = {kind: form_rows(self.rules[form], self.pool) for form, kind in enumerate(self.kinds)}
        return tuple(made[kind] for kind in self.kinds)

    @cached_property
    def anchor_rows(self) -> FormRows | None:
        """The rules of the anchor as rows; None without an anchor."""
        return form_rows(self.anchor_rules, self.pool) if self.anchor_rules else None

    @property
    def sense(self) -> int:
        """1 if the goal is a small y, -1 if a large one."""
        return next((rows.sense for rows in self.goal_rows if rows is not None), 1)

    @property
    def scale(self) -> float:
        """What is added to the objective's size in a relative gap."""
        return max((rows.scale for rows in self.goal_rows if rows is not None), default=0.0)

    def gap(self, objective: float, bound: float) -> float:
        """How far an objective (to be small) is from its bound, relative."""
        size = abs(objective) + self.scale
        return max(0.0, objective - bound) / size if size > 0 else max(0.0, objective - bound)

    def cost(self, form: int, chosen: Integers) -> float:
        """What a form of the items ``chosen`` comes to, to be small; 0 without a goal."""
        rows = self.goal_rows[form]
        return 0.0 if rows is None else self.sense * rows.value(chosen)

    def alone(self, form: int) -> Plan:
        """One form of the plan by itself, without a goal."""
        return replace(
            self, goals=(), goal_rows=(None,), rules=(self.rules[form],), anchor_rules=(), kinds=(0,), sharing=Sharing()
        )

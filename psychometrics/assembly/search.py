"""The way to the forms: one after the other with the rest relaxed, or all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from psychometrics.arrays import Floats, Integers
from psychometrics.assembly.exchange import exchanged
from psychometrics.assembly.layout import Block, Layout
from psychometrics.assembly.plan import Plan
from psychometrics.assembly.program import (
    Effort,
    Program,
    Relaxation,
    Solution,
    relax,
    run,
    solve,
    solve_core,
)
from psychometrics.errors import ConvergenceError

# A stage may lose half of what is left of the gap, never less than this share of it.
_LEAST_SHARE = 0.25
# A stage that is not done by then will not be soon; exchanging items makes up for it.
_STAGE_NODES = 15


@dataclass(frozen=True, eq=False)
class Found:
    """Item positions of each form and of the anchor; ``objective`` and ``bound`` are to be small."""

    forms: tuple[Integers, ...]
    anchor: Integers
    objective: float
    bound: float


def search(plan: Plan, effort: Effort) -> Found | None:
    """Forms within the gap if they can be found; None if the rules cannot be met.

    Raises `ConvergenceError` if the time ran out before any forms were found.
    """
    found = None
    if len(plan) > 1 or plan.anchor_rows is not None:
        found = _one_by_one(plan, effort)
        if found is not None and plan.gap(found.objective, found.bound) <= effort.gap:
            return found
    try:
        together = _at_once(plan, effort)
    except ConvergenceError:
        if found is None:
            raise
        return found
    if found is None or together is None:
        return found or together
    best = min(found, together, key=lambda each: each.objective)
    return replace(best, bound=min(best.objective, max(found.bound, together.bound)))


def _at_once(plan: Plan, effort: Effort) -> Found | None:
    program, starts, anchor = program_at_once(plan)
    if (program.least > program.most).any():
        return None
    solution = solve(program, effort)
    if solution is None:
        return None
    nothing = np.zeros(0, dtype=np.int64)
    held = nothing if anchor is None else _chosen(plan, solution, anchor)
    forms = {form: _chosen(plan, solution, start) for form, start in enumerate(starts)}
    return _found(plan, forms, held, solution.bound)


def _one_by_one(plan: Plan, effort: Effort) -> Found | None:
    """Sequential assembly with the remaining forms relaxed (van der Linden & Adema 1998)."""
    anchor = np.zeros(0, dtype=np.int64)
    whole = list(range(len(plan)))
    first = program_relaxed(plan)[0] if plan.anchor_rows is not None else _stage(plan, {}, anchor, whole)
    relaxed = _relaxed(first)
    if relaxed is None:
        return None
    bound = relaxed.objective
    if plan.anchor_rows is not None:
        solution = _next(plan, first, relaxed, bound, effort, last=False)
        if solution is None:
            return None
        anchor = _chosen(plan, solution, 0)
    made: dict[int, Integers] = {}
    for form in whole:
        stage = _stage(plan, made, anchor, whole[form:])
        relaxed = _relaxed(stage)
        last = form == whole[-1]
        solution = None if relaxed is None else _next(plan, stage, relaxed, bound, effort, last)
        if solution is None:
            return None
        made[form] = _chosen(plan, solution, 0)
    enough = bound + effort.gap * (abs(bound) + plan.scale) * (1 - effort.gap)
    return _found(plan, exchanged(plan, made, anchor, enough), anchor, bound)


def _relaxed(program: Program) -> Relaxation | None:
    return None if (program.least > program.most).any() else relax(program)


def _next(
    plan: Plan, program: Program, relaxed: Relaxation, bound: float, effort: Effort, last: bool
) -> Solution | None:
    gap = _stage_gap(plan, effort.gap, bound, relaxed.objective, last)
    limits = Effort(gap, effort.seconds, min(effort.nodes, _STAGE_NODES))
    try:
        return solve_core(program, relaxed, limits) or run(program, limits)
    except ConvergenceError:
        return None


def _stage_gap(plan: Plan, gap: float, bound: float, best: float, last: bool) -> float:
    """What this stage may lose of the distance between its own best and what was promised."""
    promised = bound + gap * (abs(bound) + plan.scale)
    room = plan.gap(promised, best)
    return max(room * (0.8 if last else 0.5), gap * _LEAST_SHARE)


def program_at_once(plan: Plan) -> tuple[Program, list[int], int | None]:
    """All forms in one program; the first columns of the forms and of the anchor."""
    layout = Layout(plan.pool)
    uses = np.full(layout.items, float(plan.sharing.uses))
    anchor = _add_anchor(layout, plan)
    starts = [
        layout.add(Block(rows, goal, 1, True, rows.item_least, rows.item_most))
        for rows, goal in zip(plan.rows, plan.goal_rows, strict=True)
    ]
    _couple(layout, plan, starts, uses, anchor)
    common = plan.sharing.common
    if common is not None and plan.sharing.uses > 1:
        for place, first in enumerate(starts):
            for second in starts[place + 1 :]:
                layout.limit_common(first, second, anchor, common)
    return layout.program(plan.sense, plan.scale, _y_bounds(plan, {})), starts, anchor


def program_relaxed(plan: Plan, whole: bool = False) -> tuple[Program, list[int], int | None]:
    """All forms added up by kind, in fractions; the first columns of the kinds and of the anchor.

    What is impossible here is so in whole forms. ``whole``: in whole items, for one form.
    """
    layout = Layout(plan.pool)
    anchor = _add_anchor(layout, plan)
    uses = np.full(layout.items, float(plan.sharing.uses))
    nothing = np.zeros(0, dtype=np.int64)
    free = np.full(layout.items, np.inf) if anchor is not None else uses
    starts = _add_rest(layout, plan, range(len(plan)), free, nothing)
    _couple(layout, plan, starts, uses, anchor)
    program = layout.program(plan.sense, plan.scale, _y_bounds(plan, {}))
    if whole:
        program = replace(program, integer=np.arange(program.cost.size) < program.cost.size - 1)
    return program, starts, anchor


def _stage(plan: Plan, done: Mapping[int, Integers], anchor: Integers, rest: Sequence[int]) -> Program:
    """The first form of ``rest`` in whole numbers, those after it relaxed, those ``done`` fixed."""
    layout, form = Layout(plan.pool), rest[0]
    uses = np.full(layout.items, float(plan.sharing.uses))
    for made in done.values():
        uses[made] -= 1
    uses[anchor] = len(rest)
    starts = [layout.add(_block(plan, form, 1, True, uses, anchor))]
    starts += _add_rest(layout, plan, rest[1:], uses, anchor)
    _couple(layout, plan, starts, uses, None)
    if plan.sharing.common is not None:
        for made in done.values():
            own = np.zeros(layout.items)
            own[np.setdiff1d(made, anchor)] = 1.0
            for start in starts:
                layout.limit_overlap(start, own, plan.sharing.common)
    return layout.program(plan.sense, plan.scale, _y_bounds(plan, done))


def _add_rest(
    layout: Layout, plan: Plan, rest: Sequence[int], uses: Floats, anchor: Integers
) -> list[int]:
    """One relaxed block for each kind among the forms of ``rest``."""
    kinds = [plan.kinds[form] for form in rest]
    return [
        layout.add(_block(plan, plan.kinds.index(kind), kinds.count(kind), False, uses, anchor))
        for kind in dict.fromkeys(kinds)
    ]


def _block(plan: Plan, form: int, count: int, integer: bool, uses: Floats, anchor: Integers) -> Block:
    rows = plan.rows[form]
    least, most = rows.item_least * count, np.minimum(rows.item_most * count, uses)
    least[anchor] = count
    return Block(rows, plan.goal_rows[form], count, integer, least, most)


def _add_anchor(layout: Layout, plan: Plan) -> int | None:
    rows = plan.anchor_rows
    if rows is None:
        return None
    return layout.add(Block(rows, None, 1, True, rows.item_least, rows.item_most))


def _couple(layout: Layout, plan: Plan, starts: list[int], uses: Floats, anchor: int | None) -> None:
    layout.limit_use(starts, uses, anchor, len(plan))
    if anchor is not None:
        for start in starts:
            layout.hold(start, anchor)


def _y_bounds(plan: Plan, done: Mapping[int, Integers]) -> tuple[float, float]:
    """A form better than the worst one made does not help."""
    reached = [plan.cost(form, chosen) for form, chosen in done.items()]
    if plan.sense < 0:
        return 0.0, -max(reached, default=-np.inf)
    known = [rows for rows in plan.goal_rows if rows is not None]
    floor = 0.0 if all((rows.matrix >= 0).all() for rows in known) else -np.inf
    return max(reached, default=floor), np.inf


def _chosen(plan: Plan, solution: Solution, start: int) -> Integers:
    return np.flatnonzero(solution.x[start : start + len(plan.pool)] > 0.5)


def _found(plan: Plan, forms: Mapping[int, Integers], anchor: Integers, bound: float) -> Found:
    objective = max(plan.cost(form, chosen) for form, chosen in forms.items())
    made = tuple(forms[form] for form in range(len(plan)))
    return Found(made, anchor, objective, min(bound, objective))

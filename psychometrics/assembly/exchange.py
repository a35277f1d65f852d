"""Making the worst form better by exchanging one item for another.

What sequential assembly leaves between the worst form and the promised gap is mostly a few
hundredths of information. Exchanging items of the worst form with unused items, or with items of
the other forms, finds them in milliseconds where another run of the solver takes seconds.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.assembly.layout import FormRows
from psychometrics.assembly.plan import Plan

_MOST_EXCHANGES = 100
# Bounds the memory of one look at all partners of one item, rows x partners.
_MOST_CELLS = 2_000_000
_SLACK = 1e-7


def exchanged(plan: Plan, forms: Mapping[int, Integers], anchor: Integers, enough: float) -> dict[int, Integers]:
    """Forms no worse than those given, better until the worst costs no more than ``enough``.

    The anchor stays as it is, and so does every item that belongs to a stimulus: exchanging it
    alone would break up a set. Forms that may share only so many items are left alone.
    """
    best = dict(forms)
    if plan.sharing.common is not None:
        return best
    movable = plan.pool.stimulus_of < 0
    movable[anchor] = False
    for _ in range(_MOST_EXCHANGES):
        worst = max(best, key=lambda form: plan.cost(form, best[form]))
        if plan.cost(worst, best[worst]) <= enough:
            break
        better = _better_with_unused(plan, best, worst, movable) or _better_with_another(plan, best, worst, movable)
        if better is None:
            break
        best |= better
    return best


def _better_with_unused(
    plan: Plan, forms: Mapping[int, Integers], worst: int, movable: Booleans
) -> dict[int, Integers] | None:
    uses = np.bincount(np.concatenate(list(forms.values())), minlength=len(plan.pool))
    free = movable & (uses < plan.sharing.uses) & (plan.rows[worst].item_most > 0)
    free[forms[worst]] = False
    costs, out, into = _exchanges(plan, worst, forms[worst], np.flatnonzero(free), movable)
    if not costs.size or costs.min() >= plan.cost(worst, forms[worst]) - _SLACK:
        return None
    best = int(costs.argmin())
    return {worst: _swapped(forms[worst], out[best], into[best])}


def _better_with_another(
    plan: Plan, forms: Mapping[int, Integers], worst: int, movable: Booleans
) -> dict[int, Integers] | None:
    before = plan.cost(worst, forms[worst])
    for other in sorted(set(forms) - {worst}, key=lambda form: plan.cost(form, forms[form])):
        own = np.setdiff1d(forms[other], forms[worst])
        costs, out, into = _exchanges(plan, worst, forms[worst], own[movable[own]], movable)
        for place in np.argsort(costs):
            if costs[place] >= before - _SLACK:
                break
            gone, come = out[place], into[place]
            if gone in forms[other]:
                continue
            theirs = _swapped(forms[other], come, gone)
            if _keeps(plan.rows[other], theirs) and plan.cost(other, theirs) < before - _SLACK:
                return {worst: _swapped(forms[worst], gone, come), other: theirs}
    return None


def _exchanges(
    plan: Plan, form: int, chosen: Integers, partners: Integers, movable: Booleans
) -> tuple[Floats, Integers, Integers]:
    """Every exchange the form's rules allow: what the form then costs, the item out, the item in."""
    rows, goal = plan.rows[form], plan.goal_rows[form]
    leaving = chosen[movable[chosen] & (rows.item_least[chosen] < 1)]
    partners = partners[: max(1, _MOST_CELLS // max(1, rows.lower.size))]
    if goal is None or not leaving.size or not partners.size:
        none = np.zeros(0, dtype=np.int64)
        return np.zeros(0), none, none
    cells = rows.matrix.tocsc()
    held = cells[:, chosen].sum(axis=1)
    coming, going = cells[:, partners].toarray(), cells[:, leaving].toarray()
    totals = goal.matrix[:, chosen].sum(axis=1)
    edge = np.where(np.isfinite(goal.lower), goal.lower, goal.upper)
    costs, out, into = [], [], []
    for place, item in enumerate(leaving):
        values = (held - going[:, place])[:, None] + coming
        low, high = values >= rows.lower[:, None] - _SLACK, values <= rows.upper[:, None] + _SLACK
        allowed = np.flatnonzero((low & high).all(axis=0))
        after = (totals - goal.matrix[:, item])[:, None] + goal.matrix[:, partners[allowed]]
        limits = (edge[:, None] - after) / goal.slope[:, None]
        costs.append(goal.sense * (limits.max(axis=0) if goal.sense > 0 else limits.min(axis=0)))
        out.append(np.full(allowed.size, item))
        into.append(partners[allowed])
    return np.concatenate(costs), np.concatenate(out), np.concatenate(into)


def _keeps(rows: FormRows, chosen: Integers) -> bool:
    values = rows.matrix.tocsc()[:, chosen].sum(axis=1)
    inside = (values >= rows.lower - _SLACK) & (values <= rows.upper + _SLACK)
    return bool(inside.all() and (rows.item_most[chosen] > 0).all())


def _swapped(chosen: Integers, out: int, into: int) -> Integers:
    return np.sort(np.append(chosen[chosen != out], into))

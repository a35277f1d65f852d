"""Adaptive tests that keep a whole blueprint: shadow tests (van der Linden & Reese 1998).

Before each item the best complete form at the present theta is assembled that holds the items
already given. The item given next is taken from that form, so that the test can always be
completed within the blueprint, and in the end is such a form.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.assembly.blueprint import Blueprint, rules_of
from psychometrics.assembly.clashes import clashes_of
from psychometrics.assembly.goals import MaximumInformation
from psychometrics.assembly.layout import FormRows, form_rows
from psychometrics.assembly.plan import Plan, Sharing
from psychometrics.assembly.pool import ItemPool
from psychometrics.assembly.program import Effort, Program, Relaxation, Solution, is_whole, relax, run, solve
from psychometrics.errors import ConvergenceError, InfeasibleError, RuleError
from psychometrics.models import item_information

# Where prices are kept ready; between these points the nearest serve to choose a core.
_PRICED_THETA = np.arange(-4.0, 4.01, 0.5)
# Columns beside those a form needs: in the relaxation, and in the program in whole numbers.
_RELAXED_COLUMNS, _WHOLE_COLUMNS = 100, 50
# How often columns the prices ask for are added before the whole pool is solved.
_ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Shadow:
    """One step: the complete form, the item to give now, and how good the form is proven to be.

    ``items``: positions of the whole form, those given among them. ``information``: of the form,
    at theta; ``bound``: no form that holds the items given has more; ``gap``: their relative
    distance. ``eligible_only``: False where eligibility had to be set aside for the blueprint.
    ``prices``: of the blueprint's rows, for the next step.
    """

    items: Integers
    next_item: int
    information: float
    bound: float
    gap: float
    eligible_only: bool
    prices: Floats


@dataclass(frozen=True, eq=False)
class ShadowTest:
    """A selection rule that keeps ``blueprint`` at every step, to a proven ``effort.gap`` (1 %).

    Items of a stimulus are given one after the other, and the stimulus is not taken up again.
    `next_item` fits `psychometrics.adaptive.rules.OneByOne`; items are positions in the pool.
    Raises `InfeasibleError` (``clashes``) at once if no form keeps the blueprint.

    >>> from psychometrics.assembly.blueprint import Count
    >>> from psychometrics.items import ItemTable, Model
    >>> table = ItemTable.from_arrays(Model.RASCH, b=[0.0, 0.1, 0.2, 2.0], names=list("ABCD"))
    >>> pool = ItemPool(table, {"domain": ["TIU", "TIU", "TIU", "TWK"]})
    >>> test = ShadowTest(pool, Blueprint(2, (Count({"domain": "TWK"}, least=1),)))
    >>> test.next_item(0.0, []), test.next_item(0.0, [0])
    (0, 3)
    """

    pool: ItemPool
    blueprint: Blueprint
    effort: Effort = field(default_factory=Effort)

    def __post_init__(self) -> None:
        plan = Plan.of(self.pool, [self.blueprint], [MaximumInformation(0.0)], Sharing())
        least, most = self._rows.item_least, self._rows.item_most
        if (least > most).any() or solve(self._program(0.0), replace(self.effort, gap=0.5)) is None:
            raise InfeasibleError(field="blueprint", clashes=clashes_of(plan, self.effort))

    def next_item(self, theta: float, administered: Sequence[int], eligible: Booleans | None = None) -> int:
        """The position of the item to give now, after those ``administered`` in that order."""
        return self.shadow(theta, administered, eligible=eligible).next_item

    def shadow(
        self,
        theta: float,
        administered: Sequence[int],
        *,
        previous: Shadow | None = None,
        eligible: Booleans | None = None,
    ) -> Shadow:
        """The complete form at ``theta`` (logits) that holds the items administered, in order.

        ``previous``, the step before in the same test, saves work: its form is kept while its
        prices prove it within the gap. ``eligible`` (one an item) closes items to this test, drawn
        before it begins, as in exposure control by eligibility (van der Linden & Veldkamp 2004);
        where the blueprint then cannot be met, all items are open, as there.
        Raises `RuleError` for administered items that are unknown, repeated, or already complete
        the form, `InfeasibleError` if no form that keeps the blueprint holds them.
        """
        given = self._checked(theta, administered)
        open_items = self._open(given, eligible)
        program = self._program(theta, given, open_items)
        found = self._kept(program, given, previous) or self._found(program, theta, given, previous)
        if found is None and eligible is not None:
            return replace(self.shadow(theta, administered, previous=previous), eligible_only=False)
        if found is None:
            raise InfeasibleError(field="administered", administered=tuple(given.tolist()))
        solution, prices = found
        items = np.flatnonzero(solution.x[: len(self.pool)] > 0.5)
        return Shadow(
            items,
            self._best(program, items, given),
            -solution.objective,
            -solution.bound,
            program.gap(solution.objective, solution.bound),
            True,
            prices,
        )

    @cached_property
    def _rows(self) -> FormRows:
        return form_rows(rules_of(self.blueprint, self.pool), self.pool)

    @cached_property
    def _base(self) -> Program:
        rows, stimuli = self._rows, len(self.pool.stimulus_names)
        size = len(self.pool) + stimuli
        return Program(
            np.zeros(size),
            rows.matrix.tocsc(),
            rows.lower,
            rows.upper,
            np.append(rows.item_least, np.zeros(stimuli)),
            np.append(rows.item_most, np.ones(stimuli)),
            np.ones(size, dtype=np.bool_),
            np.arange(size) >= len(self.pool),
        )

    @cached_property
    def _prices(self) -> list[Floats]:
        """The prices of the rows at the start of a test, for each of `_PRICED_THETA`."""
        relaxed = [relax(self._program(theta)) for theta in _PRICED_THETA]
        return [np.zeros(self._rows.lower.size) if each is None else each.prices for each in relaxed]

    def _program(self, theta: float, given: Integers | None = None, open_items: Booleans | None = None) -> Program:
        base, items = self._base, len(self.pool)
        cost, least, most = base.cost.copy(), base.least.copy(), base.most.copy()
        cost[:items] = -item_information(self.pool.table, theta)[0]
        if open_items is not None:
            most[:items] = np.where(open_items, most[:items], 0.0)
        if given is not None:
            least[given] = 1.0
        return replace(base, cost=cost, least=least, most=most)

    def _checked(self, theta: float, administered: Sequence[int]) -> Integers:
        given = np.asarray(administered, dtype=np.int64).reshape(-1)
        if not math.isfinite(theta):
            raise RuleError(field="theta", value=theta, reason="not_finite")
        if np.unique(given).size < given.size or ((given < 0) | (given >= len(self.pool))).any():
            raise RuleError(field="administered", administered=tuple(given.tolist()), reason="unknown_or_repeated")
        if given.size >= self.blueprint.lengths[1]:
            raise RuleError(field="administered", count=given.size, reason="complete")
        return given

    def _open(self, given: Integers, eligible: Booleans | None) -> Booleans:
        """Items that may be in the form: not of a stimulus that was left, eligible, or given."""
        owner = self.pool.stimulus_of
        left = np.setdiff1d(owner[given], owner[given[-1:]])
        open_items = ~np.isin(owner, left[left >= 0])
        if eligible is not None:
            if np.shape(eligible) != (len(self.pool),):
                raise RuleError(field="eligible", shape=np.shape(eligible), items=len(self.pool))
            open_items &= eligible
        open_items[given] = True
        return open_items

    def _kept(
        self, program: Program, given: Integers, previous: Shadow | None
    ) -> tuple[Solution, Floats] | None:
        """The form of the step before, if it holds the items given and is proven good enough."""
        if previous is None or not np.isin(given, previous.items).all() or previous.items.size <= given.size:
            return None
        if not (program.most[previous.items] > 0).all():
            return None
        objective = float(program.cost[previous.items].sum())
        bound = program.bound(previous.prices)
        if program.gap(objective, bound) > self.effort.gap:
            return None
        x = np.zeros(program.cost.size)
        x[previous.items] = 1.0
        return Solution(x, objective, min(bound, objective)), previous.prices

    def _found(
        self, program: Program, theta: float, given: Integers, previous: Shadow | None
    ) -> tuple[Solution, Floats] | None:
        if (program.least > program.most).any():
            return None
        nearest = int(np.abs(_PRICED_THETA - theta).argmin())
        prices = self._prices[nearest] if previous is None else previous.prices
        held = np.zeros(0, dtype=np.int64) if previous is None else previous.items
        found = self._in_core(program, prices, held)
        if found is not None:
            return found
        solution = solve(program, self.effort)
        return None if solution is None else (solution, prices)

    def _in_core(self, program: Program, prices: Floats, held: Integers) -> tuple[Solution, Floats] | None:
        """A form of well-priced items, if it can be proven good enough for the whole pool."""
        free = program.least < program.most
        columns = _cheapest(program, prices, free, held, _RELAXED_COLUMNS + self.blueprint.lengths[1])
        relaxed = self._relaxed(program, columns, free)
        if relaxed is None:
            return None
        x = relaxed.x if is_whole(program, relaxed.x) else self._whole(program, relaxed, free)
        if x is None:
            return None
        objective, bound = float(program.cost @ np.round(x)), program.bound(relaxed.prices)
        if program.gap(objective, bound) > self.effort.gap:
            return None
        return Solution(np.round(x), objective, min(bound, objective)), relaxed.prices

    def _relaxed(self, program: Program, columns: Integers, free: Booleans) -> Relaxation | None:
        """The relaxation in some columns, and in those that its prices then ask for."""
        relaxed = None
        for _ in range(_ROUNDS):
            part = program.restricted(columns, all_rows=True)
            found = relax(part, presolve=False)
            if found is None:
                return None
            x = program.least.copy()
            x[columns] = found.x
            relaxed = Relaxation(x, float(program.cost @ x), found.prices)
            if program.gap(relaxed.objective, program.bound(found.prices)) <= self.effort.gap / 4:
                break
            asked = np.flatnonzero(free & (program.reduced_costs(found.prices) < 0))
            columns = np.union1d(columns, asked)
        return relaxed

    def _whole(self, program: Program, relaxed: Relaxation, free: Booleans) -> Floats | None:
        """The best form among the items the relaxation uses and those priced next."""
        used = np.flatnonzero(free & (relaxed.x > program.least))
        columns = _cheapest(program, relaxed.prices, free, used, used.size + _WHOLE_COLUMNS)
        try:
            found = run(program.restricted(columns), replace(self.effort, gap=self.effort.gap / 2))
        except ConvergenceError:
            return None
        if found is None:
            return None
        x = program.least.copy()
        x[columns] = found.x
        return x

    def _best(self, program: Program, items: Integers, given: Integers) -> int:
        """The most informative item not given, of the stimulus at hand if it has any left."""
        waiting = np.setdiff1d(items, given)
        if not waiting.size:
            raise RuleError(field="administered", count=given.size, reason="complete")
        owner = self.pool.stimulus_of
        if given.size and owner[given[-1]] >= 0:
            together = waiting[owner[waiting] == owner[given[-1]]]
            waiting = together if together.size else waiting
        return int(waiting[program.cost[waiting].argmin()])


def _cheapest(program: Program, prices: Floats, free: Booleans, held: Integers, size: int) -> Integers:
    """Free columns: the structural ones, those ``held``, and the best-priced ones up to ``size``."""
    costs = program.reduced_costs(prices)
    always = program.structural.copy()
    always[held] = True
    # Alike in price, the more informative comes first.
    order = np.lexsort((program.cost, costs, ~always))
    order = order[free[order]]
    return np.sort(order[: max(size, int((always & free).sum()))])

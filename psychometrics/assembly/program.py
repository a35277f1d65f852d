"""Mixed-integer programs: the relaxation and its prices, a core of promising columns, the proof.

Of a thousand items a hundred matter. The relaxation bounds what any form can reach and prices
every rule; items whose reduced cost is poor cannot be in a good form. So the integer program is
solved on the core of the best-priced columns, and held against the bound of all of them (the core
concept of Balas & Zemel 1980). Only where that does not prove the gap asked for is the whole
program solved, without the columns that their reduced cost rules out (reduced-cost fixing).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array, hstack, vstack

from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.errors import ConvergenceError, RuleError

# The core: twice the columns the relaxation uses, and these beside.
_CORE_COLUMNS = 150
# A reduced cost smaller than this is rounding.
_PRICE_TOLERANCE = 1e-9
# How far from a whole number a relaxed column may be and still count as whole.
_WHOLE = 1e-6


@dataclass(frozen=True)
class Effort:
    """How good a solution must be proven to be, and how long one run of the solver may take.

    ``gap``: the largest distance from the proven bound, relative to the objective. ``seconds``
    and ``nodes`` (of the search tree) limit each run of the solver; what is found by then is
    returned with the gap it has. Only the nodes give the same result on every machine.
    """

    gap: float = 0.01
    seconds: float = 30.0
    nodes: int = 10_000

    def __post_init__(self) -> None:
        if not 0 <= self.gap < 1:
            raise RuleError(field="gap", value=self.gap, reason="out_of_range")
        if not 0 < self.seconds < math.inf:
            raise RuleError(field="seconds", value=self.seconds, reason="out_of_range")
        if self.nodes < 1:
            raise RuleError(field="nodes", value=self.nodes, reason="out_of_range")


@dataclass(frozen=True, eq=False)
class Program:
    """Minimise ``cost`` x, ``lower`` <= ``matrix`` x <= ``upper``, ``least`` <= x <= ``most``.

    ``integer`` columns are whole numbers. ``structural`` columns are always in the core. ``scale``
    is added to the objective's size where a gap is made relative.
    """

    cost: Floats
    matrix: csc_array
    lower: Floats
    upper: Floats
    least: Floats
    most: Floats
    integer: Booleans
    structural: Booleans
    scale: float = 0.0

    def gap(self, objective: float, bound: float) -> float:
        """How far an objective is from its bound, relative."""
        size = abs(objective) + self.scale
        return max(0.0, objective - bound) / size if size > 0 else max(0.0, objective - bound)

    def reduced_costs(self, prices: Floats) -> Floats:
        """What a column costs after all rules are paid for at ``prices`` (one a row)."""
        costs: Floats = self.cost - self.matrix.T @ prices
        costs[np.abs(costs) < _PRICE_TOLERANCE] = 0.0
        return costs

    def bound(self, prices: Floats) -> float:
        """The Lagrangian bound: no solution costs less, whatever the prices (Geoffrion 1974)."""
        costs = self.reduced_costs(prices)
        edge = np.where(prices > 0, self.lower, self.upper)
        corner = np.where(costs > 0, self.least, self.most)
        with np.errstate(invalid="ignore"):
            rows, columns = prices * edge, costs * corner
        return float(rows[prices != 0].sum() + columns[costs != 0].sum())

    def restricted(self, columns: Integers, all_rows: bool = False) -> Program:
        """The program in some columns only; the others stay at their least.

        Rows that the columns do not touch are left out, unless prices of ``all_rows`` are wanted.
        """
        outside = np.ones(self.cost.size, dtype=np.bool_)
        outside[columns] = False
        fixed = np.where(outside, self.least, 0.0)
        used = self.matrix @ fixed
        part = self.matrix[:, columns]
        lower, upper = self.lower - used, self.upper - used
        touched = np.full(lower.size, all_rows)
        touched[part.indices] = True
        rows = np.flatnonzero(touched | (lower > _WHOLE) | (upper < -_WHOLE))
        return Program(
            self.cost[columns],
            part.tocsr()[rows].tocsc() if rows.size < lower.size else part,
            lower[rows],
            upper[rows],
            self.least[columns],
            self.most[columns],
            self.integer[columns],
            self.structural[columns],
            self.scale + abs(float(self.cost @ fixed)),
        )

    @cached_property
    def _halves(self) -> tuple[Booleans, Booleans, Booleans]:
        equal = self.lower == self.upper
        return equal, ~equal & np.isfinite(self.upper), ~equal & np.isfinite(self.lower)


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The solution with fractions allowed, its cost, and the price of every row."""

    x: Floats
    objective: float
    prices: Floats


@dataclass(frozen=True, eq=False)
class Solution:
    """Columns, what they cost, and the proven bound no solution can go below."""

    x: Floats
    objective: float
    bound: float


def relax(program: Program, presolve: bool = True) -> Relaxation | None:
    """Solve with fractions allowed (HiGHS); None if even that is impossible.

    Raises `ConvergenceError` if the solver gives up.
    """
    equal, above, below = program._halves
    rows = program.matrix.tocsr()
    # The stubs know no sparse matrices, which the function documents.
    solver: Any = linprog
    result = solver(
        program.cost,
        A_ub=vstack([rows[above], -rows[below]], format="csc"),
        b_ub=np.concatenate((program.upper[above], -program.lower[below])),
        A_eq=rows[equal].tocsc(),
        b_eq=program.upper[equal],
        bounds=np.column_stack((program.least, program.most)),
        method="highs",
        options={"presolve": presolve},
    )
    if result.status == 2:
        return None
    if result.status != 0:
        if presolve:
            return relax(program, presolve=False)
        raise ConvergenceError(field="relaxation", status=int(result.status), message=str(result.message))
    prices = np.zeros(program.lower.size)
    half = int(above.sum())
    prices[equal] = result.eqlin.marginals
    prices[above] += result.ineqlin.marginals[:half]
    prices[below] -= result.ineqlin.marginals[half:]
    return Relaxation(np.asarray(result.x), float(result.fun), prices)


def solve(program: Program, effort: Effort) -> Solution | None:
    """A solution within ``effort.gap`` of the proven bound; None if there is none at all.

    Where the seconds run out the best solution found is returned with its bound, and
    `ConvergenceError` raised if there is none yet.
    """
    relaxed = relax(program)
    if relaxed is None:
        return None
    # The core is solved to half the gap: the other half is what lies outside it.
    found = solve_core(program, relaxed, replace(effort, gap=effort.gap / 2))
    if found is not None and program.gap(found.objective, found.bound) <= effort.gap:
        return found
    return _solve_all(program, relaxed, found, effort)


def solve_core(program: Program, relaxed: Relaxation, effort: Effort) -> Solution | None:
    """The best solution in the core, with the bound of the relaxation; None if the core has none."""
    if is_whole(program, relaxed.x):
        return Solution(_rounded(program, relaxed.x), relaxed.objective, relaxed.objective)
    columns = core(program, relaxed)
    part = program.restricted(columns)
    try:
        found = run(part, effort)
    except ConvergenceError:
        return None
    if found is None:
        return None
    x = program.least.copy()
    x[columns] = found.x
    return Solution(x, float(program.cost @ x), relaxed.objective)


def core(program: Program, relaxed: Relaxation) -> Integers:
    """The columns the relaxation uses, the structural ones, and those priced next best."""
    costs = program.reduced_costs(relaxed.prices)
    used = (relaxed.x > program.least + _WHOLE) | program.structural
    size = 2 * int(used.sum()) + _CORE_COLUMNS
    # Columns priced alike are taken from all over the pool, not from its first pages.
    spread = np.arange(costs.size) * 0.6180339887498949 % 1.0
    order = np.lexsort((spread, costs, ~used))
    return np.sort(order[:size])


def run(program: Program, effort: Effort) -> Solution | None:
    """One run of the solver; None if there is no solution.

    Raises `ConvergenceError` if the seconds ran out before any was found.
    """
    # A column fixed at 1 with the cost of the scale makes the solver's own gap relative to it.
    matrix = hstack([program.matrix, csc_array((program.lower.size, 1))], format="csc")
    result = milp(
        np.append(program.cost, program.scale),
        integrality=np.append(program.integer, False).astype(np.int64),
        bounds=Bounds(np.append(program.least, 1.0), np.append(program.most, 1.0)),
        constraints=LinearConstraint(matrix, program.lower, program.upper),
        options={
            "mip_rel_gap": effort.gap,
            "time_limit": effort.seconds,
            "node_limit": effort.nodes,
            # The solver's presolve has called worse forms than the best ones proven optimal.
            "presolve": False,
        },
    )
    if result.status == 2:
        return None
    if result.x is None:
        raise ConvergenceError(field="seconds", limit=effort.seconds, message=str(result.message))
    bound = result.mip_dual_bound if result.mip_dual_bound is not None else result.fun
    x = _rounded(program, np.asarray(result.x)[:-1])
    return Solution(x, float(program.cost @ x), float(bound) - program.scale)


def _solve_all(
    program: Program, relaxed: Relaxation, known: Solution | None, effort: Effort
) -> Solution | None:
    narrowed = program if known is None else _without_hopeless(program, relaxed, known)
    try:
        found = run(narrowed, effort)
    except ConvergenceError:
        if known is None:
            raise
        return known
    if found is None:
        return known
    best = found if known is None or found.objective < known.objective else known
    # What was ruled out costs no less than the known solution.
    proven = found.bound if known is None else min(found.bound, known.objective)
    return replace(best, bound=max(relaxed.objective, proven))


def _without_hopeless(program: Program, relaxed: Relaxation, known: Solution) -> Program:
    """The program without the columns whose use alone would cost more than the known solution."""
    costs = program.reduced_costs(relaxed.prices)
    margin = known.objective - relaxed.objective + _WHOLE
    hopeless = program.integer & (costs > margin) & (relaxed.x <= program.least + _WHOLE)
    return replace(program, most=np.where(hopeless, program.least, program.most))


def is_whole(program: Program, x: Floats) -> bool:
    """Whether every integer column is a whole number."""
    whole = x[program.integer]
    return bool((np.abs(whole - np.round(whole)) <= _WHOLE).all())


def _rounded(program: Program, x: Floats) -> Floats:
    return np.where(program.integer, np.round(x), x)

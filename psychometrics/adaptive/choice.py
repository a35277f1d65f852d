"""The next item of one examinee by any criterion, from the answers given: the form of catR's ``nextItem``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from psychometrics.adaptive.criteria import SMALLEST_BEST, UNSCALED, Criterion, criterion_values
from psychometrics.adaptive.curves import GridCurves
from psychometrics.adaptive.evidence import Evidence
from psychometrics.arrays import Floats
from psychometrics.errors import InfeasibleError, RuleError
from psychometrics.items import ItemTable
from psychometrics.quadrature import Grid, Population
from psychometrics.responses import MissingPolicy, resolve_missing
from psychometrics.scoring import Method

# MEI by a mode looks for it on the grid: at this spacing its place is right to about 1e-5.
_MEI_SPACING = 0.01


@dataclass(frozen=True, eq=False)
class ItemChoice:
    """The item chosen, its value, and the value of every item (NaN where already given)."""

    item: str
    column: int
    value: float
    values: Floats


def choose_item(
    table: ItemTable,
    criterion: Criterion,
    theta: float,
    administered: Sequence[str],
    answers: Sequence[int],
    policy: MissingPolicy,
    population: Population | None = None,
    bounds: tuple[float, float] = (-4.0, 4.0),
    nodes: int = 33,
    method: Method = Method.EAP,
) -> ItemChoice:
    """The best item not yet given, by one criterion, for an examinee now estimated at ``theta``.

    ``administered`` names items, ``answers`` are their categories or `Missing` codes. Integrals are
    by the trapezoid rule on ``nodes`` equally spaced thetas within ``bounds`` (logits), by default
    those of R's catR, so that values agree: MFI in information, bOpt and thOpt in logits,
    MEPV in squared logits, MLWI, MPWI, KL and KLP with the likelihood as it is. MEI takes
    the observed information where an answer would lead by ``method`` (EAP; MAP is catR's "BM"; ML
    within ``bounds``). Of equal values the first item is taken.
    ``population`` is standard normal unless given. Raises `InfeasibleError` when every item has been
    given, `RuleError` or `ResponseError` for input that does not fit.

    >>> from psychometrics.responses import MissingPolicy
    >>> table = ItemTable.from_dicts(
    ...     [{"item": f"i{b}", "model": "2PL", "a": 1.0, "b": b} for b in (-1, 0, 1)]
    ... )
    >>> choose_item(table, Criterion.MFI, 0.6, ["i1"], [0], MissingPolicy.ignore_all()).item
    'i0'
    """
    if not math.isfinite(theta):
        raise RuleError(field="theta", value=theta)
    if not (bounds[0] < bounds[1] and nodes >= 3):
        raise RuleError(field="bounds", bounds=bounds, nodes=nodes)
    columns = _columns(table, administered, answers)
    if method is Method.WLE:
        raise RuleError(field="method", value=method.value)
    if criterion is Criterion.MEI and method is not Method.EAP:
        nodes = max(nodes, math.ceil((bounds[1] - bounds[0]) / _MEI_SPACING) + 1)
    curves = GridCurves(table, _trapezoid(bounds, nodes), np.empty(0))
    row = np.full((1, len(table)), -3, dtype=np.int64)
    row[0, columns] = answers
    # An item not given is not a blank: only what was given is put to the policy.
    resolved = np.full(len(table), -3, dtype=np.int64)
    if columns:
        given = ItemTable(tuple(table.items[column] for column in columns))
        resolved[columns] = resolve_missing(given, row[:, columns], policy)[0]
    log_likelihood = np.zeros((1, curves.size))
    for column in columns:
        log_likelihood[0] += curves.answers[column, resolved[column] if resolved[column] >= 0 else -1]
    evidence = Evidence(curves, population or Population(), log_likelihood, np.array([theta]), method)
    values = criterion_values(criterion, evidence)[0].copy()
    if criterion in UNSCALED:
        values *= math.exp(float(evidence.peak[0, 0]))
    values[columns] = np.nan
    if np.isnan(values).all():
        raise InfeasibleError(field="administered", reason="bank_exhausted")
    best = int(np.nanargmin(values) if criterion in SMALLEST_BEST else np.nanargmax(values))
    return ItemChoice(table.names[best], best, float(values[best]), values)


def _columns(table: ItemTable, administered: Sequence[str], answers: Sequence[int]) -> list[int]:
    if len(administered) != len(answers):
        raise RuleError(field="answers", items=len(administered), answers=len(answers))
    if len(set(administered)) != len(administered):
        raise RuleError(field="administered", reason="duplicate")
    place = {name: column for column, name in enumerate(table.names)}
    for name in administered:
        if name not in place:
            raise RuleError(field="administered", item=name, reason="unknown")
    return [place[name] for name in administered]


def _trapezoid(bounds: tuple[float, float], count: int) -> Grid:
    nodes = np.linspace(*bounds, count)
    weights = np.full(count, nodes[1] - nodes[0])
    weights[[0, -1]] *= 0.5
    return Grid(nodes, weights)

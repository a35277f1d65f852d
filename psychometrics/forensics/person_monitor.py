"""Did something change within one person's test? Runs of answers better or worse than the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Codes, Floats
from psychometrics.errors import ResponseError, RuleError
from psychometrics.forensics.pairing import check_abilities
from psychometrics.items import ItemTable
from psychometrics.models import expected_score
from psychometrics.responses import MissingPolicy, resolve_missing
from psychometrics.simulate import simulate_responses


@dataclass(frozen=True, eq=False)
class PersonCusum:
    """One value a person: the highest upper and the lowest lower sum, and their p by simulation.

    A high ``upper`` is a run of answers too good for the person's ability (help that came, items
    that were known); a low ``lower`` a run too bad (a warm-up, tiredness, guessing to the end).
    """

    upper: Floats
    upper_p: Floats
    lower: Floats
    lower_p: Floats


def person_cusum(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    theta: ArrayLike,
    rng: np.random.Generator,
    order: ArrayLike | None = None,
    draws: int = 500,
) -> PersonCusum:
    """Cumulative sums of residuals in the order the items were given (van Krimpen-Stoop & Meijer 2000).

    T = (x - E) / n of each answer; upper C = max(0, C + T), lower C = min(0, C + T). ``order``:
    persons x items, the columns in the order given to each; that of the table if None. Missing
    responses take no part. The null distribution is drawn: ``draws`` tests of each of 25 abilities
    spread over those of the persons, each person judged by the nearest, with the whole test.
    Raises `ResponseError`, `RuleError`.
    """
    resolved = resolve_missing(table, responses, policy)
    ability = check_abilities(theta, len(resolved))
    if draws < 20:
        raise RuleError(field="draws", value=draws)
    columns = _orders(order, resolved)
    upper, lower = _sums(table, resolved, ability, columns)
    points = np.linspace(ability.min(), ability.max(), 25) if ability.size else np.zeros(1)
    nearest = np.abs(ability[:, None] - points).argmin(axis=1)
    upper_p, lower_p = np.ones(ability.size), np.ones(ability.size)
    for point in np.unique(nearest):
        rows = np.flatnonzero(nearest == point)
        at = np.full(draws, points[point])
        null = simulate_responses(table, at, rng)
        high, low = _sums(table, null, at, np.broadcast_to(np.arange(len(table)), null.shape))
        # The person's own test counts as one of the draws, so that no p is 0.
        upper_p[rows] = (1 + (high >= upper[rows, None]).sum(axis=1)) / (draws + 1)
        lower_p[rows] = (1 + (low <= lower[rows, None]).sum(axis=1)) / (draws + 1)
    return PersonCusum(upper, upper_p, lower, lower_p)


def _orders(order: ArrayLike | None, resolved: Codes) -> np.ndarray:
    if order is None:
        return np.broadcast_to(np.arange(resolved.shape[1]), resolved.shape)
    columns = np.asarray(order)
    if columns.shape != resolved.shape or columns.dtype.kind not in "iu":
        raise ResponseError(field="order", shape=columns.shape, responses=resolved.shape)
    if not (np.sort(columns, axis=1) == np.arange(resolved.shape[1])).all():
        raise ResponseError(field="order", reason="not_every_item_once")
    return columns


def _sums(table: ItemTable, resolved: Codes, ability: Floats, columns: np.ndarray) -> tuple[Floats, Floats]:
    points = (table.categories - 1).astype(np.float64)
    residual = np.where(resolved >= 0, (resolved - expected_score(table, ability)) / points, 0.0)
    residual /= np.maximum((resolved >= 0).sum(axis=1), 1)[:, None]
    residual = np.take_along_axis(residual, columns.astype(np.int64), axis=1)
    upper, lower = np.zeros(len(resolved)), np.zeros(len(resolved))
    highest, lowest = upper.copy(), lower.copy()
    for step in residual.T:
        upper, lower = np.maximum(0.0, upper + step), np.minimum(0.0, lower + step)
        highest, lowest = np.maximum(highest, upper), np.minimum(lowest, lower)
    return highest, lowest

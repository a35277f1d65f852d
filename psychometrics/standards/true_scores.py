"""The true score on a form: the points expected of an ability, and the ability at which they reach a cut."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from psychometrics.arrays import Floats
from psychometrics.blocks import blocks_of
from psychometrics.errors import RuleError
from psychometrics.items import MAX_LOCATION, ItemTable, Model
from psychometrics.models import expected_score
from psychometrics.quadrature import Population
from psychometrics.responses import MissingPolicy
from psychometrics.scoring import probability_above

_STEP = 0.05
# Abilities at a time: thousands of items still fit in memory.
_ROWS = 256


def true_score(table: ItemTable, theta: ArrayLike, points: ArrayLike | None = None) -> Floats:
    """Points expected at each theta; ``points`` a category step of each item is worth, 1 if None."""
    expected = expected_score(table, np.atleast_1d(np.asarray(theta, dtype=np.float64)))
    total: Floats = expected @ _points(table, points)
    return total


def true_score_crossings(table: ItemTable, cut: float, points: ArrayLike | None = None) -> Floats:
    """Abilities at which the true score passes through ``cut``, rising; one for most forms, or none."""
    theta = _search_range(table, points)
    gap = np.concatenate([true_score(table, theta[rows], points) for rows in blocks_of(theta.size, _ROWS)]) - cut
    found = [float(theta[at]) for at in np.flatnonzero(gap == 0.0)]
    for at in np.flatnonzero(gap[:-1] * gap[1:] < 0.0):
        found.append(
            float(brentq(lambda t: true_score(table, t, points)[0] - cut, theta[at], theta[at + 1], xtol=1e-12))
        )
    return np.array(sorted(found))


def probability_true_score_reaches(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
    cut: float,
    *,
    form: ItemTable | None = None,
    points: ArrayLike | None = None,
) -> Floats:
    """P(true score on the form >= cut | responses) of each person.

    ``table``, ``responses`` and ``policy`` as in `probability_above`: what a person answered.
    ``form``: the items whose points count, those of ``table`` if None; ``points``: what a category
    step of each of its items is worth, 1 if None. The true score is the mean over endless
    repetitions of the form; where it rises with ability this is P(theta > its crossing of the cut).

    >>> items = ItemTable.from_dicts([{"item": i, "model": "Rasch", "b": 0.0} for i in "pqrs"])
    >>> ignore = MissingPolicy.ignore_all()
    >>> probability_true_score_reaches(items, [[1, 1, 1, 1], [1, 1, 0, 0]], ignore, Population(), 2.0).round(3).tolist()
    [0.928, 0.5]
    """
    if not np.isfinite(cut):
        raise RuleError(field="cut", value=cut)
    form = form or table
    crossings = true_score_crossings(form, cut, points)
    above = [probability_above(table, responses, policy, population, float(at)) for at in crossings]
    persons = np.asarray(responses).shape[0]
    # Between crossings the score is on one side: to the left of the first, on the side it starts from.
    span = _search_range(form, points)
    ends = np.concatenate((span[:1], crossings, span[-1:]))
    reached = true_score(form, (ends[1:] + ends[:-1]) / 2.0, points) >= cut
    beyond = [np.ones(persons), *above, np.zeros(persons)]
    parts = [beyond[at] - beyond[at + 1] for at in np.flatnonzero(reached)]
    return np.clip(np.sum(parts, axis=0), 0.0, 1.0) if parts else np.zeros(persons)


def _search_range(table: ItemTable, points: ArrayLike | None = None) -> Floats:
    """Thetas close enough for every turn of the true score, as far out as it moves."""
    known = table.steps[np.isfinite(table.steps)]
    centers = known if known.size else np.zeros(1)
    reach = min(30.0 / max(float(np.abs(table.a).min()), 0.1), MAX_LOCATION)
    low, high = float(centers.min()) - reach, float(centers.max()) + reach
    turns = (table.a < 0).any() or (_points(table, points) < 0).any()
    if not turns and all(entry.model is not Model.NOMINAL for entry in table.items):
        # A true score that only rises meets a cut once.
        return np.array([low, high])
    step = _STEP / max(float(table.steepness.max()), 1.0)
    return np.linspace(low, high, max(201, int(np.ceil((high - low) / step)) + 1))


def _points(table: ItemTable, points: ArrayLike | None) -> Floats:
    values = np.ones(len(table)) if points is None else np.asarray(points, dtype=np.float64)
    if values.shape != (len(table),) or not np.isfinite(values).all():
        raise RuleError(field="points", shape=values.shape, items=len(table))
    return values

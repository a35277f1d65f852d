"""The Bookmark method: items in order of difficulty, and judges who say where "just able" ends."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as t_distribution

from psychometrics.arrays import Floats, Integers
from psychometrics.blocks import blocks_of
from psychometrics.errors import DataError, ItemParameterError, RuleError
from psychometrics.items import ItemTable, Model
from psychometrics.models import category_probabilities, expected_score

# Mastery is a chance of two in three, the usual wording for judges.
RP67 = 2.0 / 3.0
_BISECTIONS = 60
_ITEMS = 16
_FARTHEST = 1e4


class Guessing(Enum):
    """Does the response probability count right guesses (``INCLUDED``), or knowledge alone (``REMOVED``)?"""

    INCLUDED = "included"
    REMOVED = "removed"


@dataclass(frozen=True, eq=False)
class Booklet:
    """Pages in order of difficulty: item, ``step`` (a score of at least so many), ``location`` in logits."""

    items: tuple[str, ...]
    steps: Integers
    locations: Floats
    response_probability: float


def ordered_booklet(
    table: ItemTable, *, response_probability: float = RP67, guessing: Guessing = Guessing.INCLUDED
) -> Booklet:
    """Every score above 0 of every item where P(at least this score) is ``response_probability``.

    A right-wrong item has one page, an item of m + 1 categories m pages (Mitzel, Lewis, Patz &
    Green 2001). Pages at one location keep the order of the table. Raises `RuleError` for a
    probability not between 0 and 1, `ItemParameterError` naming an item that is nominal, whose slope
    is below 0, or whose asymptotes do not allow the probability.

    >>> table = ItemTable.from_dicts([{"item": i, "model": "Rasch", "b": b} for i, b in (("p", 1.0), ("q", -1.0))])
    >>> booklet = ordered_booklet(table, response_probability=0.5)
    >>> booklet.items, booklet.locations.round(6).tolist()
    (('q', 'p'), [-1.0, 1.0])
    """
    if not 0.0 < response_probability < 1.0:
        raise RuleError(field="response_probability", value=response_probability)
    for entry in table.items:
        if entry.model is Model.NOMINAL or entry.a < 0:
            raise ItemParameterError(entry.item, "model" if entry.slopes else "a", "out_of_range", entry.a)
    at, step = np.nonzero(np.arange(1, int(table.categories.max())) < table.categories[:, None])
    target = np.full(at.size, response_probability)
    if guessing is Guessing.REMOVED:
        target = table.c[at] + (table.d - table.c)[at] * response_probability
    impossible = (target <= table.c[at]) | (target >= table.d[at])
    if impossible.any():
        bad = table.items[int(at[np.argmax(impossible)])]
        raise ItemParameterError(bad.item, "c" if bad.c >= response_probability else "d", "out_of_range", bad.c)
    location = np.empty(at.size)
    # Few items at a time: every page is looked up in the curves of all that are with it.
    for rows in blocks_of(len(table), _ITEMS):
        pages = (at >= rows.start) & (at < rows.stop)
        part = table.select(table.names[rows])
        location[pages] = _locate(part, at[pages] - rows.start, step[pages] + 1, target[pages])
    order = np.argsort(location, kind="stable")
    return Booklet(
        tuple(table.names[item] for item in at[order]), step[order] + 1, location[order], response_probability
    )


def _locate(table: ItemTable, item: Integers, step: Integers, target: Floats) -> Floats:
    """Bisection of P(score >= step), which rises with theta, for all pages at once."""
    low, high = np.full(item.size, -_FARTHEST), np.full(item.size, _FARTHEST)
    pages = np.arange(item.size)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2.0
        p = category_probabilities(table, middle)[pages, item]
        reached = np.where(np.arange(p.shape[1]) >= step[:, None], p, 0.0).sum(axis=1) >= target
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return np.asarray((low + high) / 2.0, dtype=np.float64)


class Placement(Enum):
    """Which ability a bookmark stands for. A bookmark is on the first page not mastered.

    ``BEFORE``: the page before it, the last mastered; ``AT``: the page itself; ``MIDPOINT``: half
    way between the two.
    """

    BEFORE = "before"
    AT = "at"
    MIDPOINT = "midpoint"


@dataclass(frozen=True, eq=False)
class Bookmark:
    """Cuts, one a level. ``theta``: mean of the judges' (``median`` beside it), in logits.

    ``se``: standard error over judges, or over tables of judges who talked with each other, with
    the t interval ``low`` to ``high``; ``score``: the true score of the whole table at theta,
    ``score_se`` by its slope there. ``judge_theta``: judges x levels; ``judge_sd`` by level.
    NaN errors with one judge or table.
    """

    theta: Floats
    median: Floats
    se: Floats
    low: Floats
    high: Floats
    score: Floats
    score_se: Floats
    judge_theta: Floats
    judge_sd: Floats


def bookmark(
    table: ItemTable,
    booklet: Booklet,
    pages: ArrayLike,
    *,
    placement: Placement = Placement.BEFORE,
    tables: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
) -> Bookmark:
    """The cuts that judges' bookmarks in the booklet of a table stand for.

    ``pages``: judges, or judges x levels: the number, from 1, of the first page a borderline person
    would not master with the booklet's response probability; one more than the pages if all are
    mastered. ``tables``: the group in which each judge discussed; judges of one are no
    independent opinions, so the error is then that of the tables' means (Lee & Lewis 2008). Raises
    `RuleError` for a page that is not there or levels that do not rise, `DataError` for no judges.
    """
    placed = np.asarray(pages)
    placed = placed[:, None] if placed.ndim == 1 else placed
    count = booklet.locations.size
    if placed.ndim != 2 or placed.dtype.kind not in "iu" or ((placed < 1) | (placed > count + 1)).any():
        raise RuleError(field="pages", shape=placed.shape, pages=count)
    if not placed.size:
        raise DataError(field="pages", judges=placed.shape[0])
    if (np.diff(placed, axis=1) < 0).any():
        raise RuleError(field="pages", judge=int(np.argwhere(np.diff(placed, axis=1) < 0)[0, 0]))
    # With no page before or behind the bookmark, the nearest page is all there is.
    before = booklet.locations[np.maximum(placed - 2, 0)]
    here = booklet.locations[np.minimum(placed - 1, count - 1)]
    theta = {Placement.BEFORE: before, Placement.AT: here, Placement.MIDPOINT: (before + here) / 2.0}[placement]
    mean = theta.mean(axis=0)
    se, freedom = _error(theta, tables)
    half = t_distribution.isf((1.0 - confidence) / 2.0, max(freedom, 1)) * se
    score = expected_score(table, mean).sum(axis=1)
    slope = (expected_score(table, mean + 1e-5) - expected_score(table, mean - 1e-5)).sum(axis=1) / 2e-5
    spread = theta.std(axis=0, ddof=1) if len(theta) > 1 else np.full(mean.size, np.nan)
    return Bookmark(mean, np.median(theta, axis=0), se, mean - half, mean + half, score, slope * se, theta, spread)


def _error(theta: Floats, tables: Sequence[Hashable] | None) -> tuple[Floats, int]:
    units = theta
    if tables is not None:
        if len(tables) != len(theta):
            raise RuleError(field="tables", tables=len(tables), judges=len(theta))
        groups = [np.array([label == one for label in tables]) for one in dict.fromkeys(tables)]
        units = np.array([theta[members].mean(axis=0) for members in groups])
    if len(units) < 2:
        return np.full(theta.shape[1], np.nan), 0
    return units.std(axis=0, ddof=1) / np.sqrt(len(units)), len(units) - 1

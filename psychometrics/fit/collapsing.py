"""Merging of cells with small expected frequencies before S-X2 is computed, step for step as mirt does.

Rows are sum scores and columns categories. The order of the steps decides the degrees of freedom
(after Orlando & Thissen 2000 for two categories, Kang & Chen 2008 for more), so it is kept even
where another order would do as well.
"""

from __future__ import annotations

import numpy as np

from psychometrics.arrays import Booleans, Floats


def collapse(observed: Floats, expected: Floats, least: float = 1.0) -> tuple[Floats, Floats]:
    """Merged tables, rows x columns; what a row no longer has is NaN in ``expected``.

    ``expected`` comes with NaN where a category is impossible with a sum score.
    """
    observed, expected = _possible_rows(observed, expected)
    met = np.flatnonzero(observed.sum(axis=1) > 0)
    observed, expected = observed[met], expected[met]
    if len(observed) > 1:
        # mirt looks for small cells before it merges lone persons: rows keep their first numbers.
        small: Booleans = np.asarray((expected < least).any(axis=1))
        observed, expected = _lone_persons(observed, expected)
        if observed.shape[1] > 2:
            for row in range(len(observed)):
                if small[row]:
                    _within(observed[row], expected[row], least)
        observed, expected = _last_columns(observed, expected, least)
        observed, expected = _rare_columns(observed, expected)
        observed, expected = _rows(observed, expected, least)
    return observed, np.where(expected == 0.0, np.nan, expected)


def _possible_rows(observed: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """The lowest and highest scores, with which some category is impossible, join the nearest full row."""
    partial = np.flatnonzero(np.isnan(expected).any(axis=1))
    expected = np.nan_to_num(expected)
    if not partial.size:
        return observed, expected
    half = max(1, partial.size // 2)
    bottom, top = partial[half - 1] + 1, partial[min(half, partial.size - 1)]
    if bottom >= top:
        return observed[:0], expected[:0]
    merged = []
    for cells in (observed, expected):
        kept = cells[bottom:top].copy()
        kept[0] += cells[:bottom].sum(axis=0)
        kept[-1] += cells[top:].sum(axis=0)
        merged.append(kept)
    return merged[0], merged[1]


def _lone_persons(observed: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """A row with one person joins the next, the last one the row before."""
    observed, expected = observed.copy(), expected.copy()
    kept = np.ones(len(observed), dtype=np.bool_)
    for row in range(len(observed) - 1):
        if observed[row].sum() == 1.0:
            observed[row + 1] += observed[row]
            expected[row + 1] += expected[row]
            kept[row] = False
    observed, expected = observed[kept], expected[kept]
    if len(observed) > 1 and observed[-1].sum() == 1.0:
        observed[-2] += observed[-1]
        expected[-2] += expected[-1]
        observed, expected = observed[:-1], expected[:-1]
    return observed, expected


def _within(observed: Floats, expected: Floats, least: float) -> None:
    """One row: the smallest cell joins its smaller neighbour until all are large enough; cells move left."""
    cells, seen = expected.tolist(), observed.tolist()
    while len(cells) > 2:
        smallest = min(cells)
        place = max(i for i, value in enumerate(cells) if value == smallest)
        if place == 0:
            into = 1
        elif place == len(cells) - 1 or cells[place - 1] <= cells[place + 1]:
            into = place - 1
        else:
            into = place + 1
        cells[into] += cells[place]
        seen[into] += seen[place]
        del cells[place], seen[place]
        if min(cells) >= least:
            break
    expected[:] = cells + [0.0] * (expected.size - len(cells))
    observed[:] = seen + [0.0] * (observed.size - len(seen))


def _last_columns(observed: Floats, expected: Floats, least: float) -> tuple[Floats, Floats]:
    """The last column joins the one before while its total is below ``least`` for each ten rows."""
    needed = least * np.ceil(len(expected) * 0.1)
    while expected.shape[1] > 2 and expected[:, -1].sum() < needed:
        observed[:, -2] += observed[:, -1]
        expected[:, -2] += expected[:, -1]
        observed, expected = observed[:, :-1], expected[:, :-1]
    return observed, expected


def _rare_columns(observed: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """A column that fewer than 5 % of the rows have joins the one before."""
    kept = np.ones(expected.shape[1], dtype=np.bool_)
    for column in range(expected.shape[1] - 1, 0, -1):
        if (expected[:, column] > 0).mean() < 0.05:
            kept[column] = False
            observed[:, column - 1] += observed[:, column]
            expected[:, column - 1] += expected[:, column]
    return observed[:, kept], expected[:, kept]


def _rows(observed: Floats, expected: Floats, least: float) -> tuple[Floats, Floats]:
    """The first row with a small cell joins the neighbour with fewer persons, until none is left."""
    while len(expected) > 1:
        small = ((expected < least) & (expected != 0.0)).any(axis=1)
        if not small.any():
            break
        row = int(np.argmax(small))
        if row == 0:
            into = 1
        elif row == len(expected) - 1:
            into = row - 1
        else:
            into = row - 1 if observed[row - 1].sum() <= observed[row + 1].sum() else row + 1
        observed[into] += observed[row]
        expected[into] += expected[row]
        observed, expected = np.delete(observed, row, axis=0), np.delete(expected, row, axis=0)
    return observed, expected

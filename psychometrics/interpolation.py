"""Smooth functions tabulated once and looked up for many: as exact as computed, far cheaper.

`hermite_table` is for one function of one number, refined until it proves itself between its own
nodes. `LocalPolynomials` is for many functions known at the same equally spaced nodes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from psychometrics.arrays import Floats, Integers

_FIRST_INTERVALS = 64
# Asked of the table with half the nodes of the one returned, whose error is then 64 times smaller.
_TOLERANCE = 2e-9

# Nodes on each side of the one a local polynomial is centred on; with 9 nodes its degree is 8.
REACH = 4


@dataclass(frozen=True, eq=False)
class HermiteTable:
    """Several functions of x between ``low`` and ``high`` as quintic pieces of equal length.

    ``pieces``: 6 coefficients x functions x intervals, of powers of the place in the interval.
    """

    low: float
    step: float
    pieces: Floats

    @classmethod
    def through(cls, low: float, step: float, values: Floats) -> HermiteTable:
        """``values``: nodes x functions x (value, first, second derivative)."""
        scaled = np.moveaxis(values, 0, -1) * np.array([1.0, step, step**2])[:, None]
        f, d, e = scaled[:, 0], scaled[:, 1], scaled[:, 2]
        rise, d0, d1, e0, e1 = np.diff(f), d[:, :-1], d[:, 1:], e[:, :-1], e[:, 1:]
        return cls(
            low,
            step,
            np.stack(
                (
                    f[:, :-1],
                    d0,
                    e0 / 2,
                    10 * rise - 6 * d0 - 4 * d1 - 1.5 * e0 + 0.5 * e1,
                    -15 * rise + 8 * d0 + 7 * d1 + 1.5 * e0 - e1,
                    6 * rise - 3 * d0 - 3 * d1 - 0.5 * e0 + 0.5 * e1,
                )
            ),
        )

    def __call__(self, x: Floats) -> Floats:
        """The functions at each x, points x functions."""
        place = (x - self.low) / self.step
        interval = np.clip(place.astype(np.intp), 0, self.pieces.shape[2] - 1)
        place -= interval
        found = np.empty((x.size, self.pieces.shape[1]))
        for function in range(found.shape[1]):
            total = self.pieces[5, function].take(interval)
            for power in range(4, -1, -1):
                total *= place
                total += self.pieces[power, function].take(interval)
            found[:, function] = total
        return found


def hermite_table(exact: Callable[[Floats], Floats], low: float, high: float, most: int) -> HermiteTable | None:
    """A table of ``exact`` on [low, high], or None if it would need more than ``most`` intervals.

    ``exact`` gives points x functions x (value, first, second derivative). The intervals are
    halved until the table meets the function half way between its nodes to 2e-9 (of the largest
    value, if that is above 1); with those points put in, it errs by about 3e-11.
    """
    intervals = _FIRST_INTERVALS
    if not low < high or 2 * intervals > most:
        return None
    points: Floats = np.linspace(low, high, intervals + 1)
    values = exact(points)
    while 2 * intervals <= most:
        step = (high - low) / intervals
        between: Floats = np.linspace(low, high, 2 * intervals + 1)[1::2]
        found = exact(between)
        off = np.abs(HermiteTable.through(low, step, values)(between) - found[:, :, 0])
        merged = np.empty((2 * intervals + 1, *values.shape[1:]))
        merged[::2], merged[1::2] = values, found
        values, intervals = merged, 2 * intervals
        scale = np.maximum(1.0, np.abs(values[:, :, 0]).max(axis=0))
        if (off <= _TOLERANCE * scale).all():
            return HermiteTable.through(low, step / 2, values)
    return None


def local_polynomials(values: Floats, centre: Integers) -> Floats:
    """The polynomial through the 9 nodes around ``centre``, rows x 9 coefficients, lowest first.

    ``values`` is rows x nodes, or one row for all; the argument is counted in node distances from
    the centre, and coefficient 0, the value there, is taken out of the sums to lose no digits.
    """
    window = centre[:, None] + np.arange(-REACH, REACH + 1)
    near = values[window] if values.ndim == 1 else np.take_along_axis(values, window, axis=1)
    middle = near[:, REACH].copy()
    near -= middle[:, None]
    coefficients: Floats = near @ _LAGRANGE
    coefficients[:, 0] = middle
    return coefficients


def polynomial(coefficients: Floats, place: Floats) -> tuple[Floats, Floats, Floats]:
    """Value, first and second derivative of each row's polynomial at its own place."""
    value = coefficients[:, -1].copy()
    first, second = np.zeros_like(value), np.zeros_like(value)
    for power in range(coefficients.shape[1] - 2, -1, -1):
        second = second * place + first
        first = first * place + value
        value = value * place + coefficients[:, power]
    return value, first, 2.0 * second


def _lagrange() -> Floats:
    """Row k: the coefficients of the polynomial that is 1 at node k of -4 .. 4 and 0 at the others."""
    nodes = np.arange(-REACH, REACH + 1, dtype=np.float64)
    rows = []
    for k, node in enumerate(nodes):
        others = np.delete(nodes, k)
        # Products of whole numbers: exact until the one division.
        rows.append(np.poly(others)[::-1] / np.prod(node - others))
    return np.array(rows)


_LAGRANGE = _lagrange()

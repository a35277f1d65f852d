"""Distributions of the number of matches when every item has its own probability of a match."""

from __future__ import annotations

import numpy as np

from psychometrics.arrays import Floats, Integers


def match_distribution(probabilities: Floats) -> Floats:
    """P(S = 0), ..., P(S = items) of each row of independent trials, rows x (items + 1).

    The recursion of the generalized binomial (van der Linden & Sotaridona 2006, eq. 9-11), each
    item at a time: every term is a sum of products of probabilities, so no digits are lost.
    """
    rows, items = probabilities.shape
    # Counts are the first axis: a step works on whole rows of memory.
    mass = np.zeros((items + 1, rows))
    mass[0] = 1.0
    for item in range(items):
        p = probabilities[:, item]
        added = mass[: item + 1] * p
        mass[: item + 1] -= added
        mass[1 : item + 2] += added
    return mass.T


def upper_tails(probabilities: Floats) -> Floats:
    """P(S >= 0), ..., P(S >= items), rows x (items + 1); small tails keep their relative accuracy."""
    mass = match_distribution(probabilities)
    tails: Floats = np.cumsum(mass[:, ::-1], axis=1)[:, ::-1]
    return np.minimum(tails, 1.0)


def upper_tail(probabilities: Floats, counts: Integers) -> Floats:
    """P(S >= count) of each row."""
    return np.take_along_axis(upper_tails(probabilities), counts[:, None], axis=1)[:, 0]


def two_kinds(first: Floats, second: Floats) -> Floats:
    """P(i matches of the first kind and j of the second), (items + 1) x (items + 1), of one pair.

    ``first`` and ``second`` are each item's probabilities of the two exclusive kinds (Maynes 2014).
    """
    size = first.size + 1
    mass = np.zeros((size, size))
    mass[0, 0] = 1.0
    for p, q in zip(first.tolist(), second.tolist(), strict=True):
        step = mass * max(0.0, 1.0 - p - q)
        step[1:] += p * mass[:-1]
        step[:, 1:] += q * mass[:, :-1]
        mass = step
    return mass

"""Answer copying: given the answers of a source, how many of them would a copier choose alone?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from psychometrics.arrays import Floats, Integers, row_blocks
from psychometrics.forensics.counts import upper_tail
from psychometrics.forensics.pairing import Answers, check_abilities, check_pairs, standardised
from psychometrics.items import ItemTable
from psychometrics.models import category_probabilities
from psychometrics.responses import MissingPolicy


@dataclass(frozen=True, eq=False)
class Copying:
    """One value a directed pair, in the order of ``pairs`` (pairs x (source, copier)).

    ``omega`` is standard normal for a copier who works alone, ``omega_p`` its upper tail;
    ``gbt_p`` the exact upper tail of ``matches`` among ``compared`` items.
    """

    pairs: Integers
    compared: Integers
    matches: Integers
    expected: Floats
    omega: Floats
    omega_p: Floats
    gbt_p: Floats


def copying(
    table: ItemTable, responses: ArrayLike, policy: MissingPolicy, theta: ArrayLike, pairs: ArrayLike
) -> Copying:
    """Omega and GBT of each (source, copier), conditional on the source's answers.

    p_i = P(copier chooses what the source chose | theta of the copier); omega = (matches - sum p)
    / sqrt(sum p (1 - p)) (Wollack 1997, eq. 5); ``gbt_p`` = P(S >= matches), S generalized
    binomial (van der Linden & Sotaridona 2006). ``responses``: persons x items, scores or, with
    nominal items, options; ``theta``: one ability a person, in logits. Items that the source left
    blank are left out: there was nothing to copy. A copier's blank is left out or counts as no
    match, as ``policy`` says. Raises `ResponseError`, `RuleError`.

    >>> table = ItemTable.from_dicts([{"item": f"i{k}", "model": "Rasch", "b": 0.0} for k in range(4)])
    >>> found = copying(table, [[1, 0, 1, 0]] * 2, MissingPolicy.ignore_all(), [0, 0], [[0, 1]])
    >>> found.omega.tolist(), found.gbt_p.tolist()
    ([2.0], [0.0625])
    """
    answers = Answers.read(table, responses, policy)
    abilities = check_abilities(theta, len(answers.chosen))
    directed = check_pairs(pairs, abilities.size)
    probabilities = category_probabilities(table, abilities)
    compared, matches = np.zeros((2, len(directed)), dtype=np.int64)
    expected, omega, gbt_p = np.zeros((3, len(directed)))
    for rows in row_blocks(len(directed), 4 * len(table)):
        source, copier = directed[rows].T
        copied = answers.chosen[source]
        part = (copied >= 0) & answers.counted[copier]
        same = part & (copied == answers.chosen[copier])
        p = probabilities[copier[:, None], np.arange(len(table)), np.maximum(copied, 0)] * part
        compared[rows], matches[rows], expected[rows] = part.sum(axis=1), same.sum(axis=1), p.sum(axis=1)
        omega[rows] = standardised(matches[rows], expected[rows], (p * (1.0 - p)).sum(axis=1))
        gbt_p[rows] = upper_tail(p, matches[rows])
    omega_p = np.where(compared > 0, ndtr(-omega), 1.0)
    return Copying(directed, compared, matches, expected, omega, omega_p, gbt_p)

"""Where to route: cuts from the modules' information, from shares of the population, as scores."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

from psychometrics.errors import DataError, RuleError
from psychometrics.items import ItemTable
from psychometrics.models import expected_score
from psychometrics.precision import total_information
from psychometrics.quadrature import Population

_NODES = 801


def information_cuts(modules: Sequence[ItemTable], bounds: tuple[float, float] = (-4.0, 4.0)) -> tuple[float, ...]:
    """The thetas where the next module begins to inform more than the one before (AMI).

    ``modules`` from the easiest to the hardest; what all have taken before adds the same to each
    (approximate maximum information; Luecht, Brumfield & Breithaupt 2006). Where two curves cross
    more than once the crossing nearest to the middle of their tops counts. Logits, within
    ``bounds``. Raises `DataError` naming the pair whose curves do not cross so, or whose cuts fall.

    >>> from psychometrics.items import Model
    >>> easy, hard = (ItemTable.from_arrays(Model.RASCH, b=[b, b]) for b in (-1.0, 1.0))
    >>> [abs(round(cut, 6)) for cut in information_cuts([easy, hard])]
    [0.0]
    """
    if len(modules) < 2:
        raise RuleError(field="modules", count=len(modules))
    theta = np.linspace(*bounds, _NODES)
    tops = [float(theta[total_information(table, theta).argmax()]) for table in modules]
    cuts: list[float] = []
    for number, (easy, hard) in enumerate(pairwise(modules)):

        def gain(at: float, easy: ItemTable = easy, hard: ItemTable = hard) -> float:
            return float(total_information(hard, at)[0] - total_information(easy, at)[0])

        gains = total_information(hard, theta) - total_information(easy, theta)
        rising = np.flatnonzero((gains[:-1] < 0) & (gains[1:] >= 0))
        if not rising.size:
            raise DataError(field="modules", pair=(number, number + 1), reason="information_does_not_cross")
        middle = (tops[number] + tops[number + 1]) / 2.0
        at = int(rising[np.abs(theta[rising] - middle).argmin()])
        cut = float(brentq(gain, theta[at], theta[at + 1], xtol=1e-12))
        if cuts and cut <= cuts[-1]:
            raise DataError(field="modules", pair=(number, number + 1), reason="cuts_not_increasing")
        cuts.append(cut)
    return tuple(cuts)


def population_cuts(population: Population, shares: Sequence[float]) -> tuple[float, ...]:
    """The thetas that divide a population into ``shares`` (defined population intervals, DPI).

    ``shares``: of each module from the easiest, positive, summing to 1 (Zenisky, Hambleton & Luecht
    2010). Logits.

    >>> [round(cut, 3) for cut in population_cuts(Population(), [0.25, 0.5, 0.25])]
    [-0.674, 0.674]
    """
    if len(shares) < 2 or min(shares) <= 0 or not math.isclose(sum(shares), 1.0, abs_tol=1e-9):
        raise RuleError(field="shares", value=tuple(shares))
    below = np.cumsum(shares)[:-1]
    return tuple((population.mean + population.sd * ndtri(below)).tolist())


def score_cuts(table: ItemTable, theta_cuts: Sequence[float]) -> tuple[float, ...]:
    """Sum scores from which to route up, for theta cuts after the items of ``table``.

    The smallest whole score not below the expected score at the cut (Weissman, Belov & Armstrong
    2007). Raises `DataError` where two cuts become one score.

    >>> from psychometrics.items import Model
    >>> score_cuts(ItemTable.from_arrays(Model.RASCH, b=[-1.0, 0.0, 1.0]), [0.0])
    (2.0,)
    """
    expected = expected_score(table, np.asarray(theta_cuts, dtype=np.float64)).sum(axis=1)
    # An expected score that is whole but for its rounding stays that score.
    scores = np.ceil(expected - 1e-9)
    if (np.diff(scores) <= 0).any():
        raise DataError(field="theta_cuts", scores=scores.tolist(), reason="one_score")
    return tuple(scores.tolist())

"""Does a person's pattern of answers fit the model at their ability?

Each index is W = sum over items and categories of w_ik (1[x_i = k] - P_ik), standardised by its
moments given theta. The weights make the index: log P for lz, group means for the extended caution
indices. An estimated theta takes up part of the misfit, so that W varies less than the plain
moments say: the corrected weights w - c P'/P (Snijders 2001) account for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from psychometrics.arrays import Booleans, Codes, Floats, Integers, row_blocks
from psychometrics.errors import RuleError
from psychometrics.forensics.pairing import check_abilities
from psychometrics.forensics.skewed import Tail, lower_normal
from psychometrics.items import ItemTable
from psychometrics.models import CategoryCurves, category_curves
from psychometrics.quadrature import Population
from psychometrics.responses import MissingPolicy, resolve_missing
from psychometrics.scoring import Method


class Index(Enum):
    """Which person-fit index."""

    LZ = "lz"
    ECI2 = "eci2"
    ECI4 = "eci4"


@dataclass(frozen=True, eq=False)
class PersonFit:
    """One value a person. ``plain`` takes theta as known (lz), ``corrected`` as estimated (lz*).

    Both are standard normal for a fitting person; ``plain_p`` and ``corrected_p`` are the tails
    of misfit: low lz, high ECI. ``skewness`` of the corrected index; ``answered`` items took part.
    A person whose index cannot vary (nothing answered) has 0 and p = 1.
    """

    index: Index
    answered: Integers
    plain: Floats
    plain_p: Floats
    corrected: Floats
    corrected_p: Floats
    skewness: Floats


def person_fit(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    theta: ArrayLike,
    index: Index = Index.LZ,
    method: Method = Method.ML,
    population: Population | None = None,
    tail: Tail = Tail.NORMAL,
) -> PersonFit:
    """A standardised person-fit index, plain and corrected for the estimation of theta.

    lz: Drasgow, Levine & Williams 1985; lz*: Snijders 2001, for polytomous items Sinharay 2016.
    ECI2 and ECI4, zeta_1 and zeta_2 of Tatsuoka 1984, corrected as in Sinharay 2016. ``theta``: one
    finite estimate a person, in logits, by ``method``, which enters through r0 of Snijders' eq. 8:
    0 for ML, J / (2 I) for WLE, (mean - theta) / sd^2 for MAP, and for EAP as for the MAP it is
    close to (Sinharay 2016); MAP and EAP need ``population``. ``tail``: see `Tail` (Bedrick 1997;
    Molenaar & Hoijtink 1990). ECI2 compares with the means of the persons given: it needs a crowd.
    Missing responses take no part. The numbers are those of R's aberrance (``L_S_NO``, ``L_S_TS``
    and so on, which takes r0 = 0 always) and, plain, of mirt's ``Zh``. Raises `ResponseError`,
    `RuleError`.

    >>> table = ItemTable.from_dicts([{"item": f"i{k}", "model": "Rasch", "b": k - 4.0} for k in range(9)])
    >>> easy_right, easy_wrong = [1, 1, 1, 1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1, 1, 1, 1]
    >>> fit = person_fit(table, [easy_right, easy_wrong], MissingPolicy.ignore_all(), [0.2, 0.2])
    >>> fit.corrected.round(2).tolist(), (fit.corrected_p < 0.05).tolist()
    ([0.94, -11.45], [False, True])
    """
    resolved = resolve_missing(table, responses, policy)
    abilities = check_abilities(theta, len(resolved))
    if method in (Method.MAP, Method.EAP) and population is None:
        raise RuleError(field="population", method=method.value)
    crowd = _crowd_means(table, abilities) if index is Index.ECI2 else None
    plain, corrected, skewness = np.zeros((3, len(resolved)))
    plain_p, corrected_p = np.ones((2, len(resolved)))
    # Misfit is a low lz but a high caution index; turned round, it is the lower tail of all.
    turn = 1.0 if index is Index.LZ else -1.0
    for rows in row_blocks(len(resolved), 8 * len(table) * int(table.categories.max())):
        pattern = _Patterns(category_curves(table, abilities[rows]), resolved[rows])
        weights = pattern.weights(index, crowd)
        spare = pattern.spare(weights)
        free = weights - spare[:, None, None] * pattern.curves.score
        start = pattern.start(abilities[rows], method, population)
        seen = pattern.distance(weights)
        for observed, used, statistic, p in (
            (seen, weights, plain, plain_p),
            (seen + spare * start, free, corrected, corrected_p),
        ):
            sd, skewness[rows] = pattern.spread(used)
            varies = sd > 0.0
            z = np.divide(observed, sd, out=np.zeros_like(sd), where=varies)
            z = turn * lower_normal(turn * z, turn * skewness[rows], tail)
            statistic[rows] = np.where(varies, z, 0.0)
            p[rows] = np.where(varies, ndtr(turn * z), 1.0)
    answered = (resolved >= 0).sum(axis=1)
    return PersonFit(index, answered, plain, plain_p, corrected, corrected_p, skewness)


class _Patterns:
    """Patterns of some persons with the curves at their own thetas; a missing item has P = 0."""

    def __init__(self, curves: CategoryCurves, seen: Codes) -> None:
        self.curves = curves
        self._answered: Booleans = seen >= 0
        self._chosen = seen[:, :, None] == np.arange(curves.log_p.shape[2])
        self._p = curves.p * self._answered[:, :, None]

    def weights(self, index: Index, crowd: Floats | None) -> Floats:
        """What each category of each item weighs, persons x items x categories."""
        present = np.isfinite(self.curves.log_p)
        if index is Index.LZ:
            return np.where(present, self.curves.log_p, 0.0)
        if crowd is not None:
            return np.broadcast_to(crowd, self._p.shape)
        taking = present & self._answered[:, :, None]
        means = self._p.sum(axis=1) / np.maximum(taking.sum(axis=1), 1)
        return np.where(taking, means[:, None, :] - self.curves.p, 0.0)

    def distance(self, weights: Floats) -> Floats:
        """W, one a person."""
        total: Floats = ((self._chosen - self._p) * weights).sum(axis=(1, 2))
        return total

    def spare(self, weights: Floats) -> Floats:
        """c of Snijders: how much of W the estimation of theta takes up."""
        slope = self._p * self.curves.score
        information: Floats = (slope * self.curves.score).sum(axis=(1, 2))
        taken: Floats = (slope * weights).sum(axis=(1, 2))
        return np.divide(taken, information, out=np.zeros_like(taken), where=information > 0.0)

    def start(self, theta: Floats, method: Method, population: Population | None) -> Floats:
        """r0 of Snijders: what the estimating equation holds besides the answers."""
        if method is Method.WLE:
            bias: Floats = (self._p * self.curves.score * self.curves.curvature).sum(axis=(1, 2))
            information: Floats = (self._p * self.curves.score**2).sum(axis=(1, 2))
            return np.divide(bias, 2.0 * information, out=np.zeros_like(bias), where=information > 0.0)
        if method in (Method.MAP, Method.EAP) and population is not None:
            return (population.mean - theta) / population.sd**2
        return np.zeros_like(theta)

    def spread(self, weights: Floats) -> tuple[Floats, Floats]:
        """Standard deviation and skewness of W with these weights."""
        centred = weights - (self._p * weights).sum(axis=2, keepdims=True)
        variance = (self._p * centred**2).sum(axis=(1, 2))
        third: Floats = (self._p * centred**3).sum(axis=(1, 2))
        # What rounding leaves of a sum that is 0 in exact arithmetic is no variance.
        size = (self._p * weights**2).sum(axis=(1, 2))
        sd = np.sqrt(np.where(variance > 1e-14 * size, variance, 0.0))
        return sd, np.divide(third, sd**3, out=np.zeros_like(third), where=sd > 0.0)


def _crowd_means(table: ItemTable, theta: Floats) -> Floats:
    """Weights of ECI2: the mean over items less the item's own mean probability, items x categories."""
    means = np.zeros((len(table), int(table.categories.max())))
    for rows in row_blocks(theta.size, 4 * means.size):
        means += category_curves(table, theta[rows]).p.sum(axis=0)
    means /= max(theta.size, 1)
    present = np.arange(means.shape[1]) < table.categories[:, None]
    return np.where(present, means.sum(axis=0) / present.sum(axis=0) - means, 0.0)

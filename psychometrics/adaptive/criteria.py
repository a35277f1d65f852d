"""By what an item may be worth giving next: the criteria of the literature, as R's catR defines them.

Each takes what is known of N examinees and returns N x items. Sums over theta use the grid of the
evidence; likelihoods there are relative to their peak, which changes no choice.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import numpy as np
from scipy.special import expit

from psychometrics.adaptive.evidence import Evidence
from psychometrics.adaptive.tops import highest_point
from psychometrics.arrays import Floats
from psychometrics.errors import RuleError
from psychometrics.items import DICHOTOMOUS, ItemTable
from psychometrics.models import category_curves, category_probabilities, item_information
from psychometrics.scoring import Method


class Criterion(Enum):
    """Names as in catR's ``nextItem``; of `SMALLEST_BEST` the smallest value is the best."""

    MFI = "MFI"
    B_OPT = "bOpt"
    TH_OPT = "thOpt"
    MLWI = "MLWI"
    MPWI = "MPWI"
    MEI = "MEI"
    KL = "KL"
    KLP = "KLP"
    MEPV = "MEPV"
    GDI = "GDI"
    GDIP = "GDIP"


SMALLEST_BEST = frozenset({Criterion.B_OPT, Criterion.TH_OPT, Criterion.MEPV})
# Criteria that hold a likelihood as a factor, so that their size depends on its scale.
UNSCALED = frozenset({Criterion.MLWI, Criterion.MPWI, Criterion.KL, Criterion.KLP})


def criterion_values(criterion: Criterion, evidence: Evidence) -> Floats:
    """The value of every item for every examinee, examinees x items."""
    return _CRITERIA[criterion](evidence)


def _fisher(evidence: Evidence) -> Floats:
    """Fisher information at theta (Birnbaum 1968)."""
    return item_information(evidence.curves.table, evidence.theta)


def _difficulty_distance(evidence: Evidence) -> Floats:
    """Urry's rule: how far the difficulty is from theta (Urry 1970)."""
    table = evidence.curves.table
    require_dichotomous(table, Criterion.B_OPT)
    return np.abs(evidence.theta[:, None] - table.steps[:, 0])


def _optimum_distance(evidence: Evidence) -> Floats:
    """How far the item's most informative theta is from theta (Magis 2013; Li & Schafer 2005)."""
    return np.abs(evidence.theta[:, None] - most_informative_theta(evidence.curves.table))


def _likelihood_weighted(evidence: Evidence) -> Floats:
    """Integral of likelihood x information (Veerkamp & Berger 1997)."""
    return evidence.likelihood_weights @ evidence.curves.information.T


def _posterior_weighted(evidence: Evidence) -> Floats:
    """Integral of likelihood x density x information (van der Linden 1998)."""
    return evidence.posterior_weights @ evidence.curves.information.T


def _kullback_leibler(evidence: Evidence) -> Floats:
    """Integral of likelihood x Kullback-Leibler distance from theta (Chang & Ying 1996)."""
    return _distance(evidence, evidence.likelihood_weights)


def _kullback_leibler_posterior(evidence: Evidence) -> Floats:
    """The same weighted by the population's density too (Chang & Ying 1996)."""
    return _distance(evidence, evidence.posterior_weights)


def _distance(evidence: Evidence, weights: Floats) -> Floats:
    """Sum over x of w(x) sum_k P_k(theta) log(P_k(theta) / P_k(x))."""
    curves = category_curves(evidence.curves.table, evidence.theta)
    p = curves.p
    own = np.where(np.isneginf(curves.log_p), 0.0, curves.log_p)
    other = _over_nodes(weights, evidence.curves.log_p)
    value: Floats = (p * (own * weights.sum(axis=1)[:, None, None] - other)).sum(axis=2)
    return value


def _expected_variance(evidence: Evidence) -> Floats:
    """Posterior variance after each possible answer, weighted by its probability at theta.

    Owen (1975); van der Linden (1998) weights by the posterior predictive probability,
    catR by the probability at the provisional theta, as here.
    """
    nodes = evidence.curves.grid.nodes - evidence.population.mean
    p = evidence.curves.p
    moments = [_over_nodes(evidence.posterior_weights * nodes**power, p) for power in range(3)]
    mass = np.where(moments[0] > 0, moments[0], 1.0)
    variance = moments[2] / mass - (moments[1] / mass) ** 2
    here = category_probabilities(evidence.curves.table, evidence.theta)
    value: Floats = (here * variance).sum(axis=2)
    return value


def _expected_information(evidence: Evidence) -> Floats:
    """Observed information of the item at the estimate each answer would lead to (MEI).

    The mean is over the answers at theta (van der Linden 1998; van der Linden & Pashley
    2000). The estimate is the posterior mean or mode for EAP and MAP, else the likelihood's mode.
    """
    here = category_probabilities(evidence.curves.table, evidence.theta)
    value: Floats = (here * observed_information(evidence.curves.table, _estimates_after(evidence))).sum(axis=2)
    return value


def _estimates_after(evidence: Evidence) -> Floats:
    """The ability estimated after each answer to each item, examinees x items x categories."""
    curves, nodes = evidence.curves, evidence.curves.grid.nodes
    if evidence.method is Method.EAP:
        weights = evidence.posterior_weights
        mass, first = (_over_nodes(weights * nodes**power, curves.p) for power in range(2))
        return np.divide(first, mass, out=np.zeros_like(mass), where=mass > 0)
    height = evidence.log_likelihood
    if evidence.method is Method.MAP:
        height = height + evidence.log_prior
    shape = curves.log_p.shape[:2]
    return np.stack(
        [highest_point((curves.log_p + row).reshape(-1, nodes.size), nodes).reshape(shape) for row in height]
    )


def observed_information(table: ItemTable, place: Floats) -> Floats:
    """Minus the second derivative of each log probability at its own theta, 0 where no such category.

    ``place`` and result: examinees x items x categories. (P'/P)^2 - P''/P (Samejima 1969; Bradlow 1996).
    """
    observed = np.zeros_like(place)
    observed[:, :, :2] = _logistic_observed(table, place[:, :, :2])
    for item, model in enumerate(table.models):
        if model not in DICHOTOMOUS:
            count = int(table.categories[item])
            curves = category_curves(ItemTable((table.items[item],)), place[:, item, :count].ravel())
            own = np.tile(np.arange(count), place.shape[0])
            rows = np.arange(own.size)
            values = curves.score[rows, 0, own] ** 2 - curves.curvature[rows, 0, own]
            observed[:, item, :count] = values.reshape(-1, count)
    return observed


def _logistic_observed(table: ItemTable, place: Floats) -> Floats:
    """With r = (d - c) F / P and w = (d - c) G / Q: a^2 (w^2 F^2 + w F (G - F)), a^2 (r^2 G^2 - r G (G - F))."""
    a, c, d = table.a[:, None], table.c[:, None], table.d[:, None]
    # Within reach of every float: beyond it the information is 0 to a hundred digits.
    z = np.clip(a * (place - table.steps[:, :1]), -300.0, 300.0)
    f, g = expit(z), expit(-z)
    wrong = ((d - c) * g / (1.0 - d + (d - c) * g))[:, :, 0]
    right = ((d - c) * f / (c + (d - c) * f))[:, :, 1]
    f0, g0, f1, g1 = f[:, :, 0], g[:, :, 0], f[:, :, 1], g[:, :, 1]
    miss = wrong**2 * f0**2 + wrong * f0 * (g0 - f0)
    hit = right**2 * g1**2 - right * g1 * (g1 - f1)
    return a[:, 0, None] ** 2 * np.stack((miss, hit), axis=2)


def _discrimination(evidence: Evidence) -> Floats:
    """Global discrimination index (Kaplan, de la Torre & Barrada 2015), likelihood as weight."""
    return _spread(evidence, evidence.likelihood_weights)


def _discrimination_posterior(evidence: Evidence) -> Floats:
    """The same with the posterior as weight."""
    return _spread(evidence, evidence.posterior_weights)


def _spread(evidence: Evidence, weights: Floats) -> Floats:
    """Variance of P over theta; of several categories half the sum of theirs, the same for two.

    As in catR the weights are of the bare nodes, the two at the ends not halved.
    """
    weights = weights / evidence.curves.grid.weights
    weights = weights / weights.sum(axis=1, keepdims=True)
    p = evidence.curves.p
    value: Floats = 0.5 * (_over_nodes(weights, p**2) - _over_nodes(weights, p) ** 2).sum(axis=2)
    return value


def most_informative_theta(table: ItemTable) -> Floats:
    """Where each dichotomous item informs most, in closed form (Magis 2013).

    Where the formula meets neither guessing nor slipping it gives the difficulty.
    """
    require_dichotomous(table, Criterion.TH_OPT)
    c, d = table.c, table.d
    u = -0.75 + (c + d - 2.0 * c * d) / 2.0
    v = (c + d - 1.0) / 4.0
    angle = np.arccos(np.clip(-v * np.sqrt(-27.0 / u**3) / 2.0, -1.0, 1.0))
    p = 2.0 * np.sqrt(-u / 3.0) * np.cos(angle / 3.0 + 4.0 * np.pi / 3.0) + 0.5
    return table.steps[:, 0] + np.log((p - c) / (d - p)) / table.a


def require_dichotomous(table: ItemTable, criterion: Criterion) -> None:
    """Raise `RuleError` naming the first item that is not scored right or wrong."""
    for name, model in zip(table.names, table.models, strict=True):
        if model not in DICHOTOMOUS:
            raise RuleError(field="criterion", criterion=criterion.value, item=name, reason="not_dichotomous")


def _over_nodes(weights: Floats, values: Floats) -> Floats:
    """Sum over nodes: examinees x nodes with items x categories x nodes."""
    items, categories, nodes = values.shape
    summed = weights @ values.reshape(-1, nodes).T
    return summed.reshape(weights.shape[0], items, categories)


_CRITERIA: dict[Criterion, Callable[[Evidence], Floats]] = {
    Criterion.MFI: _fisher,
    Criterion.B_OPT: _difficulty_distance,
    Criterion.TH_OPT: _optimum_distance,
    Criterion.MLWI: _likelihood_weighted,
    Criterion.MPWI: _posterior_weighted,
    Criterion.MEI: _expected_information,
    Criterion.KL: _kullback_leibler,
    Criterion.KLP: _kullback_leibler_posterior,
    Criterion.MEPV: _expected_variance,
    Criterion.GDI: _discrimination,
    Criterion.GDIP: _discrimination_posterior,
}

"""Category curves of items with free parameters, and their derivatives by these parameters.

Calibration works with intercepts, logit = a theta + d, because the likelihood is better behaved in
them than in locations, and with the logits of both asymptotes. All items of one model and one
number of categories are computed together. With K categories the parameters of an item are

====================  =================================================================
Rasch, 2PL, 3PL, 4PL  (a,) d (, logit c (, logit d))
PCM, GPCM             (a,) d_1 .. d_(K-1):  P(k) proportional to exp(k a theta + d_k)
GRM                   a, d_1 > .. > d_(K-1):  P(k or higher) = F(a theta + d_k)
Nominal               s_1 .. s_(K-1), d_1 .. d_(K-1):  P(k) proportional to exp(s_k theta + d_k),
                      s_0 = d_0 = 0
====================  =================================================================
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit, logit

from psychometrics.arrays import Booleans, Floats
from psychometrics.items import DICHOTOMOUS, ItemParameters, Model

LINEAR = frozenset({Model.RASCH, Model.TWO_PL, Model.PCM, Model.GPCM, Model.NOMINAL})
# Logits between the asymptotes: nearer to each other they leave the item no curve.
_LEAST_RANGE = 1e-3
FIXED_SLOPE = frozenset({Model.RASCH, Model.PCM})


@dataclass(frozen=True, eq=False)
class Curves:
    """``log_p``: items x nodes x categories; ``score``: d log_p by each parameter, one axis more."""

    log_p: Floats
    score: Floats


def slope_count(model: Model, categories: int) -> int:
    """How many of an item's parameters multiply theta; they come first."""
    if model in FIXED_SLOPE:
        return 0
    return categories - 1 if model is Model.NOMINAL else 1


def parameter_count(model: Model, categories: int) -> int:
    """How many free parameters an item has."""
    asymptotes = {Model.THREE_PL: 1, Model.FOUR_PL: 2}.get(model, 0)
    return slope_count(model, categories) + categories - 1 + asymptotes


def category_slopes(model: Model, x: Floats, categories: int) -> Floats:
    """What multiplies theta in each intercept's own line, items x (categories - 1).

    Moving the origin of theta by m changes intercept k by m times this.
    """
    if model is Model.NOMINAL:
        return x[:, : categories - 1]
    a = np.ones((len(x), 1)) if model in FIXED_SLOPE else x[:, :1]
    if model is Model.GRM:
        return np.repeat(a, categories - 1, axis=1)
    return a * np.arange(1.0, categories)


def curves(model: Model, x: Floats, categories: int, theta: Floats) -> Curves:
    """All curves of the items whose parameters are the rows of ``x``."""
    if model in (Model.THREE_PL, Model.FOUR_PL):
        return _asymptotic(x, theta)
    if model is Model.GRM:
        return _graded(x, theta)
    if categories == 2:
        return _binary(model, x, theta)
    return _softmax(model, x, categories, theta)


def feasible(model: Model, x: Floats) -> Booleans:
    """Of each item whether its parameters give positive probabilities."""
    if model is Model.GRM:
        return np.asarray((np.diff(x[:, 1:], axis=1) < 0).all(axis=1))
    if model is Model.FOUR_PL:
        return np.asarray(x[:, 2] + _LEAST_RANGE < x[:, 3])
    return np.ones(len(x), dtype=np.bool_)


def _binary(model: Model, x: Floats, theta: Floats) -> Curves:
    slopes = slope_count(model, 2)
    z = (x[:, :1] if slopes else 1.0) * theta + x[:, slopes : slopes + 1]
    log_wrong = -np.logaddexp(0.0, z)
    by_d = np.stack((-expit(z), expit(-z)), axis=2)
    parts = (by_d * theta[:, None], by_d) if slopes else (by_d,)
    return Curves(np.stack((log_wrong, log_wrong + z), axis=2), np.stack(parts, axis=3))


def _softmax(model: Model, x: Floats, categories: int, theta: Floats) -> Curves:
    slopes = slope_count(model, categories)
    line = np.zeros((len(x), theta.size, categories))
    line[:, :, 1:] = category_slopes(model, x, categories)[:, None, :] * theta[:, None] + x[:, None, slopes:]
    line -= line.max(axis=2, keepdims=True)
    log_p = line - np.log(np.exp(line).sum(axis=2, keepdims=True))
    p = np.exp(log_p)
    by_d = np.eye(categories)[:, 1:] - p[:, :, None, 1:]
    if not slopes:
        return Curves(log_p, by_d)
    by_slope = by_d * theta[:, None, None]
    if model is Model.GPCM:
        by_slope = by_slope @ np.arange(1.0, categories)[:, None]
    return Curves(log_p, np.concatenate((by_slope, by_d), axis=3))


def _asymptotic(x: Floats, theta: Floats) -> Curves:
    """P(1) = c + (u - c) F(a theta + d), in logarithms so that the tails keep their digits."""
    z = x[:, :1] * theta + x[:, 1:2]
    c = expit(x[:, 2:3])
    u = expit(x[:, 3:4]) if x.shape[1] == 4 else np.ones_like(c)
    with np.errstate(divide="ignore"):
        log_range, log_slip = np.log(u - c), np.log1p(-u)
    log_f, log_g = log_expit(z), log_expit(-z)
    log_right = np.logaddexp(log_expit(x[:, 2:3]), log_range + log_f)
    log_wrong = np.logaddexp(log_slip, log_range + log_g)
    density = log_range + log_f + log_g
    by_d = np.stack((-np.exp(density - log_wrong), np.exp(density - log_right)), axis=2)
    parts = [by_d * theta[:, None], by_d, _ratios(log_g, log_right, log_wrong) * (c * (1.0 - c))[:, :, None]]
    if x.shape[1] == 4:
        parts.append(_ratios(log_f, log_right, log_wrong) * (u * (1.0 - u))[:, :, None])
    return Curves(np.stack((log_wrong, log_right), axis=2), np.stack(parts, axis=3))


def _ratios(log_change: Floats, log_right: Floats, log_wrong: Floats) -> Floats:
    return np.stack((-np.exp(log_change - log_wrong), np.exp(log_change - log_right)), axis=2)


def _graded(x: Floats, theta: Floats) -> Curves:
    """P(k) = F_k - F_(k+1); ratios to P come from logarithms, free of the small difference."""
    z = x[:, None, :1] * theta[:, None] + x[:, None, 1:]
    edge = np.full((*z.shape[:2], 1), np.inf)
    at, above = np.concatenate((edge, z), axis=2), np.concatenate((z, -edge), axis=2)
    inner = np.broadcast_to(np.diff(x[:, None, 1:], axis=2), (*z.shape[:2], z.shape[2] - 1))
    gap = np.concatenate((-edge, inner, -edge), axis=2)
    log_p = log_expit(at) + log_expit(-above) + np.log(-np.expm1(gap))
    log_density = log_expit(z) + log_expit(-z)
    steps = z.shape[2]
    score = np.zeros((*log_p.shape, steps + 1))
    score[..., 0] = theta[:, None] * (expit(-at) - expit(above))
    lower = np.arange(steps)
    score[:, :, lower + 1, lower + 1] = np.exp(log_density - log_p[:, :, 1:])
    score[:, :, lower, lower + 1] = -np.exp(log_density - log_p[:, :, :-1])
    return Curves(log_p, score)


def to_item(name: str, model: Model, x: Floats, categories: int) -> ItemParameters:
    """The item on the metric of the tables: locations instead of intercepts."""
    slopes = slope_count(model, categories)
    if model is Model.NOMINAL:
        first = (0.0,)
        half = categories - 1
        return ItemParameters(name, model, slopes=first + tuple(x[:half]), intercepts=first + tuple(x[half:]))
    a = float(x[0]) if slopes else 1.0
    steps = tuple(float(step) for step in locations(model, x[None], categories)[0])
    c = float(expit(x[2])) if model in (Model.THREE_PL, Model.FOUR_PL) else 0.0
    d = float(expit(x[3])) if model is Model.FOUR_PL else 1.0
    return ItemParameters(name, model, steps, a, c, d)


def from_item(item: ItemParameters) -> Floats:
    """The parameters `to_item` writes; asymptotes of exactly 0 or 1 become logits of 9 and so on."""
    model = item.model
    if model is Model.NOMINAL:
        slopes, intercepts = np.array(item.slopes), np.array(item.intercepts)
        return np.concatenate((slopes[1:] - slopes[0], intercepts[1:] - intercepts[0]))
    lines = -item.a * np.array(item.steps)
    d = np.cumsum(lines) if model in (Model.PCM, Model.GPCM) else lines
    parts = [d] if model in FIXED_SLOPE else [np.array([item.a]), d]
    if model in (Model.THREE_PL, Model.FOUR_PL):
        parts.append(np.array([logit(np.clip(item.c, 1e-4, 0.999))]))
    if model is Model.FOUR_PL:
        parts.append(np.array([logit(np.clip(item.d, 1e-3, 1.0 - 1e-4))]))
    return np.concatenate(parts)


def locations(model: Model, x: Floats, categories: int) -> Floats:
    """Difficulties or steps from slopes and intercepts, items x (categories - 1)."""
    slopes = slope_count(model, categories)
    a = x[:, :1] if slopes else np.ones((len(x), 1))
    d = x[:, slopes : slopes + categories - 1]
    if model in (Model.PCM, Model.GPCM):
        d = np.diff(d, axis=1, prepend=0.0)
    return -d / a


def location_jacobian(model: Model, x: Floats, categories: int) -> Floats:
    """d locations / d parameters, items x (categories - 1) x parameters."""
    slopes, steps = slope_count(model, categories), categories - 1
    a = x[:, :1] if slopes else np.ones((len(x), 1))
    jacobian = np.zeros((len(x), steps, x.shape[1]))
    each = np.arange(steps)
    jacobian[:, each, slopes + each] = -1.0 / a
    if model in (Model.PCM, Model.GPCM):
        jacobian[:, each[1:], slopes + each[1:] - 1] = 1.0 / a
    if slopes:
        jacobian[:, :, 0] = -locations(model, x, categories) / a
    return jacobian


def is_dichotomous(model: Model) -> bool:
    """Whether the model knows two categories only."""
    return model in DICHOTOMOUS

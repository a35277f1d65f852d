"""Where the climb starts: slopes from correlations with the rest of the test, intercepts from shares.

The relations are those of the normal ogive (Lord & Novick 1968, 16.9-16.10), made logistic by the
factor 1.7; they need only be roughly right.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import logit

from psychometrics.arrays import Floats
from psychometrics.calibration.families import slope_count
from psychometrics.calibration.layout import Block, Layout
from psychometrics.calibration.priors import Beta, Normal, Priors
from psychometrics.calibration.sample import GroupSample
from psychometrics.items import Model

_ROWS = 4000
_LEAST, _MOST = 0.3, 2.5


def starting_values(layout: Layout, samples: Sequence[GroupSample], priors: Sequence[Priors]) -> Floats:
    """A vector of parameters that is near enough."""
    thin = [sample.thinned(_ROWS) for sample in samples]
    ability = [_standing(sample) for sample in thin]
    x = np.zeros(layout.size)
    for block in layout.blocks:
        part = layout.matrix(block, x)
        for row, at in enumerate(range(block.instances.start, block.instances.stop)):
            one = layout.instances[at]
            codes = np.concatenate([thin[group].codes[:, one.item] for group in one.groups])
            weight = np.concatenate([thin[group].frequency for group in one.groups])
            level = np.concatenate([ability[group] for group in one.groups])
            seen = codes >= 0
            part[row] = _item(block, codes[seen], weight[seen], level[seen], priors[at])
    for plan in layout.populations:
        if plan.log_sd is not None:
            x[plan.log_sd] = np.log(plan.start.sd)
    return x


def _standing(sample: GroupSample) -> Floats:
    """Each row's mean standardised response, itself standardised."""
    seen = sample.codes >= 0
    codes = np.where(seen, sample.codes, 0).astype(np.float64)
    weight = sample.frequency @ seen
    mean = sample.frequency @ codes / np.maximum(weight, 1.0)
    spread = np.sqrt(np.maximum(sample.frequency @ codes**2 / np.maximum(weight, 1.0) - mean**2, 1e-6))
    level = (np.where(seen, (codes - mean) / spread, 0.0)).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    middle = float(np.average(level, weights=sample.frequency))
    wide = float(np.sqrt(np.average((level - middle) ** 2, weights=sample.frequency)))
    standing: Floats = (level - middle) / max(wide, 1e-6)
    return standing


def _item(block: Block, codes: Floats, weight: Floats, level: Floats, priors: Priors) -> Floats:
    categories = block.categories
    indicator = codes[:, None] == np.arange(categories)
    counts = weight @ indicator + 0.5
    share = counts / counts.sum()
    if block.model is Model.NOMINAL:
        means = (weight * level) @ indicator / counts
        return np.concatenate((np.clip(means[1:] - means[0], -2.0, 2.0), np.log(share[1:] / share[0])))
    slope = _slope(codes.astype(np.float64), weight, level, categories)
    if block.model is Model.GRM:
        above = np.cumsum(share[::-1])[::-1][1:]
        return np.concatenate(([slope], logit(above) * np.sqrt(1.0 + slope**2 / 2.9)))
    lines = np.log(share[1:] / share[0])
    asymptotes = _asymptotes(block.model, priors)
    if asymptotes:
        lines = lines - (0.5 if lines[0] > -1.5 else 0.0)
    return np.array([*([slope] if slope_count(block.model, categories) else []), *lines, *asymptotes])


def _slope(codes: Floats, weight: Floats, level: Floats, categories: int) -> float:
    """From the correlation with the standing; an item against the others starts below 0."""
    total = weight.sum()
    mean = weight @ codes / total
    spread = float(np.sqrt(weight @ (codes - mean) ** 2 / total))
    link = float(weight @ ((codes - mean) * level) / total) / max(spread, 1e-6)
    loading = min(0.85, abs(1.15 * link))
    slope = 1.7 * loading / np.sqrt(1.0 - loading**2) / max(2.0 * spread, 1.0)
    return float(np.clip(slope, _LEAST, _MOST)) * (-1.0 if link < -0.05 else 1.0)


def _asymptotes(model: Model, priors: Priors) -> list[float]:
    lower = [_middle(priors.c, -1.7)] if model in (Model.THREE_PL, Model.FOUR_PL) else []
    return [*lower, *([_middle(priors.d, 2.9)] if model is Model.FOUR_PL else [])]


def _middle(prior: Normal | Beta | None, otherwise: float) -> float:
    if isinstance(prior, Normal):
        return prior.mean
    if isinstance(prior, Beta):
        return float(np.clip(logit(prior.alpha / (prior.alpha + prior.beta)), -3.5, 3.5))
    return otherwise

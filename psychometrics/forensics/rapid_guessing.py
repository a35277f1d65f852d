"""Answers given too fast to have been thought about, and right answers given too fast to be one's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp, ndtr

from psychometrics.arrays import Booleans, Codes, Floats, Integers
from psychometrics.errors import DataError, ResponseError, RuleError
from psychometrics.forensics.counts import upper_tail
from psychometrics.forensics.pairing import check_abilities
from psychometrics.forensics.response_times import SpeedFit
from psychometrics.items import DICHOTOMOUS, ItemTable
from psychometrics.models import category_probabilities
from psychometrics.responses import Missing, MissingPolicy, resolve_missing

_CYCLES = 300


@dataclass(frozen=True, eq=False)
class Effort:
    """``rapid`` (persons x items): answers faster than their threshold. ``effort`` of each person:
    the share of timed answers that were not, RTE (Wise & Kong 2005), NaN without a time; ``items``:
    the same share of each item. ``low``: persons below ``least``."""

    rapid: Booleans
    effort: Floats
    items: Floats
    low: Booleans
    least: float


@dataclass(frozen=True, eq=False)
class FastRightAnswers:
    """Of each person: right answers that were also fast, how many are expected, and P(so many or more)."""

    count: Integers
    expected: Floats
    p: Floats


def normative_thresholds(seconds: ArrayLike, share: float = 0.10, most: float = 10.0) -> Floats:
    """A share of each item's mean time, at most ``most`` seconds: NT10 (Wise & Ma 2012); NaN without times.

    >>> normative_thresholds([[20.0, 300.0], [40.0, np.nan]]).tolist()
    [3.0, 10.0]
    """
    times = _times(seconds)
    if not (0.0 < share < 1.0 and most > 0.0):
        raise RuleError(field="share", share=share, most=most)
    seen = ~np.isnan(times)
    with np.errstate(invalid="ignore"):
        mean: Floats = np.where(seen, times, 0.0).sum(axis=0) / seen.sum(axis=0)
    return np.minimum(share * mean, most)


def mixture_thresholds(seconds: ArrayLike, least_persons: int = 200) -> Floats:
    """Where a rapid and a thinking half of an item's log times are equally likely; NaN without two halves.

    Two normal distributions of log times by EM, against one: only where BIC prefers two, the
    faster holds at most half of the persons, and ``least_persons`` have a time, is there a
    threshold (Schnipke & Scrams 1997). Raises `DataError` as the others.
    """
    times = _times(seconds)
    columns = (np.log(column[~np.isnan(column)]) for column in times.T)
    return np.array([_mixture(one) if one.size >= least_persons else np.nan for one in columns])


def response_effort(seconds: ArrayLike, thresholds: ArrayLike, least: float = 0.90) -> Effort:
    """Which answers were rapid, and how much effort each person and item got.

    ``thresholds``: seconds, one an item; NaN judges no answer of the item. ``least``: below this
    share a test is customarily held to say little about the person (Wise & Kong 2005).
    """
    times = _times(seconds)
    border = np.asarray(thresholds, dtype=np.float64)
    if border.shape != times.shape[1:]:
        raise DataError(field="thresholds", shape=border.shape, items=times.shape[1])
    if not 0.0 <= least <= 1.0:
        raise RuleError(field="least", value=least)
    judged = ~np.isnan(times) & ~np.isnan(border)
    rapid = judged & (np.where(judged, times, np.inf) < border)
    thought = judged & ~rapid
    with np.errstate(invalid="ignore", divide="ignore"):
        persons = thought.sum(axis=1) / judged.sum(axis=1)
        items = thought.sum(axis=0) / judged.sum(axis=0)
    return Effort(rapid, persons, items, persons < least, least)


def effort_moderated(responses: ArrayLike, rapid: ArrayLike) -> Codes:
    """The responses with rapid guesses as not presented, for scoring without them (Wise & DeMars 2006).

    Use it where that is allowed: it is a gift to somebody who guesses items they cannot solve.
    """
    codes, mask = np.array(responses, dtype=np.int8), np.asarray(rapid, dtype=np.bool_)
    if codes.shape != mask.shape:
        raise ResponseError(field="rapid", shape=mask.shape, responses=codes.shape)
    return np.where(mask & (codes >= 0), np.int8(Missing.NOT_PRESENTED), codes)


def fast_right_answers(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    theta: ArrayLike,
    speed: SpeedFit,
    quantile: float = 0.05,
) -> FastRightAnswers:
    """Right answers among a person's own fastest times: the mark of items known beforehand.

    Under the models an answer is right with P(theta), and among the fastest ``quantile`` of the
    person's times with that chance, independently (van der Linden 2007); the count's upper tail is
    exact for the sum of such events. Residuals from a person's own speed are a little too small,
    which makes the test a little conservative. ``theta``: abilities in logits. Dichotomous items only, else
    `RuleError`; raises `ResponseError`.
    """
    resolved = resolve_missing(table, responses, policy)
    if not DICHOTOMOUS.issuperset(table.models) or not 0.0 < quantile < 1.0:
        raise RuleError(field="table", reason="not_dichotomous", quantile=quantile)
    if speed.residuals.shape != resolved.shape:
        raise ResponseError(field="speed", shape=speed.residuals.shape, responses=resolved.shape)
    ability = check_abilities(theta, len(resolved))
    right = category_probabilities(table, ability)[:, :, 1]
    judged = (resolved >= 0) & ~np.isnan(speed.residuals)
    chance = np.where(judged, right * quantile, 0.0)
    fast = judged & (ndtr(np.where(judged, speed.residuals, 0.0)) < quantile)
    count = (fast & (resolved == 1)).sum(axis=1)
    return FastRightAnswers(count, chance.sum(axis=1), upper_tail(chance, count))


def _times(seconds: ArrayLike) -> Floats:
    times = np.asarray(seconds, dtype=np.float64)
    if times.ndim != 2 or not times.size:
        raise DataError(field="seconds", shape=times.shape)
    bad = ~np.isnan(times) & ~((times > 0) & np.isfinite(times))
    if bad.any():
        person, item = (int(index) for index in np.argwhere(bad)[0])
        raise DataError(field="seconds", person=person, item=item, value=float(times[person, item]))
    return times


def _mixture(log_times: Floats) -> float:
    """Threshold in seconds of one item, or NaN."""
    mean, sd = float(log_times.mean()), float(log_times.std())
    if not sd > 0.0:
        return float("nan")
    alone = float(_log_normal(log_times, mean, sd).sum())
    means, sds = np.quantile(log_times, (0.1, 0.6)), np.array([sd, sd]) / 2.0
    shares = np.array([0.2, 0.8])
    for _ in range(_CYCLES):
        joint = np.log(shares) + _log_normal(log_times[:, None], means, sds)
        total = logsumexp(joint, axis=1, keepdims=True)
        weight = np.exp(joint - total)
        sizes = weight.sum(axis=0)
        shares, means = np.maximum(sizes / sizes.sum(), 1e-9), (weight * log_times[:, None]).sum(axis=0) / sizes
        spread = (weight * (log_times[:, None] - means) ** 2).sum(axis=0) / sizes
        # A component on a single time would have a likelihood without bound.
        sds = np.maximum(np.sqrt(spread), 0.1 * sd)
    gain = 2.0 * (float(total.sum()) - alone)
    if gain < 3.0 * np.log(log_times.size) or means[0] >= means[1] or shares[0] > 0.5:
        return float("nan")
    between = np.linspace(means[0], means[1], 400)
    rapid, thinking = (np.log(shares[k]) + _log_normal(between, means[k], sds[k]) for k in (0, 1))
    return float(np.exp(between[int(np.argmax(thinking >= rapid))]))


def _log_normal(x: Floats, mean: Floats | float, sd: Floats | float) -> Floats:
    return np.asarray(-0.5 * ((x - mean) / sd) ** 2 - np.log(sd) - 0.5 * np.log(2.0 * np.pi), dtype=np.float64)

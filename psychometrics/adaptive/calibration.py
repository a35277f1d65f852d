"""Sympson-Hetter exposure parameters, found by simulating the test again and again."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from psychometrics.adaptive.design import AdaptiveDesign
from psychometrics.adaptive.exposure import SympsonHetter
from psychometrics.adaptive.simulation import simulate_adaptive
from psychometrics.arrays import Floats, FloatsLike
from psychometrics.errors import InfeasibleError, RuleError


@dataclass(frozen=True, eq=False)
class SympsonHetterCalibration:
    """The rule found, and the largest exposure rate in each iteration's simulation.

    ``settled``: whether the last two largest rates differ by less than the tolerance.
    """

    rule: SympsonHetter
    largest_rates: Floats
    settled: bool


def calibrate_sympson_hetter(
    design: AdaptiveDesign,
    rate: float,
    theta: FloatsLike,
    rng: np.random.Generator,
    iterations: int = 30,
    tolerance: float = 0.005,
) -> SympsonHetterCalibration:
    """Parameters that keep every item's exposure near or below ``rate`` (Sympson & Hetter 1985).

    Each iteration simulates the design for examinees of abilities ``theta`` (logits, drawn from
    those who will come), finds P(selected) = P(given) / parameter of each item, and sets the
    parameter to rate / P(selected), at most 1. Parameters of the items least often selected are
    1, as many as a test is long, so that no examinee runs out of items. It ends early when the
    largest rate is within ``tolerance`` of ``rate`` twice running. Rates found are as exact as
    the number of ``theta`` allows: with N examinees to about sqrt(rate / N).
    Raises `InfeasibleError` where even exposure of all items would exceed ``rate``.
    """
    count, longest = len(design.bank), design.stopping.most_items
    if not (math.isfinite(rate) and 0 < rate <= 1):
        raise RuleError(field="rate", value=rate)
    if iterations < 1:
        raise RuleError(field="iterations", value=iterations)
    if design.stopping.fewest_items / count > rate:
        raise InfeasibleError(field="rate", rate=rate, least_possible=design.stopping.fewest_items / count)
    abilities = np.atleast_1d(np.asarray(theta, dtype=np.float64))
    parameters, largest = np.ones(count), list[float]()
    for _ in range(iterations):
        trial = replace(design, exposure=SympsonHetter(parameters))
        rates = simulate_adaptive(trial, abilities, rng, together=_together(count)).exposure
        largest.append(float(rates.max()))
        if len(largest) > 1 and max(largest[-2:]) <= rate + tolerance:
            break
        selected = rates / parameters
        parameters = np.minimum(1.0, rate / np.maximum(selected, rate))
        parameters[np.argsort(-parameters, kind="stable")[:longest]] = 1.0
    settled = len(largest) > 1 and abs(largest[-1] - largest[-2]) < tolerance
    return SympsonHetterCalibration(SympsonHetter(parameters), np.array(largest), settled)


def _together(items: int) -> int:
    """The rule looks at no history, so all may start together as far as memory goes."""
    return max(1, 8_000_000 // items)

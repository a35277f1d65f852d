"""Log-linear presmoothing: frequencies as smooth as a polynomial, with the moments of the sample.

A Poisson regression of the counts on powers of the score (Holland & Thayer 2000). The maximum
likelihood estimate keeps as many moments of the sample as there are powers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from psychometrics.arrays import Floats, Integers
from psychometrics.equating.frequencies import JointFrequencies, ScoreFrequencies
from psychometrics.errors import ConvergenceError, RuleError

_MOST_STEPS = 200
_TOLERANCE = 1e-14
# Far tails of a narrow distribution lie thousands of logits down; beyond this there is no estimate.
_MOST_LOGITS = 1e5


@dataclass(frozen=True)
class LogLinearFit:
    """How well the smooth counts agree with the counts: likelihood ratio G2, Pearson X2, AIC and BIC.

    AIC and BIC are G2 plus 2 or log(persons) for each parameter, smallest is best.
    """

    parameters: int
    df: int
    g2: float
    x2: float
    aic: float
    bic: float


@dataclass(frozen=True, eq=False)
class SmoothedFrequencies:
    """``frequencies`` to equate with, and how they fit."""

    frequencies: ScoreFrequencies
    degree: int
    fit: LogLinearFit


@dataclass(frozen=True, eq=False)
class SmoothedJoint:
    """``frequencies`` of totals and anchor to equate with, and how they fit."""

    frequencies: JointFrequencies
    fit: LogLinearFit


def smooth(frequencies: ScoreFrequencies, degree: int) -> SmoothedFrequencies:
    """Counts whose logarithm is a polynomial of ``degree``: the first ``degree`` moments stay.

    Raises `RuleError` for a degree below 1 or of as many as there are scores, `ConvergenceError`
    where no finite estimate exists (few scores occurred).

    >>> counts = ScoreFrequencies(0, np.array([2.0, 5.0, 3.0, 9.0, 4.0, 1.0]))
    >>> found = smooth(counts, 2)
    >>> bool(np.isclose(found.frequencies.mean, counts.mean))
    True
    """
    if not 1 <= degree < frequencies.counts.size - 1:
        raise RuleError(field="degree", value=degree, scores=frequencies.counts.size)
    occurring = int((frequencies.counts > 0).sum())
    if occurring <= degree:
        # A polynomial can then be lowered everywhere else without end.
        raise ConvergenceError(field="counts", reason="no_finite_estimate", scores=occurring, degree=degree)
    powers = _polynomials(frequencies.scores, degree)
    smoothed, fit = _fit(powers, frequencies.counts)
    return SmoothedFrequencies(ScoreFrequencies(frequencies.lowest, smoothed), degree, fit)


def compare_degrees(frequencies: ScoreFrequencies, degrees: Sequence[int]) -> tuple[SmoothedFrequencies, ...]:
    """One fit for each degree, to choose from: differences of G2 are chi-square, AIC and BIC compare all."""
    return tuple(smooth(frequencies, degree) for degree in degrees)


def smooth_joint(
    frequencies: JointFrequencies,
    total_degree: int,
    anchor_degree: int,
    cross: Sequence[tuple[int, int]] = ((1, 1),),
    anchor_is_part: bool = False,
) -> SmoothedJoint:
    """Smooth totals and anchor together; ``cross`` are the products of powers whose mean stays.

    ``anchor_is_part``: the anchor's items count in the total, so cells with a total below the anchor
    score, or further above it than the other items allow, are impossible and stay empty.
    Raises `RuleError` for degrees that do not fit the scales, `ConvergenceError`.
    """
    rows, columns = frequencies.counts.shape
    if not (1 <= total_degree < rows - 1 and 1 <= anchor_degree < columns - 1):
        raise RuleError(field="degree", total=total_degree, anchor=anchor_degree, shape=(rows, columns))
    if any(not (1 <= i <= total_degree and 1 <= j <= anchor_degree) for i, j in cross):
        raise RuleError(field="cross", value=tuple(cross), total=total_degree, anchor=anchor_degree)
    total = _polynomials(frequencies.total.scores, total_degree)
    anchor = _polynomials(frequencies.anchor.scores, anchor_degree)
    design = [np.repeat(total[:, None], columns, axis=1), np.repeat(anchor[None], rows, axis=0)]
    design += [(total[:, None, i - 1] * anchor[None, :, j - 1])[:, :, None] for i, j in cross]
    possible = np.ones((rows, columns), dtype=np.bool_)
    if anchor_is_part:
        rest = frequencies.total.scores[:, None] - frequencies.anchor.scores
        possible = (rest >= 0) & (rest <= rows - columns)
    if (frequencies.counts[~possible] > 0).any():
        raise RuleError(field="anchor_is_part", reason="impossible_scores_occur")
    counts = np.zeros((rows, columns))
    counts[possible], fit = _fit(np.concatenate(design, axis=2)[possible], frequencies.counts[possible])
    return SmoothedJoint(JointFrequencies(frequencies.lowest, frequencies.anchor_lowest, counts), fit)


def _polynomials(scores: Integers, degree: int) -> Floats:
    """Orthonormal polynomials of the scores, scores x degree: the same space as powers, without their size."""
    unit = 2.0 * (scores - scores[0]) / (scores[-1] - scores[0]) - 1.0
    basis, _ = np.linalg.qr(np.vander(unit, degree + 1, increasing=True))
    return np.asarray(basis[:, 1:] * np.sqrt(scores.size), dtype=np.float64)


def _fit(design: Floats, counts: Floats) -> tuple[Floats, LogLinearFit]:
    """Newton's method on the likelihood, held back where a full step would lower it."""
    persons, cells = float(counts.sum()), counts.size
    beta = np.zeros(design.shape[1])
    share = _shares(design, beta)
    for _ in range(_MOST_STEPS):
        mean = share @ design
        gradient = counts @ design - persons * mean
        information = persons * ((design * share[:, None]).T @ design - np.outer(mean, mean))
        try:
            step: Floats = np.asarray(np.linalg.solve(information, gradient), dtype=np.float64)
        except np.linalg.LinAlgError:
            break
        promised = float(gradient @ step)
        if promised < _TOLERANCE:
            fitted = persons * share
            return fitted, _quality(counts, fitted, design.shape[1], cells)
        beta, share = _ahead(design, counts, beta, share, step)
        if not np.isfinite(beta).all() or np.abs(design @ beta).max() > _MOST_LOGITS:
            break
    raise ConvergenceError(field="counts", reason="no_finite_estimate", parameters=design.shape[1])


def _ahead(design: Floats, counts: Floats, beta: Floats, share: Floats, step: Floats) -> tuple[Floats, Floats]:
    height = float(xlogy(counts, share).sum())
    for halving in range(40):
        moved = beta + step * 0.5**halving
        there = _shares(design, moved)
        if float(xlogy(counts, there).sum()) >= height - 1e-12 * abs(height):
            return moved, there
    return beta, share


def _shares(design: Floats, beta: Floats) -> Floats:
    line = design @ beta
    mass = np.exp(line - line.max())
    return np.asarray(mass / mass.sum(), dtype=np.float64)


def _quality(counts: Floats, fitted: Floats, parameters: int, cells: int) -> LogLinearFit:
    g2 = 2.0 * float((xlogy(counts, counts) - xlogy(counts, fitted)).sum())
    x2 = float(((counts - fitted) ** 2 / np.maximum(fitted, np.finfo(np.float64).tiny)).sum())
    bic = g2 + float(np.log(counts.sum())) * parameters
    return LogLinearFit(parameters, cells - parameters - 1, g2, x2, g2 + 2.0 * parameters, bic)

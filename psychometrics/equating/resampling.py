"""How much an equating would change with other persons: the bootstrap (Kolen & Brennan 2014, 7.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from psychometrics.arrays import Floats, Integers
from psychometrics.equating.frequencies import JointFrequencies, ScoreFrequencies
from psychometrics.equating.result import Equating
from psychometrics.errors import PsychometricsError, RuleError

_Frequencies = TypeVar("_Frequencies", ScoreFrequencies, JointFrequencies)


@dataclass(frozen=True, eq=False)
class EquatingErrors:
    """In points of Y for each score of X, over ``replications`` samples; ``failed`` more gave no equating.

    ``se``: standard deviation; ``bias`` and ``rmse`` are from the criterion; ``low`` and ``high``
    hold the middle 95 % of the replications.
    """

    scores: Integers
    se: Floats
    bias: Floats
    rmse: Floats
    low: Floats
    high: Floats
    replications: int
    failed: int


def bootstrap_equating(
    x: _Frequencies,
    y: _Frequencies,
    equate: Callable[[_Frequencies, _Frequencies], Equating],
    rng: np.random.Generator,
    *,
    replications: int = 1000,
    criterion: Equating | None = None,
) -> EquatingErrors:
    """Draw both groups again and again from their frequencies, and equate each time.

    Give raw frequencies for the ordinary bootstrap, smoothed ones for the parametric one. ``equate``
    is the whole procedure, smoothing included. ``criterion`` is what bias is measured from: the
    equating of the frequencies given if None. Raises `RuleError` for fewer than two replications,
    and whatever ``equate`` raises for more than one sample in ten.

    >>> from psychometrics.equating.groups import GroupMethod, equate_groups
    >>> form = ScoreFrequencies(0, np.array([5.0, 20.0, 50.0, 20.0, 5.0]))
    >>> found = bootstrap_equating(
    ...     form, form, lambda x, y: equate_groups(x, y, GroupMethod.MEAN), np.random.default_rng(1)
    ... )
    >>> bool(np.allclose(found.se, np.sqrt(2 * form.variance / 100), rtol=0.1))
    True
    """
    if replications < 2:
        raise RuleError(field="replications", value=replications)
    found: list[Floats] = []
    failed = 0
    while len(found) < replications:
        try:
            found.append(equate(_drawn(x, rng), _drawn(y, rng)).equated)
        except PsychometricsError:
            # A sample in which an anchor does not vary has no equating; many such are a finding.
            failed += 1
            if failed > max(replications // 10, 1):
                raise
    right = criterion or equate(x, y)
    equated = np.array(found)
    low, high = np.quantile(equated, (0.025, 0.975), axis=0)
    error = equated - right.equated
    rmse = np.sqrt((error**2).mean(axis=0))
    se = equated.std(axis=0, ddof=1)
    return EquatingErrors(right.scores, se, error.mean(axis=0), rmse, low, high, replications, failed)


def _drawn(frequencies: _Frequencies, rng: np.random.Generator) -> _Frequencies:
    """As many persons again, each cell with the chance of its share."""
    counts = frequencies.counts
    drawn = rng.multinomial(round(frequencies.persons), counts.ravel() / counts.sum())
    shaped = drawn.reshape(counts.shape).astype(np.float64)
    if isinstance(frequencies, ScoreFrequencies):
        return ScoreFrequencies(frequencies.lowest, shaped)
    return JointFrequencies(frequencies.lowest, frequencies.anchor_lowest, shaped)

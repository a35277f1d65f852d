"""Both forms in one population that mixes the two groups, given what the anchor says of them.

Frequency estimation (Kolen & Brennan 2014, 5.1; Braun & Holland 1982): the distribution of a form's
total at each anchor score is taken to be the same in both groups.
"""

from __future__ import annotations

import numpy as np

from psychometrics.equating.frequencies import JointFrequencies, ScoreFrequencies


def in_one_population(
    x: JointFrequencies, y: JointFrequencies, weight: float
) -> tuple[ScoreFrequencies, ScoreFrequencies]:
    """Totals of X and of Y in the population of which ``weight`` is the group of X.

    Given as persons of each form's own group. Where nobody of one group has an anchor score that
    the other has, nothing is known of its totals there, and that share is left out.
    """
    return _mixed(x, y, weight), _mixed(y, x, 1.0 - weight)


def _mixed(own: JointFrequencies, other: JointFrequencies, weight: float) -> ScoreFrequencies:
    mine, theirs = own.anchor.counts / own.persons, other.anchor.counts / other.persons
    mixture = weight * mine + (1.0 - weight) * theirs
    given_anchor = np.divide(own.counts, own.anchor.counts, out=np.zeros_like(own.counts), where=own.anchor.counts > 0)
    return ScoreFrequencies(own.lowest, given_anchor @ mixture * own.persons)

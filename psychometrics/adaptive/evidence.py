"""What the answers given so far say about the ability of each examinee, on the nodes of a grid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from psychometrics.adaptive.curves import GridCurves
from psychometrics.arrays import Floats
from psychometrics.quadrature import Population
from psychometrics.scoring import Method


@dataclass(frozen=True, eq=False)
class Evidence:
    """Examinees x nodes: the log-likelihood of the answers, with the population beside it.

    ``theta`` is the provisional ability of each examinee, at which criteria look; ``method`` is how
    it is estimated.
    """

    curves: GridCurves
    population: Population
    log_likelihood: Floats
    theta: Floats
    method: Method

    @cached_property
    def log_prior(self) -> Floats:
        """Log density of the population at the nodes."""
        return self.population.log_density(self.curves.grid.nodes)

    @cached_property
    def peak(self) -> Floats:
        """The largest log-likelihood of each examinee, which the weights are relative to."""
        highest: Floats = self.log_likelihood.max(axis=1, keepdims=True)
        return highest

    @cached_property
    def likelihood_weights(self) -> Floats:
        """Likelihood / its peak x quadrature weight."""
        return np.exp(self.log_likelihood - self.peak) * self.curves.grid.weights

    @cached_property
    def posterior_weights(self) -> Floats:
        """Likelihood / its peak x population density x quadrature weight."""
        return self.likelihood_weights * np.exp(self.log_prior)

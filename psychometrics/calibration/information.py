"""The observed information of all parameters, exact, by the formula of Louis (1982).

It is what the complete data would tell, less what the unseen abilities take away: the covariance,
given a person's answers, of the complete-data score (eq. 3.2). This equals the result of Oakes
(1999), which differentiates the expected counts, without any numerical differentiation of an
E-step.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from psychometrics.arrays import Floats
from psychometrics.calibration.expectation import Counts, Design
from psychometrics.calibration.families import curves
from psychometrics.calibration.marginal import Marginal, complete_gradient, observed_counts
from psychometrics.calibration.missing import Scores, missing_information

_STEP = 1e-5


def observed_information(marginal: Marginal, designs: Sequence[Design], x: Floats, single: bool) -> Floats:
    """Negative Hessian of log-likelihood plus log prior at ``x``, parameters x parameters.

    ``single``: the sums over persons in single precision, good for four digits of an error.
    """
    shapes = marginal.curves(x)
    counts = marginal.counts(x, shapes)
    information = _complete(marginal, x, counts)
    populations = [marginal.layout.population(group, x) for group in range(len(designs))]
    log_prior = marginal.latent.log_prior(populations)
    for group, one in enumerate(designs):
        scores = Scores.of(marginal, x, shapes, one, group)
        information -= missing_information(scores, one, log_prior[group], np.float32 if single else np.float64)
    return (information + information.T) / 2.0


def _complete(marginal: Marginal, x: Floats, counts: Counts) -> Floats:
    """Negative Hessian of the complete-data objective at fixed counts: blocks along the diagonal."""
    layout, theta = marginal.layout, marginal.latent.grid.nodes
    information = np.zeros((layout.size, layout.size))
    for block in layout.blocks:
        observed = observed_counts(block, counts)

        def gradient(at: Floats, block=block, observed=observed) -> Floats:  # type: ignore[no-untyped-def]
            shape = curves(block.model, layout.matrix(block, at), block.categories, theta)
            slope = complete_gradient(shape, observed)
            terms = marginal.prior(block, at)
            return slope if terms is None else slope + terms.gradient

        rows = np.arange(block.parameters.start, block.parameters.stop).reshape(block.count, block.width)
        for p in range(block.width):
            moved = np.zeros(layout.size)
            moved[rows[:, p]] = _STEP
            column = (gradient(x - moved) - gradient(x + moved)) / (2.0 * _STEP)
            information[rows, rows[:, p : p + 1]] = column
    for group, plan in enumerate(layout.populations):
        population, mass = layout.population(group, x), counts.groups[group]
        z = (theta - population.mean) / population.sd
        if plan.mean is not None:
            information[plan.mean, plan.mean] = mass.sum() / population.sd**2
        if plan.log_sd is not None:
            information[plan.log_sd, plan.log_sd] = 2.0 * mass @ z**2
        if plan.mean is not None and plan.log_sd is not None:
            cross = 2.0 * float(mass @ z) / population.sd
            information[plan.mean, plan.log_sd] = information[plan.log_sd, plan.mean] = cross
    return information

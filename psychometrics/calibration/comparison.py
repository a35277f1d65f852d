"""Which of two models fits, and whether one does at all.

Likelihood ratio, information criteria, the score test for a larger model that need not be
estimated, and the G2 of all response patterns where these are few.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2

from psychometrics.arrays import Floats
from psychometrics.blocks import one_blas_thread
from psychometrics.calibration.estimate import Climber
from psychometrics.calibration.families import FIXED_SLOPE, from_item
from psychometrics.calibration.information import observed_information
from psychometrics.calibration.marginal import Latent
from psychometrics.calibration.nodes import needed
from psychometrics.calibration.plan import EmptyCategory
from psychometrics.calibration.priors import Priors
from psychometrics.calibration.problem import Problem, pose
from psychometrics.calibration.result import Calibration
from psychometrics.errors import DataError, RuleError
from psychometrics.items import ItemParameters, ItemTable, Model
from psychometrics.likelihood import log_likelihood
from psychometrics.quadrature import Population, scoring_grid
from psychometrics.responses import MissingPolicy, resolve_missing

# Fewer persons than this for each possible pattern, and chi-squared does not hold.
_PERSONS_PER_PATTERN = 5.0


@dataclass(frozen=True)
class ModelTest:
    """A statistic that is chi-squared with ``df`` degrees of freedom if the smaller model holds.

    ``p`` is None where the data are too thin for chi-squared to hold.
    """

    statistic: float
    df: int
    p: float | None


def likelihood_ratio(smaller: Calibration, larger: Calibration) -> ModelTest:
    """Twice the difference of the log-likelihoods of two nested models of the same data (Wilks 1938).

    `RuleError` if ``larger`` has no more parameters, or the persons differ.
    """
    df = larger.parameter_count - smaller.parameter_count
    if df <= 0:
        raise RuleError(field="larger", reason="has no more parameters", parameters=larger.parameter_count)
    if not np.isclose(smaller.persons, larger.persons, rtol=1e-12):
        raise RuleError(field="larger", reason="other persons", persons=(smaller.persons, larger.persons))
    statistic = 2.0 * (larger.log_likelihood - smaller.log_likelihood)
    return ModelTest(statistic, df, float(chi2.sf(statistic, df)))


def pattern_test(
    calibration: Calibration, responses: ArrayLike, policy: MissingPolicy, *, weights: ArrayLike | None = None
) -> ModelTest:
    """G2 = 2 sum O log(O / E) over the response patterns of one group (Bock & Lieberman 1970).

    Degrees of freedom: possible patterns - 1 - parameters. Needs complete data. ``p`` is withheld
    below five persons for each possible pattern. ``weights``: persons that each row stands for.
    """
    if len(calibration.tables) > 1:
        raise RuleError(field="calibration", reason="several groups")
    if calibration.histograms:
        raise RuleError(field="calibration", reason="histogram")
    table, population = calibration.table, next(iter(calibration.populations.values()))
    resolved = resolve_missing(table, responses, policy)
    if resolved.min(initial=0) < 0:
        raise DataError(field="responses", reason="missing")
    rows, row = np.unique(resolved, axis=0, return_inverse=True)
    count = np.ones(len(resolved)) if weights is None else np.asarray(weights, dtype=np.float64)
    observed = np.bincount(row.ravel(), weights=count, minlength=len(rows))
    expected = observed.sum() * _pattern_probabilities(table, rows.astype(np.int8), population)
    cells = float(np.prod(table.categories.astype(np.float64)))
    df = cells - 1.0 - calibration.parameter_count
    if not 0 < df < 1e9:
        raise DataError(field="responses", reason="no or too many degrees of freedom", df=df)
    seen = observed > 0
    statistic = 2.0 * float(observed[seen] @ np.log(observed[seen] / expected[seen]))
    dense = observed.sum() / cells >= _PERSONS_PER_PATTERN
    return ModelTest(statistic, int(df), float(chi2.sf(statistic, df)) if dense else None)


def _pattern_probabilities(table: ItemTable, rows: ArrayLike, population: Population) -> Floats:
    grid = scoring_grid(table, population)
    logs = log_likelihood(table, np.asarray(rows, dtype=np.int8), grid.nodes)
    probabilities: Floats = np.exp(logs + population.log_density(grid.nodes)) @ grid.weights
    return probabilities


def score_test(
    restricted: Calibration,
    responses: ArrayLike,
    models: Model | Sequence[Model],
    policy: MissingPolicy,
    *,
    weights: ArrayLike | None = None,
    groups: Sequence[Hashable] | None = None,
    priors: Priors | Mapping[str, Priors] = Priors(),  # noqa: B008 - frozen
    fixed: ItemTable | None = None,
    free_by_group: Sequence[str] = (),
) -> ModelTest:
    """Rao's score (Lagrange multiplier) test of a calibration against a larger model, not estimated.

    The larger model is described as for `calibrate`: ``models`` with more slopes free (2PL for
    Rasch, GPCM for PCM), more items in ``free_by_group``, fewer ``fixed``. The statistic is
    g' I^-1 g at the restricted estimates, g the gradient and I the observed information of the
    larger model (Glas 1999, eq. 8).

    >>> from psychometrics.calibration import calibrate
    >>> from psychometrics.datasets import lsat7
    >>> data, policy = lsat7(), MissingPolicy.ignore_all()
    >>> rasch = calibrate(data.patterns, Model.RASCH, policy, weights=data.frequencies)
    >>> first = [Model.TWO_PL, *[Model.RASCH] * 4]
    >>> test = score_test(rasch, data.patterns, first, policy, weights=data.frequencies)
    >>> round(test.statistic, 3), test.df
    (0.478, 1)
    """
    if restricted.histograms:
        raise RuleError(field="restricted", reason="histogram")
    problem = pose(
        responses,
        models,
        policy,
        names=restricted.table.names,
        categories=restricted.table.categories.tolist(),
        weights=weights,
        groups=groups,
        reference=next(iter(restricted.tables)),
        priors=priors,
        fixed=fixed,
        free_by_group=free_by_group,
        population=None,
        histogram=False,
        empty=EmptyCategory.ERROR,
    )
    df = problem.layout.size - restricted.parameter_count
    if df <= 0:
        raise RuleError(field="models", reason="not a larger model", parameters=problem.layout.size)
    x = _placed(problem, restricted)
    statistic = _score_statistic(problem, x)
    return ModelTest(statistic, df, float(chi2.sf(statistic, df)))


def _score_statistic(problem: Problem, x: Floats) -> float:
    climber = Climber(problem.layout, problem.samples, problem.priors)
    latent = Latent(needed(problem.layout, x).grid())
    with one_blas_thread():
        marginal = climber.marginal(climber.designs, latent, np.float64)
        gradient = marginal.at(x).gradient * marginal.total
        information = observed_information(marginal, climber.designs, x, False)
    try:
        return float(gradient @ np.linalg.solve(information, gradient))
    except np.linalg.LinAlgError:
        raise DataError(field="models", reason="the larger model is not identified") from None


def _placed(problem: Problem, restricted: Calibration) -> Floats:
    """The restricted estimates as parameters of the larger model."""
    layout, labels = problem.layout, problem.labels
    if tuple(restricted.populations) != labels:
        raise RuleError(field="groups", reason="other groups", groups=labels)
    x = np.zeros(layout.size)
    reference = restricted.populations[labels[0]]
    # The unit of the larger model is the reference group's sd where no slope fixes it any more.
    free_unit = layout.populations[0].log_sd is None
    mean, sd = (reference.mean, reference.sd) if free_unit else (0.0, 1.0)
    for block in layout.blocks:
        part = layout.matrix(block, x)
        for row in range(block.count):
            one = layout.instances[block.instances.start + row]
            entry = restricted.tables[labels[one.groups[0]]].select([problem.items.names[one.item]]).items[0]
            part[row] = from_item(_as(block.model, entry, mean, sd))
    for label, plan in zip(labels, layout.populations, strict=True):
        population = restricted.populations[label]
        if plan.mean is not None:
            x[plan.mean] = (population.mean - mean) / sd
        if plan.log_sd is not None:
            x[plan.log_sd] = np.log(population.sd / sd)
    return x


def _as(model: Model, entry: ItemParameters, mean: float, sd: float) -> ItemParameters:
    """The item under a model that holds its own, on a scale with this origin and unit."""
    if model is entry.model and (mean, sd) == (0.0, 1.0):
        return entry
    wider = {(Model.RASCH, Model.TWO_PL), (Model.PCM, Model.GPCM)}
    if (entry.model, model) not in wider and (model is not entry.model or model in FIXED_SLOPE | {Model.NOMINAL}):
        raise RuleError(field="models", item=entry.item, model=model.value, reason="does not hold the restricted one")
    steps = tuple((step - mean) / sd for step in entry.steps)
    return ItemParameters(entry.item, model, steps, entry.a * sd, entry.c, entry.d)

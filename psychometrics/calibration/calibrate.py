"""Marginal maximum likelihood calibration (Bock & Aitkin 1981)."""

from __future__ import annotations

import math
import warnings
from collections.abc import Hashable, Mapping, Sequence

from numpy.typing import ArrayLike

from psychometrics.blocks import one_blas_thread
from psychometrics.calibration.estimate import Fit, estimate
from psychometrics.calibration.histogram import (
    Histogram,
    estimate_histogram,
    histogram_parameters,
    masses,
    moments,
)
from psychometrics.calibration.plan import EmptyCategory
from psychometrics.calibration.priors import Priors
from psychometrics.calibration.problem import Problem, pose
from psychometrics.calibration.report import (
    cautions,
    covariance,
    finite,
    group_tables,
    on_tables,
    parameter_labels,
    whole_table,
)
from psychometrics.calibration.result import Calibration, CalibrationWarning
from psychometrics.errors import ConvergenceError, RuleError
from psychometrics.items import ItemTable, Model
from psychometrics.quadrature import Grid, Population
from psychometrics.responses import MissingPolicy


def calibrate(
    responses: ArrayLike,
    models: Model | Sequence[Model],
    policy: MissingPolicy,
    *,
    names: Sequence[str] | None = None,
    categories: int | Sequence[int] | None = None,
    weights: ArrayLike | None = None,
    groups: Sequence[Hashable] | None = None,
    reference: Hashable = None,
    priors: Priors | Mapping[str, Priors] = Priors(),  # noqa: B008 - frozen
    fixed: ItemTable | None = None,
    free_by_group: Sequence[str] = (),
    population: Population | Histogram | None = None,
    standard_errors: bool = False,
    empty: EmptyCategory = EmptyCategory.ERROR,
    grid: Grid | None = None,
    tolerance: float = 1e-7,
    cycles: int = 500,
    strict: bool = False,
) -> Calibration:
    """Item parameters, and populations, by maximum marginal likelihood (Bock & Aitkin 1981).

    ``responses``: persons x items, categories from 0 or `Missing` codes, which ``policy`` resolves;
    what stays missing is left out, as if the item had not been there. A person without any answer
    says nothing and is left out.

    ``models``: one for all items, or one for each. ``names``: of the items, ``item-1`` and so on if
    not given. ``categories``: of each item; if not given, the highest category seen says it.
    ``weights``: how many persons each row stands for. ``groups``: the label of each person's group;
    the first met, or ``reference``, is the reference group. Items are shared by all groups that
    answered them, except those named in ``free_by_group``, which every group has for itself.
    ``priors``: for all items, or by name. ``fixed``: anchors, held at the parameters of this table
    (fixed item parameter calibration, Kim 2006).

    The scale: abilities of the reference group are N(0, 1); those of groups linked to it by shared
    items have mean and sd estimated; so has every group linked to anchors. Rasch and PCM items have
    slope 1, so the sd of the reference group is estimated with them. ``population`` holds the
    reference group at other values instead; a `Histogram` gives every group a distribution of any
    shape, re-estimated in every cycle (with ``fixed``: the method MWU-MEM of Kim 2006).

    ``standard_errors``: also the covariance of all estimates (Louis 1982), given the histogram if
    there is one. ``empty``: what is done
    about a polytomous category that nobody chose. ``grid``: nodes and weights, if those chosen from
    the test's information are not wanted. It has converged when the next step promises less than
    ``tolerance`` of log-likelihood, and stops after ``cycles`` passes over the data (with a
    histogram: when no parameter moves by 5e-5, or after four times ``cycles``); with ``strict`` it
    then raises `ConvergenceError`.

    All that needs a look is in ``warnings`` of the result and is issued as `CalibrationWarning`.
    Raises `ResponseError`, `RuleError`, `ItemParameterError` for arguments that do not fit, and
    `DataError` for data without a finite estimate: an item or category nobody or everybody chose.

    >>> from psychometrics.datasets import lsat7
    >>> data = lsat7()
    >>> found = calibrate(data.patterns, Model.TWO_PL, MissingPolicy.ignore_all(), weights=data.frequencies)
    >>> round(found.log_likelihood, 3), found.table.a.round(2).tolist()
    (-2658.805, [0.99, 1.08, 1.71, 0.76, 0.74])
    """
    asked = population if isinstance(population, Histogram) else None
    problem = pose(
        responses,
        models,
        policy,
        names=names,
        categories=categories,
        weights=weights,
        groups=groups,
        reference=reference,
        priors=priors,
        fixed=fixed,
        free_by_group=free_by_group,
        population=population if isinstance(population, Population) else None,
        histogram=asked is not None,
        empty=empty,
    )
    # BLAS threads of one small product wait longer for each other than they work.
    with one_blas_thread():
        fit = _fit(problem, asked, grid, tolerance, cycles)
        result = _result(problem, fit, standard_errors)
    for note in result.warnings:
        warnings.warn(str(note), CalibrationWarning, stacklevel=2)
    if strict and not result.converged:
        raise ConvergenceError(field="cycles", cycles=result.cycles, gain=result.gain)
    return result


def _fit(problem: Problem, asked: Histogram | None, grid: Grid | None, tolerance: float, cycles: int) -> Fit:
    for field, value in (("tolerance", tolerance), ("cycles", cycles)):
        if not (math.isfinite(value) and value > 0):
            raise RuleError(field=field, value=value)
    layout, samples, priors = problem.layout, problem.samples, problem.priors
    if asked is None:
        return estimate(layout, samples, priors, tolerance=tolerance, limit=cycles, grid=grid)
    if grid is not None:
        raise RuleError(field="grid", reason="a histogram has its own nodes")
    return estimate_histogram(layout, samples, priors, asked, cycles)


def _result(problem: Problem, fit: Fit, standard_errors: bool) -> Calibration:
    items, layout, labels, point = problem.items, problem.layout, problem.labels, fit.summit.point
    parameters, order = parameter_labels(items, layout, labels)
    values, jacobian = on_tables(layout, point.x)
    spread = covariance(fit) if standard_errors else None
    # The Jacobian is sparse and the covariance symmetric, so that both products are by the left.
    on_table = None if spread is None else jacobian @ (jacobian @ spread).T
    histograms = fit.marginal.latent.log_masses is not None
    return Calibration(
        table=whole_table(items, layout, point.x),
        tables=group_tables(items, layout, point.x, labels),
        populations={
            label: moments(fit.marginal, group) if histograms else layout.population(group, point.x)
            for group, label in enumerate(labels)
        },
        histograms={
            label: Grid(fit.marginal.latent.grid.nodes, masses(fit.marginal, group))
            for group, label in enumerate(labels)
            if histograms
        },
        log_likelihood=point.counts.log_likelihood,
        log_prior=point.log_prior,
        persons=fit.marginal.total,
        converged=fit.summit.converged and finite(layout, point.x),
        cycles=fit.summit.cycles,
        gain=fit.summit.promised,
        largest_change=fit.summit.largest_change,
        grid=fit.marginal.latent.grid,
        parameters=parameters,
        estimates=values[order],
        intercepts=point.x[order],
        covariance=None if on_table is None else on_table[order[:, None], order],
        intercept_covariance=None if spread is None else spread[order[:, None], order],
        histogram_parameters=histogram_parameters(layout, fit.marginal) if histograms else 0,
        warnings=(*problem.notes, *cautions(items, layout, fit, standard_errors and spread is None)),
    )

"""Marginal maximum likelihood calibration (Bock & Aitkin 1981)."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Mapping, Sequence

from numpy.typing import ArrayLike

from psychometrics.calibration.estimate import Fit, estimate
from psychometrics.calibration.layout import Layout, lay_out
from psychometrics.calibration.plan import EmptyCategory, Items, collapsed, describe_items, plan_instances, resolve
from psychometrics.calibration.priors import Priors
from psychometrics.calibration.report import (
    cautions,
    covariance,
    group_tables,
    on_tables,
    parameter_labels,
    whole_table,
)
from psychometrics.calibration.result import Calibration, CalibrationWarning, Caution
from psychometrics.calibration.sample import GroupSample, gather
from psychometrics.errors import ConvergenceError
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
    population: Population | None = None,
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
    reference group at other values instead.

    ``standard_errors``: also the covariance of all estimates (Louis 1982). ``empty``: what is done
    about a polytomous category that nobody chose. ``grid``: nodes and weights, if those chosen from
    the test's information are not wanted. It has converged when the next step promises less than
    ``tolerance`` of log-likelihood, and stops after ``cycles`` passes over the data; with ``strict``
    it then raises `ConvergenceError`.

    All that needs a look is in ``warnings`` of the result and is issued as `CalibrationWarning`.
    Raises `ResponseError`, `RuleError`, `ItemParameterError` for arguments that do not fit, and
    `DataError` for data without a finite estimate: an item or category nobody or everybody chose.

    >>> from psychometrics.datasets import lsat7
    >>> data = lsat7()
    >>> found = calibrate(data.patterns, Model.TWO_PL, MissingPolicy.ignore_all(), weights=data.frequencies)
    >>> round(found.log_likelihood, 3), found.table.a.round(2).tolist()
    (-2658.805, [0.99, 1.08, 1.71, 0.76, 0.74])
    """
    items = describe_items(responses, models, names, categories, priors, fixed)
    resolved, notes = resolve(items, responses, policy), []
    if empty is EmptyCategory.COLLAPSE:
        items, resolved, changed = collapsed(items, resolved)
        notes += [Caution("collapsed", name, "categories that nobody chose were taken out") for name in changed]
    samples = gather(resolved, items.categories, weights, groups, reference)
    instances = plan_instances(items, samples, free_by_group)
    layout = lay_out(instances, len(samples), population, False)
    own_priors = [items.priors[one.item] for one in layout.instances]
    fit = estimate(layout, samples, own_priors, tolerance=tolerance, limit=cycles, grid=grid)
    result = _result(items, layout, samples, fit, standard_errors, notes)
    for note in result.warnings:
        warnings.warn(str(note), CalibrationWarning, stacklevel=2)
    if strict and not result.converged:
        raise ConvergenceError(field="cycles", cycles=result.cycles, gain=result.gain)
    return result


def _result(
    items: Items,
    layout: Layout,
    samples: Sequence[GroupSample],
    fit: Fit,
    standard_errors: bool,
    notes: list[Caution],
) -> Calibration:
    point = fit.summit.point
    labels = [sample.label for sample in samples]
    parameters, order = parameter_labels(items, layout, labels)
    values, jacobian = on_tables(layout, point.x)
    spread = covariance(fit) if standard_errors else None
    notes = notes + cautions(items, layout, point.x)
    if not fit.summit.converged:
        notes.append(Caution("not_converged", None, f"not converged after {fit.summit.cycles} cycles"))
    if fit.coarse:
        notes.append(Caution("coarse_quadrature", None, "the nodes are too few or too near for this test"))
    if standard_errors and spread is None:
        notes.append(Caution("not_identified", None, "the information is singular: no standard errors"))
    on_table = None if spread is None else (jacobian @ spread @ jacobian.T)
    return Calibration(
        table=whole_table(items, layout, point.x),
        tables=group_tables(items, layout, point.x, labels),
        populations={label: layout.population(group, point.x) for group, label in enumerate(labels)},
        histograms={},
        log_likelihood=point.counts.log_likelihood,
        log_prior=point.log_prior,
        persons=fit.marginal.total,
        converged=fit.summit.converged,
        cycles=fit.summit.cycles,
        gain=fit.summit.promised,
        largest_change=fit.summit.largest_change,
        grid=fit.marginal.latent.grid,
        parameters=parameters,
        estimates=values[order],
        intercepts=point.x[order],
        covariance=None if on_table is None else on_table[order[:, None], order],
        intercept_covariance=None if spread is None else spread[order[:, None], order],
        histogram_parameters=0,
        warnings=tuple(notes),
    )

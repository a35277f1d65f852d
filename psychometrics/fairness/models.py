"""DIF in the item parameters themselves, from calibrations of all groups together."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2 as chi2_distribution

from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.calibration import Calibration, Priors, calibrate
from psychometrics.errors import DataError, RuleError
from psychometrics.items import ItemParameters, Model
from psychometrics.responses import MissingPolicy


class Scheme(Enum):
    """Where the tests start from.

    ``DROP``: all items shared by the groups; each tested item in turn is freed, so that all others
    are its anchors. ``ADD``: all but the anchors free; each tested item in turn is made shared.
    """

    DROP = "drop"
    ADD = "add"


@dataclass(frozen=True, eq=False)
class ModelDif:
    """One entry a tested item: its name, ``chi2`` with ``df``, ``p_value``.

    ``parameters``: of each item the parameters in every group when it is free (by label), to be
    compared by `curve_areas`. ``converged``: whether the calibrations it rests on did.
    """

    items: tuple[str, ...]
    chi2: Floats
    df: Integers
    p_value: Floats
    parameters: tuple[Mapping[Hashable, ItemParameters], ...]
    converged: Booleans


def likelihood_ratio_dif(
    responses: ArrayLike,
    models: Model | Sequence[Model],
    policy: MissingPolicy,
    groups: Sequence[Hashable],
    *,
    reference: Hashable = None,
    names: Sequence[str] | None = None,
    categories: int | Sequence[int] | None = None,
    items: Sequence[str] | None = None,
    anchors: Sequence[str] | None = None,
    scheme: Scheme = Scheme.DROP,
    priors: Priors | None = None,
) -> ModelDif:
    """Twice the gain in marginal log-likelihood when an item has its own parameters in every group
    (Thissen, Steinberg & Wainer 1993), as DIF in mirt with means and variances free.

    Arguments as in `calibrate`: persons x items, ``models``, a label a person in ``groups`` (the
    first met, or ``reference``, is N(0, 1)). ``items`` are tested, all but the anchors if None;
    ``anchors`` stay shared, which `Scheme.ADD` needs. Persons and items may be incomplete: what is
    missing after the policy is left out of the likelihood. Two or more groups. With ``priors`` the
    statistic is that of the penalised estimates and only roughly a chi2.
    Raises what `calibrate` raises, `RuleError` for unknown names or lacking anchors.
    """
    labels, tested, held = _chosen(responses, names, items, anchors)
    if scheme is Scheme.ADD and not held:
        raise RuleError(field="anchors", scheme=scheme.value)

    fit = _Fitting(responses, models, policy, labels, categories, groups, reference, priors or Priors(), False)
    if scheme is Scheme.DROP:
        shared = fit(())
        pairs = [(shared, fit([name])) for name in tested]
    else:
        free = [name for name in labels if name not in held]
        own = fit(free)
        pairs = [(fit([other for other in free if other != name]), own) for name in tested]
    chi2 = np.array([max(0.0, 2.0 * (large.log_likelihood - small.log_likelihood)) for small, large in pairs])
    df = np.array([large.parameter_count - small.parameter_count for small, large in pairs], dtype=np.int64)
    return ModelDif(
        tuple(tested),
        chi2,
        df,
        np.asarray(chi2_distribution.sf(chi2, df)),
        tuple(_by_group(large, name) for (_, large), name in zip(pairs, tested, strict=True)),
        np.array([small.converged and large.converged for small, large in pairs], dtype=np.bool_),
    )


def wald_dif(
    responses: ArrayLike,
    models: Model | Sequence[Model],
    policy: MissingPolicy,
    groups: Sequence[Hashable],
    *,
    reference: Hashable = None,
    names: Sequence[str] | None = None,
    categories: int | Sequence[int] | None = None,
    items: Sequence[str] | None = None,
    anchors: Sequence[str] | None = None,
    priors: Priors | None = None,
) -> ModelDif:
    """Wald test that an item's parameters are equal in all groups, given anchors (Lord 1980, ch. 14;
    Cai, Thissen & du Toit 2011; Woods, Cai & Wang 2013).

    With ``anchors`` all other items are free in one calibration, as DIF(Wald = TRUE) in mirt; without
    them each tested item is free in a calibration of its own, anchored by all others. The
    parameters compared are slopes and intercepts (logit = a theta + d). Arguments and errors as in
    `likelihood_ratio_dif`; `DataError` if the information is singular.
    """
    labels, tested, held = _chosen(responses, names, items, anchors)

    fit = _Fitting(responses, models, policy, labels, categories, groups, reference, priors or Priors(), True)
    if held:
        whole = fit([name for name in labels if name not in held])
        fits = [whole] * len(tested)
    else:
        fits = [fit([name]) for name in tested]
    found = [_wald(one, name) for one, name in zip(fits, tested, strict=True)]
    chi2, df = np.array([value for value, _ in found]), np.array([value for _, value in found], dtype=np.int64)
    return ModelDif(
        tuple(tested),
        chi2,
        df,
        np.asarray(chi2_distribution.sf(chi2, df)),
        tuple(_by_group(one, name) for one, name in zip(fits, tested, strict=True)),
        np.array([one.converged for one in fits], dtype=np.bool_),
    )


@dataclass(frozen=True, eq=False)
class _Fitting:
    """The same calibration again and again, but for the items that every group has for itself."""

    responses: ArrayLike
    models: Model | Sequence[Model]
    policy: MissingPolicy
    names: Sequence[str]
    categories: int | Sequence[int] | None
    groups: Sequence[Hashable]
    reference: Hashable
    priors: Priors
    standard_errors: bool

    def __call__(self, free: Sequence[str]) -> Calibration:
        return calibrate(
            self.responses,
            self.models,
            self.policy,
            names=self.names,
            categories=self.categories,
            groups=self.groups,
            reference=self.reference,
            priors=self.priors,
            free_by_group=free,
            standard_errors=self.standard_errors,
        )


def _chosen(
    responses: ArrayLike, names: Sequence[str] | None, items: Sequence[str] | None, anchors: Sequence[str] | None
) -> tuple[list[str], list[str], frozenset[str]]:
    """All items' names, those tested, and the anchors."""
    count = np.asarray(responses).shape[-1]
    labels = [f"item-{at}" for at in range(1, count + 1)] if names is None else list(names)
    held = frozenset(anchors or ())
    tested = [name for name in labels if name not in held] if items is None else list(items)
    for field, given in (("items", tested), ("anchors", sorted(held))):
        unknown = [name for name in given if name not in labels]
        if unknown or (field == "items" and (not given or held & set(given))):
            raise RuleError(field=field, names=unknown or given)
    if len(labels) < 2:
        raise RuleError(field="anchors", items=len(labels))
    return labels, tested, held


def _by_group(calibration: Calibration, name: str) -> Mapping[Hashable, ItemParameters]:
    return {
        label: next(entry for entry in table.items if entry.item == name)
        for label, table in calibration.tables.items()
        if name in table.names
    }


def _wald(calibration: Calibration, name: str) -> tuple[float, int]:
    """The quadratic form in the differences of every later group from the first."""
    if calibration.intercept_covariance is None:
        raise DataError(field="covariance", item=name)
    places = np.array(calibration.places(name), dtype=np.int64)
    labels = [calibration.parameters[place].groups for place in places]
    by_group = [places[[label == one for label in labels]] for one in dict.fromkeys(labels)]
    if len(by_group) < 2:
        raise DataError(field="groups", item=name, groups=len(by_group))
    base = by_group[0]
    contrast = np.zeros((base.size * (len(by_group) - 1), len(calibration.parameters)))
    for row, place in enumerate(np.concatenate(by_group[1:])):
        contrast[row, place] = 1.0
        contrast[row, base[row % base.size]] = -1.0
    difference = contrast @ calibration.intercepts
    covariance = contrast @ calibration.intercept_covariance @ contrast.T
    df = int(np.linalg.matrix_rank(covariance, hermitian=True))
    return float(difference @ np.linalg.pinv(covariance, hermitian=True) @ difference), df

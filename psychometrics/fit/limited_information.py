"""M2, M2* and C2: does the model as a whole fit the means and the pairs of items?

With hundreds of items the table of all response patterns is empty almost everywhere; its first and
second moments are not. The statistic is n e' C e with e the residual moments and
C = X^-1 - X^-1 D (D' X^-1 D)^-1 D' X^-1, X their covariance matrix and D their derivatives by the
parameters (Maydeu-Olivares & Joe 2005, 2006). It equals the form with an
orthogonal complement of D, without a second matrix of that size: with L L' = X, it is the squared
length of L^-1 e less that of its projection on L^-1 D.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import solve_triangular

from psychometrics.arrays import Floats
from psychometrics.blocks import one_blas_thread
from psychometrics.errors import DataError, InfeasibleError
from psychometrics.fit.free import FreeParameters
from psychometrics.fit.indices import chi_square_p, comparative_fit, rmsea, rmsea_interval, tucker_lewis
from psychometrics.fit.moments import (
    Conditional,
    Observed,
    Statistics,
    expected_correlations,
    expected_moments,
    model_moments,
    moment_covariance,
    moment_derivatives,
    observed_moments,
)
from psychometrics.fit.results import resolved_persons
from psychometrics.items import ItemTable
from psychometrics.quadrature import Population
from psychometrics.responses import MissingPolicy

# A matrix of so many moments squared is 1.2 GB; 150 dichotomous items have 11,325.
MOST_MOMENTS = 12_000
_RANK = 1e-10


class Projection(Enum):
    """By which parameters the moments may move freely.

    ``ALL`` is right: all that were estimated. mirt leaves out the population's mean and variance
    (though it counts them in df), which makes the statistic too large: ``ITEMS`` does the same.
    """

    ALL = "all"
    ITEMS = "items"


@dataclass(frozen=True, eq=False)
class ModelFit:
    """A test of the whole model and its indices.

    ``rmsea`` has a 90 % interval; ``srmsr`` is the root mean square of the residual correlations
    (``residuals``, items x items, observed - expected); ``tli`` and ``cfi`` compare with the
    baseline of independent items, NaN where the baseline fits better than the model.
    ``persons``: how many answered anything.
    """

    statistic: float
    df: int
    p: float
    rmsea: float
    rmsea_low: float
    rmsea_high: float
    srmsr: float
    tli: float
    cfi: float
    null_statistic: float
    null_df: int
    persons: int
    residuals: Floats


def m2(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
    free: FreeParameters | None = None,
    projection: Projection = Projection.ALL,
) -> ModelFit:
    """M2 of dichotomous items, M2* of items with more categories (Cai & Hansen 2013): scores and products.

    ``responses``: persons x items. With missing responses each moment rests on those who answered,
    and its residual is weighted by their share, as in mirt. df = moments - parameters. Raises
    `DataError` where that leaves none (few polytomous items: see `c2`), where the parameters are
    not identified by the moments, or where the moments are singular; `InfeasibleError` for more
    than 12,000 moments (154 items).
    """
    return _fit(Statistics.scores(table.categories), table, responses, policy, population, free, projection)


def c2(
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
    free: FreeParameters | None = None,
    projection: Projection = Projection.ALL,
) -> ModelFit:
    """C2: the proportion of every category, and products of scores (Cai & Monro 2014).

    More degrees of freedom than M2* where categories are many and items few; M2 itself if all
    items are dichotomous. Otherwise as `m2`.
    """
    return _fit(Statistics.indicators(table.categories), table, responses, policy, population, free, projection)


def _fit(
    statistics: Statistics,
    table: ItemTable,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: Population,
    free: FreeParameters | None,
    projection: Projection,
) -> ModelFit:
    free = free or FreeParameters()
    df = _spare(statistics, table, free)
    resolved = resolved_persons(table, responses, policy)
    resolved = resolved[(resolved >= 0).any(axis=1)]
    if not resolved.shape[0]:
        raise DataError(field="responses", reason="nobody_answered")
    seen = observed_moments(statistics, resolved)
    _require_pairs(table, seen)
    model = model_moments(table, population, statistics)
    derivatives = moment_derivatives(model, table, population, free, projection is Projection.ALL)
    persons = resolved.shape[0]
    with one_blas_thread():
        statistic = _quadratic(model, seen, derivatives, persons)
    null_statistic, null_df = _baseline(seen, persons), seen.products.size
    low, high = rmsea_interval(statistic, df, persons)
    residuals = seen.correlations - expected_correlations(model)
    better = null_statistic > statistic
    return ModelFit(
        statistic=statistic,
        df=df,
        p=float(chi_square_p(np.array(statistic), np.array(df))),
        rmsea=float(rmsea(np.array(statistic), np.array(df), persons)),
        rmsea_low=low,
        rmsea_high=high,
        srmsr=float(np.sqrt(np.mean(residuals[np.triu_indices(len(table), 1)] ** 2))),
        tli=tucker_lewis(statistic, df, null_statistic, null_df) if better else float("nan"),
        cfi=comparative_fit(statistic, df, null_statistic, null_df) if better else float("nan"),
        null_statistic=null_statistic,
        null_df=null_df,
        persons=persons,
        residuals=residuals,
    )


def _spare(statistics: Statistics, table: ItemTable, free: FreeParameters) -> int:
    moments = statistics.owner.size + len(table) * (len(table) - 1) // 2
    if moments > MOST_MOMENTS:
        raise InfeasibleError(field="table", items=len(table), moments=moments, most=MOST_MOMENTS)
    df = moments - free.total(table)
    if df < 1:
        raise DataError(field="table", reason="no_degrees_of_freedom", moments=moments, parameters=free.total(table))
    return df


def _require_pairs(table: ItemTable, seen: Observed) -> None:
    """Every pair must have been answered by somebody, and every item in more than one way."""
    first, second = np.triu_indices(len(table), 1)
    alone = np.flatnonzero(seen.pair_persons == 0)
    if alone.size:
        pair = (table.names[first[alone[0]]], table.names[second[alone[0]]])
        raise DataError(field="responses", reason="no_person_answered_both", items=pair)
    constant = np.flatnonzero(~np.isfinite(np.diag(seen.correlations)))
    if constant.size:
        raise DataError(field="responses", reason="constant_item", item=table.names[constant[0]])


def _quadratic(model: Conditional, seen: Observed, derivatives: Floats, persons: int) -> float:
    """The statistic itself."""
    shares = np.concatenate((seen.single_persons, seen.pair_persons)) / persons
    residual = shares * (np.concatenate((seen.single, seen.products)) - expected_moments(model))
    covariance = moment_covariance(model)
    try:
        root = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        raise DataError(field="table", reason="singular_moments", moments=residual.size) from None
    scaled = solve_triangular(root, np.column_stack((residual, derivatives)), lower=True, check_finite=False)
    length, space = scaled[:, 0], scaled[:, 1:]
    if space.shape[1]:
        basis = _basis(space)
        length = length - basis @ (basis.T @ length)
    return persons * float(length @ length)


def _basis(space: Floats) -> Floats:
    """Orthonormal columns that span the derivatives; `DataError` if these depend on each other."""
    norms = np.linalg.norm(space, axis=0)
    scaled = space / np.where(norms > 0, norms, 1.0)
    basis, triangle = np.linalg.qr(scaled)
    rank = int((np.linalg.svd(triangle, compute_uv=False) > _RANK).sum())
    if rank < space.shape[1]:
        raise DataError(field="table", reason="not_identified", parameters=space.shape[1], rank=rank)
    return basis


def _baseline(seen: Observed, persons: int) -> float:
    """The statistic of independent items, one degree of freedom a pair.

    The observed shares of the categories fit every single statistic. What is left of a product of
    two scores, orthogonal to these, is the product of their distances from the means: its variance
    is that of the one score times that of the other, and no two pairs go together.
    """
    share = seen.pair_persons / persons
    correlation = seen.correlations[np.triu_indices(len(seen.correlations), 1)]
    return persons * float(((share * correlation) ** 2).sum())

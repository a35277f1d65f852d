"""What tests of items give back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.errors import DataError
from psychometrics.fit.indices import chi_square_p, rmsea
from psychometrics.items import ItemTable
from psychometrics.quadrature import Population
from psychometrics.responses import MissingPolicy, resolve_missing
from psychometrics.scoring import eap_scores


@dataclass(frozen=True, eq=False)
class ItemChiSquares:
    """One chi-square an item, in the order of ``items``; statistic, p and rmsea are NaN if df is 0.

    ``persons``: how many responses each item's statistic rests on.
    """

    items: tuple[str, ...]
    statistic: Floats
    df: Integers
    p: Floats
    rmsea: Floats
    persons: Integers


def item_chi_squares(
    table: ItemTable, statistic: Floats, df: Integers, persons: Integers, sample: Integers | int
) -> ItemChiSquares:
    """With p and RMSEA; ``sample`` is the number of persons the RMSEA counts."""
    df = np.maximum(df, 0)
    statistic = np.where(df > 0, statistic, np.nan)
    p, error = chi_square_p(statistic, df), rmsea(statistic, df, sample)
    return ItemChiSquares(table.names, statistic, df, p, error, persons)


def resolved_persons(table: ItemTable, responses: ArrayLike, policy: MissingPolicy) -> Codes:
    """Checked responses of at least one person."""
    resolved = resolve_missing(table, responses, policy)
    if not resolved.shape[0]:
        raise DataError(field="responses", reason="empty")
    return resolved


def abilities(
    table: ItemTable, resolved: Codes, population: Population, theta: ArrayLike | None
) -> Floats:
    """The thetas given, one a person and finite, or EAP scores."""
    if theta is None:
        return eap_scores(table, resolved, MissingPolicy.ignore_all(), population).theta
    given = np.asarray(theta, dtype=np.float64)
    if given.shape != (resolved.shape[0],):
        raise DataError(field="theta", shape=given.shape, persons=resolved.shape[0])
    if not np.isfinite(given).all():
        raise DataError(field="theta", reason="not_finite")
    return given

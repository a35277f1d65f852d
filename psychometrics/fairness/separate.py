"""DIF from calibrations of each group by itself: Lord's chi2 and the area tests of Raju."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2 as chi2_distribution
from scipy.stats import norm

from psychometrics.arrays import Floats
from psychometrics.calibration import Calibration
from psychometrics.errors import DataError, RuleError
from psychometrics.fairness.areas import raju_height


@dataclass(frozen=True, eq=False)
class ItemEstimates:
    """``values`` items x ``fields`` with ``covariances`` items x fields x fields, by one group.

    ``fields`` are those of the item tables, such as ("a", "b"). Raises `RuleError` if shapes differ.
    """

    items: tuple[str, ...]
    fields: tuple[str, ...]
    values: Floats
    covariances: Floats

    def __post_init__(self) -> None:
        shape = (len(self.items), len(self.fields))
        if self.values.shape != shape or self.covariances.shape != (*shape, shape[1]):
            raise RuleError(field="values", shape=self.values.shape, covariances=self.covariances.shape)

    @classmethod
    def of(cls, calibration: Calibration) -> ItemEstimates:
        """Those of a calibration of one group with standard errors, all items of one model."""
        if calibration.covariance is None:
            raise DataError(field="covariance", reason="not asked for, or the information is singular")
        items = calibration.table.names
        places = [np.array(calibration.places(name), dtype=np.int64) for name in items]
        fields = {tuple(calibration.parameters[place].field for place in part) for part in places}
        if len(fields) != 1:
            raise RuleError(field="calibration", fields=sorted(fields))
        return cls(
            items,
            fields.pop(),
            np.array([calibration.estimates[part] for part in places]),
            np.array([calibration.covariance[np.ix_(part, part)] for part in places]),
        )

    def transformed(self, slope: float, intercept: float) -> ItemEstimates:
        """On the scale theta* = slope theta + intercept: a / slope, slope b + intercept."""
        located = np.isin(self.fields, ("b", "steps"))
        factor = np.where(located, slope, np.where(np.array(self.fields) == "a", 1.0 / slope, 1.0))
        values = self.values * factor + np.where(located, intercept, 0.0)
        return ItemEstimates(self.items, self.fields, values, self.covariances * np.outer(factor, factor))

    def linked(self, reference: ItemEstimates, anchors: Sequence[str] | None = None) -> ItemEstimates:
        """Brought to the scale of ``reference`` by mean and sigma of the locations of the anchors.

        All items are anchors if None (as in difR, which does the same). Without slopes only the
        origin moves. Better linkings than this may be given to `transformed`.
        """
        if self.items != reference.items or self.fields != reference.fields:
            raise RuleError(field="reference", items=reference.items, fields=reference.fields)
        located = np.isin(self.fields, ("b", "steps"))
        held = np.ones(len(self.items), dtype=np.bool_) if anchors is None else np.isin(self.items, list(anchors))
        ours, theirs = self.values[held][:, located], reference.values[held][:, located]
        if ours.size == 0 or ("a" in self.fields and np.ptp(ours) == 0.0):
            raise DataError(field="anchors", items=int(held.sum()))
        slope = float(theirs.std() / ours.std()) if "a" in self.fields else 1.0
        return self.transformed(slope, float(theirs.mean() - slope * ours.mean()))


@dataclass(frozen=True, eq=False)
class LordTest:
    """One entry an item: ``chi2`` with ``df`` (the number of parameters) and ``p_value``."""

    chi2: Floats
    df: int
    p_value: Floats


def lord_test(reference: ItemEstimates, focal: ItemEstimates) -> LordTest:
    """Are all parameters of an item equal in two groups calibrated apart? (Lord 1980, eq. 14-3; difR)

    Both on one scale (`ItemEstimates.linked`). Raises `RuleError` if items or fields differ,
    `DataError` naming an item whose covariance is singular.
    """
    _same(reference, focal)
    difference = focal.values - reference.values
    covariance = reference.covariances + focal.covariances
    singular = np.linalg.matrix_rank(covariance, hermitian=True) < len(reference.fields)
    if singular.any():
        raise DataError(field="covariances", item=reference.items[int(np.argmax(singular))])
    chi2 = np.einsum("ni,ni->n", difference, np.linalg.solve(covariance, difference[:, :, None])[:, :, 0])
    df = len(reference.fields)
    return LordTest(chi2, df, chi2_distribution.sf(chi2, df))


@dataclass(frozen=True, eq=False)
class AreaTests:
    """One entry an item: areas between 2PL curves with standard errors, ``z`` and ``p_value``.

    ``signed`` is focal minus reference difficulty. ``unsigned`` keeps the sign of Raju's H, since H
    is about normal where the area itself is not.
    """

    signed: Floats
    signed_se: Floats
    signed_z: Floats
    signed_p_value: Floats
    unsigned: Floats
    unsigned_se: Floats
    unsigned_z: Floats
    unsigned_p_value: Floats


def area_tests(reference: ItemEstimates, focal: ItemEstimates) -> AreaTests:
    """Are the areas between 2PL curves more than sampling error? (Raju 1990)

    Both on one scale (`ItemEstimates.linked`), from different persons. The standard errors are by
    the delta method. Raises `RuleError` unless both hold slopes and difficulties of the same items.
    """
    _same(reference, focal)
    if reference.fields != ("a", "b"):
        raise RuleError(field="reference", fields=reference.fields)
    shift = focal.values[:, 1] - reference.values[:, 1]
    shift_se = np.sqrt(reference.covariances[:, 1, 1] + focal.covariances[:, 1, 1])
    heights = [raju_height(*one, *other) for one, other in zip(reference.values, focal.values, strict=True)]
    h, y = np.array(heights).T
    by_bend, by_shift = _derivatives(y)
    variance = np.zeros(h.size)
    for sign, side in ((-1.0, reference), (1.0, focal)):
        gradient = sign * np.stack((by_bend / side.values[:, 0] ** 2, by_shift), axis=1)
        variance += np.einsum("ni,nij,nj->n", gradient, side.covariances, gradient)
    se = np.sqrt(variance)
    signed_z, z = shift / shift_se, h / se
    return AreaTests(shift, shift_se, signed_z, 2.0 * norm.sf(np.abs(signed_z)), h, se, z, 2.0 * norm.sf(np.abs(z)))


def _derivatives(y: Floats) -> tuple[Floats, Floats]:
    """Of H by the difference of 1 / a and by that of b; at Y = inf the first has gone to 0."""
    finite = np.where(np.isfinite(y), y, 0.0)
    share = np.where(np.isfinite(y), np.exp(finite - np.logaddexp(0.0, finite)), 1.0)
    by_bend = np.where(np.isfinite(y), 2.0 * (np.logaddexp(0.0, finite) - finite * share), 0.0)
    return by_bend, 2.0 * share - 1.0


def _same(reference: ItemEstimates, focal: ItemEstimates) -> None:
    if reference.items != focal.items or reference.fields != focal.fields:
        raise RuleError(field="focal", items=focal.items, fields=focal.fields)

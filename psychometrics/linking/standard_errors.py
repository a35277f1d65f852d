"""How far sampling error of the item parameters moves the linking constants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from psychometrics.arrays import Floats
from psychometrics.calibration import Calibration
from psychometrics.errors import ConvergenceError, DataError, PsychometricsError, RuleError
from psychometrics.items import ItemParameters, ItemTable
from psychometrics.linking.anchors import Anchors
from psychometrics.linking.link import CurveSettings, LinkingMethod, link_anchors

# Central differences: the error is of the order of the step squared.
_STEP = 1e-4
# A draw may fall where no model is (an asymptote below 0): it is moved just inside.
_INSIDE = {"c": (0.0, 0.999), "d": (0.001, 1.0)}


@dataclass(frozen=True, eq=False)
class LinkingErrors:
    """Standard errors of ``slope`` and ``intercept``, and the 2 x 2 ``covariance`` of the two.

    ``replications``: draws that gave constants, None for the delta method.
    """

    slope: float
    intercept: float
    covariance: Floats
    replications: int | None = None


@dataclass(frozen=True, eq=False)
class ParameterCovariance:
    """``covariance`` of the ``places`` = (item, field, index) of a table's estimated parameters."""

    places: tuple[tuple[str, str, int], ...]
    covariance: Floats

    def __post_init__(self) -> None:
        if self.covariance.shape != (len(self.places), len(self.places)):
            raise RuleError(field="covariance", shape=self.covariance.shape, places=len(self.places))
        if not np.isfinite(self.covariance).all():
            raise DataError(field="covariance", reason="not finite")

    @classmethod
    def of(cls, calibration: Calibration, items: Sequence[str]) -> ParameterCovariance:
        """Of some items of a calibration with standard errors (`DataError` without)."""
        if calibration.covariance is None:
            raise DataError(field="covariance", reason="not asked for, or the information is singular")
        chosen = [at for name in items for at in calibration.places(name)]
        named = [calibration.parameters[at] for at in chosen]
        places = tuple((str(one.item), one.field, one.index) for one in named)
        return cls(places, calibration.covariance[np.ix_(chosen, chosen)])

    def moved(self, table: ItemTable, change: Floats) -> ItemTable:
        """The table with ``change`` added to the parameters, one number for each place."""
        items = {entry.item: entry for entry in table.items}
        for (name, field, index), by in zip(self.places, change.tolist(), strict=True):
            entry = items[name]
            if field in ("b", "steps", "slopes", "intercepts"):
                field = "steps" if field == "b" else field
                values = list(getattr(entry, field))
                values[index] += by
                items[name] = _with(entry, field, tuple(values))
            else:
                low, high = _INSIDE.get(field, (-np.inf, np.inf))
                items[name] = _with(entry, field, min(max(getattr(entry, field) + by, low), high))
        return ItemTable(tuple(items[entry.item] for entry in table.items))


def _with(entry: ItemParameters, field: str, value: float | tuple[float, ...]) -> ItemParameters:
    changed: dict[str, Any] = {field: value}
    return replace(entry, **changed)


def linking_errors(
    anchors: Anchors,
    new: ParameterCovariance,
    base: ParameterCovariance,
    method: LinkingMethod = LinkingMethod.STOCKING_LORD,
    *,
    settings: CurveSettings = CurveSettings(),  # noqa: B008 - frozen
) -> LinkingErrors:
    """Delta method: J Sigma J' with J the derivatives of (A, B) by all parameters (Ogasawara 2000, 2001).

    The two calibrations are independent; derivatives by central differences. Parameters without
    a place in ``new`` or ``base`` count as known, so anchors held fixed have none there.
    """
    pieces = []
    for side, known in (("new", new), ("base", base)):
        rows = [_derivative(anchors, side, known, at, method, settings) for at in range(len(known.places))]
        jacobian = np.array(rows).reshape(len(rows), 2)
        pieces.append(jacobian.T @ known.covariance @ jacobian)
    return _errors(pieces[0] + pieces[1], None)


def bootstrap_linking_errors(
    anchors: Anchors,
    new: ParameterCovariance,
    base: ParameterCovariance,
    method: LinkingMethod = LinkingMethod.STOCKING_LORD,
    *,
    rng: np.random.Generator,
    replications: int = 500,
    settings: CurveSettings = CurveSettings(),  # noqa: B008 - frozen
) -> LinkingErrors:
    """The same by drawing parameters from their normal distributions and linking anew each time.

    Raises `RuleError` for fewer than 2 replications, `ConvergenceError` if fewer than nine in ten
    draws can be linked.
    """
    if replications < 2:
        raise RuleError(field="replications", value=replications)
    draws = [rng.multivariate_normal(np.zeros(len(one.places)), one.covariance, replications) for one in (new, base)]
    found = []
    for ours, theirs in zip(*draws, strict=True):
        try:
            drawn = Anchors(new.moved(anchors.new, ours), base.moved(anchors.base, theirs))
            transform = link_anchors(drawn, method, settings).transform
        except PsychometricsError:
            # Graded steps out of order, a slope of 0: such a draw is no item. They are counted.
            continue
        found.append((transform.slope, transform.intercept))
    if len(found) < max(2.0, 0.9 * replications):
        raise ConvergenceError(field="replications", linked=len(found), drawn=replications)
    return _errors(np.cov(np.array(found).T), len(found))


def _derivative(
    anchors: Anchors,
    side: str,
    known: ParameterCovariance,
    place: int,
    method: LinkingMethod,
    settings: CurveSettings,
) -> tuple[float, float]:
    ends = []
    for step in (_STEP, -_STEP):
        change = np.zeros(len(known.places))
        change[place] = step
        moved = known.moved(anchors.new if side == "new" else anchors.base, change)
        pair = Anchors(moved, anchors.base) if side == "new" else Anchors(anchors.new, moved)
        ends.append(link_anchors(pair, method, settings).transform)
    up, down = ends
    return (up.slope - down.slope) / (2 * _STEP), (up.intercept - down.intercept) / (2 * _STEP)


def _errors(covariance: Floats, replications: int | None) -> LinkingErrors:
    slope, intercept = np.sqrt(np.diag(covariance)).tolist()
    return LinkingErrors(slope, intercept, covariance, replications)

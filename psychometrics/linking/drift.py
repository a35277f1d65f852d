"""Anchors that have moved: statistics of drift, and linking without those that drift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from psychometrics.arrays import Floats
from psychometrics.errors import DataError, RuleError
from psychometrics.items import ItemTable, Model
from psychometrics.linking.anchors import Anchors, common_anchors
from psychometrics.linking.link import CurveSettings, Linking, LinkingMethod, link_anchors
from psychometrics.linking.transform import LinkingTransform
from psychometrics.models import expected_score
from psychometrics.quadrature import Grid

# The interquartile range of a normal distribution is 1.35 sd, so 0.74 of it estimates the sd.
_IQR_TO_SD = 0.74


class DriftStatistic(Enum):
    """What says that an anchor has moved; each is in `drift_statistics`, with its source."""

    ROBUST_Z = "robust z"
    DISPLACEMENT = "displacement"
    PERPENDICULAR = "perpendicular distance"
    D2 = "D2"


@dataclass(frozen=True)
class DriftRule:
    """Beyond ``limit`` an anchor drifts; at least ``least`` anchors stay, whatever happens.

    Customary limits: robust z 1.645 or 2.7, displacement 0.3 to 0.5 logits, perpendicular
    distance 0.3 logits, D2 0.01 (a tenth of the points, squared). Raises `RuleError`.
    """

    statistic: DriftStatistic = DriftStatistic.ROBUST_Z
    limit: float = 2.7
    least: int = 5

    def __post_init__(self) -> None:
        if not self.limit > 0.0:
            raise RuleError(field="limit", value=self.limit)
        if self.least < 2:
            raise RuleError(field="least", value=self.least)


@dataclass(frozen=True, eq=False)
class DriftStatistics:
    """One entry an anchor, in the order of ``anchors``; NaN where a nominal item has no value.

    ``robust_z``: of b, ``robust_z_slope``: of log a; ``displacement``: linked minus base b, in
    logits; ``perpendicular``: distance from the line of the link, in logits; ``d2``: squared
    difference of the linked and the base curve, as a share of the item's points squared.
    """

    anchors: tuple[str, ...]
    robust_z: Floats
    robust_z_slope: Floats
    displacement: Floats
    perpendicular: Floats
    d2: Floats

    def size(self, statistic: DriftStatistic) -> Floats:
        """How far each anchor has moved by this statistic; for the robust z the larger of its two."""
        if statistic is DriftStatistic.ROBUST_Z:
            return np.fmax(np.abs(self.robust_z), np.abs(self.robust_z_slope))
        return {
            DriftStatistic.DISPLACEMENT: np.abs(self.displacement),
            DriftStatistic.PERPENDICULAR: self.perpendicular,
            DriftStatistic.D2: self.d2,
        }[statistic]


@dataclass(frozen=True, eq=False)
class DriftStep:
    """One round: the ``link`` by the anchors still there, its ``statistics`` for *all* anchors,
    and the anchor ``dropped`` after it (None in the last round)."""

    link: Linking
    statistics: DriftStatistics
    dropped: str | None


@dataclass(frozen=True, eq=False)
class DriftScreening:
    """The ``link`` without the anchors ``dropped`` (worst first), and the rounds that led there.

    ``exhausted``: anchors beyond the limit remain because no more than ``least`` are left; then
    the link should not be trusted without a look at the anchors.
    """

    link: Linking
    dropped: tuple[str, ...]
    exhausted: bool
    steps: tuple[DriftStep, ...]


def drift_statistics(anchors: Anchors, transform: LinkingTransform, grid: Grid | None = None) -> DriftStatistics:
    """How far each anchor lies from where ``transform`` puts it.

    Robust z: (d - median d) / (0.74 IQR of d), with d the difference of b on the base scale and
    A times b on the new one, and of log a (Huynh & Meyer 2010, eqs. 1 to 4); displacement: A b + B
    minus the base b (mean of steps); perpendicular distance: that over sqrt(A^2 + 1) (Angoff
    1972); D2: mean over ``grid`` of the squared difference of expected scores, over the squared
    points of the item (Wells, Subkoviak & Serlin 2002); ``grid`` is standard normal by default.
    Where d does not vary at all between most anchors, whatever differs has an infinite z.
    """
    nodes = np.linspace(-4.0, 4.0, 81)
    grid = grid or Grid(nodes, np.exp(-0.5 * nodes**2))
    new_b, base_b = (np.array([entry.b for entry in table.items]) for table in (anchors.new, anchors.base))
    displacement = transform.slope * new_b + transform.intercept - base_b
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(np.where(np.isnan(new_b), np.nan, anchors.base.a / anchors.new.a))
    points = anchors.new.categories - 1
    linked = expected_score(anchors.new, (grid.nodes - transform.intercept) / transform.slope)
    apart = (linked - expected_score(anchors.base, grid.nodes)) / points
    return DriftStatistics(
        anchors.names,
        _robust_z(-displacement),
        _robust_z(ratio),
        displacement,
        np.abs(displacement) / np.hypot(transform.slope, 1.0),
        grid.weights @ apart**2 / grid.weights.sum(),
    )


def screen_anchors(
    new: ItemTable,
    base: ItemTable,
    rule: DriftRule,
    method: LinkingMethod = LinkingMethod.STOCKING_LORD,
    *,
    anchors: Sequence[str] | None = None,
    settings: CurveSettings = CurveSettings(),  # noqa: B008 - frozen
    grid: Grid | None = None,
) -> DriftScreening:
    """Link, drop the anchor that has moved most if it is beyond the limit, and link again.

    Never fewer than ``rule.least`` anchors stay; `DataError` if there are fewer to begin with, or
    if all are nominal and the rule is not D2. ``grid``: see `drift_statistics`.
    """
    everything = common_anchors(new, base, anchors, rule.least)
    if rule.statistic is not DriftStatistic.D2 and all(model is Model.NOMINAL for model in everything.new.models):
        raise DataError(field="anchors", reason="nominal items have no locations", statistic=rule.statistic.value)
    kept, steps = list(everything.names), list[DriftStep]()
    while True:
        current = link_anchors(everything.select(kept), method, settings)
        statistics = drift_statistics(everything, current.transform, grid)
        worst = _worst(statistics, rule, kept)
        dropped = worst if len(kept) > rule.least else None
        steps.append(DriftStep(current, statistics, dropped))
        if dropped is None:
            gone = tuple(step.dropped for step in steps if step.dropped is not None)
            return DriftScreening(current, gone, worst is not None, tuple(steps))
        kept.remove(dropped)


def _worst(statistics: DriftStatistics, rule: DriftRule, kept: Sequence[str]) -> str | None:
    size = np.nan_to_num(statistics.size(rule.statistic), nan=0.0, posinf=np.inf)
    size[~np.isin(statistics.anchors, kept)] = 0.0
    at = int(size.argmax())
    return statistics.anchors[at] if size[at] > rule.limit else None


def _robust_z(difference: Floats) -> Floats:
    """Infinite beyond a spread of none; differences of the size of rounding count as none."""
    known = difference[np.isfinite(difference)]
    if not known.size:
        return np.full(difference.shape, np.nan)
    centred = difference - np.median(known)
    low, high = np.percentile(known, [25.0, 75.0])
    centred = np.where(np.abs(centred) < 1e-9, 0.0, centred)
    spread = _IQR_TO_SD * (high - low)
    if spread > 1e-9:
        return np.asarray(centred / spread)
    # All but a few anchors agree exactly: whatever moved at all is beyond every bound.
    moved = np.where(np.isfinite(centred), np.copysign(np.inf, centred), np.nan)
    return np.where(centred == 0.0, 0.0, moved)

"""Two groups on one item, and all items of a test beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from psychometrics.errors import DataError, RuleError
from psychometrics.fairness import DifClass, MantelHaenszel
from psychometrics.items import ItemTable
from psychometrics.models import expected_score
from psychometrics.plots.canvas import GREY, add_legend, colours, label, new_figure

# The borders of the ETS classes A, B and C, in units of delta (Zwick 2012).
_BORDERS = (1.0, 1.5)


def dif_plot(result: MantelHaenszel, names: Sequence[str]) -> Figure:
    """Delta of every item with its interval, the borders of the ETS classes, colours by class.

    ``names``: one an item. Items whose delta the data do not determine are listed, not drawn.
    Raises `DataError` if names and items differ in number or no item can be drawn.
    """
    if len(names) != result.delta.size:
        raise DataError(field="names", names=len(names), items=result.delta.size)
    drawn = np.flatnonzero(np.isfinite(result.delta))
    if not drawn.size:
        raise DataError(field="result", reason="nothing_to_draw")
    figure = new_figure(height=1.6 + 0.24 * drawn.size)
    axes = figure.add_subplot()
    for border in _BORDERS:
        for side in (-border, border):
            axes.axvline(side, color=GREY, linewidth=0.8, linestyle=":")
    axes.axvline(0.0, color=GREY, linewidth=0.8)
    shown: set[DifClass] = set()
    for row, item in enumerate(drawn):
        kind = result.ets_class[item]
        interval = (result.delta_low[item], result.delta_high[item])
        text = kind.value if kind not in shown else None
        shown.add(kind)
        axes.plot(interval, (row, row), color=_colour(kind), linewidth=1.5)
        axes.plot(result.delta[item], row, "o", color=_colour(kind), markersize=4, label=text)
    axes.set_yticks(range(drawn.size), [names[int(item)] for item in drawn])
    axes.invert_yaxis()
    left_out = [names[item] for item in range(len(names)) if item not in drawn]
    title = "Differential item functioning" + (f" (not determined: {', '.join(left_out)})" if left_out else "")
    label(axes, title, "Delta (below 0: harder for the focal group)", "")
    add_legend(axes, least=1)
    return figure


def group_curves_plot(tables: Mapping[str, ItemTable], item: str, bounds: tuple[float, float] = (-4.0, 4.0)) -> Figure:
    """The expected score of one item as each group's own parameters give it, over ability.

    ``tables``: the table of each group, as a calibration with items free by group gives them.
    Raises `RuleError` for no group, `ItemParameterError` for an item a group does not have.
    """
    if not tables:
        raise RuleError(field="tables", reason="empty")
    theta = np.linspace(*bounds, 401)
    figure = new_figure()
    axes = figure.add_subplot()
    for (name, table), colour in zip(tables.items(), colours(len(tables)), strict=True):
        alone = table.select([item])
        axes.plot(theta, expected_score(alone, theta)[:, 0], color=colour, label=name)
    axes.set_xlim(*bounds)
    axes.set_ylim(bottom=0.0)
    label(axes, f"{item} in each group", "Ability θ (logits)", "Expected score")
    add_legend(axes)
    return figure


def _colour(kind: DifClass) -> str:
    """Grey while there is no verdict, a warmer colour for more DIF."""
    return {"A": colours(3)[2], "B": colours(5)[4], "C": colours(2)[1]}.get(kind.value, GREY)

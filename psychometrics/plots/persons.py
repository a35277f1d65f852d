"""Persons and items on one scale."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from psychometrics.arrays import FloatsLike
from psychometrics.errors import DataError
from psychometrics.items import ItemTable
from psychometrics.plots.canvas import GREY, colours, label, new_figure

_NAMED = 60


def wright_map(table: ItemTable, theta: FloatsLike) -> Figure:
    """Abilities as a histogram on the left, item locations on the right, on one vertical scale.

    ``theta``: one ability a person, in logits; those not finite are left out. Every step of an
    item of several categories is a mark of its own. Nominal items have no location and are left
    out. Raises `DataError` where no ability or no location is left.
    """
    abilities = np.asarray(theta, dtype=np.float64).ravel()
    abilities = abilities[np.isfinite(abilities)]
    marks = [
        (step, entry.item if len(entry.steps) == 1 else f"{entry.item}.{number}")
        for entry in table.items
        for number, step in enumerate(entry.steps, 1)
    ]
    if not abilities.size or not marks:
        raise DataError(field="theta" if marks else "table", reason="nothing_to_draw")
    figure = new_figure(height=5.6)
    people, items = figure.subplots(1, 2, sharey=True, width_ratios=(1, 2))
    people.hist(abilities, bins=min(40, max(8, abilities.size // 20)), orientation="horizontal", color=colours(1)[0])
    people.invert_xaxis()
    label(people, "Persons", "Number", "Logits")
    columns = _columns([step for step, _ in marks])
    for (step, name), column in zip(marks, columns, strict=True):
        items.plot(column, step, "D", color=colours(2)[1], markersize=3)
        if len(marks) <= _NAMED:
            items.annotate(name, (column, step), xytext=(4, 0), textcoords="offset points", va="center", fontsize=7)
    items.axhline(float(abilities.mean()), color=GREY, linewidth=0.8, linestyle=":")
    items.set_xlim(-0.5, max(columns) + 1.5)
    items.set_xticks([])
    label(items, "Items (dotted: mean of persons)", "", "")
    return figure


def _columns(steps: list[float]) -> list[int]:
    """Side by side where marks would lie on each other."""
    order, span = np.argsort(steps, kind="stable"), max(np.ptp(steps), 1.0)
    columns, ends = [0] * len(steps), list[float]()
    for index in order:
        free = next((c for c, end in enumerate(ends) if steps[index] - end > 0.03 * span), len(ends))
        ends[free : free + 1] = [steps[index]]
        columns[index] = free
    return columns

"""What was observed, beside what the model says."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from psychometrics.classical import OptionStatistics
from psychometrics.errors import DataError
from psychometrics.fit import EmpiricalCurve
from psychometrics.items import DICHOTOMOUS, ItemTable
from psychometrics.models import category_probabilities
from psychometrics.plots.canvas import GREY, add_legend, colours, label, new_figure


def item_fit_plot(table: ItemTable, curve: EmpiricalCurve) -> Figure:
    """Proportions of each group of ability with their intervals, on the model's category curves.

    ``curve`` is one of `psychometrics.fit.empirical_curves`. Of a dichotomous item only "right" is
    drawn. Raises `ItemParameterError` for an item the table does not have, `DataError` for a curve
    without groups.
    """
    alone = table.select([curve.item])
    if not curve.theta.size:
        raise DataError(field="curve", item=curve.item, reason="nothing_to_draw")
    margin = 0.1 * max(float(np.ptp(curve.theta)), 1.0)
    theta = np.linspace(curve.theta[0] - margin, curve.theta[-1] + margin, 301)
    p = category_probabilities(alone, theta)[:, 0]
    figure = new_figure()
    axes = figure.add_subplot()
    first = 1 if alone.models[0] in DICHOTOMOUS else 0
    for category, colour in zip(range(first, p.shape[1]), colours(p.shape[1] - first), strict=True):
        axes.plot(theta, p[:, category], color=colour, label=f"category {category}")
        axes.vlines(curve.theta, curve.low[:, category], curve.high[:, category], color=colour, linewidth=1.0)
        axes.plot(curve.theta, curve.observed[:, category], "o", color=colour, markersize=4, clip_on=False)
    axes.set_ylim(0.0, 1.0)
    axes.set_xlim(theta[0], theta[-1])
    label(axes, f"{curve.item}: observed (dots, intervals) and model", "Ability θ (logits)", "Proportion")
    add_legend(axes)
    return figure


def option_curves_plot(options: OptionStatistics, item: str) -> Figure:
    """Who chooses which option, by the score on the other items; the right one is drawn thick.

    ``options`` is one of `psychometrics.classical.option_statistics`, ``item`` its name. Bars are
    intervals. A good right option rises, a good distractor falls. Raises `DataError` where nobody
    has a score.
    """
    if not options.group_persons.size:
        raise DataError(field="options", item=item, reason="nothing_to_draw")
    figure = new_figure()
    axes = figure.add_subplot()
    widths = options.group_shares.shape[1]
    for option, colour in enumerate(colours(widths)):
        right = option == options.key
        text = f"option {option}" + (" (right)" if right else "")
        axes.plot(
            options.group_score,
            options.group_shares[:, option],
            "o-",
            color=colour,
            linewidth=2.5 if right else 1.2,
            markersize=4,
            label=text,
            clip_on=False,
        )
        low, high = options.group_low[:, option], options.group_high[:, option]
        axes.vlines(options.group_score, low, high, color=colour if right else GREY, linewidth=0.8, alpha=0.7)
    axes.set_ylim(0.0, 1.0)
    label(axes, f"{item}: options chosen", "Score on the other items", "Share of those who answered")
    add_legend(axes)
    return figure

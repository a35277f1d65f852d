"""What the parameters say: curves over ability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from psychometrics.arrays import Floats, FloatsLike
from psychometrics.errors import RuleError
from psychometrics.items import DICHOTOMOUS, ItemTable
from psychometrics.models import category_probabilities, expected_score, item_information
from psychometrics.plots.canvas import COLOURS, GREY, add_legend, colours, label, new_figure

_DASHES = ("-", "--", ":", "-.")
_THETA = "Ability θ (logits)"


def category_curves_plot(table: ItemTable, item: str, bounds: tuple[float, float] = (-4.0, 4.0)) -> Figure:
    """P(category | θ) of one item over ``bounds``; of a dichotomous item only "right" is drawn.

    Raises `ItemParameterError` for an item the table does not have.
    """
    alone, theta = table.select([item]), _theta(bounds)
    p = category_probabilities(alone, theta)[:, 0]
    figure = new_figure()
    axes = figure.add_subplot()
    first = 1 if alone.models[0] in DICHOTOMOUS else 0
    for category, colour in zip(range(first, p.shape[1]), colours(p.shape[1] - first), strict=True):
        axes.plot(theta, p[:, category], color=colour, label=f"category {category}")
    axes.set_ylim(0.0, 1.0)
    axes.set_xlim(*bounds)
    label(axes, f"{item} ({alone.models[0].value})", _THETA, "Probability")
    add_legend(axes)
    return figure


def expected_scores_plot(table: ItemTable, bounds: tuple[float, float] = (-4.0, 4.0)) -> Figure:
    """The expected score of each item as a share of its highest category: all items in one scale."""
    theta = _theta(bounds)
    share = expected_score(table, theta) / (table.categories - 1)
    figure = new_figure()
    axes = figure.add_subplot()
    for column, colour in enumerate(colours(len(table))):
        # When the colours begin again the dashes change, so that no two lines look alike.
        dashes = _DASHES[column // len(COLOURS) % len(_DASHES)]
        axes.plot(theta, share[:, column], dashes, color=colour, label=table.names[column], linewidth=1.2)
    axes.set_ylim(0.0, 1.0)
    axes.set_xlim(*bounds)
    label(axes, "Expected score of each item", _THETA, "Share of the highest score")
    if len(table) <= 32:
        add_legend(axes)
    return figure


def information_plot(table: ItemTable, bounds: tuple[float, float] = (-4.0, 4.0)) -> Figure:
    """Information of the items and of the test, and on the right axis the standard error it means."""
    theta = _theta(bounds)
    information = item_information(table, theta)
    total = information.sum(axis=1)
    figure = new_figure()
    axes = figure.add_subplot()
    axes.plot(theta, information, color=GREY, linewidth=0.7, alpha=0.6)
    axes.plot(theta, total, color=colours(1)[0], linewidth=2.0, label="test")
    axes.set_xlim(*bounds)
    axes.set_ylim(bottom=0.0)
    label(axes, "Information of the items (grey) and of the test", _THETA, "Information")
    errors = axes.twinx()
    # Far from all items the error has no bound, and would press the rest of its curve flat.
    with np.errstate(divide="ignore"):
        errors.plot(theta, np.minimum(1.0 / np.sqrt(total), 3.0), color=colours(2)[1], linestyle="--")
    errors.set_ylabel("Standard error (dashed, logits)")
    errors.set_ylim(bottom=0.0)
    errors.spines["top"].set_visible(False)
    return figure


def forms_plot(
    forms: Mapping[str, ItemTable],
    bounds: tuple[float, float] = (-4.0, 4.0),
    target: tuple[Sequence[float], Sequence[float]] | None = None,
) -> Figure:
    """Forms beside each other: test information above, expected share of points below.

    ``target``: thetas and the information wanted there, drawn as crosses. Raises `RuleError` for
    no form at all.
    """
    if not forms:
        raise RuleError(field="forms", reason="empty")
    theta = _theta(bounds)
    figure = new_figure(height=6.4)
    information, score = figure.subplots(2, 1, sharex=True)
    for (name, table), colour in zip(forms.items(), colours(len(forms)), strict=True):
        information.plot(theta, item_information(table, theta).sum(axis=1), color=colour, label=name)
        score.plot(theta, expected_score(table, theta).sum(axis=1) / table.max_score, color=colour, label=name)
    if target is not None:
        information.plot(*target, "x", color="black", label="target")
    information.set_ylim(bottom=0.0)
    score.set_ylim(0.0, 1.0)
    score.set_xlim(*bounds)
    label(information, "Test information", "", "Information")
    label(score, "Expected score", _THETA, "Share of all points")
    add_legend(information)
    return figure


def _theta(bounds: FloatsLike) -> Floats:
    low, high = np.asarray(bounds, dtype=np.float64)
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise RuleError(field="bounds", low=float(low), high=float(high))
    return np.linspace(low, high, 401)

"""Observed proportions are drawn where they were, on the curves of the model."""

from __future__ import annotations

import numpy as np
import pytest

from psychometrics.classical import option_statistics
from psychometrics.datasets import science
from psychometrics.errors import DataError, ItemParameterError
from psychometrics.fit import empirical_curves
from psychometrics.items import ItemTable
from psychometrics.plots.observed import item_fit_plot, option_curves_plot
from psychometrics.quadrature import Population
from psychometrics.responses import MissingPolicy
from tests.psychometrics.plots.test_curves import svg

TABLE = ItemTable.from_dicts(
    {"item": name, "model": "GRM", "a": 1.2, "steps": [-2.5, -0.8, 1.2]} for name in science().items
)


def test_every_category_has_a_curve_and_its_proportions() -> None:
    curves = empirical_curves(TABLE, science().responses, MissingPolicy.ignore_all(), Population())
    figure = item_fit_plot(TABLE, curves[1])
    axes = figure.axes[0]
    assert axes.get_title(loc="left").startswith("Work")
    assert len(axes.lines) == 8
    dots = axes.lines[5]
    np.testing.assert_allclose(np.asarray(dots.get_ydata(), dtype=float), curves[1].observed[:, 2])
    svg(figure)


def test_an_item_nobody_answered_has_no_figure() -> None:
    nobody = np.full((5, 4), -3)
    nobody[:, 0] = 1
    curves = empirical_curves(TABLE, nobody, MissingPolicy.ignore_all(), Population())
    with pytest.raises(DataError):
        item_fit_plot(TABLE, curves[1])


def test_an_item_of_another_table_is_named() -> None:
    curves = empirical_curves(TABLE, science().responses, MissingPolicy.ignore_all(), Population())
    with pytest.raises(ItemParameterError, match="Work"):
        item_fit_plot(TABLE.select(["Comfort"]), curves[1])


def test_the_right_option_is_marked_and_every_option_has_a_line() -> None:
    rng = np.random.default_rng(3)
    ability = rng.normal(size=400)
    right = rng.random((400, 10)) < 1 / (1 + np.exp(-ability[:, None]))
    choices = np.where(right, 2, rng.integers(0, 5, (400, 10)))
    found = option_statistics(choices, [2] * 10, MissingPolicy.count_blanks(), options=5)
    figure = option_curves_plot(found[0], "TIU-1")
    legend = figure.axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()][1:3] == ["option 1", "option 2 (right)"]
    np.testing.assert_allclose(
        np.asarray(figure.axes[0].lines[2].get_ydata(), dtype=float), found[0].group_shares[:, 2]
    )
    svg(figure)


def test_options_nobody_can_be_placed_on_have_no_figure() -> None:
    found = option_statistics([[1, -3], [0, -3]], [1, 1], MissingPolicy.ignore_all())
    with pytest.raises(DataError):
        option_curves_plot(found[0], "TIU-1")

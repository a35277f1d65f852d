"""Observed proportions are drawn where they were, on the curves of the model."""

from __future__ import annotations

import numpy as np
import pytest

from psychometrics.datasets import science
from psychometrics.errors import DataError, ItemParameterError
from psychometrics.fit import empirical_curves
from psychometrics.items import ItemTable
from psychometrics.plots.observed import item_fit_plot
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

"""Figures hold the numbers they are drawn from, name their axes, and change nothing outside themselves."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from psychometrics.errors import DataError, ItemParameterError, RuleError
from psychometrics.items import ItemTable, Model
from psychometrics.models import category_probabilities, item_information
from psychometrics.plots.curves import category_curves_plot, expected_scores_plot, forms_plot, information_plot
from psychometrics.plots.persons import wright_map

TABLE = ItemTable.from_dicts(
    [
        {"item": "TIU-1", "model": "2PL", "a": 1.2, "b": -0.4},
        {"item": "TKP-1", "model": "GPCM", "a": 0.9, "steps": [-1.0, 0.2, 1.3]},
        {"item": "N-1", "model": "Nominal", "slopes": [0.0, 1.0, -0.5], "intercepts": [0.0, 0.3, 0.1]},
    ]
)


def svg(figure: Figure) -> str:
    """The figure as text: drawing it must not fail."""
    out = io.StringIO()
    figure.savefig(out, format="svg")
    return out.getvalue()


def test_category_curves_are_the_models_probabilities() -> None:
    figure = category_curves_plot(TABLE, "TKP-1")
    lines = figure.axes[0].lines
    assert len(lines) == 4
    theta = np.asarray(lines[2].get_xdata(), dtype=float)
    expected = category_probabilities(TABLE, theta)[:, 1, 2]
    np.testing.assert_allclose(np.asarray(lines[2].get_ydata(), dtype=float), expected)
    assert figure.axes[0].get_title(loc="left") == "TKP-1 (GPCM)"
    assert "<svg" in svg(figure)


def test_of_a_dichotomous_item_only_right_is_drawn() -> None:
    assert len(category_curves_plot(TABLE, "TIU-1").axes[0].lines) == 1


def test_an_unknown_item_is_named() -> None:
    with pytest.raises(ItemParameterError, match="TIU-9"):
        category_curves_plot(TABLE, "TIU-9")


def test_information_is_the_sum_over_the_items() -> None:
    figure = information_plot(TABLE)
    total = figure.axes[0].lines[-1]
    theta = np.asarray(total.get_xdata(), dtype=float)
    expected = item_information(TABLE, theta).sum(axis=1)
    np.testing.assert_allclose(np.asarray(total.get_ydata(), dtype=float), expected)
    svg(figure)


def test_forms_are_drawn_side_by_side_with_their_target() -> None:
    figure = forms_plot({"A": TABLE.select(["TIU-1"]), "B": TABLE}, target=([0.0], [1.0]))
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["A", "B", "target"]
    svg(figure)
    with pytest.raises(RuleError):
        forms_plot({})


def test_long_tests_are_drawn_too() -> None:
    rng = np.random.default_rng(1)
    table = ItemTable.from_arrays(Model.TWO_PL, a=rng.lognormal(0, 0.3, 300), b=rng.normal(size=300))
    for figure in (expected_scores_plot(table), information_plot(table), wright_map(table, rng.normal(size=50))):
        svg(figure)


def test_the_wright_map_marks_every_step_once() -> None:
    figure = wright_map(TABLE, [0.0, 1.0, np.inf, np.nan])
    marks = {text.get_text() for text in figure.axes[1].texts}
    assert marks == {"TIU-1", "TKP-1.1", "TKP-1.2", "TKP-1.3"}
    svg(figure)
    with pytest.raises(DataError):
        wright_map(TABLE, [np.nan])
    with pytest.raises(DataError):
        wright_map(TABLE.select(["N-1"]), [0.0])


@pytest.mark.parametrize("bounds", [(1.0, 1.0), (2.0, -2.0), (0.0, np.nan)])
def test_bounds_must_be_an_interval(bounds: tuple[float, float]) -> None:
    with pytest.raises(RuleError):
        information_plot(TABLE, bounds)


def test_pyplot_and_its_global_figures_are_never_loaded() -> None:
    names = ", ".join(f"psychometrics.plots.{name}" for name in ("curves", "persons"))
    code = f"import sys, {names}; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_without_matplotlib_it_is_said_what_to_install() -> None:
    code = "import sys; sys.modules['matplotlib'] = None; import psychometrics.plots"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert "exam-engine[plots]" in done.stderr

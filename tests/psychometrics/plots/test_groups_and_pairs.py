"""Figures of groups and pairs show what was found, withhold what was withheld, and refuse what does not fit."""

from __future__ import annotations

import numpy as np
import pytest

from psychometrics.errors import DataError, RuleError
from psychometrics.fairness import mantel_haenszel
from psychometrics.items import ItemTable, Model
from psychometrics.plots.groups import dif_plot, group_curves_plot
from psychometrics.plots.pairs import similarity_heat_map
from psychometrics.responses import MissingPolicy
from psychometrics.simulate import simulate_responses
from tests.psychometrics.plots.test_curves import svg

NAMES = [f"TIU-{number}" for number in range(1, 9)]


def test_a_biased_item_stands_out_and_classes_are_told() -> None:
    rng = np.random.default_rng(4)
    groups = np.repeat(["majority", "minority"], 800)
    table = ItemTable.from_arrays(Model.TWO_PL, a=np.ones(8), b=np.linspace(-1, 1, 8), names=NAMES)
    responses = simulate_responses(table, rng.normal(size=1600), rng)
    responses[(groups == "minority") & (rng.random(1600) < 0.5), 2] = 0
    found = mantel_haenszel(responses, MissingPolicy.ignore_all(), groups, "minority")
    figure = dif_plot(found, NAMES)
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == NAMES
    legend = figure.axes[0].get_legend()
    assert legend is not None
    assert {"C"} <= {text.get_text() for text in legend.get_texts()}
    svg(figure)
    with pytest.raises(DataError):
        dif_plot(found, NAMES[:3])


def test_an_item_the_data_say_nothing_about_is_listed_not_drawn() -> None:
    rng = np.random.default_rng(2)
    responses = rng.integers(0, 2, (80, 3))
    responses[:, 0] = 1
    groups = rng.integers(0, 2, 80)
    figure = dif_plot(mantel_haenszel(responses, MissingPolicy.ignore_all(), groups, 1), ["p", "q", "r"])
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["q", "r"]
    assert "not determined: p" in figure.axes[0].get_title(loc="left")
    legend = figure.axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["insufficient"]
    svg(figure)


def test_each_group_has_its_curve() -> None:
    one = ItemTable.from_arrays(Model.TWO_PL, a=[1.0], b=[0.0], names=["q"])
    two = ItemTable.from_arrays(Model.TWO_PL, a=[0.7], b=[0.5], names=["q"])
    figure = group_curves_plot({"one": one, "two": two}, "q")
    assert len(figure.axes[0].lines) == 2
    svg(figure)
    with pytest.raises(RuleError):
        group_curves_plot({}, "q")


def test_the_heat_map_leaves_out_the_diagonal() -> None:
    figure = similarity_heat_map([[9.0, 1.0, 2.0], [1.0, 9.0, 3.0], [2.0, 3.0, 9.0]], ["p", "q", "r"])
    drawn = np.asarray(figure.axes[0].images[0].get_array())
    assert np.isnan(np.diag(drawn)).all()
    assert np.nanmax(drawn) == 3.0
    svg(figure)


@pytest.mark.parametrize(
    ("similarity", "names"), [([[1.0]], ["p"]), ([1.0, 2.0], ["p", "q"]), ([[0.0, 1.0], [1.0, 0.0]], ["p"])]
)
def test_what_is_no_matrix_of_pairs_is_refused(similarity: list[list[float]], names: list[str]) -> None:
    with pytest.raises(DataError):
        similarity_heat_map(similarity, names)

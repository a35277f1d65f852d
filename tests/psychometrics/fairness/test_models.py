"""DIF of item parameters: likelihood ratio, Wald, Lord, areas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psychometrics.calibration import calibrate
from psychometrics.errors import DataError, RuleError
from psychometrics.fairness import (
    Adjustment,
    ItemEstimates,
    Scheme,
    adjust,
    area_tests,
    curve_areas,
    likelihood_ratio_dif,
    lord_test,
    wald_dif,
)
from psychometrics.fairness.areas import raju_height
from psychometrics.fairness.separate import _derivatives
from psychometrics.items import ItemTable, Model
from psychometrics.quadrature import Population
from psychometrics.responses import Missing
from tests.psychometrics.fairness.data import IGNORE, MULTIGROUP, Responses, multigroup, two_samples
from tests.psychometrics.reference import entry

NAMES = [f"Item_{at}" for at in range(1, 16)]
ANCHORS = [NAMES[at] for at in (0, 1, 3, 5, 12, 13, 14)]


def test_likelihood_ratio_is_that_of_mirt_with_one_item_freed_at_a_time() -> None:
    responses, groups = multigroup()
    expected = entry(MULTIGROUP)["expected"]["LRT"]
    found = likelihood_ratio_dif(responses, Model.TWO_PL, IGNORE, groups.tolist(), names=NAMES)
    np.testing.assert_allclose(found.chi2, expected["X2"], atol=2e-3)
    assert found.df.tolist() == expected["df"]
    np.testing.assert_allclose(adjust(found.p_value, Adjustment.HOLM), expected["adj_p"], atol=1e-4)
    assert found.converged.all()
    shift = found.parameters[2]["D2"].b - found.parameters[2]["D1"].b
    assert shift == pytest.approx(0.7 / 1.3, abs=0.25)


def test_wald_and_likelihood_ratio_agree_roughly_given_the_same_anchors() -> None:
    responses, groups = multigroup()
    labels = groups.tolist()
    ratio = likelihood_ratio_dif(
        responses, Model.TWO_PL, IGNORE, labels, names=NAMES, anchors=ANCHORS, items=NAMES[8:11], scheme=Scheme.ADD
    )
    wald = wald_dif(responses, Model.TWO_PL, IGNORE, labels, names=NAMES, anchors=ANCHORS, items=NAMES[8:11])
    np.testing.assert_allclose(wald.chi2, ratio.chi2, rtol=0.05)
    assert wald.df.tolist() == ratio.df.tolist() == [2, 2, 2]
    assert wald.parameters[0].keys() == {"D1", "D2"}


def test_a_test_without_anchors_frees_each_item_by_itself() -> None:
    responses, groups = two_samples(400, 0.8, items=8)
    ratio = likelihood_ratio_dif(responses, Model.RASCH, IGNORE, groups.tolist(), items=["item-1", "item-2"])
    wald = wald_dif(responses, Model.RASCH, IGNORE, groups.tolist(), items=["item-1", "item-2"])
    assert ratio.p_value[0] < 1e-4 < ratio.p_value[1]
    np.testing.assert_allclose(wald.chi2, ratio.chi2, rtol=0.1)
    assert ratio.df.tolist() == [1, 1]


def test_three_groups_and_items_not_presented_to_all() -> None:
    responses, _ = two_samples(450, 0.9, items=8, polytomous=True)
    responses = responses.copy()
    responses[:200, 3] = Missing.NOT_PRESENTED
    groups = np.repeat(["r", "s", "f"], [225, 225, 450]).tolist()
    found = likelihood_ratio_dif(responses, Model.PCM, IGNORE, groups, items=["item-1", "item-6"])
    assert found.df.tolist() == [6, 6]
    assert found.p_value[0] < 1e-6 < found.p_value[1]


def test_what_cannot_be_tested_is_an_error() -> None:
    responses, groups = two_samples(50, 0.0, items=5)
    wrong: tuple[dict[str, Any], ...] = (
        {"items": ["item-9"]},
        {"anchors": ["item-9"]},
        {"items": ["item-1"], "anchors": ["item-1"]},
        {"items": []},
    )
    for arguments in wrong:
        with pytest.raises(RuleError):
            likelihood_ratio_dif(responses, Model.RASCH, IGNORE, groups.tolist(), **arguments)
    with pytest.raises(RuleError):
        likelihood_ratio_dif(responses, Model.RASCH, IGNORE, groups.tolist(), scheme=Scheme.ADD)


def _apart(responses: Responses, groups: Responses) -> tuple[ItemEstimates, ItemEstimates]:
    one, other = (
        ItemEstimates.of(calibrate(responses[groups == label], Model.TWO_PL, IGNORE, standard_errors=True))
        for label in np.unique(groups)
    )
    return one, other


def test_lords_test_finds_the_item_when_groups_are_calibrated_apart() -> None:
    reference, focal = _apart(*multigroup())
    linked = focal.linked(reference, [name for at, name in enumerate(reference.items) if at not in (2, 4)])
    assert int(np.argmax(lord_test(reference, linked).chi2)) == 2
    tests = area_tests(reference, linked)
    assert tests.signed_p_value[2] < 1e-4
    assert lord_test(reference, reference).chi2.max() == 0.0


def test_linking_by_mean_and_sigma_undoes_a_change_of_scale() -> None:
    reference, _ = _apart(*multigroup())
    moved = reference.transformed(1.7, -0.4)
    np.testing.assert_allclose(moved.linked(reference).values, reference.values)
    np.testing.assert_allclose(moved.linked(reference).covariances, reference.covariances)
    np.testing.assert_allclose(moved.values[:, 0] * 1.7, reference.values[:, 0])


def test_estimates_without_errors_or_of_several_models_are_refused() -> None:
    responses, _ = two_samples(200, 0.0, items=4)
    with pytest.raises(DataError):
        ItemEstimates.of(calibrate(responses, Model.RASCH, IGNORE))
    models = [Model.RASCH, Model.TWO_PL, Model.TWO_PL, Model.TWO_PL]
    with pytest.raises(RuleError):
        ItemEstimates.of(calibrate(responses, models, IGNORE, standard_errors=True))


slopes, places = st.floats(0.3, 2.5), st.floats(-2.0, 2.0)


@given(slopes, places, slopes, places)
@settings(max_examples=50, deadline=None)
def test_areas_in_closed_form_are_those_of_integration(a: float, b: float, a_focal: float, b_focal: float) -> None:
    theta = np.linspace(-90.0, 90.0, 180_001)
    one, other = (1.0 / (1.0 + np.exp(-s * (theta - m))) for s, m in ((a, b), (a_focal, b_focal)))
    tables = [ItemTable.from_arrays(Model.TWO_PL, a=[s], b=[m]) for s, m in ((a, b), (a_focal, b_focal))]
    found = curve_areas(tables[0], tables[1], Population())
    assert found.unsigned[0] == pytest.approx(np.trapezoid(np.abs(one - other), theta), abs=1e-5)
    assert found.signed[0] == pytest.approx(np.trapezoid(one - other, theta), abs=1e-5)
    density = np.exp(Population().log_density(theta))
    assert found.weighted[0] == pytest.approx(np.trapezoid((one - other) * density, theta), abs=1e-8)
    assert found.weighted_unsigned[0] == pytest.approx(np.trapezoid(np.abs(one - other) * density, theta), abs=1e-5)
    assert abs(found.weighted[0]) <= found.weighted_unsigned[0] + 1e-12 <= found.root_mean_square[0] + 2e-12


@given(slopes, places, slopes, places)
def test_errors_of_areas_rest_on_the_derivatives_of_the_area(
    a: float, b: float, a_focal: float, b_focal: float
) -> None:
    if abs(a - a_focal) < 0.05:
        return
    _, y = raju_height(a, b, a_focal, b_focal)
    (by_bend,), (by_shift,) = _derivatives(np.array([y]))
    step = 1e-6
    numeric = (raju_height(a, b, a_focal + step, b_focal)[0] - raju_height(a, b, a_focal - step, b_focal)[0]) / 2e-6
    assert by_bend / a_focal**2 == pytest.approx(numeric, abs=1e-4)
    numeric = (raju_height(a, b, a_focal, b_focal + step)[0] - raju_height(a, b, a_focal, b_focal - step)[0]) / 2e-6
    assert by_shift == pytest.approx(numeric, abs=1e-4)


def test_areas_of_ordered_categories_and_of_what_has_none() -> None:
    records: list[dict[str, Any]] = [
        {"item": "graded", "model": "GRM", "a": 1.2, "steps": [-1.0, 0.5]},
        {"item": "guessed", "model": "3PL", "a": 1.0, "b": 0.0, "c": 0.2},
        {"item": "nominal", "model": "Nominal", "slopes": [0.0, 1.0], "intercepts": [0.0, 0.0]},
    ]
    reference = ItemTable.from_dicts(records)
    focal = ItemTable.from_dicts(
        [records[0] | {"steps": [-0.7, 0.8]}, records[1] | {"c": 0.1}, records[2] | {"intercepts": [0.0, 0.5]}]
    )
    found = curve_areas(reference, focal, Population())
    assert found.signed[0] == pytest.approx(0.6)
    assert found.unsigned[0] == pytest.approx(0.6, abs=1e-5)
    assert np.isnan(found.signed[1:]).all()
    assert np.isfinite(found.weighted).all()
    with pytest.raises(RuleError):
        curve_areas(reference, focal.select(["graded"]), Population())

"""Curves are probabilities, their derivatives are right, and known formulas come out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psychometrics.arrays import Floats
from psychometrics.items import ItemTable, Model
from psychometrics.models import (
    category_curves,
    category_probabilities,
    expected_score,
    item_information,
)
from tests.psychometrics.strategies import ORDERED, tables

thetas = st.lists(st.floats(-6, 6), min_size=1, max_size=5).map(np.array)
RISING = (Model.RASCH, Model.TWO_PL, Model.PCM, Model.GPCM, Model.GRM)


@given(tables(), thetas)
def test_probabilities_sum_to_one(table: ItemTable, theta: Floats) -> None:
    p = category_probabilities(table, theta)
    assert p.shape == (theta.size, len(table), table.categories.max())
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=2), 1.0, atol=1e-12)
    for item, categories in enumerate(table.categories):
        assert (p[:, item, categories:] == 0).all()


@given(tables(), thetas)
def test_score_and_curvature_are_the_derivatives(table: ItemTable, theta: Floats) -> None:
    step = 1e-4
    here = category_curves(table, theta)
    after, before = (category_probabilities(table, theta + s) for s in (step, -step))
    np.testing.assert_allclose(here.p * here.score, (after - before) / (2 * step), atol=1e-6)
    second = (after - 2 * here.p + before) / step**2
    np.testing.assert_allclose(here.p * here.curvature, second, atol=1e-5)


@given(tables(), thetas)
def test_information_is_the_mean_curvature_of_the_log_likelihood(
    table: ItemTable, theta: Floats
) -> None:
    step = 1e-3
    p = category_probabilities(table, theta)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = [np.log(category_probabilities(table, theta + s)) for s in (step, 0.0, -step)]
        second = (logs[0] - 2 * logs[1] + logs[2]) / step**2
    numeric = -np.where(p > 0, p * second, 0.0).sum(axis=2)
    np.testing.assert_allclose(item_information(table, theta), numeric, atol=1e-5, rtol=1e-4)


@given(tables(ORDERED), thetas)
def test_the_expected_score_never_falls(table: ItemTable, theta: Floats) -> None:
    score = expected_score(table, np.sort(theta))
    assert (np.diff(score, axis=0) >= -1e-12).all()
    assert ((score >= 0) & (score <= table.categories - 1)).all()


@given(tables(RISING), thetas)
def test_categories_mirror_when_the_scale_is_turned_round(table: ItemTable, theta: Floats) -> None:
    turned = ItemTable.from_dicts(
        record | ({"b": -entry.b} if "b" in record else {"steps": [-s for s in entry.steps[::-1]]})
        for record, entry in zip(table.to_dicts(), table.items, strict=True)
    )
    p, q = category_probabilities(table, theta), category_probabilities(turned, -theta)
    for item, categories in enumerate(table.categories):
        np.testing.assert_allclose(
            p[:, item, :categories], q[:, item, :categories][:, ::-1], atol=1e-12
        )


def test_three_parameter_curves_follow_the_textbook() -> None:
    a, b, c, theta = 1.3, 0.4, 0.22, np.array([-2.0, 0.0, 1.5])
    table = ItemTable.from_dicts([{"item": "i", "model": "3PL", "a": a, "b": b, "c": c}])
    p = c + (1 - c) / (1 + np.exp(-a * (theta - b)))
    np.testing.assert_allclose(category_probabilities(table, theta)[:, 0, 1], p)
    information = a**2 * (1 - p) / p * ((p - c) / (1 - c)) ** 2
    np.testing.assert_allclose(item_information(table, theta)[:, 0], information)


def test_one_step_of_any_polytomous_model_is_the_two_parameter_model() -> None:
    names = ("2PL", "GPCM", "GRM")
    locations: tuple[dict[str, object], ...] = ({"b": 0.3}, {"steps": [0.3]}, {"steps": [0.3]})
    table = ItemTable.from_dicts(
        {"item": name, "model": name, "a": 1.4, **where}
        for name, where in zip(names, locations, strict=True)
    )
    curves = category_curves(table, np.linspace(-4, 4, 9))
    for part in (curves.log_p, curves.score, curves.curvature):
        np.testing.assert_allclose(part[:, 1:], part[:, :1].repeat(2, axis=1), atol=1e-12)


def test_partial_credit_steps_are_where_neighbours_meet() -> None:
    steps = [0.7, -0.4, 1.1]
    table = ItemTable.from_dicts([{"item": "i", "model": "GPCM", "a": 0.9, "steps": steps}])
    p = category_probabilities(table, steps)[:, 0]
    for k in range(3):
        assert p[k, k] == pytest.approx(p[k, k + 1])


def test_graded_steps_are_where_half_are_above() -> None:
    steps = [-1.0, 0.2, 1.1]
    table = ItemTable.from_dicts([{"item": "i", "model": "GRM", "a": 1.7, "steps": steps}])
    p = category_probabilities(table, steps)[:, 0]
    for k in range(3):
        assert p[k, k + 1 :].sum() == pytest.approx(0.5)


def test_a_falling_graded_item_is_the_same_beside_an_item_of_more_categories() -> None:
    falling = {"item": "i", "model": "GRM", "a": -1.3, "steps": [0.6, -0.8]}
    longer = {"item": "j", "model": "GRM", "a": 1.0, "steps": [-2.0, -1.0, 0.0, 1.0]}
    alone, beside = (ItemTable.from_dicts(records) for records in ([falling], [falling, longer]))
    theta = [-2.0, 0.0, 2.0]
    assert category_probabilities(beside, theta)[:, 0, :3] == pytest.approx(category_probabilities(alone, theta)[:, 0])
    assert item_information(beside, theta)[:, 0] == pytest.approx(item_information(alone, theta)[:, 0])


@settings(max_examples=50)
@given(tables(), st.floats(50, 5000))
def test_far_from_the_item_everything_stays_finite(table: ItemTable, distance: float) -> None:
    curves = category_curves(table, [-distance, distance])
    present = np.arange(curves.log_p.shape[2]) < table.categories[:, None]
    assert np.isfinite(curves.log_p[:, present]).all()
    assert np.isfinite(curves.score).all()
    assert np.isfinite(curves.curvature).all()

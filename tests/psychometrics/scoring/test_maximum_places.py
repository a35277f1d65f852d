"""ML, MAP and WLE of many persons stand where the derivative of what they climb is zero."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from psychometrics.arrays import Codes, Floats
from psychometrics.items import ItemTable, Model
from psychometrics.likelihood import pick_observed
from psychometrics.maximum import map_scores, ml_scores, wle_scores
from psychometrics.models import category_curves
from psychometrics.precision import conditional_sem
from psychometrics.quadrature import Population
from psychometrics.responses import Missing
from psychometrics.scoring import AbilityEstimate
from psychometrics.simulate import simulate_responses
from tests.psychometrics.strategies import IGNORE, scored

POPULATION = Population(0.3, 1.2)
LOCATIONS = np.linspace(-2.5, 2.5, 40)
TABLES = {
    Model.TWO_PL: ItemTable.from_arrays(Model.TWO_PL, a=np.linspace(0.5, 2.5, 40), b=LOCATIONS),
    Model.THREE_PL: ItemTable.from_arrays(Model.THREE_PL, a=np.linspace(2.5, 0.5, 40), b=LOCATIONS, c=np.full(40, 0.2)),
    Model.GRM: ItemTable.from_arrays(
        Model.GRM, a=np.full(40, 1.4), steps=LOCATIONS[:, None] + np.array([-0.8, 0.0, 0.9])
    ),
    Model.GPCM: ItemTable.from_arrays(
        Model.GPCM, a=np.full(40, -1.1), steps=LOCATIONS[:, None] + np.array([0.3, 0.0, -0.4])
    ),
}


def rise(table: ItemTable, responses: Codes, estimate: AbilityEstimate) -> tuple[Floats, Floats, Floats]:
    """Derivative of the log-likelihood, information and Warm's J at the estimates."""
    curves = category_curves(table, estimate.theta)
    answered = responses >= 0
    return (
        pick_observed(responses, curves.score).sum(axis=1),
        np.where(answered, curves.information, 0.0).sum(axis=1),
        np.where(answered, curves.bias_term, 0.0).sum(axis=1),
    )


@pytest.mark.parametrize("model", list(TABLES))
@pytest.mark.parametrize("holes", [0.0, 0.1])
def test_the_derivative_vanishes_at_the_estimate(model: Model, holes: float) -> None:
    rng = np.random.default_rng(4)
    table = TABLES[model]
    responses = simulate_responses(table, rng.normal(size=300), rng)
    responses[rng.random(responses.shape) < holes] = Missing.NOT_PRESENTED
    ml, wle = ml_scores(table, responses, IGNORE), wle_scores(table, responses, IGNORE)
    posterior = map_scores(table, responses, IGNORE, POPULATION)
    inside = ~ml.at_bound
    slope, information, _ = rise(table, responses, ml)
    np.testing.assert_allclose((slope / information)[inside], 0.0, atol=1e-8)
    np.testing.assert_allclose(ml.se, information**-0.5, rtol=1e-7)
    slope, information, bias = rise(table, responses, wle)
    np.testing.assert_allclose((slope + bias / (2 * information)) / information, 0.0, atol=1e-8)
    np.testing.assert_allclose(wle.se, information**-0.5, rtol=1e-7)
    slope, information, _ = rise(table, responses, posterior)
    pull = (posterior.theta - POPULATION.mean) / POPULATION.sd**2
    np.testing.assert_allclose((slope - pull) / information, 0.0, atol=1e-8)
    np.testing.assert_allclose(posterior.se, (information + POPULATION.sd**-2) ** -0.5, rtol=1e-7)


@settings(max_examples=25, deadline=None)
@given(scored())
def test_the_company_a_person_is_scored_in_changes_nothing(pair: tuple[ItemTable, Any]) -> None:
    table, responses = pair
    for method in (ml_scores, wle_scores):
        together = method(table, responses, IGNORE)
        for person in range(len(responses)):
            alone = method(table, responses[[person]], IGNORE)
            np.testing.assert_allclose(alone.theta, together.theta[[person]], atol=1e-7)


def test_an_extreme_pattern_stops_at_the_bound_however_easy_the_items() -> None:
    # At the bound the likelihood is 1 to the last digit, and so it is for a long way before.
    table = ItemTable.from_arrays(Model.TWO_PL, a=np.full(5, 18.0), b=np.full(5, -3.0))
    estimate = ml_scores(table, np.array([[1] * 5, [0] * 5, [1, -1, 1, -1, 1]]), IGNORE)
    assert estimate.theta.tolist() == [6.0, -6.0, 6.0]
    assert estimate.at_bound.all()


def test_a_miskeyed_item_turns_the_extremes_around() -> None:
    table = ItemTable.from_arrays(Model.TWO_PL, a=[1.0, -1.0], b=[0.0, 0.0])
    estimate = ml_scores(table, np.array([[1, 0], [0, 1], [1, 1]]), IGNORE)
    assert estimate.theta[:2].tolist() == [6.0, -6.0]
    assert abs(estimate.theta[2]) < 1e-9


def test_the_error_is_that_of_the_test_at_the_estimate() -> None:
    table = TABLES[Model.THREE_PL]
    rng = np.random.default_rng(2)
    wle = wle_scores(table, simulate_responses(table, np.linspace(-2, 2, 50), rng), IGNORE)
    np.testing.assert_allclose(wle.se, conditional_sem(table, wle.theta), rtol=1e-7)

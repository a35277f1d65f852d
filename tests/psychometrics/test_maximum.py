"""ML, MAP and WLE stand at the top of what they climb."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from psychometrics.errors import RuleError
from psychometrics.items import ItemTable, Model
from psychometrics.likelihood import log_likelihood
from psychometrics.maximum import map_scores, ml_scores, wle_scores
from psychometrics.precision import total_information
from psychometrics.quadrature import Population
from psychometrics.responses import Missing
from psychometrics.simulate import simulate_responses
from tests.psychometrics.strategies import EXAM, IGNORE, scored

# For these Warm's weight is the square root of the information (Warm 1989, section 3; Magis 2015).
JEFFREYS = (Model.RASCH, Model.TWO_PL, Model.PCM, Model.GPCM)
FINE = np.linspace(-6.0, 6.0, 2401)


@settings(max_examples=50)
@given(scored())
def test_nothing_in_range_is_likelier_than_ml(pair: tuple[ItemTable, Any]) -> None:
    table, responses = pair
    estimate = ml_scores(table, responses, IGNORE)
    heights = log_likelihood(table, responses, FINE)
    for person in np.flatnonzero(estimate.answered):
        own = log_likelihood(table, responses[person : person + 1], estimate.theta[[person]])
        assert own[0, 0] >= heights[person].max() - 1e-9


@settings(max_examples=50)
@given(scored())
def test_nothing_has_more_posterior_than_map(pair: tuple[ItemTable, Any]) -> None:
    table, responses = pair
    population = Population(0.3, 1.2)
    estimate = map_scores(table, responses, IGNORE, population)
    heights = log_likelihood(table, responses, FINE) + population.log_density(FINE)
    for person, theta in enumerate(estimate.theta):
        at = np.array([theta])
        own = log_likelihood(table, responses[person : person + 1], at)
        own = own + population.log_density(at)
        assert own[0, 0] >= heights[person].max() - 1e-9
    assert np.isfinite(estimate.se).all()


@settings(max_examples=50)
@given(scored(JEFFREYS, missing=False))
def test_wle_has_the_weight_of_root_information(pair: tuple[ItemTable, Any]) -> None:
    table, responses = pair
    estimate = wle_scores(table, responses, IGNORE)
    heights = log_likelihood(table, responses, FINE)
    heights = heights + np.log(total_information(table, FINE)) / 2
    for person in range(len(responses)):
        at = estimate.theta[[person]]
        own = log_likelihood(table, responses[person : person + 1], at)
        own = own + np.log(total_information(table, at)) / 2
        assert own[0, 0] >= heights[person].max() - 1e-6


def test_extreme_patterns_stop_ml_at_the_bound_and_not_wle() -> None:
    table = ItemTable.from_dicts(
        {"item": str(i), "model": "2PL", "a": 1.0, "b": b} for i, b in enumerate((-1.0, 0.0, 1.0))
    )
    responses = [[0, 0, 0], [1, 1, 1], [1, 1, 0]]
    ml = ml_scores(table, responses, EXAM, bounds=(-5.0, 5.0))
    assert ml.theta[:2].tolist() == [-5.0, 5.0]
    assert ml.at_bound.tolist() == [True, True, False]
    wle = wle_scores(table, responses, EXAM)
    assert not wle.at_bound.any()
    assert -6 < wle.theta[0] < -2 < 2 < wle.theta[1] < 6


def test_without_an_answer_only_a_population_can_speak() -> None:
    table = ItemTable.from_dicts([{"item": "i", "model": "Rasch", "b": 0.0}])
    nothing = [[Missing.NOT_PRESENTED]]
    for estimate in (ml_scores(table, nothing, EXAM), wle_scores(table, nothing, EXAM)):
        assert math.isnan(estimate.theta[0])
        assert math.isinf(estimate.se[0])
    posterior = map_scores(table, nothing, EXAM, Population(0.7, 1.3))
    assert posterior.theta[0] == pytest.approx(0.7)
    assert posterior.se[0] == pytest.approx(1.3)


def test_three_hundred_items_find_the_ability_back() -> None:
    rng = np.random.default_rng(8)
    table = ItemTable.from_dicts(
        {"item": str(i), "model": "3PL", "a": rng.lognormal(0.2, 0.2), "b": rng.normal(), "c": 0.2}
        for i in range(300)
    )
    theta = np.linspace(-2, 2, 41)
    responses = simulate_responses(table, theta, rng)
    for estimate in (
        ml_scores(table, responses, EXAM),
        wle_scores(table, responses, EXAM),
        map_scores(table, responses, EXAM, Population()),
    ):
        error = (estimate.theta - theta) / estimate.se
        assert np.abs(error).max() < 4
        assert 0.6 < error.std() < 1.4


def test_bounds_must_be_an_interval() -> None:
    table = ItemTable.from_dicts([{"item": "i", "model": "Rasch", "b": 0.0}])
    with pytest.raises(RuleError):
        ml_scores(table, [[1]], EXAM, bounds=(2.0, 2.0))

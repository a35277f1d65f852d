"""A crowd is scored from a table of the weighted sum: the scores are those of each one alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psychometrics.arrays import Codes, Floats
from psychometrics.interpolation import hermite_table
from psychometrics.items import ItemTable, Model
from psychometrics.quadrature import Population, scoring_grid
from psychometrics.responses import Missing, MissingPolicy
from psychometrics.scoring import eap_scores, posterior_weights, probability_above
from psychometrics.simulate import simulate_responses
from tests.psychometrics.strategies import EXAM, IGNORE, tables

SUMMED = (Model.RASCH, Model.TWO_PL, Model.PCM, Model.GPCM)
POPULATION = Population(0.3, 1.4)


def by_person(table: ItemTable, responses: Codes, policy: MissingPolicy) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each person's own posterior."""
    grid = scoring_grid(table, POPULATION)
    weights = posterior_weights(table, responses, policy, POPULATION, grid)
    mean = weights @ grid.nodes
    return mean, np.sqrt(np.einsum("pn,pn->p", weights, (grid.nodes - mean[:, None]) ** 2))


def crowd(table: ItemTable, seed: int, persons: int = 1500) -> Codes:
    """Responses of more persons than a table has places."""
    rng = np.random.default_rng(seed)
    return simulate_responses(table, rng.normal(0.3, 1.4, persons), rng)


@settings(max_examples=20, deadline=None)
@given(tables(SUMMED, most_items=30), st.integers(0, 1000))
def test_a_crowd_is_scored_as_each_person_alone(table: ItemTable, seed: int) -> None:
    responses = crowd(table, seed)
    estimate = eap_scores(table, responses, IGNORE, POPULATION)
    mean, sd = by_person(table, responses, IGNORE)
    np.testing.assert_allclose(estimate.theta, mean, atol=1e-8)
    np.testing.assert_allclose(estimate.se, sd, atol=1e-8)
    above = probability_above(table, responses, IGNORE, POPULATION, 0.4)
    alone = probability_above(table, responses[:20], IGNORE, POPULATION, 0.4)
    np.testing.assert_allclose(above[:20], alone, atol=1e-8)


@pytest.mark.parametrize("model", ["2PL", "3PL", "GRM", "GPCM", "Nominal"])
def test_holes_in_the_responses_are_scored_beside_the_complete(model: str) -> None:
    rng = np.random.default_rng(7)
    parameters: dict[str, dict[str, object]] = {
        "2PL": {"a": 1.3, "b": 0.2},
        "3PL": {"a": 1.3, "b": 0.2, "c": 0.2},
        "GRM": {"a": 1.3, "steps": [-1.0, 0.5]},
        "GPCM": {"a": -0.8, "steps": [0.7, -0.5, 0.1]},
        "Nominal": {"slopes": [-0.5, 0.0, 1.0], "intercepts": [0.3, 0.0, 0.2]},
    }
    table = ItemTable.from_dicts({"item": str(i), "model": model, **parameters[model]} for i in range(12))
    responses = crowd(table, 3)
    holes = rng.random(responses.shape) < 0.02
    responses[holes] = rng.choice([int(code) for code in Missing], holes.sum())
    estimate = eap_scores(table, responses, EXAM, POPULATION)
    mean, sd = by_person(table, responses, EXAM)
    np.testing.assert_allclose(estimate.theta, mean, atol=1e-8)
    np.testing.assert_allclose(estimate.se, sd, atol=1e-8)
    assert estimate.answered.tolist() == (responses >= Missing.OMITTED).sum(axis=1).tolist()


def test_a_crowd_that_answered_alike_gets_one_score() -> None:
    table = ItemTable.from_arrays(Model.TWO_PL, a=[1.0, 2.0], b=[0.0, 0.5])
    estimate = eap_scores(table, np.ones((5000, 2), dtype=np.int8), IGNORE, POPULATION)
    assert np.unique(estimate.theta).size == 1


def test_a_thousand_items_keep_their_digits() -> None:
    rng = np.random.default_rng(5)
    table = ItemTable.from_arrays(Model.TWO_PL, a=rng.lognormal(0, 0.3, 1000), b=rng.normal(size=1000))
    responses = simulate_responses(table, np.linspace(-3, 3, 600), rng)
    estimate = eap_scores(table, responses, IGNORE, POPULATION)
    mean, sd = by_person(table, responses[:100], IGNORE)
    np.testing.assert_allclose(estimate.theta[:100], mean, atol=1e-8)
    np.testing.assert_allclose(estimate.se[:100], sd, atol=1e-8)


def sine(x: Floats) -> Floats:
    """A wave and a growth with their derivatives."""
    first = np.stack((np.sin(x), np.cos(x), -np.sin(x)), axis=1)
    second = np.exp(x / 2)[:, None] * np.array([1.0, 0.5, 0.25])
    return np.stack((first, second), axis=1)


def test_a_table_is_as_exact_as_it_says_or_there_is_none() -> None:
    table = hermite_table(sine, -3.0, 4.0, 10_000)
    assert table is not None
    x = np.linspace(-3.0, 4.0, 777)
    np.testing.assert_allclose(table(x), sine(x)[:, :, 0], atol=1e-9)
    assert hermite_table(lambda x: sine(100 * x)[:, :1], -3.0, 4.0, 1000) is None
    assert hermite_table(sine, 1.0, 1.0, 1000) is None

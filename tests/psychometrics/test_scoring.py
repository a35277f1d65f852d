"""EAP scores: right against brute force, finite always, blind to order, honest about missing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import simpson

from psychometrics.arrays import Floats
from psychometrics.errors import ResponseError, RuleError
from psychometrics.items import ItemTable, Model
from psychometrics.models import category_probabilities
from psychometrics.quadrature import Grid, Population, scoring_grid
from psychometrics.responses import Missing
from psychometrics.scoring import eap_scores, posterior_weights, probability_above
from psychometrics.simulate import simulate_responses
from tests.psychometrics.strategies import EXAM, IGNORE, LOWEST, ORDERED, scored, tables

populations = st.builds(Population, st.floats(-2, 2), st.floats(0.3, 2.5))
DICHOTOMOUS = (Model.RASCH, Model.TWO_PL, Model.THREE_PL, Model.FOUR_PL)


def brute_force(
    table: ItemTable, row: Any, population: Population, cut: float = 0.0
) -> tuple[float, float, float]:
    """Mean, standard deviation and P(theta > cut) by Simpson's rule on plain probabilities.

    The cut is a node, and each side of it is integrated alone: midpoints were off by 2e-5 there.
    """
    theta: Floats = cut + np.linspace(-24.0, 24.0, 8_001) * population.sd
    density = np.exp(population.log_density(theta))
    p = category_probabilities(table, theta)
    for item, category in enumerate(row):
        if category >= 0:
            density = density * p[:, item, category]
    density /= simpson(density, x=theta)
    mean = float(simpson(density * theta, x=theta))
    variance = float(simpson(density * (theta - mean) ** 2, x=theta))
    above = slice(4_000, None)
    return mean, math.sqrt(variance), float(simpson(density[above], x=theta[above]))


# All steps but one at one place: the item turns over within half a logit of the cut.
STEEP = ItemTable.from_dicts([{"item": "i", "model": "GPCM", "a": 3.0, "steps": [0.0, 1.0, 0.0, 0.0]}])


@settings(max_examples=25)
@given(scored(), populations)
@example((STEEP, np.arange(5, dtype=np.int8)[:, None]), Population(0.0, 2.0))
def test_eap_equals_brute_force(pair: tuple[ItemTable, Any], population: Population) -> None:
    table, responses = pair
    estimate = eap_scores(table, responses, IGNORE, population)
    above = probability_above(table, responses, IGNORE, population, 0.4)
    for person, row in enumerate(responses):
        mean, sd, share = brute_force(table, row, population, 0.4)
        assert estimate.theta[person] == pytest.approx(mean, abs=1e-7)
        assert estimate.se[person] == pytest.approx(sd, abs=1e-7)
        assert above[person] == pytest.approx(share, abs=1e-6)


@given(scored(), populations, st.randoms(use_true_random=False))
def test_the_order_of_items_and_persons_does_not_matter(
    pair: tuple[ItemTable, Any], population: Population, random: Any
) -> None:
    table, responses = pair
    columns = random.sample(range(len(table)), len(table))
    rows = random.sample(range(len(responses)), len(responses))
    moved = table.select([table.names[column] for column in columns])
    first = eap_scores(table, responses, EXAM, population)
    second = eap_scores(moved, responses[rows][:, columns], EXAM, population)
    np.testing.assert_allclose(second.theta, first.theta[rows], atol=1e-9)
    np.testing.assert_allclose(second.se, first.se[rows], atol=1e-9)


@given(scored(ORDERED, missing=False), populations)
def test_a_higher_category_never_lowers_the_score(
    pair: tuple[ItemTable, Any], population: Population
) -> None:
    table, responses = pair
    better = np.minimum(responses + 1, (table.categories - 1).astype(np.int8))
    low = eap_scores(table, responses, IGNORE, population).theta
    assert (eap_scores(table, better, IGNORE, population).theta >= low - 1e-9).all()


@given(scored(), populations)
def test_a_missing_response_is_as_if_the_item_had_not_been_there(
    pair: tuple[ItemTable, Any], population: Population
) -> None:
    table, responses = pair
    row = responses[:1]
    kept = [name for name, code in zip(table.names, row[0], strict=True) if code >= 0]
    estimate = eap_scores(table, row, IGNORE, population)
    assert estimate.answered.tolist() == [len(kept)]
    if not kept:
        assert estimate.theta[0] == pytest.approx(population.mean, abs=1e-9)
        assert estimate.se[0] == pytest.approx(population.sd, abs=1e-6)
        return
    alone = eap_scores(table.select(kept), row[:, row[0] >= 0], IGNORE, population)
    assert estimate.theta[0] == pytest.approx(alone.theta[0], abs=1e-7)
    assert estimate.se[0] == pytest.approx(alone.se[0], abs=1e-7)


def test_each_kind_of_missing_follows_its_own_rule() -> None:
    table = ItemTable.from_dicts({"item": n, "model": "Rasch", "b": 0.0} for n in "abcd")
    responses = [[1, Missing.OMITTED, Missing.NOT_REACHED, Missing.NOT_PRESENTED]]
    population = Population()

    def same(policy: Any, plain: list[int]) -> bool:
        marked = eap_scores(table, responses, policy, population)
        expected = eap_scores(table, [plain], IGNORE, population)
        return bool(np.allclose([marked.theta, marked.se], [expected.theta, expected.se]))

    assert same(IGNORE, [1, -3, -3, -3])
    assert same(EXAM, [1, 0, -3, -3])
    assert same(LOWEST, [1, 0, 0, 0])


def located(model: str, b: float) -> dict[str, object]:
    """The other parameters of an item at b."""
    records: dict[str, dict[str, object]] = {
        "2PL": {"b": b},
        "3PL": {"b": b, "c": 0.2},
        "GPCM": {"steps": [b, b - 0.4, b + 1.0]},
        "GRM": {"steps": [b, b + 0.4, b + 1.0]},
    }
    return records[model]


@pytest.mark.parametrize("items", [1, 30, 300])
@pytest.mark.parametrize("model", ["2PL", "3PL", "GPCM", "GRM"])
def test_extreme_patterns_are_finite_at_any_length(items: int, model: str) -> None:
    rng = np.random.default_rng(items)
    table = ItemTable.from_dicts(
        {"item": str(i), "model": model, "a": 2.0, **located(model, float(b))}
        for i, b in enumerate(rng.normal(0, 2, items))
    )
    top = table.categories - 1
    responses = np.stack((np.zeros_like(top), top, np.full_like(top, Missing.NOT_PRESENTED)))
    population = Population()
    estimate = eap_scores(table, responses, EXAM, population)
    assert np.isfinite(estimate.theta).all()
    assert (estimate.se > 0).all()
    assert estimate.theta[0] < estimate.theta[2] < estimate.theta[1]
    # Widening and refining the grid changes nothing: it was wide and fine enough.
    grid = scoring_grid(table, population)
    width = grid.nodes[-1] - grid.nodes[0]
    nodes = np.linspace(grid.nodes[0] - width, grid.nodes[-1] + width, 9 * grid.nodes.size)
    finer = Grid(nodes, np.full(nodes.size, nodes[1] - nodes[0]))
    again = eap_scores(table, responses, EXAM, population, finer)
    np.testing.assert_allclose(estimate.theta, again.theta, atol=1e-8)
    np.testing.assert_allclose(estimate.se, again.se, atol=1e-7)


def test_items_far_from_the_population_widen_the_grid() -> None:
    table = ItemTable.from_dicts(
        {"item": str(i), "model": "2PL", "a": 3.0, "b": 9.0} for i in range(200)
    )
    estimate = eap_scores(table, np.ones((1, 200), dtype=np.int8), IGNORE, Population())
    mean, sd, _ = brute_force(table, np.ones(200, dtype=int), Population(), 8.0)
    assert estimate.theta[0] == pytest.approx(mean, abs=1e-6)
    assert estimate.se[0] == pytest.approx(sd, abs=1e-6)


@given(scored(DICHOTOMOUS), st.floats(-3, 3))
def test_the_chance_to_be_above_falls_as_the_cut_rises(
    pair: tuple[ItemTable, Any], cut: float
) -> None:
    table, responses = pair
    low, high = (
        probability_above(table, responses, EXAM, Population(), c) for c in (cut, cut + 0.5)
    )
    assert ((high < low) & (low <= 1) & (high >= 0)).all()


def test_the_chance_to_be_above_a_cut_beyond_all_is_certain() -> None:
    table = ItemTable.from_dicts([{"item": "i", "model": "Rasch", "b": 0.0}])
    assert probability_above(table, [[1]], IGNORE, Population(), -500.0).tolist() == [1.0]
    assert probability_above(table, [[1]], IGNORE, Population(), 500.0).tolist() == [0.0]
    with pytest.raises(RuleError):
        probability_above(table, [[1]], IGNORE, Population(), math.nan)


def test_the_normal_approximation_comes_close_on_a_long_test() -> None:
    rng = np.random.default_rng(5)
    table = ItemTable.from_dicts(
        {"item": str(i), "model": "2PL", "a": 1.2, "b": float(b)}
        for i, b in enumerate(rng.normal(size=60))
    )
    responses = simulate_responses(table, rng.normal(size=200), rng)
    exact = probability_above(table, responses, IGNORE, Population(), 0.2)
    normal = eap_scores(table, responses, IGNORE, Population()).probability_above(0.2)
    np.testing.assert_allclose(normal, exact, atol=0.02)


@given(scored(), populations)
def test_posterior_weights_are_the_distribution_behind_the_score(
    pair: tuple[ItemTable, Any], population: Population
) -> None:
    table, responses = pair
    grid = scoring_grid(table, population)
    weights = posterior_weights(table, responses, EXAM, population, grid)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    estimate = eap_scores(table, responses, EXAM, population)
    np.testing.assert_allclose(weights @ grid.nodes, estimate.theta, atol=1e-9)


@settings(max_examples=30)
@given(tables(), populations)
def test_a_grid_integrates_its_population(table: ItemTable, population: Population) -> None:
    grid = scoring_grid(table, population)
    assert grid.nodes.size >= 61
    density = np.exp(population.log_density(grid.nodes))
    assert grid.weights @ density == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(
    "responses", [[[0, 2]], [[0, -4]], [[0]], [0, 1], [[0.0, 1.0]], [[0, 300]]]
)
def test_responses_that_do_not_fit_are_refused(responses: Any) -> None:
    table = ItemTable.from_dicts({"item": n, "model": "Rasch", "b": 0.0} for n in "ab")
    with pytest.raises(ResponseError):
        eap_scores(table, responses, IGNORE, Population())


def test_a_bad_category_is_named() -> None:
    table = ItemTable.from_dicts({"item": n, "model": "Rasch", "b": 0.0} for n in "ab")
    with pytest.raises(ResponseError) as caught:
        eap_scores(table, [[0, 1], [1, 5]], IGNORE, Population())
    assert caught.value.params == {"person": 1, "item": "b", "value": 5}


def test_scoring_does_not_change_what_it_is_given() -> None:
    table = ItemTable.from_dicts([{"item": "i", "model": "Rasch", "b": 0.0}])
    responses = np.array([[-1]], dtype=np.int8)
    eap_scores(table, responses, LOWEST, Population())
    assert responses.tolist() == [[-1]]


def test_nobody_to_score_is_an_empty_result() -> None:
    table = ItemTable.from_dicts([{"item": "i", "model": "Rasch", "b": 0.0}])
    nobody = np.empty((0, 1), dtype=np.int8)
    assert eap_scores(table, nobody, IGNORE, Population()).theta.size == 0


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 0.0), (0.0, -1.0), (math.nan, 1.0)])
def test_a_population_must_have_a_spread(mean: float, sd: float) -> None:
    with pytest.raises(RuleError):
        Population(mean, sd)

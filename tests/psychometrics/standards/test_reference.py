"""Numbers that cacIRT gives for the same parameters, and betafunctions' definitions by brute force."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import beta, binom

from psychometrics.arrays import Floats
from psychometrics.items import ItemTable
from psychometrics.models import category_probabilities
from psychometrics.precision import conditional_sem
from psychometrics.quadrature import Population
from psychometrics.standards import (
    TrueScores,
    lee,
    lee_in_population,
    livingston_lewis,
    rudner,
    rudner_in_population,
)
from tests.psychometrics.reference import entry, science_grm

CACIRT = entry("Decision accuracy/consistency Rudner & Lee")


def quadrature() -> tuple[Floats, Floats]:
    grid = CACIRT["data"]["quad"]
    return np.array(grid["quad.points"]), np.array(grid["quad.weights"])


def four_items() -> ItemTable:
    """class.Rud takes the errors, and class.Lee the scores, with the constant 1.7 whatever D they are told."""
    return ItemTable.from_dicts(
        {"item": str(i), "model": "3PL", "a": 1.7 * a, "b": b, "c": c}
        for i, (a, b, c) in enumerate(CACIRT["data"]["params"])
    )


def test_rudner_has_the_numbers_of_cacirt_by_cut_and_at_once() -> None:
    theta, weights = quadrature()
    found = rudner(theta, conditional_sem(four_items(), theta), [-0.5, 1.5], weights)
    expected = CACIRT["expected"]["rud"]
    marginal = np.array(expected["Marginal"])
    np.testing.assert_allclose([*found.accuracy, found.level_accuracy], marginal[:, 0], atol=1e-9)
    np.testing.assert_allclose([*found.consistency, found.level_consistency], marginal[:, 1], atol=1e-9)
    for name, cuts, levels in (
        ("Accuracy", found.conditional_accuracy, found.conditional_level_accuracy),
        ("Consistency", found.conditional_consistency, found.conditional_level_consistency),
    ):
        np.testing.assert_allclose(np.column_stack((cuts, levels)), expected["Conditional"][name], atol=1e-9)


def test_lee_has_the_numbers_of_cacirt() -> None:
    theta, weights = quadrature()
    found, expected = lee(four_items(), theta, 2, weights), CACIRT["expected"]["lee"]
    assert [found.accuracy[0], found.consistency[0]] == pytest.approx(expected["Marginal"][0], abs=1e-9)
    conditional = expected["Conditional"]
    np.testing.assert_allclose(found.conditional_accuracy.ravel(), np.ravel(conditional["Accuracy"]), atol=1e-9)
    np.testing.assert_allclose(found.conditional_consistency.ravel(), np.ravel(conditional["Consistency"]), atol=1e-9)


def test_lee_of_graded_items_is_what_all_patterns_give() -> None:
    table, theta, cuts = science_grm(), np.array([-2.0, -0.3, 0.4, 2.5]), [5, 9]
    p = category_probabilities(table, theta)
    patterns = np.array(list(product(*(range(n) for n in table.categories))))
    chance = np.prod([p[:, i, patterns[:, i]] for i in range(len(table))], axis=0)
    level = np.searchsorted(cuts, patterns.sum(axis=1), side="right")
    placed = np.stack([chance[:, level == at].sum(axis=1) for at in range(3)], axis=1)
    true = np.searchsorted(cuts, (chance * patterns.sum(axis=1)).sum(axis=1), side="right")
    found = lee(table, theta, cuts)
    np.testing.assert_allclose(found.conditional_level_accuracy, placed[np.arange(4), true], atol=1e-12)
    np.testing.assert_allclose(found.conditional_level_consistency, (placed**2).sum(axis=1), atol=1e-12)
    confusion = np.zeros((3, 3))
    np.add.at(confusion, true, placed / 4)
    np.testing.assert_allclose(found.confusion, confusion, atol=1e-12)


@pytest.mark.parametrize("which", ["rudner", "lee"])
def test_a_population_is_classified_as_a_large_sample_of_it(which: str) -> None:
    table, population = science_grm(), Population(0.2, 1.1)
    theta = population.mean + population.sd * np.random.default_rng(5).standard_normal(200_000)
    if which == "lee":
        exact, sampled = lee_in_population(table, population, [6, 9]), lee(table, theta, [6, 9])
    else:
        exact = rudner_in_population(table, population, [-0.5, 1.0])
        sampled = rudner(theta, conditional_sem(table, theta), [-0.5, 1.0])
    np.testing.assert_allclose(exact.confusion, sampled.confusion, atol=0.004)
    np.testing.assert_allclose(exact.agreement, sampled.agreement, atol=0.004)


def beta_binomial(rng: np.random.Generator, low: float, high: float, persons: int, items: int) -> tuple[Floats, Floats]:
    true = low + (high - low) * rng.beta(5.0, 3.0, persons)
    return true, rng.binomial(items, true).astype(np.float64)


def kr21(scores: Floats, items: int) -> float:
    mean, variance = scores.mean(), scores.var(ddof=1)
    return float(items / (items - 1) * (1 - mean * (items - mean) / (items * variance)))


@pytest.mark.parametrize(
    ("model", "low", "high"), [(TrueScores.FOUR_PARAMETERS, 0.25, 0.85), (TrueScores.TWO_PARAMETERS, 0.0, 1.0)]
)
def test_livingston_lewis_recovers_a_simulated_beta_binomial_test(model: TrueScores, low: float, high: float) -> None:
    rng, items, cuts = np.random.default_rng(12), 50, np.array([25.0, 35.0])
    true, scores = beta_binomial(rng, low, high, 200_000, items)
    found = livingston_lewis(scores, kr21(scores, items), cuts, 0, items, model=model)
    assert found.model is model
    assert found.effective_length == pytest.approx(items, abs=0.01)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.05)
    again = rng.binomial(items, true)
    where = [np.searchsorted(cuts, one, side="right") for one in (items * true, scores, again)]
    share = np.zeros((2, 3, 3))
    np.add.at(share[0], (where[0], where[1]), 1 / true.size)
    np.add.at(share[1], (where[1], where[2]), 1 / true.size)
    np.testing.assert_allclose(found.confusion, share[0], atol=0.006)
    np.testing.assert_allclose(found.agreement, share[1], atol=0.006)


def test_livingston_lewis_is_the_integral_it_stands_for() -> None:
    scores = beta_binomial(np.random.default_rng(3), 0.25, 0.85, 2_000, 40)[1]
    found = livingston_lewis(scores, 0.8, [20.0], 0, 40)
    size = round(found.effective_length)
    true = beta(*found.shape, loc=found.low, scale=found.high - found.low)
    x = np.linspace(found.low, found.high, 200_001)[1:-1]
    weight = true.pdf(x) / true.pdf(x).sum()
    above = binom.sf(round(0.5 * size) - 1, size, x)
    assert found.accuracy[0] == pytest.approx(weight @ np.where(x >= 0.5, above, 1 - above), abs=1e-5)
    assert found.consistency[0] == pytest.approx(weight @ (above**2 + (1 - above) ** 2), abs=1e-5)
    assert found.false_positive[0] == pytest.approx(weight @ np.where(x < 0.5, above, 0), abs=1e-5)


def test_livingston_lewis_does_not_mind_the_unit_of_the_scores() -> None:
    scores = beta_binomial(np.random.default_rng(3), 0.25, 0.85, 500, 40)[1]
    plain = livingston_lewis(scores, 0.8, [20, 30], 0, 40)
    scaled = livingston_lewis(200 + 10 * scores, 0.8, [400, 500], 200, 600)
    np.testing.assert_allclose(plain.confusion, scaled.confusion, atol=1e-8)
    assert plain.effective_length == pytest.approx(scaled.effective_length)


def test_a_density_that_is_infinite_at_its_ends_is_integrated() -> None:
    # U-shaped scores: both shapes are below 1.
    scores = np.repeat([0.0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [30, 12, 8, 6, 5, 5, 5, 6, 8, 12, 30])
    found = livingston_lewis(scores, 0.9, [5], 0, 10)
    assert max(found.shape) < 1.0
    assert found.confusion.sum() == pytest.approx(1.0)


def test_a_true_distribution_without_room_within_the_bounds_becomes_one_of_two_parameters() -> None:
    # As in betafunctions with its fail-safe: four parameters would reach beyond all right.
    scores = np.random.default_rng(1).binomial(20, np.random.default_rng(2).beta(8.0, 2.0, 5_000)).astype(np.float64)
    found = livingston_lewis(scores, kr21(scores, 20), [12], 0, 20)
    assert 0.0 <= found.low < found.high <= 1.0
    assert found.confusion.sum() == pytest.approx(1.0)
    assert found.level_accuracy > found.level_consistency > 0.5

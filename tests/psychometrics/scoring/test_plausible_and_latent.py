"""Draws have the spread of the abilities, and the domains' correlations come out unattenuated."""

from __future__ import annotations

import numpy as np
import pytest

from psychometrics.errors import ConvergenceError, DataError, RuleError
from psychometrics.items import ItemTable, Model
from psychometrics.multidimensional import MultidimensionalItems, MultivariatePopulation, estimate_population
from psychometrics.plausible import combine_estimates, multidimensional_plausible_values, plausible_values
from psychometrics.quadrature import Population
from psychometrics.responses import Missing
from psychometrics.scoring import eap_scores
from psychometrics.simulate import simulate_responses
from tests.psychometrics.strategies import IGNORE

CORRELATIONS = np.array([[1.0, 0.6, 0.3], [0.6, 1.0, 0.5], [0.3, 0.5, 1.0]])


def test_draws_have_the_posteriors_mean_and_spread() -> None:
    rng = np.random.default_rng(1)
    table = ItemTable.from_arrays(Model.TWO_PL, a=rng.lognormal(0, 0.3, 12), b=rng.normal(size=12))
    responses = simulate_responses(table, np.linspace(-2, 2, 9), rng)
    responses[0] = Missing.NOT_PRESENTED
    population = Population(0.3, 1.2)
    drawn = plausible_values(table, responses, IGNORE, population, rng, draws=20_000)
    scores = eap_scores(table, responses, IGNORE, population)
    np.testing.assert_allclose(drawn.mean(axis=1), scores.theta, atol=0.04)
    np.testing.assert_allclose(drawn.std(axis=1), scores.se, rtol=0.03)
    assert scores.theta[0] == pytest.approx(0.3)


def test_the_spread_of_a_group_is_right_where_scores_are_drawn_in() -> None:
    rng = np.random.default_rng(2)
    table = ItemTable.from_arrays(Model.TWO_PL, a=np.ones(10), b=np.linspace(-1.5, 1.5, 10))
    responses = simulate_responses(table, rng.normal(size=20_000), rng)
    drawn = plausible_values(table, responses, IGNORE, Population(), rng)
    assert drawn.std() == pytest.approx(1.0, abs=0.02)
    assert eap_scores(table, responses, IGNORE, Population()).theta.std() < 0.9


def test_the_same_generator_gives_the_same_draws() -> None:
    table = ItemTable.from_arrays(Model.RASCH, b=[0.0, 1.0])
    one, two = (plausible_values(table, [[1, 0]], IGNORE, Population(), np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    with pytest.raises(RuleError):
        plausible_values(table, [[1, 0]], IGNORE, Population(), np.random.default_rng(5), draws=0)


def three_domains(persons: int) -> tuple[MultidimensionalItems, np.ndarray]:
    """Ten items a domain; abilities with mean 0.2, 0, -0.1."""
    rng = np.random.default_rng(3)
    table = ItemTable.from_arrays(Model.TWO_PL, a=rng.lognormal(0.1, 0.2, 30), b=rng.normal(size=30))
    domain = np.repeat([0, 1, 2], 10)
    theta = rng.multivariate_normal([0.2, 0.0, -0.1], CORRELATIONS, persons)
    right = rng.random((persons, 30)) < 1 / (1 + np.exp(-table.a * (theta[:, domain] - table.steps[:, 0])))
    return MultidimensionalItems.simple_structure(table, domain.tolist()), right.astype(np.int8)


def test_correlations_of_abilities_are_found_not_those_of_scores() -> None:
    items, responses = three_domains(2500)
    found = estimate_population(items, responses, IGNORE, tolerance=1e-3)
    np.testing.assert_allclose(found.population.mean, [0.2, 0.0, -0.1], atol=0.08)
    np.testing.assert_allclose(found.population.sd, 1.0, atol=0.1)
    np.testing.assert_allclose(found.population.correlation, CORRELATIONS, atol=0.07)
    raw = np.corrcoef(responses.reshape(2500, 3, 10).sum(axis=2), rowvar=False)
    assert (raw[np.triu_indices(3, 1)] < found.population.correlation[np.triu_indices(3, 1)] - 0.05).all()
    drawn = multidimensional_plausible_values(items, responses, IGNORE, found.population, np.random.default_rng(4), 2)
    assert drawn.shape == (2500, 2, 3)
    np.testing.assert_allclose(np.corrcoef(drawn[:, 0], rowvar=False), CORRELATIONS, atol=0.1)


def test_a_population_that_cannot_be_found_is_an_error() -> None:
    items, responses = three_domains(40)
    with pytest.raises(ConvergenceError):
        estimate_population(items, responses, IGNORE, cycles=2)
    with pytest.raises(DataError):
        estimate_population(items, responses[:3], IGNORE)
    fixed = estimate_population(items, responses, IGNORE, standardised=True, tolerance=1e-2).population
    assert isinstance(fixed, MultivariatePopulation)
    np.testing.assert_allclose(fixed.sd, 1.0)
    assert (fixed.mean == 0).all()


def test_results_of_several_sets_are_put_together_by_rubins_rules() -> None:
    found = combine_estimates([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]], [[0.5, 0.2]] * 3)
    assert found.estimate.tolist() == [2.0, 5.0]
    assert found.se[0] == pytest.approx(np.sqrt(0.5 + 4 / 3))
    assert found.df[0] == pytest.approx(2 / ((4 / 3) / (0.5 + 4 / 3)) ** 2)
    assert found.df[1] == np.inf and found.missing_share[1] == 0.0
    for estimates, variances in (([1.0], [1.0]), ([1.0, 2.0], [1.0]), ([1.0, 2.0], [1.0, -1.0])):
        with pytest.raises(DataError):
            combine_estimates(estimates, variances)

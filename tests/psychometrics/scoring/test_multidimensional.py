"""Several correlated abilities: as R's mirt, as plain integration, as one ability where that is the case."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psychometrics.arrays import Codes, Floats
from psychometrics.errors import RuleError
from psychometrics.items import ItemTable, Model
from psychometrics.maximum import map_scores
from psychometrics.models import category_probabilities
from psychometrics.multidimensional import (
    MultidimensionalEstimate,
    composite,
    multidimensional_eap,
    multidimensional_map,
    probability_above_all,
)
from psychometrics.multidimensional.dimensions import MultidimensionalItems, MultivariatePopulation
from psychometrics.quadrature import Grid, Population
from psychometrics.responses import Missing
from psychometrics.scoring import eap_scores
from psychometrics.simulate import simulate_responses
from tests.psychometrics.reference import entry
from tests.psychometrics.strategies import EXAM, IGNORE, scored

NAME = "Multidimensional EAP, 3 correlated simple-structure dimensions, fixed parameters"
MIXED = ItemTable.from_dicts(
    [
        {"item": "p", "model": "2PL", "a": 1.2, "b": -0.5},
        {"item": "q", "model": "GRM", "a": 1.4, "steps": [-1.0, 0.5]},
        {"item": "r", "model": "3PL", "a": 1.5, "b": 0.4, "c": 0.2},
        {"item": "s", "model": "GPCM", "a": 0.9, "steps": [0.6, -0.4, 1.0]},
        {"item": "t", "model": "Nominal", "slopes": [-0.6, 0.0, 0.9], "intercepts": [0.0, 0.4, 0.1]},
        {"item": "u", "model": "2PL", "a": -0.8, "b": 0.3},
    ]
)
PAIR = MultivariatePopulation(np.array([0.2, -0.3]), np.array([[1.2, 0.7], [0.7, 0.9]]))


def reference() -> tuple[MultidimensionalItems, MultivariatePopulation, Codes, dict[str, Floats]]:
    """Twelve items of three abilities, and mirt's scores of forty persons."""
    data, expected = entry(NAME)["data"], entry(NAME)["expected"]
    items = MultidimensionalItems.from_intercepts(Model.TWO_PL, data["a"], data["d"])
    scores = {method: np.array(expected[method]) for method in ("EAP", "MAP")}
    return items, MultivariatePopulation.standard(data["sigma"]), np.array(data["X"], dtype=np.int8), scores


def off(estimate: MultidimensionalEstimate, expected: Floats) -> float:
    """The largest difference of any ability or error."""
    found = np.hstack((estimate.theta, estimate.se))
    return float(np.abs(found - expected).max())


def test_on_the_grid_of_mirt_the_scores_are_those_of_mirt() -> None:
    items, population, responses, scores = reference()
    grid = Grid(np.linspace(-6.0, 6.0, 41), np.ones(41))
    assert off(multidimensional_eap(items, responses, IGNORE, population, grid), scores["EAP"]) < 1e-9
    assert off(multidimensional_eap(items, responses, IGNORE, population), scores["EAP"]) < 1e-6
    # mirt's own search for the mode ends within 1e-5 of it.
    assert off(multidimensional_map(items, responses, IGNORE, population), scores["MAP"]) < 1e-4


def brute_force(
    items: MultidimensionalItems, row: Any, population: MultivariatePopulation, cuts: Floats
) -> tuple[Floats, Floats, float]:
    """Mean, covariance and P(both above) by panels on both sides of the cuts, from plain probabilities."""
    unit, weight = np.polynomial.legendre.leggauss(12)
    axes, weights = [], []
    for d in range(2):
        reach = 8 * population.sd[d]
        ends = (population.mean[d] - reach, cuts[d], population.mean[d] + reach)
        edges = np.unique(np.concatenate([np.linspace(*pair, 12) for pair in pairwise(ends)]))
        half = np.diff(edges)[:, None] / 2
        axes.append((edges[:-1, None] + half * (unit + 1)).ravel())
        weights.append((half * weight).ravel())
    points = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
    density = np.outer(*weights).ravel() * np.exp(population.log_density(points))
    for j, category in enumerate(row):
        if category >= 0:
            single = items.table.select([items.table.names[j]])
            density *= category_probabilities(single, points @ items.loadings[j])[:, 0, category]
    density /= density.sum()
    mean = density @ points
    covariance = (points - mean).T @ (density[:, None] * (points - mean))
    return mean, covariance, float(density[(points > cuts).all(axis=1)].sum())


@pytest.mark.parametrize("loadings", [np.eye(2)[[0, 1, 1, 0, 0, 1]], np.tile([[0.7, 0.5], [-0.4, 1.0]], (3, 1))])
def test_every_model_is_scored_as_by_plain_integration(loadings: Floats) -> None:
    items = MultidimensionalItems(MIXED, loadings)
    rows = np.array([[0, 0, 0, 0, 0, 0], [1, 2, 1, 3, 2, 0], [1, 0, 1, -1, 1, 1], [-3] * 6, [-1, -1, 1, -1, -1, 0]])
    cuts = np.array([0.3, -0.6])
    estimate = multidimensional_eap(items, rows, IGNORE, PAIR)
    above = probability_above_all(items, rows, IGNORE, PAIR, cuts.tolist())
    for person, row in enumerate(rows):
        mean, covariance, share = brute_force(items, row, PAIR, cuts)
        np.testing.assert_allclose(estimate.theta[person], mean, atol=1e-6)
        np.testing.assert_allclose(estimate.covariance[person], covariance, atol=1e-6)
        assert above[person] == pytest.approx(share, abs=1e-5)


@settings(max_examples=20, deadline=None)
@given(scored(), st.integers(0, 2))
def test_without_correlation_each_ability_is_scored_alone(pair: tuple[ItemTable, Any], first: int) -> None:
    table, responses = pair
    dimension = [(first + j) % 3 for j in range(len(table))]
    items = MultidimensionalItems.simple_structure(table, dimension, 3)
    spread = np.array([0.8, 1.0, 1.3])
    population = MultivariatePopulation(np.array([0.2, 0.0, -0.4]), np.diag(spread**2))
    estimate = multidimensional_eap(items, responses, EXAM, population)
    mode = multidimensional_map(items, responses, EXAM, population)
    for d in range(3):
        alone = Population(float(population.mean[d]), float(spread[d]))
        columns = [j for j, own in enumerate(dimension) if own == d]
        if not columns:
            np.testing.assert_allclose(estimate.theta[:, d], alone.mean, atol=1e-7)
            np.testing.assert_allclose(estimate.se[:, d], alone.sd, atol=1e-7)
            continue
        part = table.select([table.names[j] for j in columns])
        expected = eap_scores(part, responses[:, columns], EXAM, alone)
        np.testing.assert_allclose(estimate.theta[:, d], expected.theta, atol=1e-6)
        np.testing.assert_allclose(estimate.se[:, d], expected.se, atol=1e-6)
        if not {Model.THREE_PL, Model.FOUR_PL, Model.NOMINAL} & set(part.models):
            # With guessing there may be two modes, and each method may find its own.
            top = map_scores(part, responses[:, columns], EXAM, alone)
            np.testing.assert_allclose(mode.theta[:, d], top.theta, atol=1e-6)


def domains(count: int, items: int, correlation: float, persons: int) -> Any:
    """A test of several domains, its population, and responses drawn from both."""
    rng = np.random.default_rng(count)
    matrix = np.full((count, count), correlation) + (1 - correlation) * np.eye(count)
    theta = rng.multivariate_normal(np.zeros(count), matrix, persons)
    table = ItemTable.from_arrays(
        Model.TWO_PL, a=rng.lognormal(0.1, 0.3, count * items), b=rng.normal(size=count * items)
    )
    place = np.repeat(np.arange(count), items)
    responses = np.hstack(
        [
            simulate_responses(table.select([table.names[j] for j in np.flatnonzero(place == d)]), theta[:, d], rng)
            for d in range(count)
        ]
    )
    simple = MultidimensionalItems.simple_structure(table, place.tolist())
    return simple, MultivariatePopulation.standard(matrix), responses, theta


def test_four_domains_lend_each_other_strength_and_err_as_they_say() -> None:
    items, population, responses, theta = domains(4, 12, 0.7, 2000)
    estimate = multidimensional_eap(items, responses, IGNORE, population)
    apart = MultivariatePopulation.standard(np.eye(4))
    alone = multidimensional_eap(items, responses, IGNORE, apart)
    error = np.sqrt(((estimate.theta - theta) ** 2).mean(axis=0))
    np.testing.assert_allclose(error, np.sqrt((estimate.se**2).mean(axis=0)), rtol=0.06)
    assert (error < 0.95 * np.sqrt(((alone.theta - theta) ** 2).mean(axis=0))).all()


def test_both_ways_to_integrate_agree() -> None:
    items, population, responses, _ = domains(3, 5, 0.5, 6)
    by_windows = multidimensional_eap(items, responses, IGNORE, population)
    nodes, log_mass, _ = composite.tensor_grid(items, population, None)
    theta, covariance = composite.posterior_moments(items, responses, population, nodes, log_mass)
    np.testing.assert_allclose(by_windows.theta, theta, atol=1e-6)
    np.testing.assert_allclose(by_windows.covariance, covariance, atol=1e-6)
    mode, hessian = composite.modes(items, responses, population)
    by_parts = multidimensional_map(items, responses, IGNORE, population)
    np.testing.assert_allclose(by_parts.theta, mode, atol=1e-7)
    np.testing.assert_allclose(by_parts.covariance, np.linalg.inv(hessian), atol=1e-6)


def test_six_domains_are_still_integrated() -> None:
    items, population, responses, _ = domains(6, 6, 0.4, 5)
    estimate = multidimensional_eap(items, responses, IGNORE, population)
    assert (np.linalg.eigvalsh(estimate.covariance) > 0).all()
    alone = multidimensional_eap(items, responses[[2]], IGNORE, population)
    np.testing.assert_allclose(alone.theta, estimate.theta[[2]], atol=1e-7)


@pytest.mark.parametrize("correlation", [-0.95, 0.97])
def test_abilities_that_are_nearly_one_stay_exact(correlation: float) -> None:
    table = ItemTable.from_arrays(Model.TWO_PL, a=np.full(20, 1.3), b=np.linspace(-2, 2, 20))
    items = MultidimensionalItems.simple_structure(table, [0, 1] * 10)
    population = MultivariatePopulation.standard([[1.0, correlation], [correlation, 1.0]])
    rng = np.random.default_rng(1)
    rows = (rng.random((4, 20)) < 0.5).astype(np.int8)
    rows[0] = 1
    estimate = multidimensional_eap(items, rows, IGNORE, population)
    nodes, log_mass, _ = composite.tensor_grid(items, population, None, fineness=0.5)
    theta, covariance = composite.posterior_moments(items, rows, population, nodes, log_mass)
    np.testing.assert_allclose(estimate.theta, theta, atol=1e-6)
    np.testing.assert_allclose(estimate.covariance, covariance, atol=1e-6)


def test_the_order_of_persons_items_and_abilities_does_not_matter() -> None:
    items, population, responses, _ = domains(3, 6, 0.5, 30)
    first = multidimensional_eap(items, responses, IGNORE, population)
    rng = np.random.default_rng(9)
    rows, columns, axes = rng.permutation(30), rng.permutation(18), np.array([2, 0, 1])
    moved = MultidimensionalItems(
        items.table.select([items.table.names[j] for j in columns]), items.loadings[columns][:, axes]
    )
    turned = MultivariatePopulation.standard(population.covariance[np.ix_(axes, axes)])
    second = multidimensional_eap(moved, responses[rows][:, columns], IGNORE, turned)
    np.testing.assert_allclose(second.theta, first.theta[rows][:, axes], atol=1e-7)


def test_the_chance_to_pass_everywhere_is_near_the_normal_one() -> None:
    items, population, responses, _ = domains(4, 20, 0.6, 40)
    cuts = [-0.5, 0.0, -np.inf, -1.0]
    exact = probability_above_all(items, responses, IGNORE, population, cuts)
    normal = multidimensional_eap(items, responses, IGNORE, population).probability_above_all(cuts)
    np.testing.assert_allclose(normal, exact, atol=0.03)
    free = probability_above_all(items, responses, IGNORE, population, [-np.inf] * 4)
    assert (free == 1.0).all()


def test_intercepts_are_those_of_mirt() -> None:
    graded = MultidimensionalItems.from_intercepts(Model.GRM, [[1.0, 0.5]], [[1.0, -0.5]])
    assert graded.table.items[0].steps == (-1.0, 0.5)
    # P(2) over P(0) at theta 0 is exp of the second intercept.
    credit = MultidimensionalItems.from_intercepts(Model.GPCM, [[1.0, 0.5]], [[0.4, -0.3]])
    p = category_probabilities(credit.table, 0.0)[0, 0]
    np.testing.assert_allclose(np.log(p[1:] / p[0]), [0.4, -0.3], atol=1e-12)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(RuleError):
        MultivariatePopulation.standard([[1.0, 1.0], [1.0, 1.0]])
    with pytest.raises(RuleError):
        MultivariatePopulation.standard([[1.0, 0.2], [0.3, 1.0]])
    with pytest.raises(RuleError):
        MultidimensionalItems(MIXED, np.zeros((6, 2)))
    with pytest.raises(RuleError):
        MultidimensionalItems.simple_structure(MIXED, [0, 1, 2, 0, 1, 2], 2)
    items = MultidimensionalItems.simple_structure(MIXED, [0, 1, 1, 0, 0, 1])
    with pytest.raises(RuleError):
        multidimensional_eap(items, [[0] * 6], IGNORE, MultivariatePopulation.standard(np.eye(3)))
    with pytest.raises(RuleError):
        probability_above_all(items, [[0] * 6], IGNORE, PAIR, [0.0])
    nobody = np.empty((0, 6), dtype=np.int8)
    assert multidimensional_eap(items, nobody, IGNORE, PAIR).theta.shape == (0, 2)
    assert multidimensional_map(items, nobody, IGNORE, PAIR).covariance.shape == (0, 2, 2)
    alone = multidimensional_eap(items, [[Missing.NOT_PRESENTED] * 6], IGNORE, PAIR)
    np.testing.assert_allclose(alone.covariance[0], PAIR.covariance, atol=1e-7)
    assert alone.answered.tolist() == [0]

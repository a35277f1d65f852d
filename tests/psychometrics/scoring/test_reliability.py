"""Reliability: formulas by hand, intervals that cover, and one truth from several sides."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psychometrics.datasets import lsat7, science
from psychometrics.errors import DataError, RuleError
from psychometrics.items import ItemTable, Model
from psychometrics.models import expected_score
from psychometrics.precision import conditional_sem
from psychometrics.quadrature import Population
from psychometrics.reliability import (
    binomial_sem,
    coefficient_alpha,
    model_reliability,
    omega_total,
    score_variance,
    split_half,
)
from psychometrics.responses import MissingPolicy
from psychometrics.simulate import simulate_responses
from psychometrics.sum_scores import sum_score_distribution
from tests.psychometrics.strategies import IGNORE


def parallel(persons: int, items: int = 10, seed: int = 1) -> np.ndarray:
    """Items of one loading and one uniqueness, in five categories."""
    rng = np.random.default_rng(seed)
    true = rng.normal(size=(persons, 1))
    return np.clip(np.rint(1.2 * true + rng.normal(size=(persons, items)) + 6), 0, 12).astype(int)


def test_alpha_is_kr20_for_right_and_wrong() -> None:
    x = lsat7().responses.astype(float)
    p, variance = x.mean(axis=0), x.sum(axis=1).var()
    kr20 = 5 / 4 * (1 - (p * (1 - p)).sum() / variance)
    found = coefficient_alpha(lsat7().responses, IGNORE)
    assert found.alpha == pytest.approx(kr20)
    # The value R's packages give for LSAT7.
    assert found.alpha == pytest.approx(0.4530, abs=5e-4)
    assert found.low < found.alpha < found.high
    assert found.sem == pytest.approx(x.sum(axis=1).std(ddof=1) * np.sqrt(1 - kr20))
    assert coefficient_alpha(science().responses, IGNORE).alpha == pytest.approx(0.5985, abs=1e-3)


def test_feldts_interval_covers_as_often_as_it_says() -> None:
    truth = coefficient_alpha(parallel(200_000), IGNORE).alpha
    found = [coefficient_alpha(parallel(60, seed=seed), IGNORE) for seed in range(2, 302)]
    covered = np.mean([one.low <= truth <= one.high for one in found])
    assert 0.91 < covered < 0.985


def test_of_parallel_items_all_coefficients_agree() -> None:
    x = parallel(20_000)
    alpha, omega, halves = coefficient_alpha(x, IGNORE), omega_total(x, IGNORE), split_half(x, IGNORE)
    assert omega.omega == pytest.approx(alpha.alpha, abs=2e-3)
    assert halves.spearman_brown == pytest.approx(alpha.alpha, abs=5e-3)
    assert halves.guttman == pytest.approx(halves.spearman_brown, abs=5e-3)
    assert alpha.standardised == pytest.approx(alpha.alpha, abs=2e-3)
    np.testing.assert_allclose(omega.loadings, 1.2, atol=0.05)


def test_omega_recovers_loadings_and_exceeds_alpha_where_they_differ() -> None:
    rng = np.random.default_rng(5)
    loadings = np.array([0.4, 0.7, 1.0, 1.3, 1.6, 2.0])
    x = np.rint(10 + loadings * rng.normal(size=(30_000, 1)) + rng.normal(size=(30_000, 6)))
    x = np.clip(x, 0, 20).astype(int)
    found = omega_total(x, IGNORE)
    np.testing.assert_allclose(found.loadings, loadings, atol=0.05)
    np.testing.assert_allclose(found.uniquenesses, 1.0 + 1 / 12, atol=0.08)
    assert found.omega > coefficient_alpha(x, IGNORE).alpha + 0.005


def test_the_model_knows_the_reliability_of_its_own_scores() -> None:
    rng = np.random.default_rng(6)
    table = ItemTable.from_arrays(Model.TWO_PL, a=rng.lognormal(0, 0.2, 30), b=rng.normal(size=30))
    theta = rng.normal(size=60_000)
    score = simulate_responses(table, theta, rng).sum(axis=1)
    true = expected_score(table, theta).sum(axis=1)
    assert model_reliability(table, Population()) == pytest.approx(np.corrcoef(score, true)[0, 1] ** 2, abs=5e-3)
    assert model_reliability(table, Population()) == pytest.approx(
        coefficient_alpha(simulate_responses(table, theta, rng), IGNORE).alpha, abs=0.02
    )


def test_the_error_of_a_score_is_the_spread_of_its_distribution() -> None:
    table = ItemTable.from_dicts(
        [
            {"item": "p", "model": "GRM", "a": 1.2, "steps": [-1.0, 0.5]},
            {"item": "q", "model": "3PL", "a": 1.0, "b": 0.0, "c": 0.2},
        ]
    )
    theta = np.array([-1.0, 0.0, 1.5])
    distribution, scores = sum_score_distribution(table, theta), np.arange(4)
    variance = distribution @ scores**2 - (distribution @ scores) ** 2
    np.testing.assert_allclose(score_variance(table, theta), variance)
    assert conditional_sem(table, theta).shape == (3,)
    alike = ItemTable.from_arrays(Model.RASCH, b=np.zeros(40))
    # Items all alike are Lord's binomial, but for n against n - 1.
    middle = float(score_variance(alike, 0.0)[0]) ** 0.5
    assert float(binomial_sem(20.0, 40)) == pytest.approx(middle * np.sqrt(40 / 39))


@settings(max_examples=15)
@given(st.permutations(range(6)), st.integers(0, 100))
def test_the_order_of_items_and_a_shift_change_nothing(order: list[int], seed: int) -> None:
    x = parallel(40, 6, seed)
    one, other = coefficient_alpha(x, IGNORE), coefficient_alpha(x[:, order] + 1, IGNORE)
    assert other.alpha == pytest.approx(one.alpha)
    assert omega_total(x[:, order], IGNORE).omega == pytest.approx(omega_total(x, IGNORE).omega, abs=1e-4)


def test_incomplete_persons_are_left_out_unless_blanks_count() -> None:
    x = lsat7().responses.copy()
    x[:100, 2] = -1
    assert coefficient_alpha(x, IGNORE).persons == 900
    assert coefficient_alpha(x, MissingPolicy.count_blanks()).persons == 1000


def test_what_has_no_reliability_says_so() -> None:
    with pytest.raises(DataError, match="score_does_not_vary"):
        coefficient_alpha(np.ones((10, 4), dtype=int), IGNORE)
    with pytest.raises(DataError):
        coefficient_alpha([[1, 0], [0, 1]], IGNORE)
    with pytest.raises(DataError, match="constant"):
        omega_total(np.column_stack((np.ones((30, 1), dtype=int), parallel(30, 3))), IGNORE)
    with pytest.raises(RuleError):
        split_half(parallel(30), IGNORE, first_half=list(range(10)))
    with pytest.raises(RuleError):
        split_half(parallel(30), IGNORE, first_half=[11])
    with pytest.raises(RuleError):
        coefficient_alpha(parallel(30), IGNORE, level=1.0)
    with pytest.raises(RuleError):
        binomial_sem([41.0], 40)

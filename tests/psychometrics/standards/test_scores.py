"""What a score is worth: thresholds, true scores, decisions, validity, composites."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, pearsonr

from psychometrics.errors import DataError, RuleError
from psychometrics.items import ItemTable
from psychometrics.quadrature import Population
from psychometrics.scoring import probability_above
from psychometrics.standards import (
    attenuation,
    chances_from_draws,
    composite_reliability,
    correlated_chances,
    correlation,
    direct_restriction,
    effective_weights,
    fisher_interval,
    fixed_weights_validity,
    incremental_validity,
    independent_chances,
    indirect_restriction,
    lee,
    livingston_lewis,
    probability_true_score_reaches,
    regression_validity,
    restriction_by_third,
    rudner,
    true_score,
    true_score_crossings,
)
from tests.psychometrics.reference import science_grm
from tests.psychometrics.strategies import IGNORE, ORDERED, tables


@given(tables(ORDERED), st.lists(st.floats(-4, 4), min_size=1, max_size=5), st.data())
def test_decisions_of_any_form_are_shares_that_add_up(
    table: ItemTable, theta: list[float], data: st.DataObject
) -> None:
    cuts = data.draw(st.sets(st.integers(1, table.max_score), min_size=1, max_size=3).map(sorted))
    found = lee(table, theta, cuts)
    assert found.confusion.sum() == pytest.approx(1.0)
    assert found.agreement == pytest.approx(found.agreement.T)
    assert found.accuracy + found.false_positive + found.false_negative == pytest.approx(np.ones(len(cuts)))
    assert found.conditional_accuracy.mean(axis=0) == pytest.approx(found.accuracy)
    assert found.conditional_consistency.mean(axis=0) == pytest.approx(found.consistency)
    assert found.level_accuracy <= found.accuracy.min() + 1e-9
    assert (found.conditional_consistency >= 0.5 - 1e-9).all()


def test_kappa_is_agreement_beyond_chance() -> None:
    found = rudner([-1.0, 1.0], [0.5, 0.5], 0.0)
    # Both groups are of one size and equally far from the cut, so chance agrees in one half.
    assert found.kappa[0] == pytest.approx(2 * found.consistency[0] - 1)
    assert found.level_kappa == pytest.approx(found.kappa[0])


def test_a_cut_nobody_is_near_has_no_kappa_and_a_node_without_information_is_a_coin_toss() -> None:
    assert np.isnan(rudner([-1.0], [0.1], 50.0).kappa[0])
    assert rudner([0.3], [np.inf], 0.0).accuracy[0] == pytest.approx(0.5)


def test_a_person_at_the_cut_is_above_it() -> None:
    assert rudner([0.0], [1.0], 0.0).confusion[1].sum() == 1.0


def test_classification_refuses_what_it_cannot_use() -> None:
    table, scores = science_grm(), [1.0, 2, 3, 4, 5, 9]
    for call in (
        lambda: rudner([0.0], [0.0], 0.0),
        lambda: rudner([0.0, np.nan], [1.0, 1.0], 0.0),
        lambda: rudner([0.0], [1.0], [1.0, 0.0]),
        lambda: rudner([0.0], [1.0], 0.0, [-1.0]),
        lambda: lee(table, [0.0], 0),
        lambda: lee(table, [0.0], 13),
        lambda: livingston_lewis(scores, 1.0, [5], 0, 10),
        lambda: livingston_lewis(scores, 0.8, [5], 0, 8),
    ):
        with pytest.raises(RuleError):
            call()
    for few in ([3.0], [3.0, 3.0], [0.0, np.nan]):
        with pytest.raises(DataError):
            livingston_lewis(few, 0.8, [5], 0, 10)


def test_independent_thresholds_multiply() -> None:
    found = independent_chances([[0.5, 0.0, 9.0]], [[0.5, 0.5, 1.0]], [0.0, 0.0, -np.inf])
    assert found.each[0] == pytest.approx([0.8413447, 0.5, 1.0])
    assert found.all[0] == pytest.approx(0.42067237)


def test_correlated_thresholds_are_the_integral_of_the_posterior() -> None:
    mean, covariance, cuts = [0.3, -0.1], [[0.4, 0.25], [0.25, 0.3]], [0.0, 0.1]
    found = correlated_chances([mean], [covariance], cuts, np.random.default_rng(1), draws=20_000)
    exact = multivariate_normal([0, 0], covariance).cdf(np.array(mean) - cuts)
    assert abs(found.all[0] - exact) < 4 * found.all_se[0] < 0.02
    draws = np.random.default_rng(2).multivariate_normal(mean, covariance, 20_000)
    sampled = chances_from_draws(draws[None], cuts)
    assert abs(sampled.all[0] - exact) < 4 * sampled.all_se[0]
    assert sampled.each[0] == pytest.approx(found.each[0], abs=0.02)
    assert independent_chances([mean], np.sqrt(np.diagonal(covariance))[None], cuts).all[0] < exact


def test_thresholds_refuse_what_is_no_posterior() -> None:
    rng = np.random.default_rng(1)
    for covariance in ([[1.0, 2.0], [2.0, 1.0]], [[1.0, 0.5], [0.1, 1.0]], [[np.nan, 0.0], [0.0, 1.0]]):
        with pytest.raises(RuleError):
            correlated_chances([[0.0, 0.0]], [covariance], [0, 0], rng)
    with pytest.raises(RuleError):
        independent_chances([[0.0]], [[0.0]], [0])
    with pytest.raises(RuleError):
        chances_from_draws([[[np.nan]]], [0])


@given(tables(ORDERED), st.floats(0.05, 0.95))
def test_a_true_score_that_rises_meets_a_cut_once(table: ItemTable, share: float) -> None:
    low, high = (float(true_score(table, at)[0]) for at in (-90.0, 90.0))
    cut = low + share * (high - low)
    found = true_score_crossings(table, cut)
    assert len(found) == 1
    assert true_score(table, found[0])[0] == pytest.approx(cut, abs=1e-6)


def test_the_true_score_reaches_a_cut_where_ability_passes_its_crossing() -> None:
    table, responses = science_grm(), [[2, 2, 1, 2], [1, 0, 0, 1], [3, -2, 3, 3], [-1, -1, -1, -1]]
    crossing = float(true_score_crossings(table, 7.5)[0])
    found = probability_true_score_reaches(table, responses, IGNORE, Population(), 7.5)
    np.testing.assert_allclose(found, probability_above(table, responses, IGNORE, Population(), crossing), atol=1e-12)
    for cut, certain in ((0.0, 1.0), (-1.0, 1.0), (12.5, 0.0)):
        assert (probability_true_score_reaches(table, responses, IGNORE, Population(), cut) == certain).all()


def test_a_nominal_item_may_pass_the_cut_twice() -> None:
    # The last category is chosen most in the middle: points rise to it, and fall behind it.
    table = ItemTable.from_dicts(
        [{"item": "n", "model": "Nominal", "slopes": [0.0, 3.0, 1.5], "intercepts": [0, 0, 2]}]
    )
    crossings = true_score_crossings(table, 1.2)
    chance = probability_true_score_reaches(table, [[-1]], IGNORE, Population(), 1.2)[0]
    theta = np.random.default_rng(1).standard_normal(400_000)
    assert len(crossings) >= 2
    assert chance == pytest.approx((true_score(table, theta) >= 1.2).mean(), abs=0.004)


def test_thousands_of_items_are_no_burden() -> None:
    rng = np.random.default_rng(3)
    table = ItemTable.from_dicts(
        {"item": str(i), "model": "2PL", "a": a, "b": b}
        for i, (a, b) in enumerate(
            zip(rng.uniform(0.2, 3.0, 3000).tolist(), rng.normal(size=3000).tolist(), strict=True)
        )
    )
    assert true_score(table, true_score_crossings(table, 1500.0))[0] == pytest.approx(1500.0)


def test_a_correlation_has_the_interval_of_scipy() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=40)
    y = 0.5 * x + rng.normal(size=40)
    found, expected = correlation(np.append(x, np.nan), np.append(y, 3.0)), pearsonr(x, y)
    low, high = expected.confidence_interval()
    assert (found.r, found.p_value, found.low, found.high, found.persons) == pytest.approx(
        (expected.statistic, expected.pvalue, low, high, 40)
    )
    assert np.isnan(fisher_interval(0.4, 3)).all()
    for few in ([1.0, 2.0], [1.0, 1.0, 1.0]):
        with pytest.raises(DataError):
            correlation(few, few)


def test_restriction_on_the_predictor_or_a_third_test_is_undone() -> None:
    rng = np.random.default_rng(9)
    x, z = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 400_000).T
    y = 0.4 * x + 0.2 * z + 0.8 * rng.normal(size=x.size)
    whole = np.corrcoef(x, y)[0, 1]
    chosen = x > 0.3
    restricted = np.corrcoef(x[chosen], y[chosen])[0, 1]
    assert restricted < whole - 0.1
    assert direct_restriction(restricted, x.std() / x[chosen].std()) == pytest.approx(whole, abs=0.01)
    chosen = z > 0.3
    among = np.corrcoef([x[chosen], y[chosen], z[chosen]])
    found = restriction_by_third(among[0, 1], among[0, 2], among[1, 2], z.std() / z[chosen].std())
    assert found == pytest.approx(whole, abs=0.01)


def test_restriction_on_something_unknown_is_undone() -> None:
    # Hunter, Schmidt & Le: selection touches the predictor through its true score alone.
    rng = np.random.default_rng(10)
    true = rng.normal(size=400_000)
    test = true + 0.5 * rng.normal(size=true.size)
    job = 0.5 * true + rng.normal(size=true.size)
    chosen = true + 0.3 * rng.normal(size=true.size) > 0.2
    r = np.corrcoef(test[chosen], job[chosen])[0, 1]
    found = indirect_restriction(r, test.std() / test[chosen].std(), 0.8)
    assert found.true_sd_ratio == pytest.approx(true.std() / true[chosen].std(), rel=0.01)
    assert found.operational == pytest.approx(np.corrcoef(test, job)[0, 1], abs=0.01)
    assert found.true_score == pytest.approx(np.corrcoef(true, job)[0, 1], abs=0.01)


@given(st.floats(-0.99, 0.99), st.floats(0.2, 5.0))
def test_widening_and_narrowing_the_range_cancel(r: float, ratio: float) -> None:
    assert direct_restriction(direct_restriction(r, ratio), 1 / ratio) == pytest.approx(r, abs=1e-9)
    assert restriction_by_third(r, 0.0, 0.0, ratio) == pytest.approx(r)
    assert indirect_restriction(r, 1.0, 1.0).operational == pytest.approx(r)


def test_corrections_that_contradict_themselves_are_refused() -> None:
    for call in (
        lambda: attenuation(0.9, 0.5, 0.5),
        lambda: attenuation(0.5, 0.0),
        lambda: attenuation(np.nan),
        lambda: direct_restriction(1.1, 1.0),
        lambda: direct_restriction(0.5, np.inf),
        lambda: indirect_restriction(0.3, 3.0, 0.7),
    ):
        with pytest.raises(RuleError):
            call()


def domains(persons: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    x = rng.normal(size=(persons, 3)) @ np.array([[1, 0.4, 0.3], [0, 1, 0.2], [0, 0, 1]])
    return x, x @ [0.3, 0.2, 0.0] + rng.normal(size=persons)


def test_leaving_out_is_what_leaving_out_gives() -> None:
    x, y = domains(30, np.random.default_rng(1))
    found = regression_validity(x, y)
    design = np.column_stack((np.ones(30), x))
    weights = np.linalg.lstsq(design, y)[0]
    assert [found.intercept, *found.weights] == pytest.approx(weights)
    forecast = [design[i] @ np.linalg.lstsq(np.delete(design, i, 0), np.delete(y, i))[0] for i in range(30)]
    assert found.left_out_r == pytest.approx(np.corrcoef(forecast, y)[0, 1])
    assert found.left_out_r2 == pytest.approx(1 - ((y - forecast) ** 2).sum() / ((y - y.mean()) ** 2).sum())
    assert found.wherry == pytest.approx(1 - (1 - found.r2) * 29 / 26)


def test_shrinkage_is_what_many_samples_show() -> None:
    rng = np.random.default_rng(2)
    large, outcome = domains(100_000, rng)
    truth = regression_validity(large, outcome).r2
    samples = [regression_validity(*domains(60, rng)) for _ in range(800)]
    crossed = [np.corrcoef(large[:5000] @ one.weights, outcome[:5000])[0, 1] ** 2 for one in samples]
    assert np.mean([one.r2 for one in samples]) > truth + 0.03
    assert np.mean([one.olkin_pratt for one in samples]) == pytest.approx(truth, abs=0.015)
    assert np.mean([one.cross_r2 for one in samples]) == pytest.approx(np.mean(crossed), abs=0.02)


def test_a_domain_that_adds_nothing_gains_nothing() -> None:
    x, y = domains(500, np.random.default_rng(3))
    useless, useful = incremental_validity(x[:, :2], x[:, 2], y), incremental_validity(x[:, 0], x[:, 1], y)
    assert useless.p_value > 0.05 and abs(useless.cross_gain) < 0.01
    assert useful.p_value < 0.01 and useful.df == (1, 497)
    assert useful.gain == pytest.approx(regression_validity(x[:, :2], y).r2 - regression_validity(x[:, :1], y).r2)


def test_fixed_weights_are_never_better_than_fitted_ones_in_the_sample() -> None:
    x, y = domains(60, np.random.default_rng(4))
    assert fixed_weights_validity(x, y, [1, 1, 1]).r <= regression_validity(x, y).r
    assert fixed_weights_validity(x, y, regression_validity(x, y).weights).r == pytest.approx(
        regression_validity(x, y).r
    )


def test_domains_that_cannot_be_regressed_are_refused() -> None:
    x, y = domains(20, np.random.default_rng(5))
    for bad in (np.column_stack((x, x[:, 0] + x[:, 1])), np.ones((20, 1)), x * [1, 1, 0]):
        with pytest.raises(DataError):
            regression_validity(bad, y)
    with pytest.raises(DataError):
        regression_validity(x[:6], y[:6])
    with pytest.raises(DataError):
        regression_validity(x, np.ones(20))
    with pytest.raises(DataError):
        regression_validity(np.eye(20)[:, :1], y)
    with pytest.raises(RuleError):
        regression_validity(x, y[:5])


@given(st.lists(st.floats(0.1, 5.0), min_size=3, max_size=3))
def test_effective_weights_sum_to_one(weights: list[float]) -> None:
    x, _ = domains(50, np.random.default_rng(6))
    found = effective_weights(x, weights)
    total = x @ weights
    assert found.sum() == pytest.approx(1.0)
    assert found[0] == pytest.approx(weights[0] * np.cov(x[:, 0], total)[0, 1] / total.var(ddof=1))


def test_a_composite_of_parallel_parts_follows_spearman_and_brown() -> None:
    k, r = 4, 0.6
    parallel = np.full((k, k), r) + (1 - r) * np.eye(k)
    assert composite_reliability(np.ones(k), np.ones(k), np.full(k, r), parallel) == pytest.approx(
        k * r / (1 + (k - 1) * r)
    )
    with pytest.raises(RuleError):
        composite_reliability([1, 1], [1, 1], [0.8, 1.2], np.eye(2))

"""Tables of matched groups: symmetric, blind to order, honest about missing responses and small samples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from psychometrics.errors import DataError, ResponseError, RuleError
from psychometrics.fairness import (
    DifClass,
    Matching,
    SampleRule,
    Weights,
    breslow_day,
    generalized_mantel_haenszel,
    mantel_haenszel,
    mantel_test,
    purify,
    standardization,
)
from psychometrics.fairness.breslow_day import _expected
from psychometrics.responses import Missing, MissingPolicy
from tests.psychometrics.fairness.data import IGNORE, Responses, two_samples, verbal

seeds = st.integers(0, 10_000)


def _drawn(seed: int, categories: int = 2, missing: bool = False) -> tuple[Responses, Responses]:
    rng = np.random.default_rng(seed)
    responses = rng.integers(0, categories, size=(60, 5))
    if missing:
        responses[rng.random(responses.shape) < 0.1] = Missing.OMITTED
    return responses, rng.permutation(np.repeat(["r", "f"], 30))


@given(seeds)
@settings(max_examples=25)
def test_exchanging_the_groups_inverts_the_odds_ratio(seed: int) -> None:
    responses, groups = _drawn(seed)
    one, other = (mantel_haenszel(responses, IGNORE, groups, focal) for focal in "fr")
    np.testing.assert_allclose(one.delta, -other.delta, atol=1e-12)
    np.testing.assert_allclose(one.chi2, other.chi2, atol=1e-12)
    np.testing.assert_allclose(one.log_alpha_variance, other.log_alpha_variance)
    b_one, b_other = (breslow_day(responses, IGNORE, groups, focal) for focal in "fr")
    np.testing.assert_allclose(b_one.chi2, b_other.chi2, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(b_one.trend_chi2, b_other.trend_chi2, rtol=1e-9, atol=1e-9)


@given(seeds)
@settings(max_examples=25)
def test_the_order_of_persons_and_items_means_nothing(seed: int) -> None:
    responses, groups = _drawn(seed, categories=3, missing=True)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(60), rng.permutation(5)
    for test in (mantel_test, standardization):
        one = test(responses, IGNORE, groups, "f")
        other = test(responses[rows][:, columns], IGNORE, groups[rows], "f")
        np.testing.assert_allclose(one.difference[columns], other.difference, atol=1e-12)
        np.testing.assert_allclose(one.se[columns], other.se)


@given(seeds)
@settings(max_examples=25)
def test_mantel_haenszel_mantel_and_generalised_tests_agree_on_two_categories(seed: int) -> None:
    responses, groups = _drawn(seed)
    expected = mantel_haenszel(responses, IGNORE, groups, "f").chi2_uncorrected
    np.testing.assert_allclose(mantel_test(responses, IGNORE, groups, "f").chi2, expected, atol=1e-12)
    np.testing.assert_allclose(generalized_mantel_haenszel(responses, IGNORE, groups, "r").chi2, expected, atol=1e-12)


@given(seeds)
@settings(max_examples=25)
def test_a_person_with_a_missing_response_is_as_if_absent(seed: int) -> None:
    responses, groups = _drawn(seed, missing=True)
    whole = (responses >= 0).all(axis=1)
    one = mantel_haenszel(responses, IGNORE, groups, "f")
    other = mantel_haenszel(responses[whole], IGNORE, groups[whole], "f")
    np.testing.assert_allclose(one.alpha, other.alpha, atol=1e-12)
    assert (one.reference_persons + one.focal_persons == whole.sum()).all()


def test_blanks_that_count_as_wrong_are_wrong() -> None:
    responses, groups = _drawn(3, missing=True)
    one = mantel_haenszel(responses, MissingPolicy.count_blanks(), groups, "f")
    other = mantel_haenszel(np.maximum(responses, 0), IGNORE, groups, "f")
    np.testing.assert_array_equal(one.chi2, other.chi2)


def test_a_given_score_needs_no_complete_responses() -> None:
    responses, groups = two_samples(300, 0.0)
    score = responses.sum(axis=1)
    expected = mantel_haenszel(responses, IGNORE, groups, "f")
    responses = responses.copy()
    responses[:50, 1] = Missing.NOT_PRESENTED
    found = mantel_haenszel(responses, IGNORE, groups, "f", matching=Matching(score=score))
    assert found.alpha[0] == expected.alpha[0]
    assert found.reference_persons.tolist()[:3] == [300, 250, 300]


def test_the_studied_item_counts_in_its_own_score_unless_told_otherwise() -> None:
    responses, groups = two_samples(300, 0.0)
    rest = mantel_haenszel(responses, IGNORE, groups, "f", matching=Matching(include_item=False))
    given_rest = Matching(score=responses[:, 1:].sum(axis=1))
    assert rest.alpha[0] == mantel_haenszel(responses, IGNORE, groups, "f", matching=given_rest).alpha[0]
    anchored = mantel_haenszel(responses, IGNORE, groups, "f", matching=Matching(range(1, 20)))
    assert anchored.alpha[0] == mantel_haenszel(responses, IGNORE, groups, "f").alpha[0]


def test_a_large_shift_is_class_c_and_none_is_class_a() -> None:
    responses, groups = two_samples(1000, 1.0)
    found = mantel_haenszel(responses, IGNORE, groups, "f")
    assert found.ets_class[0] is DifClass.C
    assert found.delta[0] < -1.5
    assert set(found.ets_class[1:]) == {DifClass.A}
    same, groups = two_samples(1000, 0.0)
    assert set(mantel_haenszel(same, IGNORE, groups, "f").ets_class) == {DifClass.A}


def test_the_true_shift_lies_in_the_interval_about_as_often_as_it_says() -> None:
    inside = 0
    for seed in range(60):
        responses, groups = two_samples(300, 0.5, items=10, seed=seed)
        found = mantel_haenszel(responses, IGNORE, groups, "f")
        inside += found.delta_low[0] < -2.35 * 0.5 < found.delta_high[0]
    assert inside >= 52


def test_too_few_persons_give_an_interval_and_no_verdict() -> None:
    responses, groups = verbal()
    found = mantel_haenszel(responses, IGNORE, groups, 1)
    assert set(found.ets_class) == {DifClass.INSUFFICIENT}
    assert np.isfinite(found.delta_low).all()
    assert found.size_class[5] is DifClass.C
    lenient = mantel_haenszel(responses, IGNORE, groups, 1, sample=SampleRule(50, 100))
    assert lenient.ets_class[5] is DifClass.C
    assert lenient.ets_class[2] is DifClass.A


def test_ordered_categories_show_their_shift_in_points() -> None:
    responses, groups = two_samples(600, 0.7, items=8, polytomous=True)
    found = mantel_test(responses, IGNORE, groups, "f")
    assert found.difference[0] < -0.2
    assert found.ets_class[0] in (DifClass.B, DifClass.C)
    assert found.ets_class[4] is DifClass.A
    nominal = generalized_mantel_haenszel(responses, IGNORE, groups, "r")
    assert (nominal.df == 3).all()
    assert nominal.p_value[0] < 1e-6


def test_three_groups_are_compared_at_once() -> None:
    responses, groups = two_samples(300, 0.8)
    groups = groups.astype("<U2")
    groups[450:] = "f2"
    found = generalized_mantel_haenszel(responses, IGNORE, groups, "r")
    assert (found.df == 2).all()
    assert int(np.argmin(found.p_value)) == 0


def test_weights_choose_whose_scores_count() -> None:
    responses, groups = verbal()
    found = [standardization(responses, IGNORE, groups, 1, weights=weights).difference[0] for weights in Weights]
    assert len(set(np.round(found, 6))) == 3
    assert min(found[:2]) <= found[2] <= max(found[:2])


@given(
    st.floats(0.02, 50.0).filter(lambda alpha: abs(alpha - 1.0) > 1e-6) | st.just(1.0),
    st.integers(1, 40),
    st.integers(1, 40),
    st.floats(0.02, 0.98),
)
def test_the_expected_count_has_the_common_odds_ratio(alpha: float, reference: int, focal: int, share: float) -> None:
    right = share * (reference + focal)
    low, high = max(0.0, right - focal), min(float(reference), right)

    def gap(e: float) -> float:
        return e * (focal - right + e) - alpha * (reference - e) * (right - e)

    found = _expected(alpha, np.array([float(reference)]), np.array([float(focal)]), np.array([right]))
    assert found[0] == pytest.approx(brentq(gap, low, high, xtol=1e-13), abs=1e-7)


def test_purification_frees_the_score_of_the_flagged_items() -> None:
    responses, groups = two_samples(500, 1.2, items=10)
    found = purify(
        lambda matching: mantel_haenszel(responses, IGNORE, groups, "f", matching=matching),
        lambda result: result.p_value < 0.01,
    )
    assert found.converged
    assert np.flatnonzero(found.flagged[-1]).tolist() == [0]
    cleaned = Matching(range(1, 10))
    assert found.result.chi2[0] == mantel_haenszel(responses, IGNORE, groups, "f", matching=cleaned).chi2[0]


def test_purification_ends_at_its_bound_and_says_so() -> None:
    seen: list[Matching] = []

    def test(matching: Matching) -> int:
        seen.append(matching)
        return len(seen)

    found = purify(test, lambda count: np.array([count % 2 == 0, count % 2 == 1, False]), rounds=4)
    assert not found.converged
    assert found.flagged.shape == (5, 3)
    with pytest.raises(DataError):
        purify(test, lambda _: np.array([True, True]))


def test_an_item_everybody_got_right_has_no_statistic_and_no_verdict() -> None:
    responses, groups = two_samples(300, 0.0, items=5)
    responses = responses.copy()
    responses[:, 2] = 1
    for found in (mantel_haenszel(responses, IGNORE, groups, "f"), mantel_test(responses, IGNORE, groups, "f")):
        assert np.isnan(found.p_value[2])
        assert found.ets_class[2] is DifClass.INSUFFICIENT
        assert np.isfinite(np.delete(found.p_value, 2)).all()
    assert np.isnan(breslow_day(responses, IGNORE, groups, "f").p_value[2])
    assert generalized_mantel_haenszel(responses, IGNORE, groups, "r").df[2] == 0


def test_what_cannot_be_compared_is_an_error() -> None:
    responses, groups = two_samples(5, 0.0)
    with pytest.raises(RuleError):
        mantel_haenszel(responses, IGNORE, groups, "x")
    with pytest.raises(RuleError):
        mantel_haenszel(responses, IGNORE, groups[:-1], "f")
    with pytest.raises(RuleError):
        mantel_haenszel(responses, IGNORE, ["f"] * 10, "f")
    with pytest.raises(RuleError):
        mantel_haenszel(responses, IGNORE, np.array([None, *["f"] * 9]), "f")
    with pytest.raises(RuleError):
        generalized_mantel_haenszel(responses, IGNORE, groups, "x")
    with pytest.raises(RuleError):
        mantel_haenszel(responses, IGNORE, groups, "f", matching=Matching([]))
    with pytest.raises(DataError):
        mantel_haenszel(responses + 1, IGNORE, groups, "f")
    with pytest.raises(ResponseError):
        mantel_haenszel(responses.astype(float), IGNORE, groups, "f")
    with pytest.raises(RuleError):
        SampleRule(10, 5)


def test_one_person_a_group_is_no_crash() -> None:
    found = mantel_haenszel([[1, 0], [0, 1]], IGNORE, ["r", "f"], "f")
    assert found.ets_class == (DifClass.INSUFFICIENT, DifClass.INSUFFICIENT)

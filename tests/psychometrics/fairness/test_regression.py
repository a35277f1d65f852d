"""Logistic and ordinal regression, SIBTEST, and p-values of many items."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit

from psychometrics.arrays import Floats
from psychometrics.errors import DataError, RuleError
from psychometrics.fairness import (
    Adjustment,
    DifClass,
    SampleRule,
    SibtestRule,
    adjust,
    logistic_dif,
    sibtest,
    sibtest_items,
)
from psychometrics.fairness.ordinal import fit_ordinal
from psychometrics.responses import Missing
from tests.psychometrics.fairness.data import IGNORE, two_samples, verbal


@given(st.integers(0, 10_000), st.integers(2, 4))
@settings(max_examples=15, deadline=None)
def test_no_other_coefficients_are_likelier(seed: int, categories: int) -> None:
    rng = np.random.default_rng(seed)
    design = np.stack((np.arange(12) % 6, np.arange(12) // 6), axis=1).astype(float)
    counts = rng.integers(1, 9, size=(12, categories)).astype(float)
    fit = fit_ordinal(design, counts)

    def loss(x: Floats) -> float:
        steps = np.sort(x[: categories - 1])[::-1]
        above = np.pad(
            expit(steps + (design @ x[categories - 1 :])[:, None]), ((0, 0), (1, 1)), constant_values=((0, 0), (1, 0))
        )
        return -float((counts * np.log(above[:, :-1] - above[:, 1:] + 1e-300)).sum())

    start = np.concatenate((fit.intercepts, fit.coefficients))
    assert fit.log_likelihood == pytest.approx(-loss(start), abs=1e-8)
    best = minimize(loss, start + 0.05, method="BFGS", options={"gtol": 1e-8})
    assert fit.log_likelihood >= -best.fun - 1e-6
    np.testing.assert_allclose(fit.coefficients, best.x[categories - 1 :], atol=1e-3)


def test_covariance_is_the_inverse_of_the_information() -> None:
    design, counts = np.array([[0.0], [1.0]]), np.array([[30.0, 10.0], [12.0, 28.0]])
    fit = fit_ordinal(design, counts)
    assert fit.coefficients[0] == pytest.approx(np.log(30 * 28 / (10 * 12)))
    assert fit.covariance[0, 0] == pytest.approx(1 / 30 + 1 / 10 + 1 / 12 + 1 / 28)


def test_a_uniform_shift_is_found_with_its_size() -> None:
    responses, groups = two_samples(1500, 0.8)
    found = logistic_dif(responses, IGNORE, groups, "f")
    assert found.uniform.p_value[0] < 1e-8
    assert found.low[0] < -0.8 < found.high[0]
    assert found.uniform.jodoin_gierl[1:] == (DifClass.A,) * 19
    np.testing.assert_allclose(found.both.chi2, found.uniform.chi2 + found.nonuniform.chi2, atol=1e-8)
    np.testing.assert_allclose(found.both.delta_r2, found.uniform.delta_r2 + found.nonuniform.delta_r2)


def test_ordered_categories_are_regressed_together() -> None:
    responses, groups = two_samples(500, 0.7, items=6, polytomous=True)
    found = logistic_dif(responses, IGNORE, groups, "f")
    assert int(np.argmin(found.uniform.p_value)) == 0
    assert found.log_odds[0] < -0.4


def test_no_class_below_the_least_sample_but_an_interval() -> None:
    responses, groups = verbal()
    found = logistic_dif(responses, IGNORE, groups, 1)
    assert set(found.both.jodoin_gierl) == {DifClass.INSUFFICIENT}
    assert np.isfinite(found.low).all()
    lenient = logistic_dif(responses, IGNORE, groups, 1, sample=SampleRule(50, 100))
    assert set(lenient.both.zumbo_thomas) == {DifClass.A}


def test_a_constant_or_separated_item_is_not_given_a_number() -> None:
    responses, groups = two_samples(100, 0.0, items=6)
    responses = responses.copy()
    responses[:, 0] = 1
    responses[:, 1] = groups == "f"
    found = logistic_dif(responses, IGNORE, groups, "f")
    assert not found.converged[:2].any()
    assert np.isnan(found.uniform.p_value[0])
    assert found.uniform.p_value[1] < 1e-8
    assert np.isnan(found.log_odds[:2]).all()


def test_sibtest_of_a_bundle_adds_up_what_its_items_show() -> None:
    responses, groups = two_samples(1500, 0.8)
    one, two = (sibtest(responses, IGNORE, groups, "f", suspect) for suspect in ([0], [0, 1, 2]))
    assert one.low > 0.03
    assert one.beta == pytest.approx(0.8 * 0.15, abs=0.05)
    assert two.beta == pytest.approx(one.beta, abs=0.06)
    assert two.persons == (1500, 1500)
    assert 0.9 < two.share_used <= 1.0


def test_sibtest_turns_its_sign_with_the_groups() -> None:
    responses, groups = two_samples(400, 0.8)
    one, other = (sibtest(responses, IGNORE, groups, focal, [0]) for focal in "fr")
    assert one.beta == pytest.approx(-other.beta)
    assert one.crossing_chi2 == pytest.approx(other.crossing_chi2)


def test_crossing_sibtest_finds_what_cancels_out() -> None:
    rng = np.random.default_rng(3)
    theta = rng.normal(size=4000)
    responses = (rng.random((4000, 16)) < expit(theta[:, None] - np.linspace(-1, 1, 16))).astype(int)
    flat = rng.random(2000) < expit(0.1 * theta[2000:])
    steep = rng.random(2000) < expit(2.0 * theta[:2000])
    responses[:, 0] = np.concatenate((steep, flat))
    found = sibtest(responses, IGNORE, np.repeat([0, 1], 2000), 1, [0])
    assert found.crossing_p_value < 1e-8 < found.p_value
    assert found.crossing_df == 2


def test_sibtest_rules_change_what_they_say() -> None:
    responses, groups = two_samples(300, 0.8)
    plain = sibtest(responses, IGNORE, groups, "f", [0])
    few = sibtest(responses, IGNORE, groups, "f", [0], rule=SibtestRule(minimum=20))
    guessed = sibtest(responses, IGNORE, groups, "f", [0], rule=SibtestRule(guessing=0.25))
    focal = sibtest(responses, IGNORE, groups, "f", [0], rule=SibtestRule(focal_weights=True))
    raw = sibtest(responses, IGNORE, groups, "f", [0], rule=SibtestRule(corrected=False))
    assert few.scores_used < plain.scores_used
    assert guessed.scores_used < plain.scores_used
    assert len({plain.beta, few.beta, guessed.beta, focal.beta, raw.beta}) == 5


def test_sibtest_leaves_out_incomplete_persons_and_says_so() -> None:
    responses, groups = two_samples(300, 0.8)
    responses = responses.copy()
    responses[:7, 3] = Missing.NOT_REACHED
    assert sibtest(responses, IGNORE, groups, "f", [0]).persons == (293, 300)
    unmatched = sibtest_items(responses, IGNORE, groups, "f", suspects=[0], anchors=[1, 2, 4, 5, 6, 7])
    assert unmatched[0].persons == (300, 300)


def test_sibtest_says_what_it_cannot_do() -> None:
    responses, groups = two_samples(8, 0.8)
    with pytest.raises(DataError):
        sibtest(responses, IGNORE, groups, "f", [0])
    with pytest.raises(RuleError):
        sibtest(responses, IGNORE, groups, "f", [0], anchors=[0, 1])
    with pytest.raises(RuleError):
        sibtest(responses, IGNORE, groups, "x", [0])
    with pytest.raises(DataError):
        sibtest(np.zeros_like(responses), IGNORE, groups, "f", [0])


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12), st.sampled_from(Adjustment))
def test_adjusted_p_values_never_fall_and_keep_their_order(p: list[float], adjustment: Adjustment) -> None:
    adjusted = adjust(p, adjustment)
    assert (adjusted >= np.array(p) - 1e-15).all()
    assert (adjusted <= 1.0).all()
    assert (np.diff(adjusted[np.argsort(p)]) >= -1e-15).all()
    assert adjust([*p, np.nan], adjustment)[:-1].tolist() == adjusted.tolist()


def test_a_p_value_above_one_is_an_error() -> None:
    with pytest.raises(RuleError):
        adjust([0.5, 1.5], Adjustment.HOLM)

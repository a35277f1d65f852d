"""Smoothing keeps the moments it promises, chooses sensibly, and says when it cannot."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psychometrics.equating import ScoreFrequencies, compare_degrees, smooth, smooth_joint
from psychometrics.errors import ConvergenceError, RuleError
from tests.psychometrics.equating.test_reference import forms


@given(st.lists(st.integers(1, 60), min_size=7, max_size=25), st.integers(1, 5))
def test_so_many_moments_stay_as_the_degree(counts: list[int], degree: int) -> None:
    form = ScoreFrequencies(0, np.array(counts, dtype=float))
    found = smooth(form, degree).frequencies
    assert found.persons == pytest.approx(form.persons)
    unit = form.scores / form.scores[-1]
    for power in range(1, degree + 1):
        assert found.counts @ unit**power == pytest.approx(form.counts @ unit**power, rel=1e-6)
    assert (found.counts > 0).all()


def test_more_parameters_always_fit_better_and_the_criteria_weigh_them() -> None:
    rng = np.random.default_rng(1)
    form = ScoreFrequencies.from_scores(rng.binomial(40, rng.beta(6, 4, 3000)), 0, 40)
    fits = [found.fit for found in compare_degrees(form, range(1, 7))]
    g2 = [fit.g2 for fit in fits]
    assert (np.diff(g2) <= 1e-6).all()
    assert [fit.df for fit in fits] == [39, 38, 37, 36, 35, 34]
    assert min(range(6), key=lambda i: fits[i].bic) in (1, 2, 3)
    assert fits[3].aic == pytest.approx(g2[3] + 8)


def test_totals_and_anchor_keep_their_moments_and_their_covariance() -> None:
    x, _ = forms()
    found = smooth_joint(x, 4, 3, cross=((1, 1),), anchor_is_part=True)
    smoothed = found.frequencies
    assert smoothed.total.mean == pytest.approx(x.total.mean)
    assert smoothed.anchor.variance == pytest.approx(x.anchor.variance, rel=1e-6)
    assert smoothed.covariance == pytest.approx(x.covariance, rel=1e-6)
    assert found.fit.parameters == 8
    # Nobody can have fewer points in all than on the anchor.
    assert smoothed.counts[3, 4] == 0 and smoothed.counts[4, 4] > 0
    assert smoothed.counts[30, 5] == 0


def test_degrees_that_do_not_fit_and_counts_without_an_estimate_are_refused() -> None:
    form = ScoreFrequencies(0, np.array([3.0, 4.0, 5.0, 2.0]))
    for degree in (0, 3):
        with pytest.raises(RuleError, match="degree"):
            smooth(form, degree)
    with pytest.raises(ConvergenceError):
        smooth(ScoreFrequencies(0, np.array([9.0, 0.0, 0.0, 0.0, 0.0, 0.0])), 2)
    with pytest.raises(RuleError, match="cross"):
        smooth_joint(forms()[0], 2, 2, cross=((3, 1),))


@pytest.mark.parametrize("sd", [2.0, 8.0])
def test_a_narrow_distribution_on_a_long_scale_is_smoothed_too(sd: float) -> None:
    rng = np.random.default_rng(4)
    form = ScoreFrequencies.from_scores(np.clip(np.rint(rng.normal(100, sd, 2000)), 0, 200), 0, 200)
    for degree in (2, 4):
        found = smooth(form, degree).frequencies
        assert found.mean == pytest.approx(form.mean)
        assert found.variance == pytest.approx(form.variance, rel=1e-5)

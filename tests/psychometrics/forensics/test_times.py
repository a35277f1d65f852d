"""Response times: parameters come back, fitting persons are left in peace, haste and leaks are seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from psychometrics.arrays import Floats
from psychometrics.errors import DataError, ResponseError, RuleError
from psychometrics.forensics.rapid_guessing import (
    effort_moderated,
    fast_right_answers,
    mixture_thresholds,
    normative_thresholds,
    response_effort,
)
from psychometrics.forensics.response_times import fit_response_times, speed_accuracy, speed_fit
from psychometrics.items import ItemTable, Model
from psychometrics.quadrature import Population
from psychometrics.scoring import eap_scores
from psychometrics.simulate import simulate_responses
from tests.psychometrics.strategies import IGNORE


def times(rng: np.random.Generator, speed: Floats, items: int) -> tuple[Floats, Floats, Floats]:
    """Seconds of persons of this speed, and the intensities and discriminations behind them."""
    b, a = rng.normal(3.5, 0.5, items), rng.uniform(1.5, 3.0, items)
    return np.exp(b - speed[:, None] + rng.normal(size=(speed.size, items)) / a), b, a


def test_parameters_come_back_also_with_times_missing() -> None:
    rng = np.random.default_rng(1)
    seconds, b, a = times(rng, rng.normal(0, 0.4, 4000), 20)
    seconds[rng.random(seconds.shape) < 0.2] = np.nan
    model = fit_response_times(seconds)
    np.testing.assert_allclose(model.intensity, b, atol=0.05)
    np.testing.assert_allclose(model.discrimination, a, rtol=0.06)
    assert model.speed_sd == pytest.approx(0.4, abs=0.02)


def test_the_log_likelihood_is_that_of_the_joint_normal() -> None:
    rng = np.random.default_rng(2)
    seconds, _, _ = times(rng, rng.normal(0, 0.4, 60), 5)
    model = fit_response_times(seconds, tolerance=1e-12)
    covariance = np.diag(model.discrimination**-2.0) + model.speed_sd**2
    exact = multivariate_normal(model.intensity, covariance).logpdf(np.log(seconds)).sum()
    assert model.log_likelihood == pytest.approx(exact, abs=1e-6)


def test_those_whose_times_go_together_are_left_in_peace() -> None:
    rng = np.random.default_rng(3)
    seconds, _, _ = times(rng, rng.normal(0, 0.4, 3000), 30)
    fit = speed_fit(fit_response_times(seconds), seconds)
    assert 0.035 < float((fit.p < 0.05).mean()) < 0.065
    assert np.abs(fit.residuals.mean()) < 0.01
    hasty = seconds.copy()
    hasty[:50, 15:] /= 8.0
    found = speed_fit(fit_response_times(hasty), hasty)
    assert float((found.p[:50] < 0.001).mean()) > 0.95
    assert float((found.p[50:] < 0.001).mean()) < 0.02


def test_speed_and_ability_are_correlated_as_the_persons_are_not_as_the_scores() -> None:
    rng = np.random.default_rng(4)
    both = rng.multivariate_normal([0, 0], [[1, 0.2], [0.2, 0.16]], 3000)
    table = ItemTable.from_arrays(Model.TWO_PL, a=np.ones(15), b=np.linspace(-2, 2, 15))
    scores = eap_scores(table, simulate_responses(table, both[:, 0], rng), IGNORE, Population())
    seconds, _, _ = times(rng, both[:, 1], 15)
    found = speed_accuracy(scores.theta, scores.se, speed_fit(fit_response_times(seconds), seconds))
    assert found.low < 0.5 < found.high
    assert found.correlation == pytest.approx(0.5, abs=0.06)
    with pytest.raises(DataError):
        speed_accuracy(scores.theta[:3], scores.se[:3], speed_fit(fit_response_times(seconds), seconds[:3]))


def test_rapid_guessers_are_told_from_quick_thinkers() -> None:
    rng = np.random.default_rng(5)
    seconds, _, _ = times(rng, rng.normal(0, 0.3, 1000), 20)
    guessing = rng.random((1000, 20)) < np.where(np.arange(1000) < 100, 0.6, 0.0)[:, None]
    seconds[guessing] = rng.uniform(0.5, 2.0, int(guessing.sum()))
    effort = response_effort(seconds, normative_thresholds(seconds))
    assert effort.low[:100].mean() > 0.95
    assert effort.low[100:].mean() < 0.02
    assert effort.effort[100:].mean() > 0.99
    border = mixture_thresholds(seconds)
    assert np.isnan(border).mean() < 0.5
    assert ((border[~np.isnan(border)] > 1.5) & (border[~np.isnan(border)] < 15.0)).all()
    honest, _, _ = times(rng, rng.normal(0, 0.3, 1000), 20)
    assert np.isnan(mixture_thresholds(honest)).mean() > 0.9
    assert np.isnan(mixture_thresholds(honest[:50])).all()


def test_rapid_guesses_are_taken_out_of_the_score_and_blanks_stay_blank() -> None:
    found = effort_moderated([[1, 0, -1]], [[True, False, True]])
    assert found.tolist() == [[-3, 0, -1]]
    with pytest.raises(ResponseError):
        effort_moderated([[1, 0]], [[True]])


def test_right_answers_from_nowhere_are_seen() -> None:
    rng = np.random.default_rng(6)
    table = ItemTable.from_arrays(Model.TWO_PL, a=np.ones(40), b=rng.normal(0, 1, 40))
    theta = rng.normal(size=800)
    responses = simulate_responses(table, theta, rng)
    seconds, _, _ = times(rng, rng.normal(0, 0.3, 800), 40)
    responses[:20, :12] = 1
    seconds[:20, :12] = rng.uniform(3.0, 5.0, (20, 12))
    scores = eap_scores(table, responses, IGNORE, Population())
    found = fast_right_answers(table, responses, IGNORE, scores.theta, speed_fit(fit_response_times(seconds), seconds))
    assert (found.p[:20] < 1e-4).all()
    assert float((found.p[20:] < 0.05).mean()) < 0.06
    np.testing.assert_array_less(0, found.expected)


@settings(max_examples=20)
@given(st.floats(0.1, 10.0), st.integers(0, 50))
def test_another_unit_of_time_moves_intensities_alone(factor: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    seconds, _, _ = times(rng, rng.normal(0, 0.4, 40), 4)
    one, other = fit_response_times(seconds), fit_response_times(seconds * factor)
    np.testing.assert_allclose(other.intensity, one.intensity + np.log(factor), atol=1e-3)
    np.testing.assert_allclose(other.discrimination, one.discrimination, rtol=1e-2)
    fits = [speed_fit(model, s) for model, s in ((one, seconds), (other, seconds * factor))]
    np.testing.assert_allclose(fits[1].chi2, fits[0].chi2, rtol=2e-2)


def test_times_that_are_none_are_named() -> None:
    with pytest.raises(DataError) as raised:
        fit_response_times([[1.0, 2.0], [3.0, 0.0], [1.0, 4.0]])
    assert raised.value.params == {"person": 1, "item": 1, "value": 0.0}
    with pytest.raises(DataError, match="times_all_alike"):
        fit_response_times(np.full((5, 3), 2.0))
    with pytest.raises(DataError, match="items_without_times"):
        fit_response_times([[1.0, np.nan], [2.0, np.nan], [3.0, np.nan]])
    seconds, _, _ = times(np.random.default_rng(9), np.linspace(-1, 1, 40), 3)
    nobody = speed_fit(fit_response_times(seconds), [[np.nan] * 3])
    assert np.isnan(nobody.speed[0]) and np.isnan(nobody.p[0]) and nobody.posterior[0] == 0.0
    with pytest.raises(RuleError):
        normative_thresholds([[1.0, 2.0]], share=1.5)
    with pytest.raises(DataError):
        response_effort([[1.0, 2.0]], [1.0])

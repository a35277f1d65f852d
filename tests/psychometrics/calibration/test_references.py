"""Estimates, errors and likelihoods that mirt, ltm and TAM give for the same data."""

from __future__ import annotations

import numpy as np
import pytest

from psychometrics.calibration import Normal, Priors, calibrate
from psychometrics.items import Model
from tests.psychometrics.calibration.data import patterns, sat12, science
from tests.psychometrics.reference import entry
from tests.psychometrics.strategies import IGNORE

LSAT7 = "LSAT7 2PL MML"
LSAT6 = "LSAT6 Rasch/2PL"
SAT12 = "SAT12 2PL and 3PL with priors"
SCIENCE = "Science GRM / GPCM / PCM / NRM"


def test_lsat7_two_parameters_with_errors_and_criteria() -> None:
    rows, frequency, names = patterns(LSAT7)
    expected = entry(LSAT7)["expected"]
    found = calibrate(rows, Model.TWO_PL, IGNORE, names=names, weights=frequency, standard_errors=True)
    assert found.converged
    assert found.log_likelihood == pytest.approx(expected["logLik"], abs=1e-6)
    assert (found.aic, found.bic) == pytest.approx((expected["AIC"], expected["BIC"]), abs=1e-5)
    coefficients = np.array(expected["coefIRT"])
    np.testing.assert_allclose(found.table.a, coefficients[:, 0], atol=5e-5)
    np.testing.assert_allclose(found.table.steps[:, 0], coefficients[:, 1], atol=5e-5)
    np.testing.assert_allclose(found.intercepts.reshape(5, 2), np.array(expected["coef"])[:, :2], atol=5e-5)
    assert found.intercept_covariance is not None
    np.testing.assert_allclose(found.intercept_covariance, expected["vcov"], atol=1e-5)


@pytest.mark.parametrize(
    ("name", "rows", "variance", "log_likelihood"),
    [
        ("LSAT7 Rasch (N(0,s2) prior)", "coef", "cov", "logLik"),
        (LSAT6, "rasch", "raschvar", "rasch_ll"),
    ],
)
def test_lsat_rasch_with_the_variance_of_ability(name: str, rows: str, variance: str, log_likelihood: str) -> None:
    answers, frequency, names = patterns(name)
    expected = entry(name)["expected"]
    found = calibrate(answers, Model.RASCH, IGNORE, names=names, weights=frequency)
    assert found.log_likelihood == pytest.approx(expected[log_likelihood], abs=1e-5)
    assert found.populations[None].sd ** 2 == pytest.approx(expected[variance][0][0], abs=1e-4)
    np.testing.assert_allclose(found.intercepts[:5], np.array(expected[rows])[:, 1], atol=1e-4)


def test_lsat7_guessing_with_a_prior() -> None:
    rows, frequency, names = patterns(LSAT7)
    expected = entry("LSAT7 3PL with prior")["expected"]
    priors = Priors(c=Normal(-1.5, 0.5))
    found = calibrate(rows, Model.THREE_PL, IGNORE, names=names, weights=frequency, priors=priors)
    coefficients = np.array(expected["coef"])
    np.testing.assert_allclose(found.intercepts.reshape(5, 3)[:, :2], coefficients[:, :2], atol=1e-4)
    np.testing.assert_allclose(found.table.c, coefficients[:, 2], atol=1e-4)
    assert found.log_likelihood == pytest.approx(expected["logLik"], abs=1e-3)
    assert found.log_prior == pytest.approx(expected["logPrior"], abs=1e-3)


def test_lsat6_two_parameters() -> None:
    rows, frequency, names = patterns(LSAT6)
    expected = entry(LSAT6)["expected"]
    found = calibrate(rows, Model.TWO_PL, IGNORE, names=names, weights=frequency)
    np.testing.assert_allclose(found.intercepts.reshape(5, 2), np.array(expected["pl2"])[:, :2], atol=1e-4)
    assert found.log_likelihood == pytest.approx(expected["pl2_ll"], abs=1e-6)


def test_sat12_two_parameters() -> None:
    expected = entry(SAT12)["expected"]
    found = calibrate(sat12(), Model.TWO_PL, IGNORE)
    np.testing.assert_allclose(found.intercepts.reshape(32, 2), np.array(expected["pl2"])[:, :2], atol=2e-4)
    assert found.log_likelihood == pytest.approx(expected["pl2_ll"], abs=1e-4)


def test_sat12_guessing_with_a_prior() -> None:
    expected = entry(SAT12)["expected"]
    found = calibrate(sat12(), Model.THREE_PL, IGNORE, priors=Priors(c=Normal(-1.4, 0.5)))
    coefficients = np.array(expected["pl3"])
    np.testing.assert_allclose(found.table.c, coefficients[:, 2], atol=1e-3)
    # The last item is all but flat: mirt stopped a little below the top.
    np.testing.assert_allclose(found.intercepts.reshape(32, 3)[:31, :2], coefficients[:31, :2], atol=0.01)
    assert found.log_likelihood + found.log_prior >= expected["pl3_ll"] + expected["pl3_logprior"]
    assert found.log_likelihood == pytest.approx(expected["pl3_ll"], abs=1e-3)
    assert found.log_prior == pytest.approx(expected["pl3_logprior"], abs=1e-3)


@pytest.mark.parametrize(
    ("model", "rows", "log_likelihood", "within"),
    # mirt's GPCM stopped 0.0001 of log-likelihood below the top.
    [(Model.GRM, "grmIRT", "grm_ll", 1e-4), (Model.GPCM, "gpcm", "gpcm_ll", 0.01), (Model.PCM, "pcm", "pcm_ll", 3e-4)],
)
def test_science_ordered_models(model: Model, rows: str, log_likelihood: str, within: float) -> None:
    answers, names = science()
    expected = entry(SCIENCE)["expected"]
    found = calibrate(answers, model, IGNORE, names=names)
    coefficients = np.array(expected[rows])
    np.testing.assert_allclose(found.table.a, coefficients[:, 0], atol=within)
    np.testing.assert_allclose(found.table.steps, coefficients[:, 1:], atol=within)
    assert found.log_likelihood == pytest.approx(expected[log_likelihood], abs=2e-4)
    assert found.log_likelihood >= expected[log_likelihood] - 1e-6


def test_science_partial_credit_variance() -> None:
    answers, names = science()
    found = calibrate(answers, Model.PCM, IGNORE, names=names)
    assert found.populations[None].sd ** 2 == pytest.approx(entry(SCIENCE)["expected"]["pcm_var"][0][0], abs=1e-3)


def test_science_nominal() -> None:
    answers, names = science()
    expected = entry(SCIENCE)["expected"]
    found = calibrate(answers, Model.NOMINAL, IGNORE, names=names)
    rows = np.array(expected["nrm"])
    np.testing.assert_allclose(found.table.slopes, rows[:, :1] * rows[:, 1:5], atol=3e-3)
    np.testing.assert_allclose(found.table.intercepts, rows[:, 5:], atol=3e-3)
    assert found.log_likelihood == pytest.approx(expected["nrm_ll"], abs=1e-4)

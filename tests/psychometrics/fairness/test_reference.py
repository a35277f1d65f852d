"""Numbers of difR and mirt for the same responses and groups."""

from __future__ import annotations

import numpy as np
import pytest

from psychometrics.fairness import breslow_day, logistic_dif, mantel_haenszel, sibtest_items, standardization
from psychometrics.responses import MissingPolicy
from tests.psychometrics.fairness.data import IGNORE, MULTIGROUP, VERBAL, Responses, multigroup, verbal
from tests.psychometrics.reference import entry, numbers


def test_mantel_haenszel_is_that_of_difr() -> None:
    expected = entry(VERBAL)["expected"]
    found = mantel_haenszel(*_verbal(), 1)
    np.testing.assert_allclose(found.chi2, expected["MH"], atol=1e-8)
    np.testing.assert_allclose(found.alpha, expected["alphaMH"], atol=1e-8)
    np.testing.assert_allclose(found.log_alpha_variance, expected["varLambda"], atol=1e-8)
    assert (np.flatnonzero(found.p_value < 0.05) + 1).tolist() == expected["MHdif"]


def test_standardised_difference_is_that_of_difr() -> None:
    found = standardization(*_verbal(), 1)
    np.testing.assert_allclose(found.difference, entry(VERBAL)["expected"]["std"], atol=1e-8)


def test_logistic_regression_is_that_of_difr() -> None:
    expected, found = entry(VERBAL)["expected"], logistic_dif(*_verbal(), 1)
    np.testing.assert_allclose(found.both.chi2, expected["logistic_stat"], atol=1e-7)
    np.testing.assert_allclose(found.both.delta_r2, expected["logistic_R2"], atol=1e-8)
    assert found.converged.all()


def test_breslow_day_is_that_of_difr() -> None:
    expected, found = np.array(entry(VERBAL)["expected"]["BD"]), breslow_day(*_verbal(), 1)
    # difR rounds to four digits.
    np.testing.assert_allclose(found.chi2, expected[:, 0], atol=5.1e-5)
    np.testing.assert_allclose(found.p_value, expected[:, 2], atol=5.1e-5)
    assert (found.df == expected[:, 1]).all()


def test_sibtest_and_crossing_sibtest_are_those_of_mirt() -> None:
    responses, groups = multigroup()
    for found, table in zip(
        sibtest_items(responses, IGNORE, groups, "D2", suspects=range(5)),
        entry(MULTIGROUP)["expected"]["SIBTEST"],
        strict=True,
    ):
        plain = [found.beta, found.se, found.chi2, 1.0, found.p_value]
        crossing = [found.crossing_beta, np.nan, found.crossing_chi2, found.crossing_df, found.crossing_p_value]
        expected = numbers([table[field] for field in ("beta", "SE", "X2", "df", "p")]).T
        np.testing.assert_allclose([plain, crossing], expected, atol=1e-8)


@pytest.mark.parametrize("item", range(24))
def test_an_odds_ratio_above_one_is_a_negative_delta_and_difference(item: int) -> None:
    harder = mantel_haenszel(*_verbal(), 1)
    assert (harder.alpha[item] > 1) == (harder.delta[item] < 0)
    assert harder.delta_low[item] < harder.delta[item] < harder.delta_high[item]


def _verbal() -> tuple[Responses, MissingPolicy, Responses]:
    responses, groups = verbal()
    return responses, IGNORE, groups

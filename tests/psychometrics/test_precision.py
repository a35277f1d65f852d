"""Information, standard error and reliability."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given

from psychometrics.items import ItemTable
from psychometrics.models import item_information
from psychometrics.precision import (
    conditional_sem,
    empirical_reliability,
    marginal_reliability,
    total_information,
)
from psychometrics.quadrature import Population
from psychometrics.scoring import eap_scores
from psychometrics.simulate import simulate_responses
from tests.psychometrics.strategies import IGNORE, tables

THETA = np.linspace(-3, 3, 7)


@given(tables())
def test_information_adds_up_and_gives_the_error(table: ItemTable) -> None:
    total = total_information(table, THETA)
    np.testing.assert_allclose(total, item_information(table, THETA).sum(axis=1))
    np.testing.assert_allclose(conditional_sem(table, THETA) ** -2, total)


def test_where_nothing_is_measured_the_error_is_infinite() -> None:
    table = ItemTable.from_dicts([{"item": "i", "model": "2PL", "a": 20.0, "b": 0.0}])
    assert conditional_sem(table, 50.0).tolist() == [math.inf]


@given(tables())
def test_reliability_is_a_share_and_grows_with_the_spread(table: ItemTable) -> None:
    narrow, wide = (marginal_reliability(table, Population(0.0, sd)) for sd in (0.5, 1.0))
    assert 0 < narrow < 1
    assert 0 < wide < 1


def test_both_reliabilities_agree_on_a_long_test() -> None:
    rng = np.random.default_rng(11)
    table = ItemTable.from_dicts(
        {"item": str(i), "model": "2PL", "a": 1.0, "b": float(b)}
        for i, b in enumerate(rng.normal(size=80))
    )
    responses = simulate_responses(table, rng.normal(size=4000), rng)
    scores = eap_scores(table, responses, IGNORE, Population())
    expected = marginal_reliability(table, Population())
    assert empirical_reliability(scores) == pytest.approx(expected, abs=0.01)


def test_one_person_has_no_reliability() -> None:
    table = ItemTable.from_dicts([{"item": "i", "model": "Rasch", "b": 0.0}])
    assert math.isnan(empirical_reliability(eap_scores(table, [[1]], IGNORE, Population())))

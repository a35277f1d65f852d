"""The sum score's distribution, checked against all patterns written out."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings

from psychometrics.items import ItemTable, Model
from psychometrics.models import category_probabilities, expected_score
from psychometrics.quadrature import Population
from psychometrics.scoring import eap_scores
from psychometrics.sum_scores import eap_for_sum_scores, sum_score_distribution
from tests.psychometrics.strategies import IGNORE, tables

THETA = np.array([-2.0, 0.3, 1.9])


@settings(max_examples=40)
@given(tables(most_items=4))
def test_it_is_the_sum_over_all_patterns(table: ItemTable) -> None:
    p = category_probabilities(table, THETA)
    written_out = np.zeros((THETA.size, table.max_score + 1))
    for pattern in product(*(range(categories) for categories in table.categories)):
        chance = np.prod([p[:, item, k] for item, k in enumerate(pattern)], axis=0)
        written_out[:, sum(pattern)] += chance
    np.testing.assert_allclose(sum_score_distribution(table, THETA), written_out, atol=1e-12)


@given(tables())
def test_it_sums_to_one_and_has_the_expected_mean(table: ItemTable) -> None:
    distribution = sum_score_distribution(table, THETA)
    np.testing.assert_allclose(distribution.sum(axis=1), 1.0, atol=1e-10)
    mean = distribution @ np.arange(table.max_score + 1)
    np.testing.assert_allclose(mean, expected_score(table, THETA).sum(axis=1), atol=1e-9)


@given(tables((Model.RASCH, Model.PCM)))
def test_where_the_sum_is_sufficient_both_ways_to_score_agree(table: ItemTable) -> None:
    population = Population(0.2, 1.1)
    by_sum = eap_for_sum_scores(table, population)
    top = (table.categories - 1).astype(np.int8)
    rows = np.stack((np.zeros_like(top), top))
    by_pattern = eap_scores(table, rows, IGNORE, population)
    np.testing.assert_allclose(by_sum.theta[[0, -1]], by_pattern.theta, atol=1e-8)
    np.testing.assert_allclose(by_sum.se[[0, -1]], by_pattern.se, atol=1e-8)


@given(tables((Model.RASCH, Model.TWO_PL, Model.THREE_PL, Model.FOUR_PL)))
def test_more_right_answers_mean_more_ability(table: ItemTable) -> None:
    # Of dichotomous items only (Grayson 1988): with a rare middle category it need not be so.
    assert (np.diff(eap_for_sum_scores(table, Population()).theta) > 0).all()


@given(tables())
def test_the_sum_scores_put_the_population_back_together(table: ItemTable) -> None:
    found = eap_for_sum_scores(table, Population())
    assert found.probability.sum() == pytest.approx(1.0)
    assert found.probability @ found.theta == pytest.approx(0.0, abs=1e-8)
    variance = found.probability @ (found.se**2 + found.theta**2)
    assert variance == pytest.approx(1.0, abs=1e-8)


def test_three_hundred_items_underflow_nowhere() -> None:
    table = ItemTable.from_dicts(
        {"item": str(i), "model": "2PL", "a": 2.5, "b": -4.0} for i in range(300)
    )
    found = eap_for_sum_scores(table, Population())
    assert np.isfinite(found.theta).all()
    assert (found.se > 0).all()
    assert (np.diff(found.theta) > 0).all()

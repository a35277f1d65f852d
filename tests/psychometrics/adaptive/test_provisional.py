"""The ability of a test in progress is the one the package's scorers give."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psychometrics.adaptive.curves import GridCurves, provisional_grid
from psychometrics.adaptive.provisional import ProvisionalScorer
from psychometrics.arrays import Codes
from psychometrics.items import ItemTable
from psychometrics.maximum import map_scores, ml_scores, wle_scores
from psychometrics.quadrature import Population
from psychometrics.scoring import AbilityEstimate, Method, eap_scores
from psychometrics.simulate import simulate_responses
from tests.psychometrics.adaptive.banks import mixed, three_pl, two_pl
from tests.psychometrics.strategies import IGNORE

POPULATION = Population(0.3, 1.2)


def answered(table: ItemTable, responses: Codes, method: Method) -> ProvisionalScorer:
    curves = GridCurves(table, provisional_grid(table, POPULATION, len(table)), np.empty(0))
    scorer = ProvisionalScorer.start(curves, POPULATION, method, responses.shape[0])
    for item in range(len(table)):
        scorer.add(np.full(responses.shape[0], item), responses[:, item])
    return scorer


@pytest.mark.parametrize("table", [two_pl(30), three_pl(30), mixed(20)], ids=["2PL", "3PL", "mixed"])
def test_eap_answer_by_answer_is_eap(table: ItemTable) -> None:
    responses = simulate_responses(table, np.linspace(-2.5, 2.5, 60), np.random.default_rng(2))
    responses[::5, 3] = -1
    theta, se = answered(table, responses, Method.EAP).estimate()
    expected = eap_scores(table, responses, IGNORE, POPULATION)
    np.testing.assert_allclose(theta, expected.theta, atol=1e-5)
    np.testing.assert_allclose(se, expected.se, atol=1e-5)


Scorer = Callable[[ItemTable, Codes], AbilityEstimate]
MODES: list[tuple[Method, Scorer]] = [
    (Method.MAP, lambda table, x: map_scores(table, x, IGNORE, POPULATION)),
    (Method.ML, lambda table, x: ml_scores(table, x, IGNORE)),
    (Method.WLE, lambda table, x: wle_scores(table, x, IGNORE)),
]


@pytest.mark.parametrize(("method", "score"), MODES)
def test_modes_on_the_grid_are_close_to_the_modes(method: Method, score: Scorer) -> None:
    table = two_pl(30)
    responses = simulate_responses(table, np.linspace(-2, 2, 60), np.random.default_rng(3))
    theta, se = answered(table, responses, method).estimate()
    expected = score(table, responses)
    np.testing.assert_allclose(theta, expected.theta, atol=2e-2)
    np.testing.assert_allclose(se, expected.se, rtol=2e-2)


@pytest.mark.parametrize("method", [Method.ML, Method.WLE, Method.MAP, Method.EAP])
def test_nothing_answered_is_the_population_and_never_nan(method: Method) -> None:
    theta, se = answered(two_pl(4), np.full((1, 4), -3, dtype=np.int8), method).estimate()
    assert theta[0] == pytest.approx(POPULATION.mean)
    assert se[0] == pytest.approx(POPULATION.sd, rel=1e-6) if method in (Method.EAP, Method.MAP) else np.isinf(se[0])


def test_all_right_goes_to_the_end_of_the_grid_by_maximum_likelihood() -> None:
    scorer = answered(two_pl(5), np.ones((1, 5), dtype=np.int8), Method.ML)
    theta, se = scorer.estimate()
    assert theta[0] == scorer.curves.grid.nodes[-1]
    assert np.isfinite(se[0])


@settings(max_examples=25)
@given(st.permutations(range(10)))
def test_the_order_of_answers_changes_nothing(order: list[int]) -> None:
    table = three_pl(10)
    responses = simulate_responses(table, [0.4], np.random.default_rng(4))
    curves = GridCurves(table, provisional_grid(table, POPULATION, 10), np.empty(0))
    scorer = ProvisionalScorer.start(curves, POPULATION, Method.EAP, 1)
    for item in order:
        scorer.add(np.array([item]), responses[:, item])
    np.testing.assert_allclose(scorer.estimate()[0], answered(table, responses, Method.EAP).estimate()[0])

"""All pairs of a session at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from psychometrics.errors import ResponseError, RuleError
from psychometrics.forensics.clusters import find_clusters
from psychometrics.forensics.discovery import Dependence, adjusted_p_values, discoveries
from psychometrics.forensics.matching import match_counts
from psychometrics.forensics.pairing import every_pair
from psychometrics.forensics.screening import all_p_values, screen_pairs
from psychometrics.forensics.similarity import similarity
from psychometrics.forensics.surface import Statistic
from psychometrics.maximum import wle_scores
from psychometrics.responses import Missing
from tests.psychometrics.forensics.cases import Session, honest_session, plant_copiers
from tests.psychometrics.strategies import EXAM, IGNORE, LOWEST


def with_blanks(session: Session, persons: list[int], seed: int) -> Session:
    """Some persons leave some items blank."""
    rng = np.random.default_rng(seed)
    responses = session.responses.copy()
    for person in persons:
        responses[person, rng.random(responses.shape[1]) < 0.3] = Missing.OMITTED
    return Session(session.table, session.theta, responses)


def test_identical_answers_are_counted_for_all_pairs_right_and_wrong_apart() -> None:
    rng = np.random.default_rng(3)
    responses = rng.integers(-1, 4, (1100, 30)).astype(np.int8)
    key = rng.integers(0, 4, 30)
    counts = match_counts(responses, IGNORE, key)
    for a, b in ((0, 1), (1050, 3), (700, 1099), (5, 5)):
        same = (responses[a] == responses[b]) & (responses[a] >= 0)
        assert counts.same[a, b] == same.sum()
        assert counts.right[a, b] == (same & (responses[a] == key)).sum()
    assert (counts.wrong == counts.wrong.T).all()
    with pytest.raises(ResponseError, match="key"):
        match_counts(responses, IGNORE, key[1:])


@pytest.mark.parametrize("statistic", list(Statistic))
@pytest.mark.parametrize("blanks", [[], [2, 7, 8], list(range(60))])
def test_p_values_of_all_pairs_are_those_of_each_pair(statistic: Statistic, blanks: list[int]) -> None:
    session = with_blanks(honest_session(60, 50, 4), blanks, 5)
    session = plant_copiers(session, source=1, copiers=[9], share=0.7, seed=6)
    exact = similarity(session.table, session.responses, IGNORE, session.theta, every_pair(60))
    found = all_p_values(session.table, session.responses, IGNORE, session.theta, statistic)
    expected = exact.gbt_p if statistic is Statistic.GBT else exact.omega_p
    np.testing.assert_allclose(found, expected, rtol=1e-4)


@pytest.mark.parametrize("policy", [IGNORE, LOWEST, EXAM])
def test_screening_keeps_exactly_the_pairs_below_the_threshold(policy: object) -> None:
    assert policy in (IGNORE, LOWEST, EXAM)
    session = with_blanks(honest_session(80, 40, 7), [1, 2, 3], 8)
    chosen = IGNORE if policy is IGNORE else LOWEST if policy is LOWEST else EXAM
    exact = similarity(session.table, session.responses, chosen, session.theta, every_pair(80))
    found = screen_pairs(session.table, session.responses, chosen, session.theta, threshold=0.02)
    kept = np.flatnonzero(exact.gbt_p <= 0.02)
    assert {tuple(pair) for pair in found.found.pairs.tolist()} == {
        tuple(pair) for pair in exact.pairs[kept].tolist()
    }
    np.testing.assert_array_equal(np.sort(exact.gbt_p[kept]), found.p)
    assert found.histogram.sum() == found.tested == 80 * 79 // 2


def test_a_ring_of_copiers_is_found_and_nobody_else() -> None:
    session = plant_copiers(honest_session(400, 100, 9), source=5, copiers=[50, 60, 70], share=0.6, seed=10)
    theta = wle_scores(session.table, session.responses, IGNORE).theta
    found = screen_pairs(session.table, session.responses, IGNORE, theta)
    chosen = found.discoveries(0.0001, Dependence.POSITIVE)
    clusters = found.clusters(chosen).clusters
    assert [cluster.members for cluster in clusters] == [(5, 50, 60, 70)]
    assert clusters[0].hub == 5


def test_honest_sessions_yield_no_discovery() -> None:
    session = honest_session(400, 80, 12)
    for statistic in Statistic:
        found = screen_pairs(session.table, session.responses, IGNORE, session.theta, statistic, 0.01)
        assert not found.discoveries(0.01).any()
    # Among 79,800 honest pairs a share of at most 1 % lies below 1 %.
    assert len(screen_pairs(session.table, session.responses, IGNORE, session.theta, threshold=0.01).p) < 850


def test_abilities_all_alike_and_very_few_persons_are_no_problem() -> None:
    session = honest_session(5, 10, 1)
    flat = np.zeros(5)
    exact = similarity(session.table, session.responses, IGNORE, flat, every_pair(5))
    np.testing.assert_allclose(
        all_p_values(session.table, session.responses, IGNORE, flat), exact.gbt_p, rtol=1e-9
    )
    alone = screen_pairs(session.table, session.responses[:1], IGNORE, [0.0], threshold=1.0)
    assert (alone.tested, len(alone.p), alone.clusters().clusters) == (0, 0, ())


def test_a_rate_that_pairs_not_kept_could_meet_is_refused() -> None:
    session = plant_copiers(honest_session(30, 80, 1), 0, list(range(1, 15)), 0.9, 2)
    found = screen_pairs(session.table, session.responses, IGNORE, session.theta, threshold=1e-6)
    with pytest.raises(RuleError, match="rate"):
        found.discoveries(0.5)
    with pytest.raises(RuleError, match="threshold"):
        screen_pairs(session.table, session.responses, IGNORE, session.theta, threshold=0.0)


@settings(max_examples=50)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30))
def test_adjusted_p_values_are_scipys(p: list[float]) -> None:
    np.testing.assert_allclose(
        adjusted_p_values(p, dependence=Dependence.POSITIVE), false_discovery_control(p, method="bh"), atol=1e-300
    )
    np.testing.assert_allclose(adjusted_p_values(p), false_discovery_control(p, method="by"), atol=1e-300)


def test_tests_not_kept_count_too() -> None:
    p = np.concatenate(([1e-6, 2e-6, 0.004], np.linspace(0.1, 1.0, 20_000)))
    for dependence in Dependence:
        everything = discoveries(p, 0.05, dependence=dependence)[:3]
        assert (discoveries(p[:3], 0.05, p.size, dependence) == everything).all()
    with pytest.raises(RuleError, match="tested"):
        discoveries([0.1, 0.2], 0.05, tested=1)
    with pytest.raises(RuleError, match="p_values"):
        discoveries([0.1, 1.2], 0.05)


def test_clusters_report_their_shape() -> None:
    found = find_clusters([[0, 1], [0, 2], [0, 3], [5, 4]], [0.01, 0.02, 0.03, 0.001], 7)
    star, pair = found.clusters
    assert (star.members, star.hub, star.edges, star.density) == ((0, 1, 2, 3), 0, 3, 0.5)
    assert (pair.members, pair.strongest, pair.median_p) == ((4, 5), (5, 4), 0.001)
    with pytest.raises(RuleError, match="p_values"):
        find_clusters([[0, 1]], [0.1, 0.2], 3)

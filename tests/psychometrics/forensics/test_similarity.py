"""Similarity and copying statistics of pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psychometrics.errors import RuleError
from psychometrics.forensics.copying import copying
from psychometrics.forensics.counts import match_distribution, two_kinds, upper_tail
from psychometrics.forensics.pairing import every_pair
from psychometrics.forensics.similarity import similarity, two_way_similarity
from psychometrics.items import ItemTable, Model
from psychometrics.responses import Missing
from tests.psychometrics.forensics.cases import ABERRANCE, honest_session, plant_copiers, reference_session
from tests.psychometrics.reference import entry
from tests.psychometrics.strategies import EXAM, IGNORE, LOWEST

PAIRS = every_pair(20)


def test_copying_agrees_with_aberrance() -> None:
    session, expected = reference_session(), entry(ABERRANCE)["expected"]
    directed = np.concatenate((PAIRS, PAIRS[:, ::-1]))
    found = copying(session.table, session.responses, IGNORE, session.theta, directed)
    np.testing.assert_allclose(found.omega, np.array(expected["copying_stat"])[:, 0], atol=1e-9)
    np.testing.assert_allclose(found.omega_p, np.array(expected["copying_p"])[:, 0], atol=1e-9)
    np.testing.assert_allclose(found.gbt_p, np.array(expected["copying_p"])[:, 1], rtol=1e-9)


def test_similarity_agrees_with_aberrance() -> None:
    session, expected = reference_session(), entry(ABERRANCE)["expected"]
    found = similarity(session.table, session.responses, IGNORE, session.theta, PAIRS)
    statistics, p_values = np.array(expected["similarity_stat"]), np.array(expected["similarity_p"])
    np.testing.assert_allclose(found.omega, statistics[:, 0], atol=1e-9)
    np.testing.assert_allclose(found.weighted_omega, statistics[:, 1], atol=1e-9)
    np.testing.assert_allclose(found.omega_p, p_values[:, 0], atol=1e-9)
    np.testing.assert_allclose(found.weighted_omega_p, p_values[:, 1], atol=1e-9)
    np.testing.assert_allclose(found.gbt_p, p_values[:, 2], rtol=1e-9)


def test_m4_agrees_with_aberrance() -> None:
    session, expected = reference_session(), entry(ABERRANCE)["expected"]
    found = two_way_similarity(session.table, session.responses, IGNORE, session.theta, PAIRS)
    np.testing.assert_allclose(found.p, np.array(expected["similarity_p"])[:, 3], rtol=1e-8)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8))
def test_the_distribution_of_matches_sums_to_one_and_has_the_right_mean(p: list[float]) -> None:
    mass = match_distribution(np.array([p]))[0]
    assert mass.min() >= 0.0
    assert mass.sum() == pytest.approx(1.0)
    assert mass @ np.arange(len(p) + 1) == pytest.approx(sum(p), abs=1e-12)


def test_a_tiny_tail_keeps_its_digits() -> None:
    assert upper_tail(np.full((1, 100), 1e-3), np.array([100]))[0] == pytest.approx(1e-300, rel=1e-9)


def test_without_wrong_matches_m4s_distribution_is_the_generalized_binomial() -> None:
    p = np.array([0.2, 0.5, 0.9])
    mass = two_kinds(p, np.zeros(3))
    np.testing.assert_allclose(mass[:, 0], match_distribution(p[None])[0], atol=1e-15)


def test_copied_options_are_found_in_graded_and_nominal_items() -> None:
    session = plant_copiers(honest_session(30, 60, 1), source=3, copiers=[7], share=0.5, seed=2)
    found = similarity(session.table, session.responses, IGNORE, session.theta, every_pair(30))
    assert found.pairs[found.gbt_p.argmin()].tolist() == [3, 7]
    assert found.gbt_p.min() < 1e-5
    graded = ItemTable.from_arrays(Model.GRM, a=np.ones(30), steps=[[-1.0, 0.0, 1.0]] * 30)
    same = np.tile([0, 3, 2, 1, 0, 2], 5)
    pair = copying(graded, [same, same], IGNORE, [0.0, 0.0], [[0, 1]])
    assert pair.gbt_p[0] < 1e-8


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_similarity_has_no_direction_and_the_order_of_items_does_not_matter(seed: int) -> None:
    session = honest_session(4, 12, seed)
    forth = similarity(session.table, session.responses, IGNORE, session.theta, [[0, 1], [2, 3]])
    back = similarity(session.table, session.responses, IGNORE, session.theta, [[1, 0], [3, 2]])
    order = np.random.default_rng(seed).permutation(12)
    shuffled = ItemTable(tuple(session.table.items[i] for i in order))
    other = similarity(shuffled, session.responses[:, order], IGNORE, session.theta, [[0, 1], [2, 3]])
    for twin in (back, other):
        np.testing.assert_allclose(twin.omega, forth.omega, atol=1e-12)
        np.testing.assert_allclose(twin.gbt_p, forth.gbt_p, atol=1e-12)


def test_a_pair_of_blanks_is_no_match() -> None:
    session = honest_session(2, 10, 5)
    blank = session.responses.copy()
    blank[:, :3] = Missing.OMITTED
    left_out = similarity(session.table, blank, IGNORE, session.theta, [[0, 1]])
    same = int((blank[0, 3:] == blank[1, 3:]).sum())
    assert (left_out.compared[0], left_out.matches[0]) == (7, same)
    counted = similarity(session.table, blank, EXAM, session.theta, [[0, 1]])
    assert (counted.compared[0], counted.matches[0]) == (10, same)
    assert counted.gbt_p[0] > left_out.gbt_p[0]


def test_nothing_compared_is_no_evidence() -> None:
    session = honest_session(2, 5, 5)
    blank = np.full((2, 5), Missing.NOT_PRESENTED, dtype=np.int8)
    found = similarity(session.table, blank, IGNORE, session.theta, [[0, 1]])
    assert (found.compared[0], found.omega[0], found.omega_p[0], found.gbt_p[0]) == (0, 0.0, 1.0, 1.0)
    directed = copying(session.table, blank, LOWEST, session.theta, [[0, 1]])
    assert (directed.compared[0], directed.omega_p[0], directed.gbt_p[0]) == (0, 1.0, 1.0)
    assert two_way_similarity(session.table, blank, IGNORE, session.theta, [[0, 1]]).p[0] == pytest.approx(1.0)


@pytest.mark.parametrize("pairs", [[[0, 0]], [[0, 4]], [[-1, 1]], [0, 1], [[0.5, 1.0]]])
def test_a_pair_that_is_none_is_refused(pairs: list[list[int]]) -> None:
    session = honest_session(4, 5, 1)
    with pytest.raises(RuleError, match="pairs"):
        similarity(session.table, session.responses, IGNORE, session.theta, pairs)


def test_abilities_must_be_finite_and_the_key_must_exist() -> None:
    session = honest_session(2, 5, 1)
    with pytest.raises(RuleError, match="theta"):
        copying(session.table, session.responses, IGNORE, [0.0, np.nan], [[0, 1]])
    with pytest.raises(RuleError, match="right"):
        two_way_similarity(session.table, session.responses, IGNORE, session.theta, [[0, 1]], right=[9] * 5)


def test_chance_alone_rejects_at_most_as_often_as_it_says() -> None:
    session = honest_session(150, 40, 11)
    found = similarity(session.table, session.responses, IGNORE, session.theta, every_pair(150))
    # GBT is discrete, so conservative; the normal of omega is met approximately.
    assert 0.02 < (found.gbt_p <= 0.05).mean() < 0.055
    assert 0.03 < (found.omega_p <= 0.05).mean() < 0.07
    np.testing.assert_allclose([found.omega.mean(), found.omega.std()], [0.0, 1.0], atol=0.1)

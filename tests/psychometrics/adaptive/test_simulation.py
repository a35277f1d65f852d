"""What the simulator reports is what happened."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psychometrics.adaptive.answers import draw_answers
from psychometrics.adaptive.bank import ItemBank
from psychometrics.adaptive.rules import RandomItem
from psychometrics.adaptive.simulation import simulate_adaptive
from psychometrics.adaptive.table import SelectionTable
from psychometrics.arrays import Floats
from psychometrics.errors import RuleError
from psychometrics.models import category_probabilities
from psychometrics.quadrature import Population
from psychometrics.responses import Missing
from psychometrics.scoring import eap_scores
from tests.psychometrics.adaptive.banks import BLANKS_WRONG, design, mixed, three_pl, two_pl

RNG = np.random.default_rng


def test_abilities_are_recovered_without_bias_and_with_honest_errors() -> None:
    table = three_pl(300)
    plan = design(table, 25, selection=SelectionTable.prepare(table))
    report = simulate_adaptive(plan, RNG(1).normal(size=3000), RNG(2))
    assert abs(report.bias) < 0.02
    assert report.rmse == pytest.approx(math.sqrt(np.mean(report.se**2)), rel=0.05)
    assert report.coverage(0.95) == pytest.approx(0.95, abs=0.02)
    assert report.coverage(0.5) == pytest.approx(0.5, abs=0.04)


def test_adaptive_measures_better_than_chance_items_of_the_same_number() -> None:
    table, theta = two_pl(300), RNG(1).normal(size=800)
    adaptive, chance = (
        simulate_adaptive(design(table, 20, selection=rule), theta, RNG(2))
        for rule in (SelectionTable.prepare(table), RandomItem())
    )
    assert adaptive.rmse < 0.85 * chance.rmse


def test_the_report_can_be_scored_anew() -> None:
    table = mixed(40)
    report = simulate_adaptive(design(table, 12), RNG(1).normal(size=40), RNG(2))
    again = eap_scores(table, report.responses, BLANKS_WRONG, Population())
    np.testing.assert_allclose(again.theta, report.theta, atol=1e-5)
    assert (again.answered == report.length).all()


def test_the_same_generator_gives_the_same_simulation() -> None:
    plan = design(two_pl(), 8, selection=RandomItem())
    first, second = (simulate_adaptive(plan, np.zeros(20), RNG(7)) for _ in range(2))
    np.testing.assert_array_equal(first.items, second.items)
    np.testing.assert_array_equal(first.theta, second.theta)


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 12), st.integers(1, 10), st.integers(0, 99))
def test_exposure_and_overlap_are_those_of_the_tests_given(persons: int, length: int, seed: int) -> None:
    plan = design(two_pl(25), length, selection=RandomItem())
    report = simulate_adaptive(plan, RNG(seed).normal(size=persons), RNG(seed))
    tests = [set(row.tolist()) for row in report.items]
    counts = np.array([sum(i in test for test in tests) for i in range(25)])
    np.testing.assert_allclose(report.exposure, counts / persons)
    shared = np.mean([len(a & b) / length for a, b in itertools.combinations(tests, 2)])
    assert report.overlap == pytest.approx(shared)
    even = length / 25
    assert report.exposure_chi_square == pytest.approx(((counts / persons - even) ** 2 / even).sum())


def test_one_examinee_has_no_overlap() -> None:
    report = simulate_adaptive(design(two_pl(), 5), 0.3, RNG(1))
    assert math.isnan(report.overlap) and report.length.tolist() == [5]


def test_errors_by_ability_add_up_to_those_of_all() -> None:
    report = simulate_adaptive(design(two_pl(), 10), np.linspace(-3, 3, 61), RNG(1))
    parts = report.conditional(np.array([-3.0, -1.0, 1.0, 3.0]))
    assert parts.count.sum() == 61
    assert (parts.count @ parts.bias) / 61 == pytest.approx(report.bias)
    assert (parts.count @ parts.rmse**2) / 61 == pytest.approx(report.rmse**2)
    assert (parts.mean_length == 10).all()
    empty = report.conditional([5.0, 6.0])
    assert empty.count.tolist() == [0] and np.isnan(empty.bias).all()


def test_answers_are_drawn_from_the_models() -> None:
    table = mixed(8)
    for item in range(8):
        drawn = draw_answers(ItemBank(table), np.full(20000, item), np.full(20000, 0.4), RNG(3))
        shares = np.bincount(drawn, minlength=int(table.categories.max())) / 20000
        np.testing.assert_allclose(shares, category_probabilities(table, 0.4)[0, item], atol=0.015)


def test_large_groups_in_parts_are_still_everybody() -> None:
    report = simulate_adaptive(design(two_pl(), 3), RNG(1).normal(size=50), RNG(1), together=7)
    assert (report.length == 3).all() and (report.items >= 0).all()
    assert ((report.responses != Missing.NOT_PRESENTED).sum(axis=1) == 3).all()


@pytest.mark.parametrize("theta", [np.array([]), np.array([np.nan]), np.zeros((2, 2))])
def test_abilities_must_be_numbers_in_a_row(theta: Floats) -> None:
    with pytest.raises(RuleError, match="theta"):
        simulate_adaptive(design(two_pl(), 3), theta, RNG(1))


def test_settings_of_a_report_are_checked() -> None:
    report = simulate_adaptive(design(two_pl(), 3), np.zeros(3), RNG(1))
    with pytest.raises(RuleError, match="level"):
        report.coverage(1.5)
    with pytest.raises(RuleError, match="edges"):
        report.conditional([1.0, 0.0])
    with pytest.raises(RuleError, match="together"):
        simulate_adaptive(design(two_pl(), 3), np.zeros(3), RNG(1), together=0)

"""Items are not seen more often than the rule allows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from psychometrics.adaptive.calibration import calibrate_sympson_hetter
from psychometrics.adaptive.exposure import (
    ExposureLedger,
    ExposureRule,
    ItemEligibility,
    MaximumExposure,
    SympsonHetter,
)
from psychometrics.adaptive.rules import MaximumInformation, Progressive, Proportional, RandomItem
from psychometrics.adaptive.session import AdaptiveSession
from psychometrics.adaptive.simulation import simulate_adaptive
from psychometrics.adaptive.stopping import StandardError, Stopping
from psychometrics.adaptive.table import SelectionTable
from psychometrics.errors import InfeasibleError, RuleError
from tests.psychometrics.adaptive.banks import design, two_pl

RNG = np.random.default_rng
TABLE = two_pl(200)
LOOKUP = SelectionTable.prepare(TABLE)


@pytest.mark.parametrize(("rule", "most"), [(MaximumExposure(0.2), 0.23), (ItemEligibility(0.2), 0.28)])
def test_no_item_is_given_to_much_more_than_a_fifth(rule: ExposureRule, most: float) -> None:
    theta = RNG(1).normal(size=2000)
    free = simulate_adaptive(design(TABLE, 15, selection=LOOKUP), theta, RNG(2))
    kept = simulate_adaptive(design(TABLE, 15, selection=LOOKUP, exposure=rule), theta, RNG(2))
    assert free.exposure.max() > 0.6
    # They learn from groups of twenty, and eligibility by chance: both settle down with time.
    assert kept.exposure.max() < most
    assert kept.overlap < free.overlap and kept.exposure_chi_square < free.exposure_chi_square
    assert kept.rmse < 1.35 * free.rmse


def test_one_examinee_at_a_time_the_restriction_is_exact() -> None:
    plan = design(TABLE, 10, selection=LOOKUP, exposure=MaximumExposure(0.25))
    report = simulate_adaptive(plan, RNG(1).normal(size=120), RNG(2), together=1)
    # An item at the limit is closed: one more use is what may be on top of it.
    assert (report.exposure <= 0.25 + 1 / 120).all()


def test_progressive_restricted_spreads_a_bank_more_than_restriction_alone() -> None:
    theta = RNG(1).normal(size=600)
    reports = [
        simulate_adaptive(design(TABLE, 15, selection=rule, exposure=MaximumExposure(0.25)), theta, RNG(2))
        for rule in (Progressive(), MaximumInformation())
    ]
    assert reports[0].exposure_chi_square < reports[1].exposure_chi_square


def test_selection_by_chance_spreads_a_bank_and_information_measures() -> None:
    theta = RNG(1).normal(size=500)
    chance, proportional, best = (
        simulate_adaptive(design(TABLE, 15, selection=rule), theta, RNG(2))
        for rule in (RandomItem(), Proportional(), MaximumInformation())
    )
    assert chance.exposure_chi_square < proportional.exposure_chi_square < best.exposure_chi_square
    assert best.rmse < proportional.rmse < chance.rmse


def test_higher_acceleration_leaves_more_to_chance() -> None:
    theta = RNG(1).normal(size=400)
    for kind in (Progressive, Proportional):
        low, high = (
            simulate_adaptive(design(TABLE, 15, selection=kind(s)), theta, RNG(2)).exposure_chi_square
            for s in (0.5, 4.0)
        )
        assert high < low


@pytest.mark.parametrize("kind", [Progressive, Proportional])
def test_mixtures_follow_the_standard_error_where_it_stops_the_test(kind: Any) -> None:
    plan = design(TABLE, selection=kind(), stopping=Stopping(40, 3, (StandardError(0.35),)))
    report = simulate_adaptive(plan, RNG(1).normal(size=60), RNG(2))
    assert report.mean_length < 40


def test_parameters_found_by_simulation_hold_the_rate() -> None:
    plan = design(TABLE, 12, selection=LOOKUP)
    found = calibrate_sympson_hetter(plan, 0.25, RNG(1).normal(size=2000), RNG(2))
    assert found.largest_rates[0] > 0.6
    assert (found.rule.parameters == 1.0).sum() >= 12
    report = simulate_adaptive(
        design(TABLE, 12, selection=LOOKUP, exposure=found.rule), RNG(3).normal(size=4000), RNG(4), together=4000
    )
    assert report.exposure.max() < 0.25 + 0.04
    assert (report.length == 12).all()


def test_a_rate_below_even_exposure_is_impossible() -> None:
    with pytest.raises(InfeasibleError, match="least_possible"):
        calibrate_sympson_hetter(design(TABLE, stopping=Stopping(20, 20)), 0.05, np.zeros(10), RNG(1))
    with pytest.raises(RuleError, match="rate"):
        calibrate_sympson_hetter(design(TABLE, 20), 0.0, np.zeros(10), RNG(1))
    with pytest.raises(RuleError, match="iterations"):
        calibrate_sympson_hetter(design(TABLE, 20), 0.5, np.zeros(10), RNG(1), iterations=0)


def test_an_item_is_given_with_its_own_chance_once_selected() -> None:
    parameters = np.ones(200)
    first = LOOKUP.next_item(0.0, set())
    parameters[first] = 0.3
    plan = design(TABLE, 1, selection=LOOKUP, exposure=SympsonHetter(parameters))
    report = simulate_adaptive(plan, np.zeros(3000), RNG(1), together=3000)
    assert report.exposure[first] == pytest.approx(0.3, abs=0.03)


def test_a_session_sees_the_use_of_items_so_far() -> None:
    plan = design(TABLE, 5, selection=LOOKUP, exposure=MaximumExposure(0.5))
    first = LOOKUP.next_item(0.0, set())
    used = np.zeros(200, dtype=np.int64)
    used[first] = 9
    ledger = ExposureLedger(10, used, np.full(200, 10))
    assert AdaptiveSession(plan, 1).next_item() == TABLE.names[first]
    assert AdaptiveSession(plan, 1, ledger).next_item() == TABLE.names[LOOKUP.next_item(0.0, {first})]


def test_when_every_item_is_overused_the_test_still_goes_on() -> None:
    ledger = ExposureLedger(10, np.full(200, 9), np.full(200, 10))
    session = AdaptiveSession(design(TABLE, 5, selection=LOOKUP, exposure=MaximumExposure(0.5)), 1, ledger)
    assert session.next_item() == TABLE.names[LOOKUP.next_item(0.0, set())]


def test_a_ledger_counts_tests_and_items() -> None:
    given = np.array([[True, False], [True, True]])
    ledger = ExposureLedger.empty(2).after(given, np.ones((1, 2), dtype=np.bool_))
    assert ledger.tests == 2 and ledger.rates.tolist() == [1.0, 0.5]

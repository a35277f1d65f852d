"""Tests end when they have said enough, and place people on the right side of a cut."""

from __future__ import annotations

import math

import numpy as np
import pytest

from psychometrics.adaptive.cohort import Ended
from psychometrics.adaptive.session import AdaptiveSession
from psychometrics.adaptive.simulation import simulate_adaptive
from psychometrics.adaptive.stopping import (
    AbilityChange,
    ConfidenceInterval,
    InformationLeft,
    Sprt,
    StandardError,
    Stopping,
    StoppingRule,
)
from psychometrics.errors import RuleError
from psychometrics.likelihood import log_likelihood
from psychometrics.models import item_information
from tests.psychometrics.adaptive.banks import design, run, three_pl, two_pl

RNG = np.random.default_rng


def test_a_test_ends_at_its_standard_error_but_not_before_its_fewest_items() -> None:
    plan = design(two_pl(200), stopping=Stopping(60, 8, (StandardError(0.35),)))
    report = simulate_adaptive(plan, RNG(1).normal(size=200), RNG(2))
    by_rule = report.ended == Ended.RULE
    assert by_rule.mean() > 0.9
    assert (report.se[by_rule] <= 0.35).all()
    assert report.length.min() >= 8 and report.length.max() <= 60


def test_a_loose_error_ends_the_test_at_its_fewest_items() -> None:
    report = simulate_adaptive(design(two_pl(), stopping=Stopping(20, 6, (StandardError(0.9),))), np.zeros(20), RNG(1))
    assert (report.length == 6).all()


def test_a_test_ends_when_no_item_left_informs() -> None:
    table = two_pl(200)
    plan = design(table, stopping=Stopping(200, 1, (InformationLeft(0.25),)))
    session = run(AdaptiveSession(plan, 1), RNG(4))
    given = [plan.bank.index(item) for item, _ in session.history]
    left = np.delete(item_information(table, session.theta)[0], given)
    assert session.ended is Ended.RULE and left.max() <= 0.25


def test_a_test_ends_when_answers_no_longer_move_the_ability() -> None:
    plan = design(two_pl(200), stopping=Stopping(100, 3, (AbilityChange(0.05),)))
    session = run(AdaptiveSession(plan, 1), RNG(4))
    before = AdaptiveSession.replay(plan, 1, session.history[:-1])
    assert abs(session.theta - before.theta) < 0.05


def test_the_ratio_test_decides_where_wald_says() -> None:
    table, rule = three_pl(200), Sprt((0.2,), 0.3, alpha=0.1, beta=0.05)
    plan = design(table, stopping=Stopping(200, 1, (rule,)))
    for seed in range(8):
        session = run(AdaptiveSession(plan, seed), RNG(seed))
        low, high = log_likelihood(table, session.responses, np.array([-0.1, 0.5]))[0]
        assert session.ended is Ended.RULE
        if session.decision == 1:
            assert high - low >= math.log(0.95 / 0.1)
        else:
            assert high - low <= math.log(0.05 / 0.9)


def test_the_ratio_test_errs_no_more_often_than_allowed() -> None:
    rule = Sprt((0.0,), 0.4, alpha=0.1, beta=0.1)
    plan = design(two_pl(300), stopping=Stopping(300, 1, (rule,)))
    for theta, wrong in ((-0.4, 1), (0.4, 0)):
        report = simulate_adaptive(plan, np.full(400, theta), RNG(3))
        # Wald's bounds hold on the average: two standard errors are allowed for the sample.
        assert np.mean(report.decisions == wrong) < 0.1 + 2 * math.sqrt(0.09 / 400)


def test_the_ratio_test_is_shorter_far_from_the_cut() -> None:
    plan = design(two_pl(300), stopping=Stopping(60, 1, (Sprt((0.0,), 0.3),)))
    near, far = (simulate_adaptive(plan, np.full(100, theta), RNG(5)) for theta in (0.0, 1.5))
    assert far.mean_length < 0.6 * near.mean_length
    assert far.accuracy == 1.0


def test_at_the_longest_test_the_ability_decides() -> None:
    plan = design(two_pl(), stopping=Stopping(3, 1, (Sprt((0.0,), 0.1),)))
    report = simulate_adaptive(plan, RNG(1).normal(size=50), RNG(2))
    assert (report.ended == Ended.LENGTH).all()
    np.testing.assert_array_equal(report.decisions, report.theta >= 0.0)


def test_two_cuts_make_three_classes() -> None:
    for rule in (Sprt((-0.7, 0.7), 0.3), ConfidenceInterval((-0.7, 0.7), 0.9)):
        plan = design(two_pl(300), stopping=Stopping(80, 5, (rule,)))
        report = simulate_adaptive(plan, np.repeat([-2.0, 0.0, 2.0], 60), RNG(4))
        assert set(report.decisions.tolist()) == {0, 1, 2}
        assert report.accuracy > 0.95
        assert report.true_classes.tolist() == [0] * 60 + [1] * 60 + [2] * 60


def test_a_confidence_interval_that_leaves_out_the_cut_ends_the_test() -> None:
    plan = design(two_pl(300), stopping=Stopping(60, 1, (ConfidenceInterval((0.3,), 0.9),)))
    session = run(AdaptiveSession(plan, 2), RNG(6))
    if session.ended is Ended.RULE:
        assert abs(session.theta - 0.3) >= 1.6448 * session.se
    assert session.decision == int(session.theta >= 0.3)


def test_a_design_that_does_not_classify_makes_no_decision() -> None:
    session = run(AdaptiveSession(design(two_pl(), 4), 1), RNG(1))
    report = simulate_adaptive(design(two_pl(), 4), np.zeros(3), RNG(1))
    assert session.decision == -1 and (report.decisions == -1).all()
    assert math.isnan(report.accuracy) and (report.true_classes == -1).all()


@pytest.mark.parametrize(
    "rule",
    [
        lambda: StandardError(0.0),
        lambda: AbilityChange(-1.0),
        lambda: InformationLeft(-0.1),
        lambda: Sprt((), 0.3),
        lambda: Sprt((0.5, 0.0), 0.3),
        lambda: Sprt((0.0,), 0.0),
        lambda: Sprt((0.0,), 0.3, alpha=0.6),
        lambda: Sprt((float("nan"),), 0.3),
        lambda: ConfidenceInterval((0.0,), 1.0),
        lambda: Stopping(0),
        lambda: Stopping(5, 6),
        lambda: Stopping(5, 1, (Sprt((0.0,), 0.3), ConfidenceInterval((0.0,)))),
    ],
)
def test_rules_that_contradict_themselves_are_refused(rule: type[StoppingRule]) -> None:
    with pytest.raises(RuleError, match="stopping"):
        rule()

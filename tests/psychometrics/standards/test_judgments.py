"""Cuts from judgments of items and of people."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize
from scipy.special import expit
from scipy.stats import linregress, norm

from psychometrics.errors import DataError, ItemParameterError, RuleError
from psychometrics.items import ItemTable
from psychometrics.models import category_probabilities, expected_score
from psychometrics.standards import (
    RP67,
    Guessing,
    Placement,
    angoff,
    angoff_rounds,
    bookmark,
    borderline_group,
    borderline_regression,
    contrasting_groups,
    ebel,
    hofstee,
    ordered_booklet,
    variance_components,
)
from tests.psychometrics.reference import science_grm

RATINGS = np.array([[0.6, 0.8, 0.5, 0.3], [0.7, 0.9, 0.4, 0.5], [0.5, 0.7, 0.6, 0.2]])


def test_an_angoff_cut_and_its_error_by_hand() -> None:
    found = angoff(RATINGS)
    sums = np.array([2.2, 2.5, 2.0])
    assert found.cut == pytest.approx(sums.mean())
    assert found.se == pytest.approx(sums.std(ddof=1) / np.sqrt(3))
    # t of two degrees of freedom: 4.3027.
    assert found.high - found.cut == pytest.approx(4.30265273 * found.se)
    assert found.judge_correlation[0] == pytest.approx(np.corrcoef(RATINGS[0], RATINGS[1:].mean(axis=0))[0, 1])


def test_variance_components_are_those_of_a_two_way_analysis_of_variance() -> None:
    rng = np.random.default_rng(4)
    ratings = 0.5 + 0.3 * rng.normal(size=400)[:, None] + 0.2 * rng.normal(size=300) + rng.normal(0, 0.1, (400, 300))
    found = variance_components(ratings)
    assert (found.judge, found.item, found.residual) == pytest.approx((0.09, 0.04, 0.01), rel=0.15)


def test_generalizability_is_the_intraclass_correlation() -> None:
    # Shrout & Fleiss (1979), table 2: six targets and four judges; ICC(3,4) = 0.91, ICC(2,4) = 0.62.
    targets = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    found = angoff(targets.T, maxima=[10] * 6)
    assert found.generalizability == pytest.approx(0.91, abs=0.005)
    assert found.dependability == pytest.approx(0.62, abs=0.005)


def test_a_judge_who_skipped_an_item_still_has_a_cut() -> None:
    holed = np.array([[0.5, np.nan, 0.3], [0.6, 0.8, 0.4], [0.5, 0.7, 0.3]])
    found = angoff(holed)
    assert found.ratings.tolist() == [3, 2, 3]
    assert np.isfinite(found.judge_cuts).all()
    assert found.judge_cuts[1] > found.judge_cuts[2]
    assert found.cut == pytest.approx(np.nanmean(holed, axis=0).sum())


def test_judgments_are_compared_with_difficulty() -> None:
    found = angoff(RATINGS, difficulty=[0.5, 0.7, 0.4, np.nan])
    assert found.with_data is not None
    assert found.with_data.bias == pytest.approx(0.1)
    assert found.with_data.root_mean_square == pytest.approx(0.1)
    assert found.with_data.correlation == pytest.approx(1.0)


def test_rounds_tell_what_discussion_changed() -> None:
    second = (RATINGS + RATINGS.mean(axis=0)) / 2
    found = angoff_rounds([RATINGS, second])
    assert found.shifts == pytest.approx([0.0])
    assert found.spread_ratios == pytest.approx([0.5])
    assert found.final.cut == pytest.approx(found.rounds[0].cut)
    with pytest.raises(RuleError):
        angoff_rounds([RATINGS, RATINGS[:2]])


def test_one_judge_has_a_cut_and_no_error() -> None:
    found = angoff(RATINGS[:1])
    assert found.cut == pytest.approx(2.2)
    assert np.isnan([found.se, found.low, found.high, found.generalizability]).all()


@pytest.mark.parametrize(
    ("ratings", "error"),
    [
        ([[1.2]], RuleError),
        ([0.5], RuleError),
        (np.zeros((0, 2)), RuleError),
        ([[np.nan, 0.5], [np.nan, 0.4]], DataError),
        ([[np.nan, np.nan], [0.1, 0.4]], DataError),
    ],
)
def test_ratings_that_cannot_be_used_are_refused(ratings: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        angoff(np.asarray(ratings, dtype=float))


def test_ebel_counts_items_by_cell() -> None:
    assert ebel([0, 0, 1, 2, 2, 2], [[0.9, 0.5, 0.2]]) == pytest.approx(1.8 + 0.5 + 0.6)
    with pytest.raises(RuleError):
        ebel([0, 3], [[0.9, 0.5, 0.2]])


def test_rasch_pages_stand_log_two_above_the_difficulty() -> None:
    table = ItemTable.from_dicts({"item": str(b), "model": "Rasch", "b": b} for b in (1.0, -1.0, 0.25))
    booklet = ordered_booklet(table)
    assert booklet.items == ("-1.0", "0.25", "1.0")
    np.testing.assert_allclose(booklet.locations, np.array([-1.0, 0.25, 1.0]) + np.log(2.0), atol=1e-9)


def test_every_step_of_a_graded_item_has_its_page_where_it_is_mastered() -> None:
    table = science_grm()
    booklet = ordered_booklet(table)
    assert len(booklet.items) == 12
    assert (np.diff(booklet.locations) >= 0).all()
    p = category_probabilities(table, booklet.locations)
    for page, (name, step) in enumerate(zip(booklet.items, booklet.steps, strict=True)):
        assert p[page, table.names.index(name), step:].sum() == pytest.approx(RP67, abs=1e-9)


def test_guessing_may_count_or_not() -> None:
    table = ItemTable.from_dicts([{"item": "g", "model": "3PL", "a": 1.5, "b": 0.5, "c": 0.25}])
    without = ordered_booklet(table, guessing=Guessing.REMOVED).locations[0]
    assert without == pytest.approx(0.5 + np.log(2.0) / 1.5, abs=1e-9)
    counted = ordered_booklet(table).locations[0]
    assert 0.25 + 0.75 * expit(1.5 * (counted - 0.5)) == pytest.approx(RP67, abs=1e-9)
    with pytest.raises(ItemParameterError):
        ordered_booklet(table, response_probability=0.25)


def test_bookmarks_become_a_cut_with_its_error() -> None:
    table = ItemTable.from_dicts({"item": str(i), "model": "Rasch", "b": float(i)} for i in range(5))
    booklet = ordered_booklet(table, response_probability=0.5)
    found = bookmark(table, booklet, [3, 4, 3, 4])
    np.testing.assert_allclose(found.judge_theta[:, 0], [1, 2, 1, 2], atol=1e-9)
    assert found.theta[0] == pytest.approx(1.5)
    assert found.se[0] == pytest.approx(np.std([1, 2, 1, 2], ddof=1) / 2)
    assert found.score[0] == pytest.approx(expected_score(table, np.array([1.5])).sum())
    assert bookmark(table, booklet, [3, 4], placement=Placement.AT).theta[0] == pytest.approx(2.5)
    assert bookmark(table, booklet, [3, 4], placement=Placement.MIDPOINT).theta[0] == pytest.approx(2.0)
    # Judges at one table hold one opinion: two tables of the same mean leave no spread.
    assert bookmark(table, booklet, [3, 4, 3, 4], tables="aabb").se[0] == pytest.approx(0.0)


def test_bookmarks_outside_the_booklet_or_falling_levels_are_refused() -> None:
    table = science_grm()
    booklet = ordered_booklet(table)
    for pages in ([0], [14], [[5, 3]], [2.5]):
        with pytest.raises(RuleError):
            bookmark(table, booklet, pages)
    assert np.isfinite(bookmark(table, booklet, [1]).theta).all()
    assert bookmark(table, booklet, [13]).theta[0] == pytest.approx(booklet.locations[-1])


def two_groups(spread: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(8)
    scores = np.concatenate((rng.normal(18, 2.0, 80), rng.normal(24, spread, 120))).round()
    return scores, np.repeat([False, True], [80, 120])


@pytest.mark.parametrize("cost", [1.0, 3.0])
def test_contrasting_groups_meet_where_definitions_say(cost: float) -> None:
    scores, able = two_groups(spread=3.0)
    found = contrasting_groups(scores, able, np.random.default_rng(1), cost_ratio=cost, replications=100)
    low, high = scores[~able], scores[able]
    assert found.midpoint.cut == pytest.approx((low.mean() + high.mean()) / 2)

    def gap(x: float) -> float:
        first, second = (norm(one.mean(), one.std(ddof=1)).pdf(x) * one.size for one in (low, high))
        return float(cost * first - second)

    assert found.normal.cut == pytest.approx(brentq(gap, low.mean(), high.mean()), abs=1e-8)
    sign = np.where(able, 1.0, -1.0)

    def loss(line: np.ndarray) -> float:
        return float(np.logaddexp(0, -sign * (line[0] + line[1] * (scores - 21))).sum())

    line = minimize(loss, [0.0, 0.5], tol=1e-12).x
    assert found.logistic.cut == pytest.approx(21 + (np.log(cost) - line[0]) / line[1], abs=1e-4)
    for one in (found.logistic, found.normal, found.midpoint):
        assert one.low < one.cut < one.high and one.persons == 200 and one.failed == 0


def test_groups_in_the_wrong_order_have_no_cut() -> None:
    scores, able = two_groups()
    found = contrasting_groups(scores, ~able, np.random.default_rng(1), replications=20)
    assert np.isnan(found.logistic.cut) and np.isnan(found.normal.cut)
    assert found.logistic.failed == 20


def test_groups_wholly_apart_have_no_logistic_cut() -> None:
    found = contrasting_groups([1.0, 2, 3, 7, 8, 9], [0, 0, 0, 1, 1, 1], np.random.default_rng(1), replications=20)
    assert np.isnan(found.logistic.cut)
    assert found.midpoint.cut == found.normal.cut == pytest.approx(5.0)


def test_the_borderline_group_is_cut_at_its_median() -> None:
    scores = np.random.default_rng(2).normal(60, 8, 400)
    found = borderline_group(scores, np.random.default_rng(3))
    assert found.cut == np.median(scores)
    # The error of a normal sample's median is 1.2533 sd / sqrt(n).
    assert found.se == pytest.approx(1.2533 * 8 / 20, rel=0.3)


def test_borderline_regression_is_the_line_of_least_squares() -> None:
    rng = np.random.default_rng(6)
    ratings = rng.integers(0, 5, 300).astype(float)
    scores = 40 + 8 * ratings + rng.normal(0, 6, 300)
    found = borderline_regression(scores, ratings, 1.0, np.random.default_rng(7))
    line = linregress(ratings, scores)
    assert found.cut.cut == pytest.approx(line.intercept + line.slope)
    assert (found.slope, found.intercept, found.r2) == pytest.approx((line.slope, line.intercept, line.rvalue**2))
    assert found.cut.se == pytest.approx(found.prediction_se, rel=0.2)


def test_judgments_of_people_that_say_nothing_are_refused() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(DataError):
        borderline_regression([1.0, 2, 3], [2, 2, 2], 2, rng)
    with pytest.raises(DataError):
        contrasting_groups([1.0, 2, 3], [0, 1, 1], rng)
    with pytest.raises(DataError):
        contrasting_groups([1.0, np.nan, 3, 4], [0, 0, 1, 1], rng)
    with pytest.raises(DataError):
        borderline_group([3.0], rng)
    with pytest.raises(RuleError):
        contrasting_groups([1.0, 2, 3, 4], [0, 2, 1, 1], rng)


def test_hofstee_meets_the_curve_on_the_diagonal() -> None:
    # Scores 0 to 99, once each: the share below a cut x is x / 100. Diagonal from (40, 0.6) to
    # (60, 0.2): 0.6 - 0.02 (x - 40) = x / 100 at x = 46 2/3.
    found = hofstee(np.arange(100), [35, 45], [60, 60], [0.2], [0.5, 0.7])
    assert found.met
    assert found.cut == pytest.approx(46 + 2 / 3)
    assert found.fail_rate == pytest.approx(found.cut / 100)


def test_hofstee_says_so_if_line_and_curve_do_not_meet() -> None:
    too_many_fail = hofstee(np.arange(100), 70, 80, 0.1, 0.3)
    assert (too_many_fail.cut, too_many_fail.met) == (70.0, False)
    too_few = hofstee(np.arange(100), 10, 20, 0.5, 0.8)
    assert (too_few.cut, too_few.met) == (20.0, False)
    with pytest.raises(RuleError):
        hofstee(np.arange(100), 80, 70, 0.1, 0.3)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40), st.integers(0, 14), st.integers(15, 30))
def test_hofstee_stays_in_the_box_of_the_judges(scores: list[int], low: int, high: int) -> None:
    found = hofstee(scores, low, high, 0.1, 0.6)
    assert low <= found.cut <= high
    if found.met:
        assert 0.1 - 1e-9 <= found.fail_rate <= 0.6 + 1e-9

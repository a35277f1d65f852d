"""Classical statistics against direct computation, invariances, and rare inputs."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from psychometrics.classical import (
    ItemFlag,
    ItemRule,
    item_statistics,
    option_statistics,
    score_distribution,
    wilson_interval,
)
from psychometrics.datasets import lsat7, science
from psychometrics.errors import DataError, ResponseError
from psychometrics.responses import Missing, MissingPolicy

IGNORE, BLANKS_WRONG = MissingPolicy.ignore_all(), MissingPolicy.count_blanks()
MATRICES = arrays(np.int8, st.tuples(st.integers(1, 12), st.integers(1, 5)), elements=st.integers(-3, 3))


def test_lsat7_as_computed_directly() -> None:
    x = lsat7().responses.astype(float)
    total, found = x.sum(axis=1), item_statistics(lsat7().responses, IGNORE)
    np.testing.assert_allclose(found.difficulty, x.mean(axis=0))
    for i in range(5):
        assert found.item_total[i] == pytest.approx(np.corrcoef(x[:, i], total)[0, 1], abs=1e-12)
        assert found.item_rest[i] == pytest.approx(np.corrcoef(x[:, i], total - x[:, i])[0, 1], abs=1e-12)
        others = np.delete(x, i, axis=1)
        variance = others.var(axis=0, ddof=1).sum() / others.sum(axis=1).var(ddof=1)
        assert found.alpha_if_deleted[i] == pytest.approx(4 / 3 * (1 - variance), abs=1e-12)
    # For items right or wrong alpha is KR-20.
    share = x.mean(axis=0)
    assert found.alpha == pytest.approx(5 / 4 * (1 - (share * (1 - share)).sum() / total.var()), abs=1e-12)
    assert (np.abs(found.biserial) > np.abs(found.item_total)).all()


def test_items_with_more_categories() -> None:
    found = item_statistics(science().responses, IGNORE)
    np.testing.assert_allclose(found.difficulty, science().responses.mean(axis=0) / 3)
    assert np.isnan(found.biserial).all()
    assert ((found.low < found.difficulty) & (found.difficulty < found.high)).all()


def test_the_three_kinds_of_missing_are_counted_apart_and_never_wrong_by_accident() -> None:
    x = [[1, 1], [Missing.OMITTED, 0], [Missing.NOT_REACHED, 1], [Missing.NOT_PRESENTED, 0]]
    ignored, counted = item_statistics(x, IGNORE), item_statistics(x, BLANKS_WRONG)
    assert [int(n[0]) for n in (ignored.answered, ignored.omitted, ignored.not_reached)] == [1, 1, 1]
    assert ignored.not_presented.tolist() == [1, 0]
    assert ignored.difficulty[0] == 1.0
    assert counted.difficulty[0] == pytest.approx(1 / 3)
    assert counted.correlated.tolist() == [3, 3]


def test_a_score_of_ones_own_lets_persons_of_different_forms_be_compared() -> None:
    x = np.array([[1, -3], [0, -3], [-3, 1], [-3, 0]])
    assert np.isnan(item_statistics(x, IGNORE).item_rest).all()
    assert item_statistics(x, IGNORE, score=[1.0, -1.0, 0.5, 0.0]).item_rest.tolist() == [1.0, 1.0]


def test_flags_need_persons_and_an_interval_beyond_the_border() -> None:
    rng = np.random.default_rng(3)
    x = (rng.normal(size=(1000, 1)) > np.array([-3.5, 0, 0.1, -0.1, 3.0])) * 1
    x[:, 4] = rng.random(1000) < 0.05
    x[:, 3] = 1 - x[:, 3]
    flags = item_statistics(x, IGNORE).flags
    assert flags[0] == (ItemFlag.EASY,) or ItemFlag.EASY in flags[0]
    assert ItemFlag.NEGATIVE in flags[3]
    assert {ItemFlag.HARD, ItemFlag.WEAK} <= set(flags[4])
    assert item_statistics(x[:50], IGNORE).flags == ((ItemFlag.INSUFFICIENT,),) * 5
    assert item_statistics(x[:50], IGNORE, rule=ItemRule(least_persons=50)).flags[3] == (
        ItemFlag.WEAK,
        ItemFlag.NEGATIVE,
    )


@settings(max_examples=60)
@given(MATRICES, st.randoms(use_true_random=False))
def test_the_order_of_persons_and_items_changes_nothing(x: np.ndarray, random: object) -> None:
    rng = np.random.default_rng(len(x))
    rows, columns = rng.permutation(x.shape[0]), rng.permutation(x.shape[1])
    one, other = item_statistics(x, BLANKS_WRONG), item_statistics(x[rows][:, columns], BLANKS_WRONG)
    for field in fields(one):
        value = getattr(one, field.name)
        if isinstance(value, np.ndarray):
            np.testing.assert_allclose(value[columns], getattr(other, field.name), atol=1e-9, err_msg=field.name)
    known = ~np.isnan(one.difficulty)
    assert ((one.low <= one.difficulty) & (one.difficulty <= one.high))[known & ~np.isnan(one.low)].all()


def test_upper_less_lower_shares_the_places_of_ties() -> None:
    x = np.repeat([[0, 0], [1, 0], [1, 1]], [27, 46, 27], axis=0)
    assert item_statistics(x, IGNORE).upper_lower.tolist() == [1.0, 1.0]
    tied = np.tile([[1, 0], [0, 1]], (50, 1))
    assert item_statistics(tied, IGNORE).upper_lower == pytest.approx([0.0, 0.0])


def test_options_show_who_is_attracted() -> None:
    rng = np.random.default_rng(4)
    ability = rng.normal(size=2000)
    right = rng.random((2000, 8)) < 1 / (1 + np.exp(-1.5 * ability[:, None]))
    choices = np.where(right, 0, rng.integers(1, 4, right.shape))
    choices[:3, 0] = Missing.OMITTED
    first = option_statistics(choices, [0] * 8, BLANKS_WRONG, options=5)[0]
    assert first.counts.sum() == 1997
    assert first.blank == 3
    assert first.point_biserial[0] > 0.3 > 0 > first.point_biserial[1:4].max()
    assert np.isnan(first.point_biserial[4])
    assert np.isnan(first.mean_score[4])
    assert first.high[4] < 0.01
    assert (np.diff(first.group_shares[:, 0]) > 0).all()
    np.testing.assert_allclose(first.group_shares.sum(axis=1), 1.0)
    rest = (choices[3:, 1:] == 0).sum(axis=1)
    assert first.mean_score[0] == pytest.approx(rest[choices[3:, 0] == 0].mean())


def test_a_blank_is_not_right_because_the_key_is_option_0() -> None:
    choices = [[0, Missing.OMITTED], [1, 0], [0, 0]]
    first = option_statistics(choices, [0, 0], BLANKS_WRONG, groups=2)[0]
    assert first.mean_score.tolist() == [0.5, 1.0]


def test_scores() -> None:
    found = score_distribution(lsat7().responses, IGNORE)
    assert found.counts.tolist() == np.bincount(lsat7().responses.sum(axis=1)).tolist()
    assert found.cumulative[-1] == 1.0
    assert found.skewness < 0
    assert np.isnan(score_distribution([[1, 1]], IGNORE).sd)
    assert np.isnan(score_distribution([[1, 1], [1, 1]], IGNORE).kurtosis)
    with pytest.raises(DataError, match="no_complete_rows"):
        score_distribution([[1, Missing.OMITTED]], IGNORE)


def test_wilson_is_never_outside_and_holds_the_proportion() -> None:
    n = np.repeat(np.arange(1, 40), 40)
    k = np.minimum(np.tile(np.arange(40), 39), n)
    low, high = wilson_interval(k, n)
    assert ((low >= 0) & (low <= k / n) & (k / n <= high) & (high <= 1)).all()
    assert np.isnan(np.array(wilson_interval(np.array([0]), np.array([0])))).all()


def test_rare_inputs() -> None:
    all_right = item_statistics(np.ones((300, 3), dtype=int), IGNORE)
    assert all_right.difficulty.tolist() == [1.0] * 3
    assert np.isnan(all_right.item_rest).all()
    assert np.isnan(all_right.alpha)
    assert np.isnan(item_statistics([[1]], IGNORE).alpha_if_deleted).all()
    with pytest.raises(DataError):
        item_statistics(np.empty((0, 3), dtype=int), IGNORE)
    with pytest.raises(DataError):
        item_statistics([[2]], IGNORE, maximum=[1])
    with pytest.raises(ResponseError):
        item_statistics([[0.5]], IGNORE)
    with pytest.raises(DataError):
        option_statistics([[0, 1]], [0], IGNORE)
    with pytest.raises(DataError):
        option_statistics([[3]], [0], IGNORE, options=2)
    nobody = option_statistics([[Missing.OMITTED]], [0], IGNORE)[0]
    assert nobody.blank == 1
    assert np.isnan(nobody.shares).all()

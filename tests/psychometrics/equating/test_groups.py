"""Equating of equivalent groups: what must hold whatever the scores, and how sure it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psychometrics.equating import (
    GroupMethod,
    ScoreFrequencies,
    best_bandwidth,
    bootstrap_equating,
    equate_groups,
    kernel_equating,
)
from psychometrics.equating.continuous import percentile_ranks, scores_at
from psychometrics.errors import DataError, RuleError

counts = st.lists(st.integers(0, 40), min_size=3, max_size=15).filter(lambda found: sum(x > 0 for x in found) > 1)
forms = counts.map(lambda found: ScoreFrequencies(0, np.array(found, dtype=float)))


@given(forms)
def test_a_form_equated_to_itself_stays_what_it_is(form: ScoreFrequencies) -> None:
    for method in (GroupMethod.IDENTITY, GroupMethod.MEAN, GroupMethod.LINEAR):
        np.testing.assert_allclose(equate_groups(form, form, method).equated, form.scores, atol=1e-9)
    found = equate_groups(form, form, GroupMethod.EQUIPERCENTILE).equated
    occurs = form.counts > 0
    np.testing.assert_allclose(found[occurs], form.scores[occurs], atol=1e-6)


@given(forms, forms)
def test_equivalents_never_fall_and_stay_on_the_scale(x: ScoreFrequencies, y: ScoreFrequencies) -> None:
    found = equate_groups(x, y, GroupMethod.EQUIPERCENTILE).equated
    assert (np.diff(found) >= -1e-9).all()
    assert found[0] >= -0.5 and found[-1] <= y.scores[-1] + 0.5


@given(forms, forms)
def test_linear_equating_gives_form_y_s_mean_and_spread_and_goes_both_ways(
    x: ScoreFrequencies, y: ScoreFrequencies
) -> None:
    there, back = equate_groups(x, y, GroupMethod.LINEAR), equate_groups(y, x, GroupMethod.LINEAR)
    mean = x.counts @ there.equated / x.persons
    assert mean == pytest.approx(y.mean)
    np.testing.assert_allclose(back.convert(there.equated), x.scores, atol=1e-8)


@given(forms, st.lists(st.floats(0.001, 0.999), min_size=1, max_size=9))
def test_scores_and_ranks_are_inverse(form: ScoreFrequencies, ranks: list[float]) -> None:
    np.testing.assert_allclose(percentile_ranks(form, scores_at(form, ranks)), ranks, atol=1e-8)


def test_scores_nobody_has_share_the_middle() -> None:
    gap = ScoreFrequencies(0, np.array([2.0, 0.0, 0.0, 2.0]))
    assert scores_at(gap, [0.5]).tolist() == [1.5]
    assert scores_at(gap, [0.0, 1.0]).tolist() == [-0.5, 3.5]


def test_a_percentile_rank_by_hand() -> None:
    """5 + 10/2 of 40 persons lie below the middle of score 1."""
    form = ScoreFrequencies(0, np.array([5.0, 10.0, 20.0, 5.0]))
    np.testing.assert_allclose(percentile_ranks(form), [0.0625, 0.25, 0.625, 0.9375])


@pytest.mark.parametrize("method", [GroupMethod.MEAN, GroupMethod.LINEAR, GroupMethod.EQUIPERCENTILE])
def test_standard_errors_are_those_of_resampling(method: GroupMethod) -> None:
    shares = np.exp(-0.5 * ((np.arange(21) - 11) / 4.0) ** 2)
    x, y = (ScoreFrequencies(0, shares / shares.sum() * n) for n in (800.0, 1200.0))
    found = equate_groups(x, y, method)
    errors = bootstrap_equating(x, y, lambda a, b: equate_groups(a, b, method), np.random.default_rng(3))
    assert found.se is not None
    middle = slice(4, 18)
    np.testing.assert_allclose(errors.se[middle], found.se[middle], rtol=0.12)
    assert (np.abs(errors.bias[middle]) < 0.05).all()
    np.testing.assert_allclose(errors.rmse**2, errors.se**2 * (999 / 1000) + errors.bias**2, atol=1e-10)


def test_kernels_keep_mean_and_spread_and_become_a_line_when_wide() -> None:
    rng = np.random.default_rng(5)
    x = ScoreFrequencies.from_scores(rng.binomial(30, 0.6, 900), 0, 30)
    y = ScoreFrequencies.from_scores(rng.binomial(30, 0.5, 900), 0, 30)
    wide = kernel_equating(x, y, (200.0, 200.0)).equated
    np.testing.assert_allclose(wide, equate_groups(x, y, GroupMethod.LINEAR).equated, atol=0.01)
    found = kernel_equating(x, y)
    smooth_part = slice(10, 28)
    plain = equate_groups(x, y, GroupMethod.EQUIPERCENTILE).equated
    np.testing.assert_allclose(found.equated[smooth_part], plain[smooth_part], atol=0.5)
    assert (np.diff(found.equated) > 0).all()
    assert 0.1 <= best_bandwidth(x) <= 10.0


def test_reported_scores_are_whole_and_on_the_scale() -> None:
    x = ScoreFrequencies(0, np.array([1.0, 1.0, 8.0]))
    y = ScoreFrequencies(0, np.array([8.0, 1.0, 1.0]))
    found = equate_groups(x, y, GroupMethod.MEAN)
    assert found.equated[0] < 0
    assert found.rounded().tolist() == [0, 0, 1]
    assert found.convert([0.5]).tolist() == pytest.approx([found.equated[:2].mean()])


@pytest.mark.parametrize(
    ("scores", "lowest", "highest"),
    [([1, 9], 0, 5), ([1.5], 0, 5), ([np.nan], 0, 5), ([], 0, 5), ([[1]], 0, 5), ([1, 2], 5, 5), (["a"], 0, 5)],
)
def test_scores_off_the_scale_are_refused(scores: list[float], lowest: int, highest: int) -> None:
    with pytest.raises(DataError):
        ScoreFrequencies.from_scores(scores, lowest, highest)


def test_what_cannot_be_equated_says_why() -> None:
    alike, other = ScoreFrequencies(0, np.array([0.0, 9.0, 0.0])), ScoreFrequencies(0, np.array([1.0, 2.0, 3.0]))
    with pytest.raises(DataError, match="all_scores_alike"):
        equate_groups(alike, other, GroupMethod.LINEAR)
    with pytest.raises(DataError, match="all_scores_alike"):
        kernel_equating(alike, other)
    with pytest.raises(RuleError, match="bandwidths"):
        kernel_equating(other, other, (0.0, 1.0))
    with pytest.raises(RuleError, match="replications"):
        bootstrap_equating(
            other, other, lambda a, b: equate_groups(a, b, GroupMethod.MEAN), np.random.default_rng(1), replications=1
        )

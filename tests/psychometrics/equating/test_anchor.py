"""Equating by an anchor: groups that differ do not make the forms differ."""

from __future__ import annotations

import numpy as np
import pytest

from psychometrics.arrays import Integers
from psychometrics.equating import AnchorMethod, JointFrequencies, bootstrap_equating, equate_anchor
from psychometrics.errors import DataError, RuleError
from tests.psychometrics.equating.test_reference import forms


def scores(rng: np.random.Generator, mean: float, persons: int) -> tuple[Integers, Integers]:
    """Totals of 40 items with an internal anchor of 15, of a group of this mean ability."""
    theta = rng.normal(mean, 1.0, persons)
    b = np.linspace(-2, 2, 40)
    right = rng.random((persons, 40)) < 1 / (1 + np.exp(-(theta[:, None] - b)))
    return right.sum(axis=1), right[:, ::3][:, :13].sum(axis=1)


@pytest.mark.parametrize("method", AnchorMethod)
def test_one_form_given_to_two_groups_is_equated_to_itself(method: AnchorMethod) -> None:
    rng = np.random.default_rng(8)
    x, y = (JointFrequencies.from_scores(*scores(rng, mean, 20_000), (0, 40), (0, 13)) for mean in (0.0, 0.3))
    found = equate_anchor(x, y, method)
    # The methods lean on different assumptions; with groups a third of a deviation apart all come close.
    np.testing.assert_allclose(found.equated[8:36], np.arange(8, 36), atol=1.0)
    if method in (AnchorMethod.LEVINE, AnchorMethod.LEVINE_TRUE):
        np.testing.assert_allclose(found.equated[8:36], np.arange(8, 36), atol=0.35)


@pytest.mark.parametrize("method", AnchorMethod)
def test_same_frequencies_mean_same_scores(method: AnchorMethod) -> None:
    x, _ = forms()
    found = equate_anchor(x, x, method, weight=0.5)
    seen = (x.total.counts > 0) & (np.arange(37) > 2)
    np.testing.assert_allclose(found.equated[seen], np.arange(37)[seen], atol=1e-6)


@pytest.mark.parametrize("method", [AnchorMethod.TUCKER, AnchorMethod.LEVINE, AnchorMethod.CHAINED_LINEAR])
def test_standard_errors_are_those_of_resampling(method: AnchorMethod) -> None:
    x, y = forms()
    found = equate_anchor(x, y, method, weight=0.5)
    errors = bootstrap_equating(
        x, y, lambda a, b: equate_anchor(a, b, method, weight=0.5), np.random.default_rng(2), replications=400
    )
    assert found.se is not None
    np.testing.assert_allclose(errors.se, found.se, rtol=0.15)


def test_an_external_anchor_changes_levine() -> None:
    internal, external = (equate_anchor(*forms(), AnchorMethod.LEVINE, internal=part) for part in (True, False))
    assert abs(internal.equated[18] - external.equated[18]) > 0.01


def test_the_population_matters_to_tucker_and_not_to_chains() -> None:
    tucker, chain = (
        [equate_anchor(*forms(), method, weight=weight).equated for weight in (0.0, 1.0)]
        for method in (AnchorMethod.TUCKER, AnchorMethod.CHAINED_LINEAR)
    )
    assert np.abs(tucker[0] - tucker[1]).max() > 0.01
    np.testing.assert_array_equal(chain[0], chain[1])


def test_what_cannot_be_equated_says_why() -> None:
    x, y = forms()
    with pytest.raises(RuleError, match="weight"):
        equate_anchor(x, y, AnchorMethod.TUCKER, weight=1.5)
    short = JointFrequencies(0, 0, y.counts[:, :5])
    with pytest.raises(DataError, match="scales_differ"):
        equate_anchor(x, short, AnchorMethod.TUCKER)
    constant = JointFrequencies.from_scores([3, 5, 9], [4, 4, 4], (0, 36), (0, 12))
    with pytest.raises(DataError, match="all_scores_alike"):
        equate_anchor(x, constant, AnchorMethod.CHAINED_LINEAR)
    backwards = JointFrequencies.from_scores([3, 5, 9], [6, 5, 4], (0, 36), (0, 12))
    with pytest.raises(DataError, match="anchor_does_not_rise_with_total"):
        equate_anchor(x, backwards, AnchorMethod.TUCKER)
    with pytest.raises(DataError, match="anchors"):
        JointFrequencies.from_scores([3, 5], [6], (0, 36), (0, 12))

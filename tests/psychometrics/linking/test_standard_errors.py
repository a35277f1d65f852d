"""Sampling error of linking constants."""

from __future__ import annotations

import numpy as np
import pytest

from psychometrics.calibration import calibrate
from psychometrics.errors import DataError, RuleError
from psychometrics.items import ItemTable, Model
from psychometrics.linking import (
    LinkingMethod,
    ParameterCovariance,
    bootstrap_linking_errors,
    common_anchors,
    linking_errors,
)
from psychometrics.simulate import simulate_responses
from tests.psychometrics.strategies import IGNORE

ITEMS = ItemTable.from_arrays(Model.TWO_PL, a=[1.0, 1.4, 0.8, 1.2], b=[-1.0, 0.0, 0.5, 1.0])
PLACES = tuple((name, field, 0) for name in ITEMS.names for field in ("a", "b"))


def independent(variance: float) -> ParameterCovariance:
    """All parameters independent, of one variance."""
    return ParameterCovariance(PLACES, variance * np.eye(8))


def test_errors_of_mean_mean_follow_from_the_variances_of_means() -> None:
    pair = common_anchors(ITEMS, ITEMS)
    found = linking_errors(pair, independent(0.01), independent(0.01), LinkingMethod.MEAN_MEAN)
    slope = np.sqrt(2 * 0.01 / 4) / ITEMS.a.mean()
    assert found.slope == pytest.approx(slope, rel=1e-6)
    mean = ITEMS.steps.mean()
    assert found.intercept == pytest.approx(np.sqrt(2 * 0.01 / 4 + (slope * mean) ** 2), rel=1e-6)


@pytest.mark.parametrize("method", [LinkingMethod.MEAN_SIGMA, LinkingMethod.HAEBARA, LinkingMethod.STOCKING_LORD])
def test_drawn_parameters_give_the_errors_of_the_delta_method(method: LinkingMethod) -> None:
    pair, small = common_anchors(ITEMS, ITEMS), independent(0.002)
    delta = linking_errors(pair, small, small, method)
    drawn = bootstrap_linking_errors(pair, small, small, method, rng=np.random.default_rng(2), replications=200)
    assert drawn.replications == 200
    np.testing.assert_allclose([drawn.slope, drawn.intercept], [delta.slope, delta.intercept], rtol=0.2)


def test_the_same_generator_gives_the_same_errors() -> None:
    pair, small = common_anchors(ITEMS, ITEMS), independent(0.002)
    one, other = (
        bootstrap_linking_errors(
            pair, small, small, LinkingMethod.MEAN_MEAN, rng=np.random.default_rng(8), replications=20
        )
        for _ in range(2)
    )
    assert one.slope == other.slope


def test_covariances_come_from_calibrations() -> None:
    rng = np.random.default_rng(1)
    responses = simulate_responses(ITEMS, rng.normal(size=800), rng)
    fit = calibrate(responses, Model.TWO_PL, IGNORE, names=ITEMS.names, standard_errors=True)
    known = ParameterCovariance.of(fit, ITEMS.names)
    assert {place[:2] for place in known.places} == {place[:2] for place in PLACES}
    found = linking_errors(common_anchors(fit.table, ITEMS), known, ParameterCovariance((), np.zeros((0, 0))))
    assert 0.02 < found.slope < 0.3
    without = calibrate(responses, Model.TWO_PL, IGNORE, names=ITEMS.names)
    with pytest.raises(DataError):
        ParameterCovariance.of(without, ITEMS.names)


def test_covariances_of_a_wrong_shape_and_one_replication_are_refused() -> None:
    with pytest.raises(RuleError):
        ParameterCovariance(PLACES, np.eye(3))
    pair = common_anchors(ITEMS, ITEMS)
    with pytest.raises(RuleError):
        bootstrap_linking_errors(pair, independent(0.1), independent(0.1), rng=np.random.default_rng(1), replications=1)

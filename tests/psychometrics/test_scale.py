"""Reported scores: linear, rounded by rule, within limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psychometrics.errors import RuleError
from psychometrics.quadrature import Population
from psychometrics.scale import ReportingScale, Rounding


def test_the_calibration_population_has_mean_50_and_sd_10() -> None:
    scale = ReportingScale(calibration=Population(0.4, 1.25))
    assert scale.transform([0.4, 0.4 + 1.25]).tolist() == [50.0, 60.0]
    assert scale.report_error(1.25) == 10.0


@given(st.floats(-4, 4), st.floats(0.5, 2.0), st.floats(-6, 6))
def test_a_cut_goes_there_and_back(mean: float, sd: float, theta: float) -> None:
    scale = ReportingScale(calibration=Population(mean, sd))
    assert float(scale.to_theta(scale.transform(theta))) == pytest.approx(theta, abs=1e-9)


@given(st.lists(st.floats(-20, 20), min_size=2, max_size=9))
def test_reporting_keeps_order_and_limits(thetas: list[float]) -> None:
    reported = ReportingScale(decimals=1).report(np.sort(thetas))
    assert (np.diff(reported) >= 0).all()
    assert ((reported >= 0) & (reported <= 100)).all()


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        (Rounding.HALF_UP, [50.13, 50.38, 62.35]),
        (Rounding.HALF_EVEN, [50.12, 50.38, 62.34]),
        (Rounding.FLOOR, [50.12, 50.37, 62.34]),
    ],
)
def test_halves_go_where_the_rule_says(rounding: Rounding, expected: list[float]) -> None:
    scale = ReportingScale(rounding=rounding)
    assert scale.report([0.0125, 0.0375, 1.2345]).tolist() == expected


def test_limits_and_decimals_are_data() -> None:
    scale = ReportingScale(lowest=20, highest=80, decimals=0)
    assert scale.report([-9.0, 0.04, 0.05, 9.0]).tolist() == [20.0, 50.0, 51.0, 80.0]


@pytest.mark.parametrize(
    "bad", [{"sd": 0.0}, {"lowest": 5.0, "highest": 5.0}, {"decimals": -1}, {"mean": float("nan")}]
)
def test_a_scale_that_contradicts_itself_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(RuleError):
        ReportingScale(**bad)  # type: ignore[arg-type]

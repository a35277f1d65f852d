"""The two 36-item forms of Kolen & Brennan, by every method, against R's equate."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from psychometrics.equating import AnchorMethod, JointFrequencies, equate_anchor
from tests.psychometrics.reference import entry

NAME = "KBneat common-item equating (K&B ch.4-5)"


@cache
def forms() -> tuple[JointFrequencies, JointFrequencies]:
    """X and Y with their 12 internal anchor items."""
    data = entry(NAME)["data"]
    one, two = (
        JointFrequencies.from_scores(data[form]["total"], data[form]["anchor"], (0, 36), (0, 12)) for form in "xy"
    )
    return one, two


@pytest.mark.parametrize(
    ("method", "key"),
    [
        (AnchorMethod.TUCKER, "tucker"),
        (AnchorMethod.LEVINE, "levine"),
        (AnchorMethod.BRAUN_HOLLAND, "braun"),
        (AnchorMethod.CHAINED_LINEAR, "chained_lin"),
        (AnchorMethod.FREQUENCY_ESTIMATION, "freq"),
        (AnchorMethod.CHAINED_EQUIPERCENTILE, "chained_eq"),
    ],
)
def test_equivalents_are_those_of_equate(method: AnchorMethod, key: str) -> None:
    expected = entry(NAME)["expected"][key]
    found = equate_anchor(*forms(), method, weight=1.0)
    np.testing.assert_allclose(found.equated, expected["yx"], atol=1e-7)
    if "se" in expected:
        assert found.se is not None and found.se_normal is not None
        # equate mixes variances with divisors n and n - 1.
        np.testing.assert_allclose(found.se, expected["se"]["g"], atol=3e-4)
        np.testing.assert_allclose(found.se_normal, expected["se"]["n"], atol=3e-4)

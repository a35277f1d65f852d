"""Anchors that moved between two calibrations."""

from __future__ import annotations

import numpy as np
import pytest

from psychometrics.errors import DataError, RuleError
from psychometrics.items import ItemTable, Model
from psychometrics.linking import (
    DriftRule,
    DriftStatistic,
    LinkingMethod,
    LinkingTransform,
    common_anchors,
    drift_statistics,
    screen_anchors,
)
from tests.psychometrics.linking.data import MIXED, common, kolen_brennan

LINE = LinkingTransform(1.2, 0.5)


def forms(moved: dict[int, float]) -> tuple[ItemTable, ItemTable]:
    """Twelve anchors on two scales, with noise; some have moved by so many logits."""
    rng = np.random.default_rng(11)
    a, b = rng.uniform(0.8, 1.6, 12), np.linspace(-1.5, 1.5, 12)
    base = ItemTable.from_arrays(Model.TWO_PL, a=a, b=b)
    shifted = b + rng.normal(0.0, 0.03, 12)
    for item, by in moved.items():
        shifted[item] += by
    drawn = ItemTable.from_arrays(Model.TWO_PL, a=a * np.exp(rng.normal(0.0, 0.05, 12)), b=shifted)
    return LINE.inverse().apply(drawn), base


@pytest.mark.parametrize(
    "rule",
    [
        DriftRule(DriftStatistic.ROBUST_Z, 3.5),
        DriftRule(DriftStatistic.DISPLACEMENT, 0.3),
        DriftRule(DriftStatistic.PERPENDICULAR, 0.25),
        DriftRule(DriftStatistic.D2, 0.004),
    ],
)
def test_the_anchors_that_moved_are_dropped_and_the_line_is_found(rule: DriftRule) -> None:
    new, base = forms({2: 0.9, 7: 0.7})
    found = screen_anchors(new, base, rule)
    assert set(found.dropped) == {"item-3", "item-8"}
    assert found.dropped[0] == "item-3"
    assert not found.exhausted
    assert abs(found.link.transform.slope - LINE.slope) < 0.06
    assert abs(found.link.transform.intercept - LINE.intercept) < 0.06
    # The report tells each round: its anchors, what it dropped, and the state at the end.
    assert [step.dropped for step in found.steps] == ["item-3", "item-8", None]
    assert [len(step.link.anchors) for step in found.steps] == [12, 11, 10]


def test_a_screening_never_leaves_fewer_anchors_than_stated() -> None:
    new, base = forms({i: (-1.0) ** i * (0.6 + 0.1 * i) for i in range(12)})
    found = screen_anchors(new, base, DriftRule(DriftStatistic.DISPLACEMENT, 0.01, least=9))
    assert len(found.link.anchors) == 9
    assert len(found.dropped) == 3
    assert found.exhausted


def test_anchors_that_stayed_are_all_kept() -> None:
    new, base = forms({})
    found = screen_anchors(new, base, DriftRule(DriftStatistic.DISPLACEMENT, 0.3))
    assert found.dropped == ()
    assert len(found.steps) == 1


def test_statistics_are_nothing_for_identical_forms_and_follow_their_definitions() -> None:
    pair = common_anchors(MIXED, MIXED)
    still = drift_statistics(pair, LinkingTransform(1.0, 0.0))
    for values in (still.robust_z, still.displacement, still.perpendicular, still.d2):
        np.testing.assert_allclose(values[:-1], 0.0, atol=1e-12)
    # Nominal items have no location, but they have curves.
    assert np.isnan(still.robust_z[-1])
    assert still.d2[-1] == 0.0
    x, y = (kolen_brennan(form).select(common()) for form in ("form.x", "form.y"))
    line = LinkingTransform(1.1, -0.47)
    found = drift_statistics(common_anchors(x, y), line)
    apart = np.array(y.steps[:, 0] - line.slope * x.steps[:, 0])
    low, high = np.percentile(apart, [25, 75])
    np.testing.assert_allclose(found.robust_z, (apart - np.median(apart)) / (0.74 * (high - low)))
    np.testing.assert_allclose(found.perpendicular, np.abs(found.displacement) / np.sqrt(1 + line.slope**2))
    # Item 27 is the one Kolen and Brennan leave out.
    assert found.anchors[int(found.d2.argmax())] == "item-27"


def test_impossible_rules_are_refused() -> None:
    with pytest.raises(RuleError):
        DriftRule(limit=0.0)
    with pytest.raises(RuleError):
        DriftRule(least=1)
    new, base = forms({})
    with pytest.raises(DataError):
        screen_anchors(new, base, DriftRule(least=13))
    with pytest.raises(DataError):
        screen_anchors(MIXED, MIXED, DriftRule(least=2), LinkingMethod.HAEBARA, anchors=["nominal", "nominal"][:1])

"""Constants that bring one calibration to the scale of another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psychometrics.errors import DataError, ItemParameterError, RuleError
from psychometrics.items import ItemTable, Model
from psychometrics.linking import CurveSettings, Direction, LinkingMethod, LinkingTransform, common_anchors, link
from psychometrics.models import category_probabilities, expected_score
from psychometrics.quadrature import Grid, Population
from tests.psychometrics.linking.data import KB, MIXED, common, kolen_brennan
from tests.psychometrics.reference import entry
from tests.psychometrics.strategies import tables

METHODS = [
    LinkingMethod.MEAN_MEAN,
    LinkingMethod.MEAN_SIGMA,
    LinkingMethod.HAEBARA,
    LinkingMethod.STOCKING_LORD,
]
lines = st.builds(LinkingTransform, st.floats(0.5, 2.0), st.floats(-2.0, 2.0))


@pytest.mark.parametrize(("without", "expected"), [((27,), "constants_excl27"), ((), "constants_all")])
def test_kolen_and_brennans_forms_get_the_constants_of_plink(without: tuple[int, ...], expected: str) -> None:
    for method, constants in zip(METHODS, entry(KB)["expected"][expected], strict=True):
        found = link(kolen_brennan("form.x"), kolen_brennan("form.y"), method, anchors=common(without)).transform
        np.testing.assert_allclose([found.slope, found.intercept], constants, rtol=0, atol=2e-6)


@settings(max_examples=50, deadline=None)
@given(tables(), lines)
def test_a_transform_changes_no_probability_and_can_be_undone(table: ItemTable, line: LinkingTransform) -> None:
    moved, theta = line.apply(table), np.linspace(-3.0, 3.0, 7)
    before, after = category_probabilities(table, theta), category_probabilities(moved, line.theta(theta))
    np.testing.assert_allclose(after, before, atol=1e-12)
    back = line.inverse().apply(moved)
    np.testing.assert_allclose(back.a, table.a)
    np.testing.assert_allclose(back.steps, table.steps, atol=1e-12)
    np.testing.assert_allclose(back.intercepts, table.intercepts, atol=1e-12)


@given(lines, lines, st.floats(-4.0, 4.0))
def test_transforms_compose_in_the_order_they_are_applied(
    first: LinkingTransform, second: LinkingTransform, theta: float
) -> None:
    both = first.compose(second)
    np.testing.assert_allclose(both.theta(theta), second.theta(first.theta(theta)), atol=1e-12)
    same = first.compose(first.inverse())
    np.testing.assert_allclose([same.slope, same.intercept], [1.0, 0.0], atol=1e-12)
    people = both.population(Population(theta, 0.8))
    np.testing.assert_allclose(people.mean, both.theta(theta), atol=1e-12)


@pytest.mark.parametrize("method", list(LinkingMethod))
def test_any_method_finds_the_line_between_forms_that_differ_by_nothing_else(method: LinkingMethod) -> None:
    line = LinkingTransform(1.3, -0.4)
    # Freed first: a Rasch item keeps its slope of 1 only on the scale it was made for.
    base = LinkingTransform(1.1, 0.0).apply(MIXED)
    found = link(line.inverse().apply(base), base, method).transform
    np.testing.assert_allclose([found.slope, found.intercept], [1.3, -0.4], atol=1e-7)


@pytest.mark.parametrize("method", [LinkingMethod.HAEBARA, LinkingMethod.STOCKING_LORD])
@pytest.mark.parametrize("kind", ["gpcm", "grm", "nominal"])
def test_one_kind_of_polytomous_items_is_enough_for_curves(method: LinkingMethod, kind: str) -> None:
    base = MIXED.select([kind])
    new = LinkingTransform(1.2, 0.7).inverse().apply(base)
    found = link(new, base, method, least=1).transform
    np.testing.assert_allclose([found.slope, found.intercept], [1.2, 0.7], atol=1e-5)


@pytest.mark.parametrize("method", [LinkingMethod.HAEBARA, LinkingMethod.STOCKING_LORD])
def test_the_symmetric_criterion_links_back_by_the_inverse(method: LinkingMethod) -> None:
    x, y = kolen_brennan("form.x"), kolen_brennan("form.y")
    both = CurveSettings(Direction.SYMMETRIC)
    there = link(x, y, method, anchors=common(), settings=both).transform
    back = link(y, x, method, anchors=common(), settings=both).transform.inverse()
    np.testing.assert_allclose([there.slope, there.intercept], [back.slope, back.intercept], atol=1e-6)


def test_stocking_and_lords_constants_make_the_criterion_smallest() -> None:
    x, y, nodes = (
        kolen_brennan("form.x").select(common()),
        kolen_brennan("form.y").select(common()),
        np.linspace(-4, 4, 40),
    )
    target = expected_score(y, nodes).sum(axis=1)

    def criterion(slope: float, intercept: float) -> float:
        moved = LinkingTransform(slope, intercept).apply(x)
        return float(((expected_score(moved, nodes).sum(axis=1) - target) ** 2).mean())

    found = link(x, y)
    best = criterion(found.transform.slope, found.transform.intercept)
    assert found.criterion == pytest.approx(best)
    for slope, intercept in ((1e-3, 0.0), (-1e-3, 0.0), (0.0, 1e-3), (0.0, -1e-3)):
        assert criterion(found.transform.slope + slope, found.transform.intercept + intercept) > best


def test_the_weights_of_the_grid_decide_where_curves_must_agree() -> None:
    x, y, nodes = kolen_brennan("form.x"), kolen_brennan("form.y"), np.linspace(-4, 4, 81)
    normal = CurveSettings(grid=Grid(nodes, np.exp(-0.5 * nodes**2)))
    flat, peaked = (link(x, y, anchors=common(), settings=one).transform for one in (CurveSettings(), normal))
    assert abs(flat.intercept - peaked.intercept) > 1e-3
    heavier = CurveSettings(grid=Grid(nodes, 7.0 * np.exp(-0.5 * nodes**2)))
    again = link(x, y, anchors=common(), settings=heavier).transform
    assert again.intercept == pytest.approx(peaked.intercept)


def test_robust_constants_do_not_follow_one_anchor_astray() -> None:
    rng = np.random.default_rng(5)
    b = np.linspace(-2.0, 2.0, 15)
    base = ItemTable.from_arrays(Model.TWO_PL, a=np.ones(15), b=b)
    strayed = b + rng.normal(0.0, 0.02, 15)
    strayed[3] += 2.5
    new = ItemTable.from_arrays(Model.TWO_PL, a=np.ones(15), b=strayed)
    plain = link(new, base, LinkingMethod.MEAN_SIGMA).transform
    robust = link(new, base, LinkingMethod.ROBUST_MEAN_SIGMA).transform
    assert abs(plain.intercept) > 0.1
    assert abs(robust.intercept) < 0.02
    assert abs(robust.slope - 1.0) < 0.02


def test_the_order_of_items_does_not_matter() -> None:
    x, y = kolen_brennan("form.x"), kolen_brennan("form.y")
    names = common()
    one = link(x.select(names), y.select(names)).transform
    other = link(x.select(names[::-1]), y.select(names)).transform
    assert one.slope == pytest.approx(other.slope)


def test_rasch_forms_are_linked_by_a_shift_alone() -> None:
    base = ItemTable.from_arrays(Model.RASCH, b=[-1.0, 0.0, 1.2])
    new = ItemTable.from_arrays(Model.RASCH, b=[-0.4, 0.5, 1.7])
    found = link(new, base, LinkingMethod.MEAN_MEAN).transform
    assert found.slope == 1.0
    assert found.apply(new).models == (Model.RASCH,) * 3
    assert found.intercept == pytest.approx((0.2 - 1.8) / 3)


def test_too_few_or_ill_matched_anchors_are_refused() -> None:
    base = ItemTable.from_arrays(Model.TWO_PL, a=[1.0, 1.1], b=[0.0, 0.0], names=["p", "q"])
    alone = ItemTable.from_arrays(Model.TWO_PL, a=[1.0, 1.0], b=[0.0, 0.5], names=["p", "r"])
    with pytest.raises(DataError, match="anchors=1"):
        link(alone, base)
    with pytest.raises(ItemParameterError):
        link(alone, base, anchors=["p", "q"])
    with pytest.raises(DataError, match="do not vary"):
        link(base, base, LinkingMethod.MEAN_SIGMA)
    graded = ItemTable.from_arrays(Model.GRM, a=[1.0, 1.0], steps=[[0.0, 1.0], [0.0, 1.0]], names=["p", "q"])
    with pytest.raises(DataError, match="GRM"):
        common_anchors(graded, base)
    with pytest.raises(DataError, match="nominal"):
        link(MIXED, MIXED, LinkingMethod.MEAN_MEAN, anchors=["nominal"], least=1)
    with pytest.raises(RuleError):
        LinkingTransform(0.0, 0.0)
    with pytest.raises(RuleError):
        CurveSettings(grid=Grid(np.zeros(3), np.zeros(3)))

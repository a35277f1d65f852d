"""Content, enemies and shared stimuli hold in every test."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psychometrics.adaptive.bank import ItemBank
from psychometrics.adaptive.content import ContentBounds, TargetShares
from psychometrics.adaptive.design import Start
from psychometrics.adaptive.deviations import WeightedDeviations
from psychometrics.adaptive.exposure import SympsonHetter
from psychometrics.adaptive.rules import MaximumInformation, RandomItem
from psychometrics.adaptive.session import AdaptiveSession
from psychometrics.adaptive.simulation import simulate_adaptive
from psychometrics.adaptive.stopping import StandardError, Stopping
from psychometrics.adaptive.table import SelectionTable
from psychometrics.errors import InfeasibleError, RuleError
from tests.psychometrics.adaptive.banks import BLANKS_WRONG, CLASSES, design, run, two_pl

RNG = np.random.default_rng
TABLE = two_pl(90)
CONTENT = tuple(CLASSES[i % 3] for i in range(90))
NAMES = TABLE.names


def given_classes(items: Any) -> dict[str, int]:
    return {name: sum(CONTENT[i] == name for i in items) for name in CLASSES}


@pytest.mark.parametrize("rule", [MaximumInformation(), SelectionTable.prepare(TABLE), RandomItem()])
def test_shares_are_met_to_an_item(rule: Any) -> None:
    shares = {"law": 0.5, "health": 0.3, "logic": 0.2}
    plan = design(TABLE, 20, bank=ItemBank(TABLE, CONTENT), content=TargetShares(shares), selection=rule)
    report = simulate_adaptive(plan, RNG(1).normal(size=50), RNG(2))
    for row in report.items:
        for name, count in given_classes(row).items():
            assert abs(count - 20 * shares[name]) <= 1


def test_every_class_is_seen_before_any_is_seen_twice() -> None:
    plan = design(TABLE, 3, bank=ItemBank(TABLE, CONTENT), content=TargetShares(dict.fromkeys(CLASSES, 1.0)))
    report = simulate_adaptive(plan, np.zeros(20), RNG(2))
    assert all(given_classes(row) == dict.fromkeys(CLASSES, 1) for row in report.items)


def test_bounds_hold_in_every_test() -> None:
    bounds = {"law": (5, 6), "health": (2, 3)}
    plan = design(TABLE, 15, bank=ItemBank(TABLE, CONTENT), content=ContentBounds(bounds))
    report = simulate_adaptive(plan, RNG(1).normal(size=50), RNG(2))
    for row in report.items:
        counts = given_classes(row)
        assert 5 <= counts["law"] <= 6 and 2 <= counts["health"] <= 3


@pytest.mark.parametrize(
    "content",
    [
        TargetShares({"law": 0.9, "health": 0.1}),
        ContentBounds({"law": (31, 40)}),
        ContentBounds({"art": (1, 2)}),
        TargetShares({"art": 1.0}),
    ],
)
def test_a_target_the_bank_cannot_meet_is_refused_and_names_the_class(content: Any) -> None:
    with pytest.raises(InfeasibleError) as error:
        design(TABLE, 40, bank=ItemBank(TABLE, CONTENT), content=content)
    assert error.value.params["content_class"] in ("law", "art")


def test_bounds_that_cannot_fill_a_test_are_refused() -> None:
    for bounds in ({"law": (0, 1), "health": (0, 1), "logic": (0, 1)}, {"law": (6, 9), "health": (5, 9)}):
        with pytest.raises(InfeasibleError, match="bounds"):
            design(TABLE, 10, bank=ItemBank(TABLE, CONTENT), content=ContentBounds(bounds))


def test_bounds_that_enemies_make_impossible_say_which_class() -> None:
    table, content = two_pl(5), ("law", "law", "health", "health", "health")
    bank = ItemBank(table, content, enemies=((table.names[0], table.names[1]),))
    plan = design(table, 4, bank=bank, content=ContentBounds({"law": (2, 2), "health": (2, 2)}))
    with pytest.raises(InfeasibleError, match="content_class='law'"):
        simulate_adaptive(plan, np.zeros(1), RNG(1))


@pytest.mark.parametrize(
    "content",
    [
        TargetShares({"law": -1.0}),
        TargetShares({"law": 0.0}),
        ContentBounds({"law": (3, 2)}),
    ],
)
def test_targets_that_contradict_themselves_are_refused(content: Any) -> None:
    with pytest.raises(RuleError, match="content"):
        design(TABLE, 10, bank=ItemBank(TABLE, CONTENT), content=content)


def test_content_needs_a_bank_that_has_classes() -> None:
    with pytest.raises(RuleError, match="bank_without_content"):
        design(TABLE, 10, content=TargetShares({"law": 1.0}))


def test_weighted_deviations_meet_the_bounds_they_weigh_heavily() -> None:
    wishes = {"law": (10.0, 11.0), "health": (2.0, 3.0)}
    bank, theta = ItemBank(TABLE, CONTENT), RNG(1).normal(size=60)
    heavy, light = (
        simulate_adaptive(design(TABLE, 18, bank=bank, selection=WeightedDeviations(wishes, weights)), theta, RNG(2))
        for weights in ({"law": 50.0, "health": 50.0}, {"law": 0.0, "health": 0.0})
    )
    for row in heavy.items:
        assert 10 <= given_classes(row)["law"] <= 11 and 2 <= given_classes(row)["health"] <= 3
    best = simulate_adaptive(design(TABLE, 18, bank=bank), theta, RNG(2))
    np.testing.assert_array_equal(light.items, best.items)


def test_wishes_that_contradict_themselves_are_refused() -> None:
    for bounds, weights in (({"law": (3.0, 2.0)}, None), ({"law": (1.0, 2.0)}, {"law": -1.0})):
        with pytest.raises(RuleError, match="selection"):
            WeightedDeviations(bounds, weights)
    plan = design(TABLE, 5, bank=ItemBank(TABLE, CONTENT), selection=WeightedDeviations({"art": (1.0, 2.0)}))
    with pytest.raises(InfeasibleError, match="art"):
        simulate_adaptive(plan, np.zeros(1), RNG(1))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.sampled_from(NAMES), min_size=2, max_size=5, unique=True), max_size=8))
def test_enemies_never_meet(groups: list[list[str]]) -> None:
    bank = ItemBank(TABLE, enemies=tuple(map(tuple, groups)))
    report = simulate_adaptive(design(TABLE, 40, bank=bank), np.linspace(-1, 1, 5), RNG(3))
    for row, length in zip(report.items, report.length, strict=True):
        met = {NAMES[i] for i in row[:length]}
        assert all(len(met & set(group)) <= 1 for group in groups)
        assert len(met) == length


def test_a_bank_of_enemies_is_exhausted_after_one_item() -> None:
    table = two_pl(5)
    session = run(AdaptiveSession(design(table, 5, bank=ItemBank(table, enemies=(table.names,))), 1), RNG(1))
    assert len(session.history) == 1


SETS = (NAMES[:4], NAMES[10:13], NAMES[40:45])


def runs_of_sets(items: list[int]) -> list[tuple[int, int]]:
    """For each run of items of one set: the set and how many."""
    owner = {NAMES.index(name): number for number, group in enumerate(SETS) for name in group}
    groups = itertools.groupby(items, key=lambda item: owner.get(item, -1 - item))
    return [(number, len(list(run))) for number, run in groups if number >= 0]


@pytest.mark.parametrize("rule", [MaximumInformation(), SelectionTable.prepare(TABLE), RandomItem()])
def test_items_of_a_stimulus_stay_together_and_complete(rule: Any) -> None:
    parts = {
        "selection": rule,
        "content": TargetShares(dict.fromkeys(CLASSES, 1.0)),
        "exposure": SympsonHetter(np.full(90, 0.5)),
    }
    plan = design(TABLE, 25, bank=ItemBank(TABLE, CONTENT, sets=SETS), **parts)
    report = simulate_adaptive(plan, RNG(1).normal(size=60), RNG(2))
    seen = [run for row in report.items for run in runs_of_sets(row.tolist())]
    assert seen and all(count == len(SETS[number]) for number, count in seen)


def test_no_rule_ends_a_test_within_a_set() -> None:
    bank = ItemBank(TABLE, sets=SETS)
    plan = design(TABLE, bank=bank, stopping=Stopping(60, 1, (StandardError(0.45),)), start=Start(items=(NAMES[0],)))
    report = simulate_adaptive(plan, RNG(1).normal(size=60), RNG(2))
    for row, length in zip(report.items, report.length, strict=True):
        assert all(count == len(SETS[number]) for number, count in runs_of_sets(row[:length].tolist()))


@pytest.mark.parametrize(
    "parts",
    [
        {"content": ("law",)},
        {"enemies": (("item-1", "nothing"),)},
        {"enemies": ((),)},
        {"sets": (("item-1", "item-2"), ("item-2", "item-3"))},
        {"sets": (("item-1", "item-2"),), "enemies": (("item-1", "item-2"),)},
    ],
)
def test_a_bank_that_contradicts_itself_is_refused(parts: dict[str, Any]) -> None:
    with pytest.raises(RuleError, match="bank"):
        ItemBank(TABLE, **parts)


def test_a_test_cannot_start_with_two_enemies() -> None:
    bank = ItemBank(TABLE, enemies=((NAMES[0], NAMES[1]),))
    with pytest.raises(RuleError, match="enemy"):
        design(TABLE, 5, bank=bank, start=Start(items=NAMES[:2]), policy=BLANKS_WRONG)


def test_deviations_need_a_bank_that_has_classes() -> None:
    plan = design(TABLE, 5, selection=WeightedDeviations({"law": (1.0, 2.0)}))
    with pytest.raises(RuleError, match="bank_without_content"):
        AdaptiveSession(plan, 1)
